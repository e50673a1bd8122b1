/* SPDX-License-Identifier: BSD-2-Clause */
/* elf.h - where an ELF kernel's segments lie in guest memory.
 * Source: [ELF] 4 ELF Header, 5 Program Header. */
#ifndef CORE_ELF_H
#define CORE_ELF_H

#include "core/abi/elf.h"
#include "core/err.h"
#include "core/gmem.h"

#define ELF_PHDRS_MAX 64

struct elf_extent {
	gpa_t start; /* lowest p_paddr of a PT_LOAD */
	gpa_t end;   /* highest p_paddr + p_memsz */
};

/* Do these bytes (len of them) begin an ELF file? */
bool elf_magic(const void *bytes, uint32_t len);

/* Extent of all PT_LOAD segments, from the file's first len bytes.
 * ERR_MAGIC, ERR_UNSUPPORTED (class or byte order), ERR_SIZE (program header
 * entry size), ERR_TOO_MANY, ERR_TRUNCATED (the program headers lie behind
 * len: the caller may ask somebody else), ERR_WRAP, ERR_ABSENT (no PT_LOAD).
 * The fault's record is the index of the program header. */
int elf_extent_parse(struct elf_extent *out, const void *bytes, uint32_t len,
		     struct fault *fault);

#endif
