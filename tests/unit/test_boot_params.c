/* SPDX-License-Identifier: BSD-2-Clause */
/* test_boot_params.c - what the zero page keeps, loses and is told. */
#include "tests/unit/unit.h"

#include "core/boot_params.h"

#define E820_OFFSET offsetof(struct boot_params, e820)

static uint8_t *page; /* guarded, a page */

static struct boot_params *params(void)
{
	return (struct boot_params *)(void *)page;
}

static int setup(void **state)
{
	(void)state;
	page = guarded_new(sizeof(struct boot_params), 0xcc);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guarded_check(page, sizeof(struct boot_params));
	guarded_free(page);
	return 0;
}

static void assert_bytes(uint32_t from, uint32_t to, uint8_t value)
{
	for (uint32_t i = from; i < to; i++)
		assert_int_equal(page[i], value);
}

/* The second byte of the jump at 0x200 tells the header's length. */
static void header_length_set(uint8_t length)
{
	page[0x201] = length;
}

/* Everything but [0x1f1, end) and the kept entries is zero. */
static void assert_cleared(uint32_t end, uint32_t keep)
{
	const uint32_t kept = E820_OFFSET + keep * 20;

	assert_bytes(0, SETUP_HEADER_OFFSET, 0);
	assert_bytes(SETUP_HEADER_OFFSET, 0x201, 0xcc);
	assert_bytes(0x202, end, 0xcc);
	assert_bytes(end, E820_OFFSET, 0);
	assert_bytes(E820_OFFSET, kept, 0xcc);
	assert_bytes(kept, sizeof(struct boot_params), 0);
}

static void test_clear_keeps_header_and_entries(void **state)
{
	(void)state;
	header_length_set(0x6a);
	boot_params_clear(params(), 5);
	assert_cleared(0x26c, 5);
}

static void test_clear_keeps_no_entry(void **state)
{
	(void)state;
	header_length_set(0x62);
	boot_params_clear(params(), 0);
	assert_cleared(0x264, 0);
}

static void test_clear_keeps_all_entries(void **state)
{
	(void)state;
	header_length_set(0x6a);
	boot_params_clear(params(), E820_MAX_ENTRIES);
	assert_cleared(0x26c, E820_MAX_ENTRIES);
}

/* Any length the file announces, the longest one included: what lies behind
 * the header's last field is the zero page's own. */
static void test_clear_bounds_a_lying_length(void **state)
{
	(void)state;
	for (uint32_t length = SETUP_WINDOW - 0x202; length <= 0xff; length++) {
		memset(page, 0xcc, sizeof(struct boot_params));
		header_length_set((uint8_t)length);
		boot_params_clear(params(), 1);
		assert_cleared(SETUP_WINDOW, 1);
	}
}

static void test_clear_zeroes_the_sentinel(void **state)
{
	(void)state;
	header_length_set(0);
	boot_params_clear(params(), 0);
	assert_int_equal(page[0x1ef], 0);
	assert_bytes(0x202, sizeof(struct boot_params), 0);
}

static const struct boot_args args = {
	.load_gpa = 0x1000000,
	.cmdline_gpa = 0x40000,
	.initrd_gpa = 0x123456000,
	.initrd_size = 0x287654321,
	.rsdp_gpa = 0x100009fc00,
	.setup_data_gpa = 0x1122334455667788,
	.e820_count = 9,
};

static void test_build_tells_everything(void **state)
{
	struct boot_params *bp = params();

	(void)state;
	memset(page, 0, sizeof(*bp));
	bp->hdr.version = 0x20f;
	bp->hdr.loadflags = LOADED_HIGH | CAN_USE_HEAP | KASLR_FLAG;
	boot_params_build(bp, &args);
	assert_true(bp->acpi_rsdp_addr == args.rsdp_gpa);
	assert_int_equal(bp->e820_entries, 9);
	assert_int_equal(bp->hdr.ramdisk_image, 0x23456000);
	assert_int_equal(bp->ext_ramdisk_image, 1);
	assert_int_equal(bp->hdr.ramdisk_size, 0x87654321);
	assert_int_equal(bp->ext_ramdisk_size, 2);
	assert_int_equal(bp->hdr.cmd_line_ptr, 0x40000);
	assert_int_equal(bp->ext_cmd_line_ptr, 0);
	assert_int_equal(bp->hdr.code32_start, 0x1000000);
	assert_true(bp->hdr.setup_data == args.setup_data_gpa);
	assert_int_equal(bp->hdr.loadflags, LOADED_HIGH | KASLR_FLAG);
}

static void test_build_without_options(void **state)
{
	const struct boot_args none = {.load_gpa = 0x100000,
				       .cmdline_gpa = 0x40000};
	struct boot_params *bp = params();

	(void)state;
	memset(page, 0, sizeof(*bp));
	bp->hdr.version = 0x20f;
	boot_params_build(bp, &none);
	assert_true(bp->acpi_rsdp_addr == 0);
	assert_int_equal(bp->hdr.ramdisk_image, 0);
	assert_int_equal(bp->hdr.ramdisk_size, 0);
	assert_int_equal(bp->ext_ramdisk_image, 0);
	assert_int_equal(bp->ext_ramdisk_size, 0);
	assert_true(bp->hdr.setup_data == 0);
}

/* A header that the VMM has filled in says so; another gets our word. */
static void test_build_names_the_loader(void **state)
{
	struct boot_params *bp = params();

	(void)state;
	bp->hdr.type_of_loader = 0;
	boot_params_build(bp, &args);
	assert_int_equal(bp->hdr.type_of_loader, LOADER_TYPE_UNDEF);
	bp->hdr.type_of_loader = LOADER_TYPE_QEMU;
	boot_params_build(bp, &args);
	assert_int_equal(bp->hdr.type_of_loader, LOADER_TYPE_QEMU);
}

/* setup_data came with 2.09: before, the bytes are somebody else's. */
static void test_build_respects_old_headers(void **state)
{
	struct boot_params *bp = params();

	(void)state;
	bp->hdr.version = SETUP_V2_09 - 1;
	boot_params_build(bp, &args);
	assert_true(bp->hdr.setup_data == 0xcccccccccccccccc);
	bp->hdr.version = SETUP_V2_09;
	boot_params_build(bp, &args);
	assert_true(bp->hdr.setup_data == args.setup_data_gpa);
}

static void test_build_leaves_the_rest(void **state)
{
	struct boot_params *bp = params();

	(void)state;
	boot_params_build(bp, &args);
	assert_bytes(0x000, 0x070, 0xcc);
	assert_bytes(0x078, 0x0c0, 0xcc);
	assert_bytes(0x0cc, 0x1e8, 0xcc);
	assert_bytes(0x1e9, 0x210, 0xcc);
	assert_bytes(0x22c, 0x250, 0xcc);
	assert_bytes(0x258, sizeof(*bp), 0xcc);
}

#define PAGE_CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAGE_CASE(test_clear_keeps_header_and_entries),
		PAGE_CASE(test_clear_keeps_no_entry),
		PAGE_CASE(test_clear_keeps_all_entries),
		PAGE_CASE(test_clear_bounds_a_lying_length),
		PAGE_CASE(test_clear_zeroes_the_sentinel),
		PAGE_CASE(test_build_tells_everything),
		PAGE_CASE(test_build_without_options),
		PAGE_CASE(test_build_names_the_loader),
		PAGE_CASE(test_build_respects_old_headers),
		PAGE_CASE(test_build_leaves_the_rest),
	};

	return cmocka_run_group_tests_name("boot_params", tests, NULL, NULL);
}
