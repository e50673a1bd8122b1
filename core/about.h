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

#define ABOUT_NAME    "Beeline"
#define ABOUT_VERSION 1  /* type of the note */
#define ABOUT_TEXT    64 /* bytes of its text, NULs behind */

struct about {
	struct elf_note note;        /* 00 */
	char name[8];                /* 0c ABOUT_NAME */
	char text[ABOUT_TEXT];       /* 14 ABOUT_NAME, a space, the version */
} PACKED;
ASSERT_SIZE(struct about, 0x54);

#endif
