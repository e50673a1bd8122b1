/* SPDX-License-Identifier: BSD-2-Clause */
/* test_boot_params.c - what the zero page keeps, loses and is told. */
#include "tests/unit/unit.h"

#include "core/boot_params.h"

#define E820_OFFSET offsetof(struct boot_params, e820)
#define E820_END    (E820_OFFSET + E820_MAX_ENTRIES * 20)

static uint8_t *page; /* guarded, a page */
static struct e820_map map;

static struct boot_params *params(void)
{
	return (struct boot_params *)(void *)page;
}

/* Single pages above 4 GiB with holes between them. */
static void map_fill(uint32_t count)
{
	map.count = count;
	for (uint32_t i = 0; i < count; i++)
		map.range[i] = (struct e820_range){
			0x1000000 + 3 * i, 0x1000001 + 3 * i, 1 + i % 5};
}

static int setup(void **state)
{
	(void)state;
	page = guarded_new(sizeof(struct boot_params), 0xcc);
	map_fill(9);
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

/* What is cleared: a page of zeros with a window of the file in it, whose
 * header (second byte of the jump at 0x200) says that it is so long. */
static void clear(uint8_t length)
{
	memset(page, 0, sizeof(struct boot_params));
	memset(page, 0xcc, SETUP_WINDOW);
	page[0x201] = length;
	boot_params_clear(params());
}

/* Everything but [0x1f1, end) is zero. */
static void assert_cleared(uint32_t end)
{
	assert_bytes(0, SETUP_HEADER_OFFSET, 0);
	assert_bytes(SETUP_HEADER_OFFSET, 0x201, 0xcc);
	assert_bytes(0x202, end, 0xcc);
	assert_bytes(end, sizeof(struct boot_params), 0);
}

static void test_clear_keeps_the_header(void **state)
{
	(void)state;
	clear(0x6a);
	assert_cleared(0x26c);
	clear(0x62);
	assert_cleared(0x264);
}

static void test_clear_keeps_every_length(void **state)
{
	(void)state;
	for (uint32_t length = 0; length <= SETUP_WINDOW - 0x202; length++) {
		clear((uint8_t)length);
		assert_cleared(0x202 + length);
	}
}

/* Any length the file announces, the longest one included: what lies behind
 * the header's last field is the zero page's own. */
static void test_clear_bounds_a_lying_length(void **state)
{
	(void)state;
	for (uint32_t length = SETUP_WINDOW - 0x202; length <= 0xff; length++) {
		clear((uint8_t)length);
		assert_cleared(SETUP_WINDOW);
	}
}

static void test_clear_zeroes_the_sentinel(void **state)
{
	(void)state;
	clear(0);
	assert_int_equal(page[0x1ef], 0);
	assert_bytes(0x202, sizeof(struct boot_params), 0);
}

/* The page was zero behind the window: nobody writes there. */
static void test_clear_stays_in_the_window(void **state)
{
	(void)state;
	for (uint32_t length = 0; length <= 0xff; length++) {
		memset(page, 0xcc, sizeof(struct boot_params));
		page[0x201] = (uint8_t)length;
		boot_params_clear(params());
		assert_bytes(SETUP_WINDOW, sizeof(struct boot_params), 0xcc);
	}
}

static const struct boot_args args = {
	.load_gpa = 0xf1000000,
	.cmdline_gpa = 0x80040000,
	.initrd_gpa = 0x123456000,
	.initrd_size = 0x87654321,
	.rsdp_gpa = 0xe009fc00,
	.setup_data_gpa = 0xa2334455,
	.map = &map,
};

static void test_build_tells_everything(void **state)
{
	struct boot_params *bp = params();

	(void)state;
	memset(page, 0, sizeof(*bp));
	bp->hdr.version = 0x20f;
	bp->hdr.loadflags = LOADED_HIGH | CAN_USE_HEAP | KASLR_FLAG;
	boot_params_build(bp, &args);
	assert_true(bp->acpi_rsdp_addr == 0xe009fc00);
	assert_int_equal(bp->e820_entries, 9);
	assert_int_equal(bp->hdr.ramdisk_image, 0x23456000);
	assert_int_equal(bp->ext_ramdisk_image, 1);
	assert_int_equal(bp->hdr.ramdisk_size, 0x87654321);
	assert_int_equal(bp->ext_ramdisk_size, 0);
	assert_int_equal(bp->hdr.cmd_line_ptr, 0x80040000);
	assert_int_equal(bp->ext_cmd_line_ptr, 0);
	assert_int_equal(bp->hdr.code32_start, 0xf1000000);
	assert_true(bp->hdr.setup_data == 0xa2334455);
	assert_int_equal(bp->hdr.loadflags, LOADED_HIGH | KASLR_FLAG);
}

static void test_build_without_options(void **state)
{
	const struct boot_args none = {.load_gpa = 0x100000,
				       .cmdline_gpa = 0x40000, .map = &map};
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

/* From none to a whole map; the entries behind them stay as they are. */
static void test_build_writes_the_map(void **state)
{
	struct boot_params *bp = params();

	(void)state;
	for (uint32_t count = 0; count <= E820_RANGES_MAX; count++) {
		map_fill(count);
		memset(page, 0xcc, sizeof(*bp));
		boot_params_build(bp, &args);
		assert_int_equal(bp->e820_entries, count);
		for (uint32_t i = 0; i < count; i++) {
			assert_true(bp->e820[i].addr ==
				    0x1000000000 + i * 0x3000ull);
			assert_true(bp->e820[i].len == 0x1000);
			assert_int_equal(bp->e820[i].type, 1 + i % 5);
		}
		assert_bytes(E820_OFFSET + count * 20, E820_END, 0xcc);
	}
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
	assert_bytes(0x0c4, 0x1e8, 0xcc);
	assert_bytes(0x1e9, 0x210, 0xcc);
	assert_bytes(0x212, 0x214, 0xcc);
	assert_bytes(0x220, 0x228, 0xcc);
	assert_bytes(0x22c, 0x250, 0xcc);
	assert_bytes(0x258, E820_OFFSET, 0xcc);
	assert_bytes(E820_OFFSET + 9 * 20, sizeof(*bp), 0xcc);
}

#define PAGE_CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAGE_CASE(test_clear_keeps_the_header),
		PAGE_CASE(test_clear_keeps_every_length),
		PAGE_CASE(test_clear_bounds_a_lying_length),
		PAGE_CASE(test_clear_zeroes_the_sentinel),
		PAGE_CASE(test_clear_stays_in_the_window),
		PAGE_CASE(test_build_tells_everything),
		PAGE_CASE(test_build_without_options),
		PAGE_CASE(test_build_writes_the_map),
		PAGE_CASE(test_build_names_the_loader),
		PAGE_CASE(test_build_respects_old_headers),
		PAGE_CASE(test_build_leaves_the_rest),
	};

	return cmocka_run_group_tests_name("boot_params", tests, NULL, NULL);
}
