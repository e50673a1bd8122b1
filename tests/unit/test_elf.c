/* SPDX-License-Identifier: BSD-2-Clause */
/* test_elf.c - the extent of an ELF kernel's segments, both classes. */
#include "tests/unit/unit.h"

#include "core/elf.h"

#define SPACE 8192

struct segment {
	uint32_t type;
	uint64_t paddr, memsz;
};

static uint8_t file[SPACE];
static struct elf_extent extent;
static struct fault f;

static void ident_put(uint8_t elf_class)
{
	const struct elf_ident id = {.magic = ELF_MAGIC,
				     .elf_class = elf_class,
				     .data = ELF_DATA_LSB};

	memset(file, 0, sizeof(file));
	memcpy(file, &id, sizeof(id));
	f = (struct fault){0};
	extent = (struct elf_extent){0, 0};
}

static struct elf64_header *header64(void)
{
	return (struct elf64_header *)(void *)file;
}

static struct elf32_header *header32(void)
{
	return (struct elf32_header *)(void *)file;
}

/* Returns the file's length: header, then program headers at off. */
static uint32_t build64(const struct segment *s, uint32_t count, uint32_t off)
{
	struct elf64_phdr p = {0};

	ident_put(ELF_CLASS64);
	header64()->phoff = off;
	header64()->phentsize = sizeof(p);
	header64()->phnum = (uint16_t)count;
	for (uint32_t i = 0; i < count; i++) {
		p.type = s[i].type;
		p.paddr = s[i].paddr;
		p.memsz = s[i].memsz;
		p.vaddr = ~s[i].paddr; /* must not matter */
		p.filesz = 1;
		memcpy(file + off + i * sizeof(p), &p, sizeof(p));
	}
	return off + count * (uint32_t)sizeof(p);
}

static uint32_t build32(const struct segment *s, uint32_t count, uint32_t off)
{
	struct elf32_phdr p = {0};

	ident_put(ELF_CLASS32);
	header32()->phoff = off;
	header32()->phentsize = sizeof(p);
	header32()->phnum = (uint16_t)count;
	for (uint32_t i = 0; i < count; i++) {
		p.type = s[i].type;
		p.paddr = (uint32_t)s[i].paddr;
		p.memsz = (uint32_t)s[i].memsz;
		p.vaddr = (uint32_t)~s[i].paddr;
		memcpy(file + off + i * sizeof(p), &p, sizeof(p));
	}
	return off + count * (uint32_t)sizeof(p);
}

/* Parses a copy of exactly len bytes. */
static int parse(uint32_t len)
{
	uint8_t *copy = bytes_new(len, 0);
	int err;

	memcpy(copy, file, len);
	err = elf_extent_parse(&extent, copy, len, &f);
	free(copy);
	if (err != 0)
		assert_int_equal(f.code, err);
	return err;
}

static const struct segment kernel[] = {
	{4, 0, 0x1000},
	{ELF_PT_LOAD, 0x1000000, 0x234567},
	{ELF_PT_LOAD, 0x3000000, 0x1},
	{ELF_PT_LOAD, 0x2000000, 0x1000},
	{ELF_PT_LOAD, 0, 0},
};

static void test_extent_of_both_classes(void **state)
{
	(void)state;
	assert_int_equal(parse(build64(kernel, 5, 64)), 0);
	assert_true(extent.start == 0x1000000 && extent.end == 0x3000001);
	assert_int_equal(parse(build32(kernel, 5, 52)), 0);
	assert_true(extent.start == 0x1000000 && extent.end == 0x3000001);
}

static void test_headers_may_stand_anywhere(void **state)
{
	(void)state;
	assert_int_equal(parse(build64(kernel, 5, 4099)), 0);
	assert_true(extent.end == 0x3000001);
	assert_int_equal(parse(build32(kernel, 5, 4097)), 0);
	assert_true(extent.end == 0x3000001);
}

static void test_as_many_headers_as_allowed(void **state)
{
	struct segment s[ELF_PHDRS_MAX + 1] = {{0}};
	uint32_t len;

	(void)state;
	s[ELF_PHDRS_MAX - 1] = (struct segment){ELF_PT_LOAD, 5, 6};
	assert_int_equal(parse(build64(s, ELF_PHDRS_MAX, 64)), 0);
	assert_true(extent.start == 5 && extent.end == 11);
	len = build64(s, ELF_PHDRS_MAX + 1, 64);
	assert_int_equal(parse(len), ERR_TOO_MANY);
	len = build32(s, ELF_PHDRS_MAX + 1, 52);
	header32()->phnum = 0xffff;
	assert_int_equal(parse(len), ERR_TOO_MANY);
}

