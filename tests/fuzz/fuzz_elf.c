/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_elf.c - any bytes as an ELF file. */
#include "tests/fuzz/fuzz.h"

#include "core/elf.h"

/* Sorted, apart, inside the file and the extent. */
static void segments_check(const struct elf_kernel *k, uint64_t size)
{
	bool entry = false;
	uint64_t end = k->start;

	PROPERTY(k->count >= 1 && k->count <= ELF_SEGMENTS_MAX);
	for (uint32_t i = 0; i < k->count; i++) {
		const struct elf_segment *s = &k->segment[i];

		PROPERTY(s->gpa >= end && s->size != 0);
		PROPERTY(s->file_size <= s->size);
		PROPERTY(range_fits(s->off, s->file_size, size));
		end = s->gpa + s->size;
		PROPERTY(end > s->gpa);
		if (k->entry - s->gpa < s->file_size)
			entry = true;
	}
	PROPERTY(end == k->end && entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = exact_copy(data, size);
	struct elf_kernel k;
	struct fault f = {0};
	int err = elf_parse(&k, bytes, size, &f);

	if (err == 0) {
		PROPERTY(elf_magic(bytes, size));
		segments_check(&k, size);
	} else {
		PROPERTY(err < 0 && f.code == err);
	}
	free(bytes);
	return 0;
}
