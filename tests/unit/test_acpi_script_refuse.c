/* SPDX-License-Identifier: BSD-2-Clause */
/* test_acpi_script_refuse.c - every way in which a script can be wrong: the
 * code, the command it is blamed on, and nothing written by that command. */
#include "tests/unit/script.h"

#define HIGH LOADER_ZONE_HIGH
#define FSEG LOADER_ZONE_FSEG

/* Two files of 64 bytes, small numbers in the first. */
static void two_files(void)
{
	blob_add("dest", 64);
	memset(blob_add("src", 64)->bytes, 0xff, 64);
	blob_add("addr", 8);
	allocate("dest", 16, HIGH);
	allocate("src", 16, HIGH);
}

static void test_refuses_other_lengths(void **state)
{
	(void)state;
	blob_add("f", 16);
	allocate("f", 16, HIGH);
	for (uint32_t len = 1; len < 3 * 128; len++)
		if (len % 128 != 0) {
			assert_int_equal(run_bytes(len), ERR_SIZE);
			assert_int_equal(b.fault.code, ERR_SIZE);
		}
	assert_int_equal(run_bytes(UINT32_MAX), ERR_SIZE);
}

static void test_refuses_names_without_end(void **state)
{
	(void)state;
	two_files();
	memset(allocate("", 16, HIGH)->allocate.file, 'x', LOADER_NAME_SIZE);
	assert_refused(ERR_NAME);
	memset(add_pointer("", "src", 0, 8)->pointer.dest, 'x',
	       LOADER_NAME_SIZE);
	assert_refused(ERR_NAME);
	memset(add_pointer("dest", "", 0, 8)->pointer.src, 'x',
	       LOADER_NAME_SIZE);
	assert_refused(ERR_NAME);
	memset(add_checksum("", 0, 0, 1)->checksum.file, 'x',
	       LOADER_NAME_SIZE);
	assert_refused(ERR_NAME);
	memset(write_pointer("", "src", 0, 0, 8)->write.dest, 'x',
	       LOADER_NAME_SIZE);
	assert_refused(ERR_NAME);
	memset(write_pointer("addr", "", 0, 0, 8)->write.src, 'x',
	       LOADER_NAME_SIZE);
	assert_refused(ERR_NAME);
}

static void test_refuses_alignments(void **state)
{
	static const uint32_t aligns[] = {0, 3, 12, 0xfff, 0x1001,
					  2 * ACPI_ALIGN_MAX, 0x80000000,
					  UINT32_MAX};

	(void)state;
	blob_add("f", 16);
	for (size_t i = 0; i < ARRAY_COUNT(aligns); i++) {
		allocate("f", aligns[i], HIGH);
		assert_refused(ERR_ALIGN);
		allocate("f", aligns[i], FSEG);
		assert_refused(ERR_ALIGN);
	}
}

static void test_refuses_zones(void **state)
{
	static const uint8_t zones[] = {0, 3, 0x80, 0xff};

	(void)state;
	blob_add("f", 16);
	for (size_t i = 0; i < ARRAY_COUNT(zones); i++) {
		allocate("f", 16, zones[i]);
		assert_refused(ERR_ZONE);
	}
}

static void test_refuses_duplicates(void **state)
{
	(void)state;
	two_files();
	allocate("dest", 16, HIGH);
	assert_refused(ERR_DUPLICATE);
	allocate("src", 64, FSEG);
	assert_refused(ERR_DUPLICATE);
}

static void test_refuses_duplicates_of_missing_files(void **state)
{
	(void)state;
	allocate("gone", 16, HIGH);
	allocate("gone", 16, HIGH);
	assert_refused(ERR_DUPLICATE);
}

static void test_refuses_files_never_allocated(void **state)
{
	(void)state;
	two_files();
	add_pointer("addr", "src", 0, 8);
	assert_refused(ERR_ABSENT);
	add_pointer("dest", "addr", 0, 8);
	assert_refused(ERR_ABSENT);
	add_checksum("addr", 0, 0, 8);
	assert_refused(ERR_ABSENT);
	write_pointer("addr", "addr", 0, 0, 8);
	assert_refused(ERR_ABSENT);
	add_checksum("des", 0, 0, 8);
	assert_refused(ERR_ABSENT);
	add_checksum("dest2", 0, 0, 8);
	assert_refused(ERR_ABSENT);
	add_checksum("", 0, 0, 8);
	assert_refused(ERR_ABSENT);
}

