/* SPDX-License-Identifier: BSD-2-Clause */
/* test_acpi_script_place.c - where ALLOCATE puts files, and when not. */
#include "tests/unit/script.h"

#define HIGH LOADER_ZONE_HIGH
#define FSEG LOADER_ZONE_FSEG

static uint32_t type_at(pfn_t pfn)
{
	for (uint32_t i = 0; i < b.map.count; i++)
		if (pfn >= b.map.range[i].start && pfn < b.map.range[i].end)
			return b.map.range[i].type;
	return E820_HOLE;
}

static void test_allocate_places_and_reads(void **state)
{
	struct acpi_file *f;

	(void)state;
	memcpy(blob_add("etc/acpi/tables", 4097)->bytes, "DSDT", 4);
	allocate("etc/acpi/tables", 64, HIGH);
	assert_int_equal(run(), 0);
	f = file_of("etc/acpi/tables");
	assert_int_equal(f->size, 4097);
	assert_int_equal(f->gpa, (LIMIT - 2) << PAGE_SHIFT); /* top down */
	assert_int_equal(number_in("etc/acpi/tables", 0, 4), 0x54445344);
	assert_int_equal(type_at(LIMIT - 3), E820_RAM);
	assert_int_equal(type_at(LIMIT - 2), E820_ACPI);
	assert_int_equal(type_at(LIMIT - 1), E820_ACPI);
}

/* Host or AML go on using those: no kernel may reclaim them. */
static void test_page_aligned_files_are_not_reclaimable(void **state)
{
	(void)state;
	blob_add("etc/vmgenid_guid", 100);
	blob_add("etc/acpi/tables", 100);
	allocate("etc/vmgenid_guid", 4096, HIGH);
	allocate("etc/acpi/tables", 2048, HIGH);
	assert_int_equal(run(), 0);
	assert_int_equal(file_of("etc/vmgenid_guid")->gpa % 4096, 0);
	assert_int_equal(type_at(LIMIT - 1), E820_NVS);
	assert_int_equal(type_at(LIMIT - 2), E820_ACPI);
	assert_int_equal(type_at(LIMIT - 3), E820_RAM);
}

/* No page has parts of two files: one may be reclaimed, the other not. */
static void test_each_high_file_has_pages_of_its_own(void **state)
{
	char name[8] = "f0";

	(void)state;
	for (char i = 0; i < 20; i++) {
		name[1] = (char)('a' + i);
		blob_add(name, 1 + 1097u * (unsigned int)i);
		allocate(name, 1u << (i % 14), HIGH);
	}
	assert_int_equal(run(), 0);
	assert_int_equal(b.result.file_count, 20);
	for (uint32_t i = 0; i < 20; i++) {
		struct acpi_file *x = &b.result.file[i];
		uint32_t x_end = align_up(x->gpa + x->size, PAGE_SIZE);

		assert_int_equal(x->gpa % (1u << (i % 14)), 0);
		for (uint32_t k = 0; k < i; k++) {
			struct acpi_file *y = &b.result.file[k];

			assert_true(x_end <= y->gpa ||
				    align_up(y->gpa + y->size, PAGE_SIZE) <=
					    x->gpa);
		}
	}
}

static void test_high_to_its_last_page(void **state)
{
	(void)state;
	b.place.high_floor = LIMIT - 3;
	blob_add("two", 4097);
	blob_add("one", 4096);
	allocate("two", 1, HIGH);
	allocate("one", 1, HIGH);
	assert_int_equal(run(), 0);
	assert_true(file_of("two")->gpa == (LIMIT - 2) << PAGE_SHIFT);
	assert_true(file_of("one")->gpa == (LIMIT - 3) << PAGE_SHIFT);
}

static void test_fseg_is_bumped(void **state)
{
	(void)state;
	blob_add("one", 20);
	blob_add("two", 16);
	allocate("one", 16, FSEG);
	allocate("two", 16, FSEG);
	assert_int_equal(run(), 0);
	assert_true(file_of("one")->gpa == LOW);
	assert_true(file_of("two")->gpa == LOW + 32);
	assert_true(b.place.fseg_gpa == LOW + 48);
}

static void test_fseg_to_its_last_byte(void **state)
{
	(void)state;
	blob_add("all", LOW_END - LOW);
	allocate("all", 1, FSEG);
	assert_int_equal(run(), 0);
	assert_true(file_of("all")->gpa == LOW);
}

