/* SPDX-License-Identifier: BSD-2-Clause */
/* test_elf.c - an ELF kernel's segments, entry and notes, both classes. */
#include "tests/unit/elf.h"

static void test_segments_of_both_classes(void **state)
{
	(void)state;
	for (int is64 = 0; is64 < 2; is64++) {
		assert_int_equal(parse(is64 ? build64(kernel, 5, 64)
					    : build32(kernel, 5, 52)), 0);
		assert_true(elf.is64 == is64);
		assert_true(elf.start == 0x1000000 && elf.end == 0x3000001);
		assert_true(elf.entry == 0x1000000 && elf.entry_pvh == 0);
		assert_int_equal(elf.count, 3);
		assert_true(elf.segment[1].gpa == 0x2000000 &&
			    elf.segment[1].size == 0x1000 &&
			    elf.segment[1].off == BODY + 0x100 &&
			    elf.segment[1].file_size == 0x100);
		assert_true(elf.segment[2].gpa == 0x3000000);
	}
}

static void test_linked_like_linux(void **state)
{
	struct segment s[5];

	(void)state;
	memcpy(s, kernel, sizeof(s));
	assert_int_equal(parse(build64(s, 5, 64)), 0);
	assert_true(elf.linux_map);
	s[2].vaddr++;
	assert_int_equal(parse(build64(s, 5, 64)), 0);
	assert_false(elf.linux_map);
	assert_int_equal(parse(build32(kernel, 5, 52)), 0);
	assert_false(elf.linux_map);
}

static void test_headers_may_stand_anywhere(void **state)
{
	(void)state;
	assert_int_equal(parse(build64(kernel, 5, 4099)), 0);
	assert_true(elf.end == 0x3000001);
	assert_int_equal(parse(build32(kernel, 5, 4097)), 0);
	assert_true(elf.end == 0x3000001);
}

static void test_as_many_headers_as_allowed(void **state)
{
	struct segment s[ELF_SEGMENTS_MAX + 1] = {{0}};
	uint32_t len;

	(void)state;
	/* all loaded, in falling order */
	for (uint32_t i = 0; i < ELF_SEGMENTS_MAX; i++)
		s[i] = (struct segment){ELF_PT_LOAD, 0x1000000 +
					0x1000 * (ELF_SEGMENTS_MAX - 1 - i),
					0x1000, BODY, 8, 0};
	assert_int_equal(parse(build64(s, ELF_SEGMENTS_MAX, 64)), 0);
	assert_int_equal(elf.count, ELF_SEGMENTS_MAX);
	for (uint32_t i = 0; i < ELF_SEGMENTS_MAX; i++)
		assert_true(elf.segment[i].gpa == 0x1000000 + 0x1000 * i);
	len = build64(s, ELF_SEGMENTS_MAX + 1, 64);
	assert_int_equal(parse(len), ERR_TOO_MANY);
	len = build32(s, ELF_SEGMENTS_MAX + 1, 52);
	header32()->phnum = 0xffff;
	assert_int_equal(parse(len), ERR_TOO_MANY);
}

static void test_segment_to_the_end_of_the_space(void **state)
{
	const struct segment high = {ELF_PT_LOAD, UINT64_MAX - 0xfff, 0xfff,
				     BODY, 0x10, 0};
	const struct segment four = {ELF_PT_LOAD, 0xfffff000, 0xffffffff,
				     BODY, 0x10, 0};

	(void)state;
	build64(&high, 1, 64);
	header64()->entry = high.paddr;
	assert_int_equal(parse(SPACE), 0);
	assert_true(elf.end == UINT64_MAX);
	/* 32-bit fields, but no 32-bit sum */
	build32(&four, 1, 52);
	header32()->entry = 0xfffff00f;
	assert_int_equal(parse(SPACE), 0);
	assert_true(elf.end == 0x1ffffefff);
}

static void test_pvh_note(void **state)
{
	(void)state;
	assert_int_equal(parse(notes_file(0x1000080, 4)), 0);
	assert_int_equal(elf.entry_pvh, 0x1000080);
	assert_int_equal(parse(notes_file(0x1000080, 8)), 0);
	assert_int_equal(elf.entry_pvh, 0x1000080);
	/* another owner's note of that type, and one that is too small */
	notes_file(0x1000080, 4);
	file[BODY + 0x40 + 32] = 'Y';
	assert_int_equal(parse(SPACE), 0);
	assert_int_equal(elf.entry_pvh, 0);
	assert_int_equal(parse(notes_file(0x1000080, 2)), 0);
	assert_int_equal(elf.entry_pvh, 0);
}

/* A kernel that PVH alone can start may have its entry linked high. */
static void test_virtual_entry(void **state)
{
	(void)state;
	notes_file(0x1000080, 4);
	header64()->entry = 0xffffffff81000000;
	assert_int_equal(parse(SPACE), 0);
	assert_int_equal(elf.entry, 0);
	assert_int_equal(elf.entry_pvh, 0x1000080);
	/* another owner's note leaves the kernel without an entry */
	file[BODY + 0x40 + 32] = 'Y';
	assert_int_equal(parse(SPACE), ERR_RANGE);
	assert_int_equal(f.value, 0xffffffff81000000);
}

/* Sizes that reach behind the notes, or wrap. */
static void test_notes_that_lie(void **state)
{
	static const uint32_t sizes[] = {0xffffffff, 0xfffffffd, 0xfffffff0,
					 0x80000000, 0x1000, 9};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		for (uint32_t field = 0; field < 8; field += 4) {
			notes_file(0x1000080, 4);
			memcpy(file + BODY + 0x40 + field, &sizes[i], 4);
			assert_int_equal(parse(SPACE), 0);
			assert_int_equal(elf.entry_pvh, 0);
		}
	}
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_segments_of_both_classes),
		CASE(test_linked_like_linux),
		CASE(test_headers_may_stand_anywhere),
		CASE(test_as_many_headers_as_allowed),
		CASE(test_segment_to_the_end_of_the_space),
		CASE(test_pvh_note),
		CASE(test_virtual_entry),
		CASE(test_notes_that_lie),
		CASE(test_magic),
	};

	return cmocka_run_group_tests_name("elf", tests, NULL, NULL);
}
