/* SPDX-License-Identifier: BSD-2-Clause */
/* ram.ld.S - what is the same in the linker scripts of ROM and fw.elf: data in
 * low memory, what there may not be, and what of core/layout.h may not
 * overlap. */
#include "core/layout.h"

#define RAM_SECTIONS                                                           \
	.bss FW_RAM (NOLOAD) : ALIGN(16) {                                     \
		bss_start = .;                                                 \
		*(.bss .bss.* COMMON)                                          \
		. = ALIGN(16);                                                 \
		bss_end = .;                                                   \
	} :ram                                                                 \
	bss_words = (bss_end - bss_start) / 4;                                 \
	.noinit (NOLOAD) : {                                                   \
		*(.noinit)                                                     \
		noinit_end = .;                                                \
	} :ram

#define NO_SECTIONS                                                            \
	.data : { *(.data .data.*) }                                           \
	.got : { *(.got .got.* .got.plt .igot.plt .iplt) }                     \
	.rel : { *(.rel.*) }                                                   \
	.eh_frame : { *(.eh_frame) }

ASSERT(SIZEOF(.data) == 0 && SIZEOF(.got) == 0 && SIZEOF(.rel) == 0,
	"a variable has an initial value: the ROM cannot hold it, make it const or set it in code")
ASSERT(SIZEOF(.eh_frame) == 0, "compile with -fno-asynchronous-unwind-tables")
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
