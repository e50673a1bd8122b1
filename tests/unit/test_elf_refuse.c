/* SPDX-License-Identifier: BSD-2-Clause */
/* test_elf_refuse.c - ELF files that lie. */
#include "tests/unit/elf.h"

static void test_refuses_pvh_entry_outside(void **state)
{
	(void)state;
	assert_int_equal(parse(notes_file(0x1000100, 4)), ERR_RANGE);
	assert_int_equal(f.value, 0x1000100);
	assert_int_equal(parse(notes_file(0xffffffff, 4)), ERR_RANGE);
}

static void test_refuses_notes_outside(void **state)
{
	struct segment s[5];

	(void)state;
	memcpy(s, kernel, sizeof(s));
	s[0].off = SPACE - 8;
	s[0].filesz = 9;
	assert_int_equal(parse(build64(s, 5, 64)), ERR_TRUNCATED);
	assert_int_equal(f.record, 0);
}

static void test_refuses_entry_outside(void **state)
{
	static const uint64_t entries[] = {0, 0xffffff, 0x1000100, 0x1234566,
					   0x3000001, UINT64_MAX,
					   0xffffffff81000000};

	(void)state;
	build64(kernel, 5, 64);
	for (size_t i = 0; i < ARRAY_COUNT(entries); i++) {
		header64()->entry = entries[i];
		assert_int_equal(parse(SPACE), ERR_RANGE);
	}
}

static void test_refuses_other_machines(void **state)
{
	(void)state;
	build64(kernel, 5, 64);
	header64()->machine = ELF_EM_386;
	assert_int_equal(parse(SPACE), ERR_UNSUPPORTED);
	header64()->machine = 183; /* AArch64 */
	assert_int_equal(parse(SPACE), ERR_UNSUPPORTED);
	build32(kernel, 5, 52);
	header32()->machine = ELF_EM_X86_64;
	assert_int_equal(parse(SPACE), ERR_UNSUPPORTED);
	build64(kernel, 5, 64);
	header64()->type = 1; /* an object file */
	assert_int_equal(parse(SPACE), ERR_UNSUPPORTED);
}

static void test_refuses_segments_that_lie(void **state)
{
	struct segment s[5];

	(void)state;
	memcpy(s, kernel, sizeof(s));
	s[2].filesz = 2; /* of 1 byte in memory */
	assert_int_equal(parse(build64(s, 5, 64)), ERR_SIZE);
	assert_int_equal(f.record, 2);
	memcpy(s, kernel, sizeof(s));
	s[3].off = SPACE - 0xff;
	assert_int_equal(parse(build64(s, 5, 64)), ERR_TRUNCATED);
	assert_int_equal(f.record, 3);
	s[3].off = UINT64_MAX - 0xff;
	assert_int_equal(parse(build64(s, 5, 64)), ERR_TRUNCATED);
}

static void test_refuses_overlaps(void **state)
{
	static const uint64_t starts[] = {0x1000000, 0x1000fff, 0x1234566,
					  0xffffff, 0x2fff001};
	struct segment s[5];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(starts); i++) {
		memcpy(s, kernel, sizeof(s));
		s[3].paddr = starts[i];
		assert_int_equal(parse(build64(s, 5, 64)), ERR_OVERLAP);
	}
	s[3].paddr = 0x1234567;
	assert_int_equal(parse(build64(s, 5, 64)), 0);
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
	uint32_t len;

	(void)state;
	build64(kernel, 5, 64);
	len = BODY + 0x201; /* the last byte that counts */
	assert_int_equal(parse(len), 0);
	for (uint32_t n = sizeof(struct elf_ident); n < len; n += n / 64 + 1)
		assert_int_equal(parse(n), ERR_TRUNCATED);
	build32(kernel, 5, 52);
	for (uint32_t n = sizeof(struct elf_ident); n < len; n += n / 64 + 1)
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
	const struct segment s[] = {{ELF_PT_LOAD, 0x1000, 0x1000, 0, 0, 0},
				    {ELF_PT_LOAD, UINT64_MAX, 2, 0, 0, 0}};

	(void)state;
	assert_int_equal(parse(build64(s, 2, 64)), ERR_WRAP);
	assert_int_equal(f.record, 1);
}

static void test_refuses_no_segment(void **state)
{
	const struct segment s[] = {{2, 0x1000, 0x1000, 0, 0, 0},
				    {6, 0x1000, 1, 0, 0, 0}};

	(void)state;
	assert_int_equal(parse(build64(s, 2, 64)), ERR_ABSENT);
	assert_int_equal(parse(build32(s, 2, 52)), ERR_ABSENT);
	assert_int_equal(parse(build64(s, 0, 64)), ERR_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_refuses_pvh_entry_outside),
		CASE(test_refuses_notes_outside),
		CASE(test_refuses_entry_outside),
		CASE(test_refuses_other_machines),
		CASE(test_refuses_segments_that_lie),
		CASE(test_refuses_overlaps),
		CASE(test_refuses_other_magic),
		CASE(test_refuses_other_class_and_byte_order),
		CASE(test_refuses_every_truncation),
		CASE(test_refuses_headers_outside),
		CASE(test_refuses_other_entry_size),
		CASE(test_refuses_wrap),
		CASE(test_refuses_no_segment),
	};

	return cmocka_run_group_tests_name("elf_refuse", tests, NULL, NULL);
}
