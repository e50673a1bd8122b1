/* SPDX-License-Identifier: BSD-2-Clause */
/* elf.h - ELF files of both classes, as the tests of core/elf.c build them. */
#ifndef TESTS_UNIT_ELF_H
#define TESTS_UNIT_ELF_H

#include "tests/unit/unit.h"

#include "core/elf.h"

#define SPACE 8192
#define BODY  6144 /* where segments have their bytes */

struct segment {
	uint32_t type;
	uint64_t paddr, memsz;
	uint64_t off, filesz; /* off 0: BODY */
	uint64_t vaddr;
};

static uint8_t file[SPACE];
static struct elf_kernel elf;
static struct fault f;

static inline void ident_put(uint8_t elf_class)
{
	const struct elf_ident id = {.magic = ELF_MAGIC,
				     .elf_class = elf_class,
				     .data = ELF_DATA_LSB};

	memset(file, 0, sizeof(file));
	memcpy(file, &id, sizeof(id));
	f = (struct fault){0};
	memset(&elf, 0xa5, sizeof(elf));
}

static inline struct elf64_header *header64(void)
{
	return (struct elf64_header *)(void *)file;
}

static inline struct elf32_header *header32(void)
{
	return (struct elf32_header *)(void *)file;
}

/* A file of SPACE bytes: header, program headers at off, bytes at BODY. */
static inline uint32_t build64(const struct segment *s, uint32_t count,
			       uint32_t off)
{
	struct elf64_phdr p = {0};

	ident_put(ELF_CLASS64);
	header64()->phoff = off;
	header64()->phentsize = sizeof(p);
	header64()->phnum = (uint16_t)count;
	header64()->machine = ELF_EM_X86_64;
	header64()->type = ELF_ET_EXEC;
	header64()->entry = 0x1000000;
	for (uint32_t i = 0; i < count; i++) {
		p.type = s[i].type;
		p.paddr = s[i].paddr;
		p.memsz = s[i].memsz;
		p.vaddr = s[i].vaddr;
		p.offset = s[i].off != 0 ? s[i].off : BODY;
		p.filesz = s[i].filesz;
		memcpy(file + off + i * sizeof(p), &p, sizeof(p));
	}
	return SPACE;
}

static inline uint32_t build32(const struct segment *s, uint32_t count,
			       uint32_t off)
{
	struct elf32_phdr p = {0};

	ident_put(ELF_CLASS32);
	header32()->phoff = off;
	header32()->phentsize = sizeof(p);
	header32()->phnum = (uint16_t)count;
	header32()->machine = ELF_EM_386;
	header32()->type = ELF_ET_EXEC;
	header32()->entry = 0x1000000;
	for (uint32_t i = 0; i < count; i++) {
		p.type = s[i].type;
		p.paddr = (uint32_t)s[i].paddr;
		p.memsz = (uint32_t)s[i].memsz;
		p.vaddr = (uint32_t)s[i].vaddr;
		p.offset = s[i].off != 0 ? (uint32_t)s[i].off : BODY;
		p.filesz = (uint32_t)s[i].filesz;
		memcpy(file + off + i * sizeof(p), &p, sizeof(p));
	}
	return SPACE;
}

/* Parses a copy of exactly len bytes. */
static inline int parse(uint32_t len)
{
	uint8_t *copy = bytes_new(len, 0);
	int err;

	memcpy(copy, file, len);
	err = elf_parse(&elf, copy, len, &f);
	free(copy);
	if (err != 0)
		assert_int_equal(f.code, err);
	return err;
}

static const struct segment kernel[] = {
	{ELF_PT_NOTE, 0, 0x1000, 0, 0, 0},
	{ELF_PT_LOAD, 0x1000000, 0x234567, BODY, 0x100, 0xffffffff81000000},
	{ELF_PT_LOAD, 0x3000000, 0x1, BODY + 0x200, 1, 0xffffffff83000000},
	{ELF_PT_LOAD, 0x2000000, 0x1000, BODY + 0x100, 0x100, 0},
	{ELF_PT_LOAD, 0, 0, 0, 0, 0},
};

/* Puts the notes of a kernel for Xen at BODY + 0x40; returns their size. */
static inline uint32_t notes_put(uint32_t pvh, uint32_t desc_size)
{
	const struct elf_note other = {4, 2, 6};
	const struct elf_note note = {4, desc_size, XEN_ELFNOTE_PHYS32_ENTRY};
	uint8_t *p = file + BODY + 0x40;

	memcpy(p, &other, sizeof(other));
	memcpy(p + 12, "Xen", 4);
	memcpy(p + 20, &note, sizeof(note)); /* 2 bytes, padded to 4 */
	memcpy(p + 32, "Xen", 4);
	memcpy(p + 36, &pvh, sizeof(pvh));
	return 20 + 16 + (desc_size + 3) / 4 * 4;
}

static inline uint32_t notes_file(uint32_t pvh, uint32_t desc_size)
{
	struct segment s[5];

	memcpy(s, kernel, sizeof(s));
	s[0].off = BODY + 0x40;
	s[0].filesz = 20 + 16 + (desc_size + 3) / 4 * 4;
	build64(s, 5, 64);
	notes_put(pvh, desc_size);
	return SPACE;
}

#endif
