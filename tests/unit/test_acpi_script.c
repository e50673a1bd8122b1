/* SPDX-License-Identifier: BSD-2-Clause */
/* test_acpi_script.c - what the four commands do, and what is no error.
 * test_acpi_script_place.c: where files go. */
#include "tests/unit/script.h"

#include "core/sum8.h"

#define HIGH LOADER_ZONE_HIGH
#define FSEG LOADER_ZONE_FSEG

static void test_empty_script(void **state)
{
	(void)state;
	b.result.rsdp_gpa = 1;
	b.result.file_count = 1;
	assert_int_equal(run(), 0);
	assert_int_equal(b.result.file_count, 0);
	assert_int_equal(b.result.skipped, 0);
	assert_true(b.result.rsdp_gpa == 0);
}

static void test_as_many_files_as_allowed(void **state)
{
	char name[] = "fileA0";

	(void)state;
	for (int i = 0; i < ACPI_SCRIPT_FILES; i++) {
		name[4] = (char)('A' + i / 8);
		name[5] = (char)('0' + i % 8);
		blob_add(name, 8);
		allocate(name, 16, HIGH);
	}
	assert_int_equal(run(), 0);
	assert_int_equal(b.result.file_count, ACPI_SCRIPT_FILES);
}

static void test_longest_name(void **state)
{
	char name[LOADER_NAME_SIZE] = {0};

	(void)state;
	memset(name, 'n', LOADER_NAME_SIZE - 1);
	blob_add(name, 16);
	allocate(name, 1, HIGH);
	add_checksum(name, 0, 0, 16);
	assert_int_equal(run(), 0);
	assert_int_equal(b.result.skipped, 0);
}

/* RSDP by signature: 20 bytes of ACPI 1.0, 36 of later ones. */
static void test_rsdp_is_found(void **state)
{
	(void)state;
	for (uint32_t size = 20; size <= 36; size += 16) {
		b.blob_count = b.command_count = 0;
		memcpy(blob_add("etc/acpi/rsdp", size)->bytes, "RSD PTR ", 8);
		allocate("etc/acpi/rsdp", 16, FSEG);
		assert_int_equal(run(), 0);
		assert_true(b.result.rsdp_gpa == file_of("etc/acpi/rsdp")->gpa);
		assert_int_equal(b.result.rsdp_size, size);
	}
}

/* A VMM may pad the file: the header knows two sizes. */
static void test_rsdp_in_a_padded_file(void **state)
{
	struct blob *blob = blob_add("etc/acpi/rsdp", 64);

	(void)state;
	memcpy(blob->bytes, "RSD PTR ", 8);
	blob->bytes[15] = 2; /* [ACPI] 5.2.5.3: revision */
	blob->bytes[20] = 36; /* ... and length */
	allocate("etc/acpi/rsdp", 16, FSEG);
	assert_int_equal(run(), 0);
	assert_true(b.result.rsdp_size == 20 || b.result.rsdp_size == 36);
}

static void test_no_rsdp(void **state)
{
	(void)state;
	memcpy(blob_add("short", 19)->bytes, "RSD PTR ", 8);
	memcpy(blob_add("other", 36)->bytes, "RSD PTR?", 8);
	allocate("short", 16, FSEG);
	allocate("other", 16, FSEG);
	assert_int_equal(run(), 0);
	assert_true(b.result.rsdp_gpa == 0);
}

/* The number that stands there is an offset in the other file. */
static void test_pointers_of_each_size(void **state)
{
	static const uint8_t sizes[] = {4, 8};
	struct blob *dest = blob_add("dest", 32);

	(void)state;
	blob_add("src", 0x50);
	allocate("dest", 16, HIGH);
	allocate("src", 16, HIGH);
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		uint32_t off = 3 + 12 * (uint32_t)i;

		memset(dest->bytes + off - 1, 0x77, 10);
		memset(dest->bytes + off, 0, sizes[i]);
		le_put(dest->bytes + off, 0x24 + (uint32_t)i, sizes[i]);
		add_pointer("dest", "src", off, sizes[i]);
	}
	assert_int_equal(run(), 0);
	assert_true(number_in("dest", 3, 4) == file_of("src")->gpa + 0x24);
	assert_true(number_in("dest", 15, 8) == file_of("src")->gpa + 0x25);
	assert_int_equal(number_in("dest", 2, 1), 0x77);
	assert_int_equal(number_in("dest", 7, 1), 0x77);
	assert_int_equal(number_in("dest", 14, 1), 0x77);
	assert_int_equal(number_in("dest", 23, 1), 0x77);
}

