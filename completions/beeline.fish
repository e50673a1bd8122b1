# SPDX-License-Identifier: BSD-2-Clause
# beeline.fish - fish completes beeline's commands, options and their values.
# Behind a lone -- stand QEMU's arguments: file names are all that is offered.

function __beeline_in
    set -l words (commandline -opc)
    test (count $words) -ge 2; and contains -- $words[2] $argv
    and not contains -- -- $words
end

function __beeline_first
    test (count (commandline -opc)) -eq 1
end

complete -c beeline -n __beeline_first -f
complete -c beeline -n __beeline_first -s h -l help -d 'Print the usage'
complete -c beeline -n __beeline_first -l version -d 'Print the version'
complete -c beeline -n __beeline_first -a run -d 'Run a kernel in QEMU'
complete -c beeline -n __beeline_first -a bake -d 'Make a bundle'
complete -c beeline -n __beeline_first -a verify -d 'Check a bundle'
complete -c beeline -n __beeline_first -a inspect -d 'Say what a file is'
complete -c beeline -n __beeline_first -a cache -d 'List and prune bundles'
complete -c beeline -n __beeline_first -a doctor -d 'Look at this host'

set -l both '__beeline_in run bake'
complete -c beeline -n $both -l path -xa 'firmware none' -d 'With fw.bin or without'
complete -c beeline -n $both -l kernel -rF -d 'bzImage or vmlinux'
complete -c beeline -n $both -l initrd -rF -d 'Initial RAM disk'
complete -c beeline -n $both -l append -x -d 'The kernel\'s command line'
complete -c beeline -n $both -l machine -xa 'q35 pc microvm microvm,acpi=off microvm,pcie=on' -d 'QEMU\'s -M value'
complete -c beeline -n $both -l memory -xa '128M 256M 512M 1G 2G 4G' -d 'MiB, or QEMU\'s -m value'
complete -c beeline -n $both -l cpus -xa '1 2 4 8' -d 'Number, or QEMU\'s -smp value'
complete -c beeline -n $both -l accel -xa 'auto kvm tcg' -d 'Accelerator'
complete -c beeline -n $both -l entry -xa '64 pvh' -d 'How the kernel is entered'
complete -c beeline -n $both -l no-kaslr -d 'Kernel where it was linked'
complete -c beeline -n $both -l no-console -d 'No serial port on stdin and stdout'

complete -c beeline -n '__beeline_in run' -l bundle -xa '(__fish_complete_directories)' -d 'Run what bake made'
complete -c beeline -n '__beeline_in run' -l firmware -rF -d 'ROM to start'
complete -c beeline -n '__beeline_in run' -l no-cache -d 'Bake into a temporary folder'
complete -c beeline -n '__beeline_in run' -l no-reboot -d 'A guest reset ends the run'
complete -c beeline -n '__beeline_in run' -l report-memory -d 'Say what memory QEMU took'
complete -c beeline -n '__beeline_in run' -l dry-run -d 'Print the QEMU command'

complete -c beeline -n '__beeline_in bake' -l output -xa '(__fish_complete_directories)' -d 'Folder to make'

complete -c beeline -n '__beeline_in cache' -f
complete -c beeline -n '__beeline_in cache; and test (count (commandline -opc)) -eq 2' -a 'list prune path'
complete -c beeline -n '__beeline_in cache' -l keep-days -x -d 'prune: keep what was used since'
complete -c beeline -n '__beeline_in cache' -l all -d 'prune: all that is not in use'
complete -c beeline -n '__beeline_in cache' -l dry-run -d 'prune: only say what would go'

complete -c beeline -n '__beeline_in doctor' -f
complete -c beeline -n '__beeline_in verify' -xa '(__fish_complete_directories)'
complete -c beeline -n '__beeline_in verify inspect cache doctor' -l json -d 'Print JSON'
complete -c beeline -n '__beeline_in run bake verify inspect cache doctor' -s h -l help -d 'Print the usage'
