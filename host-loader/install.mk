# SPDX-License-Identifier: BSD-2-Clause
# install.mk - puts what was built where users and their programs look, and
# packs releases.  The names of folders are those of the GNU Coding Standards;
# PREFIX, BINDIR, LIBDIR, INCLUDEDIR, DATADIR and MANDIR mean the same.
PREFIX      ?= /usr/local
prefix      ?= $(PREFIX)
exec_prefix ?= $(prefix)
bindir      ?= $(or $(BINDIR),$(exec_prefix)/bin)
libdir      ?= $(or $(LIBDIR),$(exec_prefix)/lib)
includedir  ?= $(or $(INCLUDEDIR),$(prefix)/include)
datarootdir ?= $(prefix)/share
datadir     ?= $(or $(DATADIR),$(datarootdir))
mandir      ?= $(or $(MANDIR),$(datarootdir)/man)
docdir      ?= $(datarootdir)/doc/beeline
sysconfdir  ?= $(prefix)/etc
pkgconfigdir       ?= $(libdir)/pkgconfig
bashcompletiondir  ?= $(datadir)/bash-completion/completions
zshcompletiondir   ?= $(datadir)/zsh/site-functions
fishcompletiondir  ?= $(datadir)/fish/vendor_completions.d
# libvirt looks in /usr/share/qemu/firmware and /etc/qemu/firmware only: with
# another prefix say qemufirmwaredir=/etc/qemu/firmware
qemufirmwaredir    ?= $(datadir)/qemu/firmware
firmwaredir := $(datadir)/beeline
INSTALL     ?= install

# the interface's number: it rises with a change that breaks programs
so_version := 0
man_pages  := $(wildcard docs/man/*.[0-9])
documents  := README.md CHANGELOG.md LICENSE
# every image that `make firmware` builds
firmware_images := $(images)

# mode:file:place
install_files := 755:$(build)/beeline:$(bindir)/beeline \
	644:host-loader/beeline.h:$(includedir)/beeline.h \
	644:$(build)/libbeeline.a:$(libdir)/libbeeline.a \
	755:$(build)/libbeeline.so:$(libdir)/libbeeline.so.$(so_version) \
	644:$(build)/beeline.pc:$(pkgconfigdir)/beeline.pc \
	$(foreach f,$(firmware_images),644:$f:$(firmwaredir)/$(notdir $f)) \
	644:$(build)/90-beeline.json:$(qemufirmwaredir)/90-beeline.json \
	644:completions/beeline.bash:$(bashcompletiondir)/beeline \
	644:completions/_beeline:$(zshcompletiondir)/_beeline \
	644:completions/beeline.fish:$(fishcompletiondir)/beeline.fish \
	$(foreach m,$(man_pages),644:$m:$(mandir)/man$(subst .,,$(suffix $m))/$(notdir $m)) \
	$(foreach d,$(documents),644:$d:$(docdir)/$d)
installed := $(libdir)/libbeeline.so \
	$(foreach f,$(install_files),$(lastword $(subst :, ,$f)))

$(build)/beeline.pc: FORCE | $(build)/
	$(Q)printf '%s\n' 'prefix=$(prefix)' 'libdir=$(libdir)' \
		'includedir=$(includedir)' '' 'Name: beeline' \
		'Description: plans, places and checks VM boots without firmware' \
		'Version: $(VERSION)' 'Cflags: -I$${includedir}' \
		'Libs: -L$${libdir} -lbeeline' \
		'Libs.private: $(host_codecs)' > $@

# [QEMU] docs/interop/firmware.json; machines by their own names, not aliases.
# The number behind SeaBIOS's and edk2's: who wants it names it.
$(build)/90-beeline.json: FORCE | $(build)/
	$(Q)printf '%s\n' '{' \
		'    "description": "Beeline: boots the kernel that -kernel names",' \
		'    "interface-types": ["bios"],' \
		'    "mapping": {' \
		'        "device": "memory",' \
		'        "filename": "$(firmwaredir)/fw.bin"' \
		'    },' \
		'    "targets": [' \
		'        {' \
		'            "architecture": "x86_64",' \
		'            "machines": ["microvm", "pc-i440fx-*", "pc-q35-*"]' \
		'        }' \
		'    ],' \
		'    "features": [],' \
		'    "tags": []' \
		'}' > $@

# where the program looks last for fw.bin; first beside itself, then in
# ../share/beeline
$(build)/gen/datadir: FORCE | $(build)/gen/
	@echo '$(firmwaredir)' > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(host_out)/host-loader/run/firmware_file.c.o: $(build)/gen/datadir
$(host_out)/host-loader/run/firmware_file.c.o: host_flags += \
	-DBEELINE_DATADIR='"$(firmwaredir)"'

## install: beeline, libbeeline, firmware, man pages, completions, QEMU's
##          firmware descriptor; PREFIX= (/usr/local), DESTDIR=, and prefix=
##          bindir= libdir= datadir= ... as GNU has them
.PHONY: install uninstall
install: beeline $(firmware_images) $(build)/beeline.pc $(build)/90-beeline.json
	$(Q)set -e; for f in $(install_files); do \
		to=$${f#*:}; \
		$(INSTALL) -D -m $${f%%:*} $${to%:*} '$(DESTDIR)'$${to#*:}; done
	$(Q)ln -sf libbeeline.so.$(so_version) '$(DESTDIR)$(libdir)/libbeeline.so'

# Folders that are not ours to remove, empty or not, but from DESTDIR.
kept_folders := $(patsubst %/,%,$(dir $(prefix))) $(foreach p,/usr /usr/local, \
	$p $(addprefix $p/,bin etc include lib share share/doc share/man \
	share/man/man1 share/man/man3))

## uninstall: removes what install has put there, and folders that are empty then
uninstall:
	$(Q)for f in $(installed); do \
		rm -f '$(DESTDIR)'$$f; \
		while f=$${f%/*} && [ "$$f" ]; do \
			$(if $(DESTDIR),,case " $(strip $(kept_folders)) " in \
				(*" $$f "*) break ;; esac;) \
			rmdir '$(DESTDIR)'$$f 2>/dev/null || break; \
		done; \
	done

## dist: packs build/beeline-VERSION.tar.gz from what is committed; the same
##       commit gives the same bytes
.PHONY: dist
dist: | $(build)/dist/
	$(Q)tools/dist $(build)/dist
