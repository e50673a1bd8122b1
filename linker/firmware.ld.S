/* SPDX-License-Identifier: BSD-2-Clause */
/* firmware.ld.S - the ROM, in address order, and what may not go wrong. */
#include "core/layout.h"

/* Sixteen byte lanes are a lot of code where there is no SSE to add them. */
#if SSE
#define TEXT ROM_TEXT
#else
#define TEXT (ROM_TEXT - 0x2000)
#endif

OUTPUT_ARCH(i386)
ENTRY(start32)

PHDRS
{
	rom PT_LOAD FLAGS(5);
	ram PT_LOAD FLAGS(6);
}

SECTIONS
{
	.bss FW_RAM (NOLOAD) : ALIGN(16) {
		bss_start = .;
		*(.bss .bss.* COMMON)
		. = ALIGN(16);
		bss_end = .;
	} :ram
	bss_words = (bss_end - bss_start) / 4;
	.noinit (NOLOAD) : {
		*(.noinit)
		noinit_end = .;
	} :ram

	/* The file starts here: objcopy fills what lies between with 0xff. */
	.head ROM_BASE : { BYTE(0xff) } :rom
	.text TEXT : {
		*(.text .text.*)
		*(.rodata .rodata.*)
		rom_end = .;
	} :rom
	.smbios ROM_SMBIOS : { KEEP(*(.smbios)) } :rom
	.tail ROM_TAIL : { KEEP(*(.tail)) } :rom

	.data : { *(.data .data.*) }
	.got : { *(.got .got.* .got.plt .igot.plt .iplt) }
	.rel : { *(.rel.*) }
	.eh_frame : { *(.eh_frame) }
	/DISCARD/ : { *(.comment .note .note.*) }
}

ASSERT(SIZEOF(.data) == 0 && SIZEOF(.got) == 0 && SIZEOF(.rel) == 0,
	"a variable has an initial value: the ROM cannot hold it, make it const or set it in code")
ASSERT(SIZEOF(.eh_frame) == 0, "compile with -fno-asynchronous-unwind-tables")
ASSERT(rom_end <= ROM_SMBIOS,
	"code and constants exceed their 16 KiB: drop a feature or raise ROM_TEXT_MAX in core/layout.h and say why")
ASSERT(ROM_TEXT + ROM_TEXT_MAX == ROM_BASE + ROM_SIZE, "ROM_TEXT_MAX and ROM_TEXT disagree")
ASSERT(SIZEOF(.tail) == 128, "the reset vector has moved")
ASSERT(noinit_end <= FW_STACK_TOP - 0x2000, "less than 8 KiB are left for the stack")

/* No place of core/layout.h reaches into the next one. */
ASSERT(SCRATCH_DIR + SCRATCH_DIR_MAX <= SCRATCH_E820 &&
       SCRATCH_E820 + SCRATCH_E820_MAX <= SCRATCH_SCRIPT &&
       SCRATCH_SCRIPT + SCRATCH_SCRIPT_MAX <= SCRATCH_END &&
       SCRATCH_END <= FW_RAM && FW_RAM + FW_RAM_SIZE == FW_STACK_TOP &&
       FW_STACK_TOP <= DIR_PAGE && DIR_PAGE + DIR_PAGE_SIZE == BOOT_PARAMS &&
       BOOT_PARAMS + 0x1000 == PML4 && CLEAR_END <= PAGE_DIRECTORY &&
       PAGE_DIRECTORY + 0x1000 <= START_INFO &&
       START_INFO + START_INFO_SIZE <= GDT_RAM &&
       GDT_RAM + GDT_RAM_SIZE <= OWN_TABLES &&
       OWN_TABLES + OWN_TABLES_SIZE <= CMDLINE &&
       CMDLINE + CMDLINE_MAX <= SMBIOS_TABLES &&
       SMBIOS_TABLES + SMBIOS_MAX <= FW_LOW_END && FW_LOW_END <= EBDA &&
       EBDA + EBDA_SIZE <= LEGACY_HOLE && EBDA_RSDP < EBDA_MP &&
       EBDA_MP < MAILBOX && MAILBOX < EBDA + EBDA_SIZE,
	"two places of core/layout.h overlap")
