/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_elf.c - any bytes as an ELF file. */
#include "tests/fuzz/fuzz.h"

#include "core/elf.h"

/* Every segment that counts lies inside the extent. */
static void segments_check(const uint8_t *bytes, const struct elf_extent *x)
{
	const struct elf32_header *h32 = (const void *)bytes;
	const struct elf64_header *h64 = (const void *)bytes;
	bool is64 = h32->ident.elf_class == ELF_CLASS64;
	uint64_t off = is64 ? h64->phoff : h32->phoff;
	uint32_t count = is64 ? h64->phnum : h32->phnum;

	for (uint32_t i = 0; i < count; i++) {
		const struct elf32_phdr *p32 = (const void *)(bytes + off);
		const struct elf64_phdr *p64 = (const void *)(bytes + off);
		uint64_t start = is64 ? p64->paddr : p32->paddr;
		uint64_t size = is64 ? p64->memsz : p32->memsz;

		off += is64 ? sizeof(*p64) : sizeof(*p32);
		if (p32->type != ELF_PT_LOAD || size == 0)
			continue;
		PROPERTY(start >= x->start && start + size <= x->end);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = exact_copy(data, size);
	struct elf_extent x = {0, 0};
	struct fault f = {0};
	int err = elf_extent_parse(&x, bytes, (uint32_t)size, &f);

	if (err == 0) {
		PROPERTY(elf_magic(bytes, (uint32_t)size));
		PROPERTY(x.start < x.end);
		segments_check(bytes, &x);
	} else {
		PROPERTY(err < 0 && f.code == err);
	}
	free(bytes);
	return 0;
}