/* Small fields need small addresses: a window at 0x40. */
static void test_small_pointers(void **state)
{
	(void)state;
	b.mem.gpa = 0x40;
	b.place.fseg_gpa = 0x40;
	b.place.fseg_end = 0x140;
	le_put(blob_add("dest", 16)->bytes, 0x0305, 2);
	le_put(b.blob[0].bytes, 5, 1);
	le_put(b.blob[0].bytes + 2, 6, 2);
	blob_add("src", 16);
	allocate("dest", 16, FSEG);
	allocate("src", 16, FSEG);
	add_pointer("dest", "src", 0, 1);
	add_pointer("dest", "src", 2, 2);
	assert_int_equal(run(), 0);
	assert_int_equal(number_in("dest", 0, 1), 0x55);
	assert_int_equal(number_in("dest", 1, 1), 0x03);
	assert_int_equal(number_in("dest", 2, 2), 0x56);
}

static void test_pointer_at_the_files_ends(void **state)
{
	(void)state;
	le_put(blob_add("dest", 12)->bytes + 4, 15, 8);
	blob_add("src", 16);
	allocate("dest", 16, HIGH);
	allocate("src", 16, HIGH);
	add_pointer("dest", "src", 4, 8);
	add_pointer("dest", "dest", 0, 4);
	assert_int_equal(run(), 0);
	assert_true(number_in("dest", 4, 8) == file_of("src")->gpa + 15);
	assert_true(number_in("dest", 0, 4) == file_of("dest")->gpa);
}

static void test_checksum(void **state)
{
	struct blob *blob = blob_add("f", 100);
	const uint8_t *bytes;

	(void)state;
	for (uint8_t i = 0; i < 100; i++)
		blob->bytes[i] = (uint8_t)(7 * i + 1);
	allocate("f", 16, HIGH);
	add_checksum("f", 9, 0, 36);
	add_checksum("f", 99, 36, 64); /* to the file's end */
	add_checksum("f", 50, 0, 0);   /* nothing: stays as it is */
	assert_int_equal(run(), 0);
	bytes = file_of("f")->bytes;
	assert_int_equal(sum8(bytes, 36), 0);
	assert_int_equal(sum8(bytes + 36, 64), 0);
	assert_int_equal(bytes[50], (7 * 50 + 1) & 0xff);
	assert_int_equal(bytes[8], 7 * 8 + 1);
}

static void test_write_pointer(void **state)
{
	struct blob *addr = blob_add("etc/vmgenid_addr", 8);

	(void)state;
	blob_add("etc/vmgenid_guid", 4096);
	allocate("etc/vmgenid_guid", 4096, HIGH);
	write_pointer("etc/vmgenid_addr", "etc/vmgenid_guid", 0, 40, 8);
	assert_int_equal(run(), 0);
	assert_int_equal(addr->writes, 1);
	assert_true(get64(addr->bytes) ==
		    file_of("etc/vmgenid_guid")->gpa + 40);
}

static void test_write_pointer_of_four_bytes(void **state)
{
	struct blob *addr = blob_add("addr", 12);

	(void)state;
	memset(addr->bytes, 0x77, 12);
	blob_add("src", 16);
	allocate("src", 16, HIGH);
	write_pointer("addr", "src", 8, 15, 4);
	assert_int_equal(run(), 0);
	assert_true(le_get(addr->bytes + 8, 4) == file_of("src")->gpa + 15);
	assert_int_equal(addr->bytes[7], 0x77);
	assert_int_equal(addr->bytes[12], 0);
}

