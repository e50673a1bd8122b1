/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/elf.h - the fields of ELF that we read.
 * [ELF] System V ABI, chapters 4 and 5 */
#ifndef CORE_ABI_ELF_H
#define CORE_ABI_ELF_H

#include "core/base.h"

#define ELF_MAGIC     0x464c457f /* "\177ELF", little-endian */
#define ELF_CLASS32   1
#define ELF_CLASS64   2
#define ELF_DATA_LSB  1
#define ELF_ET_EXEC   2
#define ELF_ET_DYN    3
#define ELF_EM_386    3
#define ELF_EM_X86_64 62
#define ELF_PT_LOAD   1
#define ELF_PT_NOTE   4

/* [LINUX] arch/x86/include/asm/page_64_types.h: a vmlinux is linked to run at
 * its physical addresses plus this */
#define LINUX_START_KERNEL_MAP 0xffffffff80000000

struct elf_ident {
	uint32_t magic;     /* 00 */
	uint8_t elf_class;  /* 04 */
	uint8_t data;       /* 05 */
	uint8_t rest[10];   /* 06 */
} PACKED;
ASSERT_SIZE(struct elf_ident, 16);

struct elf32_header {
	struct elf_ident ident; /* 00 */
	uint16_t type;          /* 10 */
	uint16_t machine;       /* 12 */
	uint32_t version;       /* 14 */
	uint32_t entry;         /* 18 */
	uint32_t phoff;         /* 1c */
	uint32_t shoff;         /* 20 */
	uint32_t flags;         /* 24 */
	uint16_t ehsize;        /* 28 */
	uint16_t phentsize;     /* 2a */
	uint16_t phnum;         /* 2c */
} PACKED;

struct elf64_header {
	struct elf_ident ident; /* 00 */
	uint16_t type;          /* 10 */
	uint16_t machine;       /* 12 */
	uint32_t version;       /* 14 */
	uint64_t entry;         /* 18 */
	uint64_t phoff;         /* 20 */
	uint64_t shoff;         /* 28 */
	uint32_t flags;         /* 30 */
	uint16_t ehsize;        /* 34 */
	uint16_t phentsize;     /* 36 */
	uint16_t phnum;         /* 38 */
} PACKED;

struct elf32_phdr {
	uint32_t type;   /* 00 */
	uint32_t offset; /* 04 */
	uint32_t vaddr;  /* 08 */
	uint32_t paddr;  /* 0c */
	uint32_t filesz; /* 10 */
	uint32_t memsz;  /* 14 */
	uint32_t flags;  /* 18 */
	uint32_t align;  /* 1c */
} PACKED;
ASSERT_SIZE(struct elf32_phdr, 0x20);

struct elf64_phdr {
	uint32_t type;   /* 00 */
	uint32_t flags;  /* 04 */
	uint64_t offset; /* 08 */
	uint64_t vaddr;  /* 10 */
	uint64_t paddr;  /* 18 */
	uint64_t filesz; /* 20 */
	uint64_t memsz;  /* 28 */
	uint64_t align;  /* 30 */
} PACKED;
ASSERT_SIZE(struct elf64_phdr, 0x38);

/* [ELF] 5 Note Section: name and descriptor follow, each padded to 4 */
struct elf_note {
	uint32_t name_size; /* 00 */
	uint32_t desc_size; /* 04 */
	uint32_t type;      /* 08 */
} PACKED;

/* [PVH] include/xen/interface/elfnote.h */
#define XEN_ELFNOTE_PHYS32_ENTRY 18

/* [ELF] gABI "Note Section"; binutils' ld, --build-id: name "GNU" */
#define ELF_NT_GNU_BUILD_ID 3

#endif
