# firmware.mk - what the images consist of, in reading order.
firmware_asm := firmware/start.asm firmware/enter.asm
firmware_src := firmware/about.c firmware/about_bios.c firmware/mem.c firmware/stage.c \
	firmware/log.c \
	firmware/panic.c firmware/fwcfg.c firmware/chipset.c \
	firmware/memory.c firmware/kernel.c firmware/named.c \
	firmware/own_tables.c firmware/tables.c firmware/paging.c \
	firmware/boot.c firmware/boot_linux.c firmware/boot_pvh.c \
	firmware/boot_multiboot.c
# fw.bin and fw-128k.bin, which start at a reset
firmware_rom_src := firmware/main.c
# fw.elf, which a PVH loader starts
firmware_elf_asm := firmware/start_pvh.asm
firmware_elf_src := firmware/main_pvh.c
# Where a boot spends its instructions: these are worth their bytes.
firmware_hot := firmware/mem.c firmware/paging.c core/sum8.c \
	core/fwcfg_dir.c core/e820.c

# Run before SSE may be used, or where it is missing.
firmware_nosse := firmware/stage.c firmware/log.c firmware/panic.c core/err.c
