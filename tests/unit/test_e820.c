/* SPDX-License-Identifier: BSD-2-Clause */
/* test_e820.c - the memory map: calls at the boundaries, refusals.
 * test_e820_parse.c reads and writes it, test_e820_model.c holds it against a
 * naive model. */
#include "tests/unit/e820.h"

/* RAM, reserved, RAM with a hole at 3. */
static void three_ranges(void)
{
	map.count = 0;
	assert_int_equal(e820_add(&map, 0, 1, E820_RAM), 0);
	assert_int_equal(e820_add(&map, 1, 3, E820_RESERVED), 0);
	assert_int_equal(e820_add(&map, 4, 8, E820_RAM), 0);
}

/* So many ranges with holes between them, from page 0x100 on. */
static void many_ranges(uint32_t count)
{
	map.count = 0;
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(e820_add(&map, 0x100 + 4 * i, 0x102 + 4 * i,
					  E820_RAM), 0);
	assert_int_equal(map.count, count);
}

static void test_page_count(void **state)
{
	(void)state;
	assert_int_equal(page_count(0), 0);
	assert_int_equal(page_count(1), 1);
	assert_int_equal(page_count(4095), 1);
	assert_int_equal(page_count(4096), 1);
	assert_int_equal(page_count(4097), 2);
	assert_int_equal(page_count(0xfffff000), 0xfffff);
	assert_int_equal(page_count(0xfffff001), PFN_4G);
	assert_int_equal(page_count(UINT32_MAX), PFN_4G);
}

static void test_add_keeps_order_and_merges(void **state)
{
	(void)state;
	assert_int_equal(e820_add(&map, 4, 5, E820_RAM), 0);
	assert_int_equal(e820_add(&map, 2, 3, E820_RAM), 0);
	assert_int_equal(e820_add(&map, 5, 6, E820_NVS), 0);
	assert_int_equal(map.count, 3);
	assert_int_equal(e820_add(&map, 6, 7, E820_NVS), 0);
	assert_int_equal(map.count, 3);
	assert_range(2, 5, 7, E820_NVS);
	assert_int_equal(e820_add(&map, 3, 4, E820_RAM), 0);
	assert_int_equal(map.count, 2);
	assert_range(0, 2, 5, E820_RAM);
}

static void test_add_of_nothing(void **state)
{
	(void)state;
	assert_int_equal(e820_add(&map, 6, 6, E820_NVS), 0);
	assert_int_equal(e820_add(&map, 7, 6, E820_NVS), 0);
	assert_int_equal(e820_add(&map, 6, 7, E820_HOLE), 0);
	assert_int_equal(e820_add(&map, PFN_MAX, 0, E820_NVS), 0);
	assert_int_equal(map.count, 0);
}

static void test_add_of_everything(void **state)
{
	(void)state;
	assert_int_equal(e820_add(&map, 0, PFN_MAX, E820_RAM), 0);
	assert_int_equal(map.count, 1);
	assert_range(0, 0, PFN_MAX, E820_RAM);
	assert_int_equal(e820_add(&map, PFN_MAX - 1, PFN_MAX, E820_RAM),
			 ERR_OVERLAP);
}

static void test_add_refuses_overlaps(void **state)
{
	static const struct e820_range ranges[] = {
		{0x10, 0x20, 1}, {0x10, 0x20, 2}, {0, 0x11, 1}, {0x1f, 0x21, 1},
		{0x1f, 0x20, 2}, {0x10, 0x11, 1}, {0x18, 0x19, 1},
		{0, PFN_MAX, 1}, {0x1f, PFN_MAX, 3}, {0xf, 0x21, 1},
	};

	(void)state;
	assert_int_equal(e820_add(&map, 0x10, 0x20, E820_RAM), 0);
	for (size_t i = 0; i < ARRAY_COUNT(ranges); i++) {
		assert_int_equal(e820_add(&map, ranges[i].start, ranges[i].end,
					  ranges[i].type), ERR_OVERLAP);
		assert_int_equal(map.count, 1);
		assert_range(0, 0x10, 0x20, E820_RAM);
	}
	assert_int_equal(e820_add(&map, 0xf, 0x10, E820_NVS), 0);
	assert_int_equal(e820_add(&map, 0x20, 0x21, E820_NVS), 0);
	assert_int_equal(map.count, 3);
}

/* A call may add two ranges: with room for one it is refused, whatever it
 * would have done. */
