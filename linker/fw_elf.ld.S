/* SPDX-License-Identifier: BSD-2-Clause */
/* fw_elf.ld.S - the flat image inside fw.elf: entry first. */
#include "linker/ram.ld.S"

OUTPUT_ARCH(i386)
ENTRY(pvh_start)

PHDRS
{
	image PT_LOAD FLAGS(5);
	ram PT_LOAD FLAGS(6);
}

SECTIONS
{
	RAM_SECTIONS

	.text FW_ELF : {
		KEEP(*(.pvh))
		*(.text .text.*)
		*(.rodata .rodata.*)
	} :image
	.about : {
		KEEP(*(.note.beeline))
		KEEP(*(.note.gnu.build-id))
		image_end = .;
	} :image

	NO_SECTIONS
	/* the reset vector and the anchor of a ROM */
	/DISCARD/ : { *(.tail .smbios .comment .note .note.*) }
}

ASSERT(SIZEOF(.about) == ROM_ABOUT_SIZE, "the notes are not what core/about.h says")
ASSERT(pvh_start == FW_ELF, "the entry is not where the container says")
ASSERT(image_end <= FW_ELF + FW_ELF_MAX, "fw.elf exceeds its 64 KiB")
