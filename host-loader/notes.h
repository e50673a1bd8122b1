/* SPDX-License-Identifier: BSD-2-Clause */
/* notes.h - ELF notes: of a program, a kernel, or at the start of a ROM.
 * Source: [ELF] "Note Section". */
#ifndef HOST_LOADER_NOTES_H
#define HOST_LOADER_NOTES_H

#include "host-loader/beeline.h"

/* What the first note of that name and type describes, of notes that begin at
 * multiples of align (4 or 8).  Empty: there is none. */
struct bl_span note_find(struct bl_span notes, uint32_t align,
			 const char *name, uint32_t type);

/* The same among the PT_NOTE segments of a file.  Empty as well when it is no
 * ELF. */
struct bl_span elf_note_find(struct bl_span elf, const char *name,
			     uint32_t type);

/* The build id of such notes or of an ELF in hex.  The caller frees it.  NULL:
 * it has none. */
char *note_build_id(struct bl_span notes);
char *elf_build_id(struct bl_span elf);

#endif