static void test_refuses_too_many(void **state)
{
	const uint32_t most = E820_RANGES_MAX - 1;
	struct e820_map before;

	(void)state;
	many_ranges(most);
	before = map;
	assert_int_equal(e820_add(&map, 0, 1, E820_RAM), ERR_TOO_MANY);
	assert_int_equal(e820_set(&map, 0, 1, E820_RAM), ERR_TOO_MANY);
	assert_int_equal(e820_set(&map, 0x101, 0x102, E820_NVS), ERR_TOO_MANY);
	assert_int_equal(e820_set(&map, 0x101, 0x102, E820_HOLE),
			 ERR_TOO_MANY);
	assert_int_equal(e820_add(&map, 0x101, 0x102, E820_RAM), ERR_OVERLAP);
	assert_memory_equal(&map, &before, sizeof(map));
	assert_int_equal(e820_set(&map, 1, 1, E820_RAM), 0);
	assert_int_equal(e820_set(&map, 2, 1, E820_RAM), 0);
	assert_memory_equal(&map, &before, sizeof(map));
}

static void test_a_split_fills_the_map(void **state)
{
	(void)state;
	many_ranges(E820_RANGES_MAX - 2);
	assert_int_equal(e820_set(&map, 0, 0x100, E820_RAM), 0);
	assert_int_equal(map.count, E820_RANGES_MAX - 2);
	assert_int_equal(e820_set(&map, 0x80, 0x81, E820_NVS), 0);
	assert_int_equal(map.count, E820_RANGES_MAX);
	assert_range(0, 0, 0x80, E820_RAM);
	assert_range(1, 0x80, 0x81, E820_NVS);
	assert_range(2, 0x81, 0x102, E820_RAM);
	assert_range(E820_RANGES_MAX - 1, 0x100 + 4 * 124, 0x102 + 4 * 124,
		     E820_RAM);
	assert_int_equal(e820_set(&map, 0x40, 0x41, E820_NVS), ERR_TOO_MANY);
	e820_retype(&map, E820_NVS, E820_RAM);
	assert_int_equal(map.count, E820_RANGES_MAX - 2);
	assert_int_equal(e820_set(&map, 0x40, 0x41, E820_NVS), 0);
}

static void test_set_splits(void **state)
{
	(void)state;
	three_ranges();
	assert_int_equal(e820_set(&map, 5, 6, E820_LOADED), 0);
	assert_int_equal(map.count, 5);
	assert_range(2, 4, 5, E820_RAM);
	assert_range(3, 5, 6, E820_LOADED);
	assert_range(4, 6, 8, E820_RAM);
}

static void test_set_at_either_end(void **state)
{
	(void)state;
	three_ranges();
	assert_int_equal(e820_set(&map, 4, 5, E820_LOADED), 0);
	assert_int_equal(e820_set(&map, 7, 8, E820_RESERVED), 0);
	assert_int_equal(map.count, 5);
	assert_range(2, 4, 5, E820_LOADED);
	assert_range(3, 5, 7, E820_RAM);
	assert_range(4, 7, 8, E820_RESERVED);
	assert_int_equal(e820_set(&map, 3, 5, E820_RESERVED), 0);
	assert_int_equal(map.count, 4);
	assert_range(1, 1, 5, E820_RESERVED);
}

static void test_set_covers_everything(void **state)
{
	(void)state;
	three_ranges();
	assert_int_equal(e820_set(&map, 0, PFN_MAX, E820_RAM), 0);
	assert_int_equal(map.count, 1);
	assert_range(0, 0, PFN_MAX, E820_RAM);
}

static void test_set_fills_holes_and_merges(void **state)
{
	(void)state;
	three_ranges();
	assert_int_equal(e820_set(&map, 1, 4, E820_RAM), 0);
	assert_int_equal(map.count, 1);
	assert_range(0, 0, 8, E820_RAM);
}

static void test_set_of_nothing_changes_nothing(void **state)
{
	static const pfn_t pairs[][2] = {{5, 5}, {6, 5}, {8, 4}, {0, 0},
					 {PFN_MAX, 0}, {PFN_MAX, PFN_MAX}};
	struct e820_map before;

	(void)state;
	three_ranges();
	before = map;
	assert_int_equal(e820_set(&map, 5, 6, E820_RAM), 0);
	assert_memory_equal(&map, &before, sizeof(map));
	for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
		assert_int_equal(e820_set(&map, pairs[i][0], pairs[i][1],
					  E820_NVS), 0);
		assert_int_equal(e820_set(&map, pairs[i][0], pairs[i][1],
					  E820_HOLE), 0);
		assert_memory_equal(&map, &before, sizeof(map));
	}
}

