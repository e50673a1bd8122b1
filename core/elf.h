/* SPDX-License-Identifier: BSD-2-Clause */
/* elf.h - an ELF kernel: its segments, its entry, its PVH entry.
 * Source: [ELF] 4 ELF Header, 5 Program Header, 5 Note Section; [PVH]. */
#ifndef CORE_ELF_H
#define CORE_ELF_H

#include "core/abi/elf.h"
#include "core/err.h"
#include "core/gmem.h"

#define ELF_SEGMENTS_MAX 64 /* program headers of any type */

struct elf_segment {
	gpa_t gpa;          /* p_paddr */
	uint64_t size;      /* p_memsz, not 0 */
	uint64_t off;       /* p_offset */
	uint64_t file_size; /* p_filesz, at most size */
};

struct elf_kernel {
	bool is64;
	bool linux_map;     /* every segment is linked LINUX_START_KERNEL_MAP
			     * above its gpa or at an offset near 0 (percpu) */
	gpa_t start, end;   /* extent of all segments */
	uint64_t entry;     /* gpa; 0: e_entry is none, only PVH has one */
	uint32_t entry_pvh; /* 0: no such note */
	uint32_t count;
	struct elf_segment segment[ELF_SEGMENTS_MAX]; /* by rising gpa */
};

/* Do these bytes (len of them) begin an ELF file? */
bool elf_magic(const void *bytes, uint64_t len);

/* Reads a whole file's headers and notes.
 *   ERR_MAGIC        no ELF
 *   ERR_UNSUPPORTED  class, byte order, machine (x86) or type (executable)
 *   ERR_SIZE         size of a program header; p_filesz above p_memsz
 *   ERR_TOO_MANY     program headers
 *   ERR_TRUNCATED    program headers or a segment's bytes behind the file
 *   ERR_WRAP         p_paddr + p_memsz
 *   ERR_OVERLAP      two segments
 *   ERR_ABSENT       no PT_LOAD
 *   ERR_RANGE        the PVH entry, or e_entry where there is no PVH entry,
 *                    in no segment's file bytes
 * The fault's record is the index of the program header. */
int elf_parse(struct elf_kernel *k, const void *bytes, uint64_t len,
	      struct fault *fault);

#endif
