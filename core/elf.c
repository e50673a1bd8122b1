/* SPDX-License-Identifier: BSD-2-Clause */
/* elf.c - program headers of both classes, read as one. */
#include "core/elf.h"
#include "core/le.h"

struct table {
	uint64_t off;
	uint32_t entry_size, count;
	bool is64;
};

bool elf_magic(const void *bytes, uint32_t len)
{
	return len >= sizeof(struct elf_ident) && word_at(bytes) == ELF_MAGIC;
}

static int table_find(struct table *t, const void *bytes, uint32_t len,
		      struct fault *fault)
{
	const struct elf_ident *id = bytes;
	const struct elf32_header *h32 = bytes;
	const struct elf64_header *h64 = bytes;
	uint32_t want;

	*t = (struct table){0};
	if (!elf_magic(bytes, len))
		return fault_set(fault, ERR_MAGIC, 0, 0, 0);
	if (id->data != ELF_DATA_LSB || (id->elf_class != ELF_CLASS32 &&
					 id->elf_class != ELF_CLASS64))
		return fault_set(fault, ERR_UNSUPPORTED, 0, id->elf_class,
				 ELF_CLASS64);
	t->is64 = id->elf_class == ELF_CLASS64;
	want = t->is64 ? sizeof(*h64) : sizeof(*h32);
	if (len < want)
		return fault_set(fault, ERR_TRUNCATED, 0, len, want);
	t->off = t->is64 ? h64->phoff : h32->phoff;
	t->entry_size = t->is64 ? h64->phentsize : h32->phentsize;
	t->count = t->is64 ? h64->phnum : h32->phnum;
	want = t->is64 ? sizeof(struct elf64_phdr) : sizeof(struct elf32_phdr);
	if (t->entry_size != want)
		return fault_set(fault, ERR_SIZE, 0, t->entry_size, want);
	if (t->count > ELF_PHDRS_MAX)
		return fault_set(fault, ERR_TOO_MANY, 0, t->count,
				 ELF_PHDRS_MAX);
	if (!range_fits(t->off, t->count * want, len))
		return fault_set(fault, ERR_TRUNCATED, 0, t->off, len);
	return 0;
}

int elf_extent_parse(struct elf_extent *out, const void *bytes, uint32_t len,
		     struct fault *fault)
{
	struct table t;
	int err = table_find(&t, bytes, len, fault);

	if (err != 0)
		return err;
	*out = (struct elf_extent){.start = UINT64_MAX, .end = 0};
	for (uint32_t i = 0; i < t.count; i++) {
		const void *at = (const uint8_t *)bytes + (uint32_t)t.off +
				 i * t.entry_size;
		const struct elf32_phdr *p32 = at;
		const struct elf64_phdr *p64 = at;
		uint64_t start = t.is64 ? p64->paddr : p32->paddr;
		uint64_t size = t.is64 ? p64->memsz : p32->memsz;

		if (p32->type != ELF_PT_LOAD || size == 0)
			continue;
		if (start + size < start)
			return fault_set(fault, ERR_WRAP, i, start, size);
		if (start < out->start)
			out->start = start;
		if (start + size > out->end)
			out->end = start + size;
	}
	if (out->end == 0)
		return fault_set(fault, ERR_ABSENT, 0, 0, 0);
	return 0;
}