static void test_holes(void **state)
{
	(void)state;
	three_ranges();
	assert_int_equal(e820_set(&map, 0, 5, E820_HOLE), 0);
	assert_int_equal(map.count, 1);
	assert_range(0, 5, 8, E820_RAM);
	assert_int_equal(e820_set(&map, 0, 5, E820_HOLE), 0);
	assert_int_equal(map.count, 1);
	assert_int_equal(e820_set(&map, 6, 7, E820_HOLE), 0);
	assert_int_equal(map.count, 2);
	assert_range(0, 5, 6, E820_RAM);
	assert_range(1, 7, 8, E820_RAM);
	assert_int_equal(e820_set(&map, 0, PFN_MAX, E820_HOLE), 0);
	assert_int_equal(map.count, 0);
	assert_int_equal(e820_set(&map, 0, PFN_MAX, E820_HOLE), 0);
	assert_int_equal(map.count, 0);
}

static void test_is_ram(void **state)
{
	(void)state;
	three_ranges();
	assert_true(e820_is_ram(&map, 4, 8));
	assert_true(e820_is_ram(&map, 7, 8));
	assert_true(e820_is_ram(&map, 0, 1));
	e820_set(&map, PFN_MAX - 1, PFN_MAX, E820_RAM);
	assert_true(e820_is_ram(&map, PFN_MAX - 1, PFN_MAX));
}

static void test_is_no_ram(void **state)
{
	static const pfn_t pairs[][2] = {
		{0, 2}, {1, 2}, {3, 5}, {3, 4}, {7, 9}, {8, 9}, {4, PFN_MAX},
		{0, PFN_MAX}, {PFN_MAX - 1, PFN_MAX},
		/* empty, or the wrong way round */
		{5, 5}, {6, 5}, {8, 8}, {0, 0}, {PFN_MAX, 0}, {PFN_MAX, 8},
	};

	(void)state;
	three_ranges();
	for (size_t i = 0; i < ARRAY_COUNT(pairs); i++)
		assert_false(e820_is_ram(&map, pairs[i][0], pairs[i][1]));
	map.count = 0;
	assert_false(e820_is_ram(&map, 0, 1));
}

struct find {
	uint32_t pages, align;
	pfn_t floor, limit, start;
};

static void test_find(void **state)
{
	static const struct find cases[] = {
		{1, 1, 0, PFN_MAX, 7}, {1, 4, 0, PFN_MAX, 4},
		{1, 8, 0, PFN_MAX, 0}, {4, 1, 4, PFN_MAX, 4},
		{4, 4, 0, 8, 4}, {1, 1, 0, 4, 0}, {1, 1, 0, 5, 4},
		{1, 1, 7, 8, 7}, {2, 2, 0, 7, 4}, {1, 0x80000000, 0, 9, 0},
		/* nothing fits where RAM begins or ends, and that is found */
		{0, 1, 0, PFN_MAX, 8}, {0, 1, 0, 3, 1}, {0, 4, 0, 7, 4},
	};
	pfn_t start;

	(void)state;
	three_ranges();
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		const struct find *c = &cases[i];

		assert_int_equal(e820_find(&map, c->pages, c->align, c->floor,
					   c->limit, &start), 0);
		assert_int_equal(start, c->start);
	}
}

static void test_find_refuses(void **state)
{
	static const struct find cases[] = {
		{5, 1, 0, PFN_MAX, 0}, {UINT32_MAX, 1, 0, PFN_MAX, 0},
		{4, 1, 5, PFN_MAX, 0}, {4, 1, 0, 7, 0}, {1, 1, 8, PFN_MAX, 0},
		{1, 1, 7, 4, 0}, {1, 1, PFN_MAX, 0, 0}, {1, 8, 1, PFN_MAX, 0},
		{1, 0x80000000, 1, PFN_MAX, 0}, {1, 1, 1, 4, 0},
		{1, 1, 0, 0, 0}, {1, 1, 5, 5, 0}, {2, 4, 5, 8, 0},
		{0, 1, 9, PFN_MAX, 0}, {0, 1, 2, 3, 0}, {0, 1, 7, 6, 0},
		{0, 8, 1, 8, 8},
	};
	pfn_t start;

	(void)state;
	three_ranges();
	for (size_t i = 0; i + 1 < ARRAY_COUNT(cases); i++) {
		const struct find *c = &cases[i];

		assert_int_equal(e820_find(&map, c->pages, c->align, c->floor,
					   c->limit, &start), ERR_NO_ROOM);
	}
	map.count = 0;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		assert_int_equal(e820_find(&map, cases[i].pages, 1, 0, PFN_MAX,
					   &start), ERR_NO_ROOM);
}