static void test_refuses_use_before_allocate(void **state)
{
	(void)state;
	blob_add("f", 16);
	add_checksum("f", 0, 0, 8);
	assert_refused(ERR_ABSENT);
}

static void test_refuses_pointer_sizes(void **state)
{
	(void)state;
	two_files();
	for (uint32_t size = 0; size <= 0xff; size++) {
		if (size == 1 || size == 2 || size == 4 || size == 8)
			continue;
		add_pointer("dest", "src", 0, (uint8_t)size);
		assert_refused(ERR_SIZE);
		write_pointer("addr", "src", 0, 0, (uint8_t)size);
		assert_refused(ERR_SIZE);
	}
}

static void test_refuses_pointers_outside(void **state)
{
	static const uint32_t offsets[] = {57, 63, 64, 65, 0x80000000,
					   UINT32_MAX - 7, UINT32_MAX};

	(void)state;
	two_files();
	for (size_t i = 0; i < ARRAY_COUNT(offsets); i++) {
		add_pointer("dest", "src", offsets[i], 8);
		assert_refused(ERR_RANGE);
	}
	add_pointer("dest", "src", 61, 4);
	assert_refused(ERR_RANGE);
	add_pointer("dest", "src", 63, 2);
	assert_refused(ERR_RANGE);
	add_pointer("dest", "src", 64, 1);
	assert_refused(ERR_RANGE);
}

/* The number in the field is an offset in src: 64 bytes.  In eight bytes the
 * upper half counts as well, whatever the lower one says. */
static void test_refuses_values_outside_their_file(void **state)
{
	static const uint64_t values[] = {
		65, 0x10000, 0xffffffff, 0x100000000, 0x100000010,
		0x8000000000000010, 0xffffffff00000000, UINT64_MAX,
		UINT64_MAX - 0x1fffff,
	};

	(void)state;
	two_files();
	for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
		put64(b.blob[0].bytes + 8, values[i]);
		add_pointer("dest", "src", 8, 8);
		assert_refused(ERR_RANGE);
	}
	le_put(b.blob[0].bytes + 8, 0xfffffff0, 4);
	add_pointer("dest", "src", 8, 4);
	assert_refused(ERR_RANGE);
	/* four bytes do not look at the next four */
	put64(b.blob[0].bytes + 8, 0xffffffff00000010);
	add_pointer("dest", "src", 8, 4);
	assert_int_equal(run(), 0);
	assert_true(number_in("dest", 8, 8) ==
		    (0xffffffff00000010 + file_of("src")->gpa));
}

/* Files lie above 1 MiB: one and two bytes cannot hold their address. */
static void test_refuses_addresses_too_large_for_the_field(void **state)
{
	(void)state;
	two_files();
	add_pointer("dest", "src", 0, 1);
	assert_refused(ERR_RANGE);
	add_pointer("dest", "src", 0, 2);
	assert_refused(ERR_RANGE);
	write_pointer("addr", "src", 0, 0, 1);
	assert_refused(ERR_RANGE);
	write_pointer("addr", "src", 0, 0, 2);
	assert_refused(ERR_RANGE);
}

/* 0xf0 + 0x0f is the last that fits a byte. */
static void test_refuses_the_first_sum_that_does_not_fit(void **state)
{
	(void)state;
	b.mem.gpa = 0xe0;
	b.place.fseg_gpa = 0xe0;
	b.place.fseg_end = 0x1e0;
	blob_add("dest", 16)->bytes[0] = 0x10;
	b.blob[0].bytes[1] = 0x0f;
	blob_add("src", 64);
	allocate("dest", 16, FSEG);
	allocate("src", 16, FSEG);
	add_pointer("dest", "src", 1, 1);
	assert_int_equal(run(), 0);
	assert_int_equal(number_in("dest", 1, 1), 0xff);
	b.place.fseg_gpa = 0xe0;
	add_pointer("dest", "src", 0, 1);
	assert_refused(ERR_RANGE);
}