static void test_segment_to_the_end_of_the_space(void **state)
{
	const struct segment high = {ELF_PT_LOAD, UINT64_MAX - 0xfff, 0xfff};
	const struct segment four = {ELF_PT_LOAD, 0xfffff000, 0xffffffff};

	(void)state;
	assert_int_equal(parse(build64(&high, 1, 64)), 0);
	assert_true(extent.end == UINT64_MAX);
	/* 32-bit fields, but no 32-bit sum */
	assert_int_equal(parse(build32(&four, 1, 52)), 0);
	assert_true(extent.end == 0x1ffffefff);
}

static void test_magic(void **state)
{
	(void)state;
	ident_put(ELF_CLASS64);
	assert_true(elf_magic(file, sizeof(struct elf_ident)));
	assert_false(elf_magic(file, 0));
	assert_false(elf_magic(file, 3));
	file[3] = 'G';
	assert_false(elf_magic(file, SPACE));
}

static void test_refuses_other_magic(void **state)
{
	uint32_t len = build64(kernel, 5, 64);

	(void)state;
	for (int i = 0; i < 4; i++) {
		file[i] ^= 1;
		assert_int_equal(parse(len), ERR_MAGIC);
		file[i] ^= 1;
	}
	assert_int_equal(parse(0), ERR_MAGIC);
	assert_int_equal(parse(3), ERR_MAGIC);
}

static void test_refuses_other_class_and_byte_order(void **state)
{
	uint32_t len = build64(kernel, 5, 64);

	(void)state;
	header64()->ident.elf_class = 0;
	assert_int_equal(parse(len), ERR_UNSUPPORTED);
	header64()->ident.elf_class = 3;
	assert_int_equal(parse(len), ERR_UNSUPPORTED);
	header64()->ident.elf_class = ELF_CLASS64;
	header64()->ident.data = 2;
	assert_int_equal(parse(len), ERR_UNSUPPORTED);
}

static void test_refuses_every_truncation(void **state)
{
	uint32_t len = build64(kernel, 5, 64);

	(void)state;
	for (uint32_t n = sizeof(struct elf_ident); n < len; n++)
		assert_int_equal(parse(n), ERR_TRUNCATED);
	len = build32(kernel, 5, 52);
	for (uint32_t n = sizeof(struct elf_ident); n < len; n++)
		assert_int_equal(parse(n), ERR_TRUNCATED);
}

/* Offsets that lie behind the file, and those that wrap to inside it. */
static void test_refuses_headers_outside(void **state)
{
	static const uint64_t offsets[] = {
		SPACE, SPACE - 55, UINT32_MAX, UINT64_MAX,
		0x100000040, UINT64_MAX - 55, UINT64_MAX - 5 * 56 + 1,
		0x8000000000000040,
	};

	(void)state;
	build64(kernel, 5, 64);
	for (size_t i = 0; i < ARRAY_COUNT(offsets); i++) {
		header64()->phoff = offsets[i];
		assert_int_equal(parse(SPACE), ERR_TRUNCATED);
	}
	build32(kernel, 5, 52);
	header32()->phoff = UINT32_MAX - 4 * 32;
	assert_int_equal(parse(SPACE), ERR_TRUNCATED);
}

static void test_refuses_other_entry_size(void **state)
{
	static const uint16_t sizes[] = {0, 1, 31, 33, 55, 57, 0xffff};
	uint32_t len64 = build64(kernel, 5, 64);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		header64()->phentsize = sizes[i];
		assert_int_equal(parse(len64), ERR_SIZE);
	}
	build32(kernel, 5, 52);
	header32()->phentsize = sizeof(struct elf64_phdr);
	assert_int_equal(parse(SPACE), ERR_SIZE);
}

static void test_refuses_wrap(void **state)
{
	const struct segment s[] = {{ELF_PT_LOAD, 0x1000, 0x1000},
				    {ELF_PT_LOAD, UINT64_MAX, 2}};

	(void)state;
	assert_int_equal(parse(build64(s, 2, 64)), ERR_WRAP);
	assert_int_equal(f.record, 1);
}

static void test_refuses_no_segment(void **state)
{
	const struct segment s[] = {{2, 0x1000, 0x1000}, {4, 0x1000, 1}};

	(void)state;
	assert_int_equal(parse(build64(s, 2, 64)), ERR_ABSENT);
	assert_int_equal(parse(build32(s, 2, 52)), ERR_ABSENT);
	assert_int_equal(parse(build64(s, 0, 64)), ERR_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_extent_of_both_classes),
		CASE(test_headers_may_stand_anywhere),
		CASE(test_as_many_headers_as_allowed),
		CASE(test_segment_to_the_end_of_the_space),
		CASE(test_magic),
		CASE(test_refuses_other_magic),
		CASE(test_refuses_other_class_and_byte_order),
		CASE(test_refuses_every_truncation),
		CASE(test_refuses_headers_outside),
		CASE(test_refuses_other_entry_size),
		CASE(test_refuses_wrap),
		CASE(test_refuses_no_segment),
	};

	return cmocka_run_group_tests_name("elf", tests, NULL, NULL);
}