static void test_find_at_the_very_end(void **state)
{
	pfn_t start;

	(void)state;
	assert_int_equal(e820_add(&map, PFN_MAX - 4, PFN_MAX, E820_RAM), 0);
	assert_int_equal(e820_find(&map, 4, 1, 0, PFN_MAX, &start), 0);
	assert_int_equal(start, PFN_MAX - 4);
	assert_int_equal(e820_find(&map, 1, 2, 0, PFN_MAX, &start), 0);
	assert_int_equal(start, PFN_MAX - 1);
	assert_int_equal(e820_find(&map, 5, 1, 0, PFN_MAX, &start),
			 ERR_NO_ROOM);
	assert_int_equal(e820_find(&map, 1, 16, 0, PFN_MAX, &start),
			 ERR_NO_ROOM);
}

static void test_ram_end(void **state)
{
	(void)state;
	three_ranges();
	assert_int_equal(e820_ram_end(&map, PFN_MAX), 8);
	assert_int_equal(e820_ram_end(&map, 8), 8);
	assert_int_equal(e820_ram_end(&map, 5), 5);
	assert_int_equal(e820_ram_end(&map, 4), 1);
	assert_int_equal(e820_ram_end(&map, 0), 0);
	e820_retype(&map, E820_RAM, E820_NVS);
	assert_int_equal(e820_ram_end(&map, PFN_MAX), 0);
	map.count = 0;
	assert_int_equal(e820_ram_end(&map, PFN_MAX), 0);
}

static void test_retype(void **state)
{
	(void)state;
	e820_retype(&map, E820_RAM, E820_NVS);
	assert_int_equal(map.count, 0);
	three_ranges();
	e820_retype(&map, E820_UNUSABLE, E820_NVS);
	assert_int_equal(map.count, 3);
	e820_retype(&map, E820_RAM, E820_RAM);
	assert_int_equal(map.count, 3);
	e820_retype(&map, E820_RESERVED, E820_RAM);
	assert_int_equal(map.count, 2);
	assert_range(0, 0, 3, E820_RAM);
	assert_range(1, 4, 8, E820_RAM);
}

/* On both sides at once, and in the middle of other ranges. */
static void test_retype_merges(void **state)
{
	static const uint32_t types[] = {2, 1, 3, 1, 3, 1, 2, 3};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(types); i++)
		assert_int_equal(e820_add(&map, i, i + 1, types[i]), 0);
	assert_int_equal(map.count, ARRAY_COUNT(types));
	e820_retype(&map, 3, 1);
	assert_int_equal(map.count, 4);
	assert_range(0, 0, 1, 2);
	assert_range(1, 1, 6, 1);
	assert_range(2, 6, 7, 2);
	assert_range(3, 7, 8, 1);
	e820_retype(&map, 2, 1);
	assert_int_equal(map.count, 1);
	assert_range(0, 0, 8, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_page_count),
		CASE_SETUP(test_add_keeps_order_and_merges, setup),
		CASE_SETUP(test_add_of_nothing, setup),
		CASE_SETUP(test_add_of_everything, setup),
		CASE_SETUP(test_add_refuses_overlaps, setup),
		CASE_SETUP(test_refuses_too_many, setup),
		CASE_SETUP(test_a_split_fills_the_map, setup),
		CASE_SETUP(test_set_splits, setup),
		CASE_SETUP(test_set_at_either_end, setup),
		CASE_SETUP(test_set_covers_everything, setup),
		CASE_SETUP(test_set_fills_holes_and_merges, setup),
		CASE_SETUP(test_set_of_nothing_changes_nothing, setup),
		CASE_SETUP(test_holes, setup),
		CASE_SETUP(test_is_ram, setup),
		CASE_SETUP(test_is_no_ram, setup),
		CASE_SETUP(test_find, setup),
		CASE_SETUP(test_find_refuses, setup),
		CASE_SETUP(test_find_at_the_very_end, setup),
		CASE_SETUP(test_ram_end, setup),
		CASE_SETUP(test_retype, setup),
		CASE_SETUP(test_retype_merges, setup),
	};

	return cmocka_run_group_tests_name("e820", tests, NULL, NULL);
}
