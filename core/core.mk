# core.mk - what core/ consists of, in reading order.
core_src := core/err.c core/sum8.c core/e820.c core/fwcfg_dir.c \
	core/acpi_script.c core/topology.c core/table_block.c core/acpi_tables.c \
	core/mptable.c core/smbios.c core/rsdp.c \
	core/bzimage.c core/boot_params.c core/elf.c core/pvh.c core/start_info.c \
	core/multiboot.c