static void test_refuses_checksums_outside(void **state)
{
	static const struct {
		uint32_t offset, start, length;
	} cases[] = {
		{64, 0, 64}, {UINT32_MAX, 0, 64}, {0, 0, 65}, {0, 1, 64},
		{0, 64, 1}, {0, 65, 0}, {0, UINT32_MAX, 1},
		{0, 1, UINT32_MAX}, {0, UINT32_MAX, UINT32_MAX},
		{0, 0x80000000, 0x80000000},
	};

	(void)state;
	two_files();
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		add_checksum("dest", cases[i].offset, cases[i].start,
			     cases[i].length);
		assert_refused(ERR_RANGE);
	}
}

static void test_refuses_write_pointers_outside(void **state)
{
	(void)state;
	two_files();
	write_pointer("addr", "src", 1, 0, 8);
	assert_refused(ERR_RANGE);
	write_pointer("addr", "src", 8, 0, 1);
	assert_refused(ERR_RANGE);
	write_pointer("addr", "src", UINT32_MAX - 3, 0, 4);
	assert_refused(ERR_RANGE);
	write_pointer("addr", "src", 0, 64, 8);
	assert_refused(ERR_RANGE);
	write_pointer("addr", "src", 0, UINT32_MAX, 8);
	assert_refused(ERR_RANGE);
}

static void test_refuses_write_to_what_cannot_be_written(void **state)
{
	(void)state;
	two_files();
	b.items.write = NULL;
	write_pointer("addr", "src", 0, 0, 8);
	assert_refused(ERR_UNSUPPORTED);
}

static int write_fails(void *ctx, const struct item *item, uint32_t off,
		       const void *src, uint32_t len)
{
	(void)ctx;
	(void)item;
	(void)off;
	(void)src;
	(void)len;
	return ERR_DMA;
}

static void test_passes_on_what_read_and_write_say(void **state)
{
	(void)state;
	two_files();
	b.items.write = write_fails;
	write_pointer("addr", "src", 0, 0, 8);
	assert_refused(ERR_DMA);
	b.blob[2].read_err = ERR_TIMEOUT;
	allocate("addr", 16, HIGH);
	assert_refused(ERR_TIMEOUT);
}

static void test_refuses_too_many_files(void **state)
{
	char name[] = "fileA0";

	(void)state;
	for (int i = 0; i <= ACPI_SCRIPT_FILES; i++) {
		name[4] = (char)('A' + i / 8);
		name[5] = (char)('0' + i % 8);
		blob_add(name, 8);
		allocate(name, 16, HIGH);
	}
	assert_refused(ERR_TOO_MANY);
}

static void test_refuses_without_a_fault_to_fill(void **state)
{
	(void)state;
	allocate("f", 3, HIGH);
	assert_int_equal(acpi_script_run(b.command, 128, &b.items, &b.place,
					 &b.result, NULL), ERR_ALIGN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH_CASE(test_refuses_other_lengths),
		BENCH_CASE(test_refuses_names_without_end),
		BENCH_CASE(test_refuses_alignments),
		BENCH_CASE(test_refuses_zones),
		BENCH_CASE(test_refuses_duplicates),
		BENCH_CASE(test_refuses_duplicates_of_missing_files),
		BENCH_CASE(test_refuses_files_never_allocated),
		BENCH_CASE(test_refuses_use_before_allocate),
		BENCH_CASE(test_refuses_pointer_sizes),
		BENCH_CASE(test_refuses_pointers_outside),
		BENCH_CASE(test_refuses_values_outside_their_file),
		BENCH_CASE(test_refuses_addresses_too_large_for_the_field),
		BENCH_CASE(test_refuses_the_first_sum_that_does_not_fit),
		BENCH_CASE(test_refuses_checksums_outside),
		BENCH_CASE(test_refuses_write_pointers_outside),
		BENCH_CASE(test_refuses_write_to_what_cannot_be_written),
		BENCH_CASE(test_passes_on_what_read_and_write_say),
		BENCH_CASE(test_refuses_too_many_files),
		BENCH_CASE(test_refuses_without_a_fault_to_fill),
	};

	return cmocka_run_group_tests_name("acpi_script_refuse", tests, NULL,
					   NULL);
}
