# SPDX-License-Identifier: BSD-2-Clause
# beeline.bash - bash completes beeline's commands, options and their values.
# Behind a lone -- stand QEMU's arguments: file names are all that is offered.

_beeline_options()
{
	case $1 in
	run)
		echo --bundle --path --kernel --initrd --append --machine \
			--memory --cpus --accel --firmware --entry --no-kaslr \
			--no-cache --no-console --no-reboot --report-memory \
			--dry-run --help
		;;
	bake)
		echo --output --path --kernel --initrd --append --machine \
			--memory --cpus --accel --entry --no-kaslr \
			--no-console --help
		;;
	verify | inspect | doctor) echo --json --help ;;
	cache) echo --json --keep-days --all --dry-run --help ;;
	'') echo --help --version ;;
	esac
}

# The values of an option, or "files", "folders", "free" for what they may be;
# nothing: it takes none.
_beeline_values()
{
	case $1 in
	--bundle | --output) echo folders ;;
	--kernel | --initrd | --firmware) echo files ;;
	--append | --keep-days) echo free ;;
	--path) echo firmware none ;;
	--accel) echo auto kvm tcg ;;
	--entry) echo 64 pvh ;;
	--machine) echo q35 pc microvm microvm,acpi=off microvm,pcie=on ;;
	--memory) echo 128M 256M 512M 1G 2G 4G ;;
	--cpus) echo 1 2 4 8 ;;
	esac
}

_beeline_files()
{
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}

# bash parts words at "=" as well: --path=none is three of them.
_beeline()
{
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]-} i values
	local option=${COMP_WORDS[COMP_CWORD - 1]}

	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		values="run bake verify inspect cache doctor"
		[[ $word != -* ]] || values=$(_beeline_options '')
		mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
		return
	fi
	for ((i = 2; i < COMP_CWORD; i++)); do
		[ "${COMP_WORDS[i]}" != -- ] || return
	done
	if [ "$word" = = ]; then
		word=
	elif [ "$option" = = ]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case " $(_beeline_options "$command") " in
	*" $option "*) values=$(_beeline_values "$option") ;;
	esac
	case ${values-} in
	folders) _beeline_files -d "$word" ;;
	files) _beeline_files -f "$word" ;;
	free) ;;
	?*) mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word") ;;
	*) _beeline_words "$command" "$word" ;;
	esac
}

# Where no value stands: an option, or what the command is about.
_beeline_words()
{
	if [[ $2 == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_beeline_options "$1")" \
			-- "$2")
		return
	fi
	case $1 in
	verify) _beeline_files -d "$2" ;;
	inspect) _beeline_files -f "$2" ;;
	cache)
		[ "$COMP_CWORD" != 2 ] || mapfile -t COMPREPLY \
			< <(compgen -W "list prune path" -- "$2")
		;;
	esac
}

complete -F _beeline -o bashdefault -o default beeline
