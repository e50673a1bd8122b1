/* SPDX-License-Identifier: BSD-2-Clause */
/* firmware.ld.S - the ROM, in address order, and what may not go wrong.
 * ROM_AT: where its 64 KiB run, ROM_BASE or ROM_COPY. */
#include "linker/ram.ld.S"

/* Sixteen byte lanes are a lot of code where there is no SSE to add them. */
#if SSE
#define TEXT ROM_TEXT
#else
#define TEXT (ROM_TEXT - 0x2000)
#endif
#define HERE(address) ((address) - ROM_BASE + ROM_AT)

OUTPUT_ARCH(i386)
ENTRY(start32)

PHDRS
{
	rom PT_LOAD FLAGS(5);
	ram PT_LOAD FLAGS(6);
}

SECTIONS
{
	RAM_SECTIONS

	/* The file starts here, with its notes (core/about.h): objcopy fills what
	 * lies between with 0xff. */
	.about HERE(ROM_BASE) : {
		KEEP(*(.note.beeline))
		KEEP(*(.note.gnu.build-id))
		*(.note.beeline.bios)
	} :rom
	/* What no boot by QEMU's keys runs: other hosts' ways, and panics.  It has pages
	 * of its own, which such a boot never touches. */
	.far HERE(TEXT - ROM_FAR_MAX) : {
		*(.text.unlikely .text.unlikely.*)
		*/panic.c.o(.text .text.* .rodata .rodata.*)
		*/err.c.o(.text.err_text .rodata .rodata.*)
		*/elf.c.o(.text .text.* .rodata .rodata.*)
		*/rsdp.c.o(.text .text.* .rodata .rodata.*)
		far_end = .;
	} :rom
	.text HERE(TEXT) : {
		*(.text .text.*)
		*(.rodata .rodata.*)
		rom_end = .;
	} :rom
	.smbios HERE(ROM_SMBIOS) : { KEEP(*(.smbios)) } :rom
	.tail HERE(ROM_TAIL) : { KEEP(*(.tail)) } :rom

	NO_SECTIONS
	/DISCARD/ : { *(.comment .note .note.*) }
}

/* firmware/kernel.c asks whether a kernel is fw.elf itself: none is. */
pvh_start = 0xffffffff;

ASSERT(rom_end <= HERE(ROM_SMBIOS),
	"what a boot on QEMU runs exceeds its 16 KiB: drop a feature or raise ROM_TEXT_MAX in core/layout.h and say why")
ASSERT(far_end <= HERE(TEXT),
	"what a boot on QEMU does not run exceeds ROM_FAR_MAX: drop a feature or raise it in core/layout.h and say why")
ASSERT(ROM_TEXT + ROM_TEXT_MAX == ROM_BASE + ROM_SIZE, "ROM_TEXT_MAX and ROM_TEXT disagree")
ASSERT(SIZEOF(.about) >= ROM_ABOUT_SIZE, "the notes are not what core/about.h says")
ASSERT(SIZEOF(.tail) == 128, "the reset vector has moved")
