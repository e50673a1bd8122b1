/* SPDX-License-Identifier: BSD-2-Clause */
/* about.h - what an image of ours says of itself: two ELF notes, the first of
 * them at the start of its 64 KiB, where the linker script puts it.
 * Source: [ELF] "Note Section".
 *
 *   00  version: name "Beeline", type 1, a text "Beeline 1.2.3"
 *   54  build id: name "GNU", type 3, the SHA-1 that ld makes of it all
 *
 * In an ELF the same notes are those of a PT_NOTE segment. */
#ifndef CORE_ABOUT_H
#define CORE_ABOUT_H

#include "core/abi/elf.h"
#include "core/abi/smbios.h"

#define ABOUT_NAME    "Beeline"
#define ABOUT_VERSION 1  /* type of the note */
#define ABOUT_TEXT    64 /* bytes of its text, NULs behind */

struct about {
	struct elf_note note;        /* 00 */
	char name[8];                /* 0c ABOUT_NAME */
	char text[ABOUT_TEXT];       /* 14 ABOUT_NAME, a space, the version */
} PACKED;
ASSERT_SIZE(struct about, 0x54);

/* The same as an SMBIOS structure, for tables that say nothing of a BIOS.
 *
 * The date is the one that guests know of SeaBIOS.  Linux goes by its year:
 * from 2001 on it trusts configuration by ports, from 2015 on it suspends
 * bridges, which costs exits and helps laptops. */
#define ABOUT_DATE "04/01/2014"
#define ABOUT_BIOS_TEXT(version) ABOUT_NAME "\0" version "\0" ABOUT_DATE "\0"
#define ABOUT_BIOS_ROOM (ABOUT_TEXT + 16)

struct about_bios {
	struct smbios_bios head;
	char text[ABOUT_BIOS_ROOM];
} PACKED;

#define ABOUT_BIOS(number)                                                     \
	{                                                                      \
		.head = {                                                      \
			.header = {SMBIOS_TYPE_BIOS,                           \
				   sizeof(struct smbios_bios), 0},             \
			.vendor = 1,                                           \
			.version = 2,                                          \
			.segment = SMBIOS_SEGMENT,                             \
			.date = 3,                                             \
			.features = SMBIOS_FEATURES_UNKNOWN,                   \
			.extended = {0, SMBIOS_EXTENDED_VIRTUAL},              \
			.release = {0xff, 0xff},                               \
			.controller = {0xff, 0xff},                            \
		},                                                             \
		.text = ABOUT_BIOS_TEXT(number),                               \
	}
#define ABOUT_BIOS_SIZE(version)                                               \
	(sizeof(struct smbios_bios) + sizeof(ABOUT_BIOS_TEXT(version)))

#endif
