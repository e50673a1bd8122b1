/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_elf.c - any bytes as an ELF file: what is accepted has exactly the
 * segments of its headers, sorted, apart and inside the file, and an entry, or
 * two, that lie in their bytes. */
#include "tests/fuzz/fuzz.h"

#include "core/abi/elf.h"
#include "core/elf.h"

static bool in_file_bytes(const struct elf_kernel *k, uint64_t gpa)
{
	for (uint32_t i = 0; i < k->count; i++)
		if (gpa - k->segment[i].gpa < k->segment[i].file_size)
			return true;
	return false;
}

/* Sorted, apart, inside the file and the extent. */
static void segments_check(const struct elf_kernel *k, uint64_t size)
{
	uint64_t end = k->start;

	PROPERTY(k->count >= 1 && k->count <= ELF_SEGMENTS_MAX);
	for (uint32_t i = 0; i < k->count; i++) {
		const struct elf_segment *s = &k->segment[i];

		PROPERTY(s->gpa >= end && s->size != 0);
		PROPERTY(s->file_size <= s->size);
		PROPERTY(range_fits(s->off, s->file_size, size));
		end = s->gpa + s->size;
		PROPERTY(end > s->gpa);
	}
	PROPERTY(end == k->end);
}

/* The number at off of the header or of a program header, by class. */
static uint64_t number_at(const uint8_t *at, bool is64, size_t off64,
			  size_t off32)
{
	uint64_t value = 0;

	memcpy(&value, at + (is64 ? off64 : off32), is64 ? 8 : 4);
	return value;
}

static bool has_segment(const struct elf_kernel *k, const uint8_t *phdr)
{
	for (uint32_t i = 0; i < k->count; i++) {
		const struct elf_segment *s = &k->segment[i];

		if (s->gpa == number_at(phdr, k->is64, 0x18, 0x0c) &&
		    s->size == number_at(phdr, k->is64, 0x28, 0x14) &&
		    s->off == number_at(phdr, k->is64, 0x08, 0x04) &&
		    s->file_size == number_at(phdr, k->is64, 0x20, 0x10))
			return true;
	}
	return false;
}

/* Each PT_LOAD with memory is a segment, and there is no other. */
static void headers_check(const struct elf_kernel *k, const uint8_t *bytes)
{
	uint64_t phoff = number_at(bytes, k->is64, 0x20, 0x1c);
	uint32_t count = bytes[k->is64 ? 0x38 : 0x2c], loads = 0;

	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *phdr = bytes + phoff + i * (k->is64 ? 56 : 32);

		if (phdr[0] != ELF_PT_LOAD || phdr[1] || phdr[2] || phdr[3] ||
		    number_at(phdr, k->is64, 0x28, 0x14) == 0)
			continue;
		PROPERTY(has_segment(k, phdr));
		loads++;
	}
	PROPERTY(loads == k->count);
}

/* An e_entry that is no place in the kernel is 0, and allowed beside another.
 */
static void entries_check(const struct elf_kernel *k, const uint8_t *bytes)
{
	uint64_t entry = number_at(bytes, k->is64, 0x18, 0x18);
	bool inside = in_file_bytes(k, entry);

	PROPERTY(k->entry == (inside ? entry : 0));
	PROPERTY(inside || k->entry_pvh != 0);
	PROPERTY(k->entry_pvh == 0 || in_file_bytes(k, k->entry_pvh));
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
		headers_check(&k, bytes);
		entries_check(&k, bytes);
	} else {
		PROPERTY(err < 0 && f.code == err);
	}
	free(bytes);
	return 0;
}
