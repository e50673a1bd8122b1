# firmware.mk - what fw.bin consists of, in reading order.
firmware_asm := firmware/start.asm firmware/enter.asm
firmware_src := firmware/mem.c firmware/stage.c firmware/log.c \
	firmware/panic.c firmware/fwcfg.c firmware/chipset.c \
	firmware/memory.c firmware/kernel.c firmware/own_tables.c \
	firmware/tables.c firmware/paging.c firmware/boot.c \
	firmware/boot_linux.c firmware/boot_pvh.c firmware/boot_multiboot.c \
	firmware/main.c
# Where a boot spends its instructions: these are worth their bytes.
firmware_hot := firmware/mem.c firmware/paging.c core/sum8.c core/fwcfg_dir.c

# Run before SSE may be used, or where it is missing.
firmware_nosse := firmware/stage.c firmware/log.c firmware/panic.c core/err.c