/* FSEG is full: what is left goes where HIGH goes. */
static void test_fseg_overflows_to_high(void **state)
{
	(void)state;
	blob_add("all", LOW_END - LOW - 15);
	blob_add("more", 16);
	blob_add("last", 15);
	allocate("all", 1, FSEG);
	allocate("more", 1, FSEG);
	allocate("last", 1, FSEG);
	assert_int_equal(run(), 0);
	assert_true(file_of("more")->gpa == (LIMIT - 1) << PAGE_SHIFT);
	assert_true(file_of("last")->gpa == LOW_END - 15);
	assert_int_equal(type_at(LIMIT - 1), E820_ACPI);
}

static void test_largest_alignment(void **state)
{
	(void)state;
	blob_add("big", 8);
	allocate("big", ACPI_ALIGN_MAX, HIGH);
	assert_int_equal(run(), 0);
	assert_true(file_of("big")->gpa == HIGH_START);
}

static void test_refuses_what_does_not_fit(void **state)
{
	static const uint32_t sizes[] = {0x100001, 0x7fffffff, 0xfffff001,
					 UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		b.blob_count = 0;
		blob_add("big", sizes[i]);
		allocate("big", 16, HIGH);
		assert_refused(ERR_NO_ROOM);
		allocate("big", 1, FSEG);
		assert_refused(ERR_NO_ROOM);
	}
}

/* To the page: floor, limit, alignment, and what others have taken. */
static void test_refuses_what_does_not_fit_by_a_page(void **state)
{
	(void)state;
	blob_add("three", 0x3000);
	blob_add("more", 0x3001);
	b.place.high_floor = LIMIT - 3;
	allocate("more", 1, HIGH);
	assert_refused(ERR_NO_ROOM);
	allocate("three", 0x2000, HIGH);
	assert_refused(ERR_NO_ROOM);
	b.place.high_floor = LIMIT - 2;
	allocate("three", 1, HIGH);
	assert_refused(ERR_NO_ROOM);
	b.place.high_floor = FLOOR;
	b.place.high_limit = FLOOR + 2;
	allocate("three", 1, HIGH);
	assert_refused(ERR_NO_ROOM);
	b.place.high_limit = FLOOR;
	allocate("three", 1, HIGH);
	assert_refused(ERR_NO_ROOM);
	b.place.high_limit = FLOOR + 5;
	allocate("three", 1, HIGH);
	allocate("more", 1, HIGH);
	assert_refused(ERR_NO_ROOM);
	assert_int_equal(run(), 0);
}

/* A byte takes a page: the second file finds none. */
static void test_refuses_a_second_file_in_a_page(void **state)
{
	(void)state;
	b.place.high_floor = LIMIT - 1;
	blob_add("one", 1);
	blob_add("two", 1);
	allocate("one", 1, HIGH);
	allocate("two", 1, HIGH);
	assert_refused(ERR_NO_ROOM);
}

static void test_refuses_a_map_without_ram(void **state)
{
	(void)state;
	blob_add("f", 16);
	e820_retype(&b.map, E820_RAM, E820_RESERVED);
	allocate("f", 16, HIGH);
	assert_refused(ERR_NO_ROOM);
	b.map.count = 0;
	allocate("f", 16, HIGH);
	assert_refused(ERR_NO_ROOM);
}

/* The map says RAM where the window ends: nothing may be written there. */
static void test_refuses_ram_outside_the_window(void **state)
{
	(void)state;
	b.mem.size = HIGH_START - WINDOW_GPA + 0x80000;
	blob_add("f", 16);
	allocate("f", 16, HIGH);
	assert_refused(ERR_NO_ROOM);
}

static void test_refuses_a_full_map(void **state)
{
	(void)state;
	for (pfn_t at = PFN_4G; b.map.count < E820_RANGES_MAX - 1; at += 2)
		assert_int_equal(e820_add(&b.map, at, at + 1, E820_NVS), 0);
	blob_add("f", 16);
	allocate("f", 16, HIGH);
	assert_refused(ERR_TOO_MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH_CASE(test_allocate_places_and_reads),
		BENCH_CASE(test_page_aligned_files_are_not_reclaimable),
		BENCH_CASE(test_each_high_file_has_pages_of_its_own),
		BENCH_CASE(test_high_to_its_last_page),
		BENCH_CASE(test_fseg_is_bumped),
		BENCH_CASE(test_fseg_to_its_last_byte),
		BENCH_CASE(test_fseg_overflows_to_high),
		BENCH_CASE(test_largest_alignment),
		BENCH_CASE(test_refuses_what_does_not_fit),
		BENCH_CASE(test_refuses_what_does_not_fit_by_a_page),
		BENCH_CASE(test_refuses_a_second_file_in_a_page),
		BENCH_CASE(test_refuses_a_map_without_ram),
		BENCH_CASE(test_refuses_ram_outside_the_window),
		BENCH_CASE(test_refuses_a_full_map),
	};

	return cmocka_run_group_tests_name("acpi_script_place", tests, NULL,
					   NULL);
}