static void test_unknown_commands_are_passed_over(void **state)
{
	static const uint32_t unknown[] = {0, 5, 0x80000000, UINT32_MAX};

	(void)state;
	blob_add("f", 16);
	for (size_t i = 0; i < ARRAY_COUNT(unknown); i++)
		memset(command_add(unknown[i])->bytes, 0xff, 124);
	allocate("f", 16, HIGH);
	assert_int_equal(run(), 0);
	assert_int_equal(b.result.file_count, 1);
}

/* Everything that a missing file has to do with is passed over. */
static void missing_case(void)
{
	struct blob *addr = blob_add("addr", 8);
	struct blob *dest = blob_add("dest", 16);

	le_put(dest->bytes, 0x1234, 8);
	allocate("dest", 16, HIGH);
	allocate("gone", 16, HIGH);
	add_pointer("dest", "gone", 0, 8);
	add_pointer("gone", "dest", 4, 8);
	add_pointer("gone", "gone", 400, 8);
	add_checksum("gone", 9, 0, 36);
	write_pointer("addr", "gone", 0, 0, 8);
	add_pointer("dest", "dest", 8, 4);
	assert_int_equal(run(), 0);
	assert_int_equal(b.result.skipped, 1);
	assert_int_equal(addr->writes, 0);
	assert_true(file_of("gone")->gpa == 0);
	assert_true(number_in("dest", 0, 8) == 0x1234);
	assert_true(number_in("dest", 8, 4) == file_of("dest")->gpa);
}

static void test_missing_file_is_skipped(void **state)
{
	(void)state;
	missing_case();
}

static void test_empty_file_is_skipped(void **state)
{
	(void)state;
	blob_add("gone", 0);
	missing_case();
}

static void test_missing_or_empty_write_target_is_skipped(void **state)
{
	(void)state;
	blob_add("src", 16);
	allocate("src", 16, HIGH);
	write_pointer("gone", "src", 0, 0, 8);
	assert_int_equal(run(), 0);
	blob_add("empty", 0);
	write_pointer("empty", "src", 0, 0, 8);
	assert_int_equal(run(), 0);
}

/* As QEMU does it: a whole script, run twice, gives the same twice. */
static void test_second_run_starts_anew(void **state)
{
	const struct e820_map before = b.map;
	uint64_t first;

	(void)state;
	memcpy(blob_add("rsdp", 20)->bytes, "RSD PTR ", 8);
	blob_add("tables", 64);
	allocate("rsdp", 16, FSEG);
	allocate("tables", 64, HIGH);
	add_pointer("rsdp", "tables", 16, 4);
	add_checksum("rsdp", 8, 0, 20);
	assert_int_equal(run(), 0);
	first = number_in("rsdp", 16, 4);
	b.map = before;
	b.place.fseg_gpa = LOW;
	assert_int_equal(run(), 0);
	assert_int_equal(number_in("rsdp", 16, 4), first);
	assert_int_equal(b.result.file_count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH_CASE(test_empty_script),
		BENCH_CASE(test_as_many_files_as_allowed),
		BENCH_CASE(test_longest_name),
		BENCH_CASE(test_rsdp_is_found),
		BENCH_CASE(test_rsdp_in_a_padded_file),
		BENCH_CASE(test_no_rsdp),
		BENCH_CASE(test_pointers_of_each_size),
		BENCH_CASE(test_small_pointers),
		BENCH_CASE(test_pointer_at_the_files_ends),
		BENCH_CASE(test_checksum),
		BENCH_CASE(test_write_pointer),
		BENCH_CASE(test_write_pointer_of_four_bytes),
		BENCH_CASE(test_unknown_commands_are_passed_over),
		BENCH_CASE(test_missing_file_is_skipped),
		BENCH_CASE(test_empty_file_is_skipped),
		BENCH_CASE(test_missing_or_empty_write_target_is_skipped),
		BENCH_CASE(test_second_run_starts_anew),
	};

	return cmocka_run_group_tests_name("acpi_script", tests, NULL, NULL);
}
