/* SPDX-License-Identifier: BSD-2-Clause */
/* test_e820.c - the memory map: parsing, cases at the boundaries, refusals.
 * test_e820_model.c holds it against a naive model. */
#include "tests/unit/unit.h"

#include "core/e820.h"

#define CAPACITY 16
#define TOP      UINT64_MAX

static struct e820_entry room[CAPACITY];
static struct e820_map map;
static struct fault f;

static int setup(void **state)
{
	(void)state;
	memset(room, 0x5a, sizeof(room));
	map = (struct e820_map){.entry = room, .capacity = CAPACITY};
	f = (struct fault){0};
	return 0;
}

static void assert_entry(uint32_t i, gpa_t addr, uint64_t len, uint32_t type)
{
	assert_true(i < map.count);
	assert_true(map.entry[i].addr == addr);
	assert_true(map.entry[i].len == len);
	assert_int_equal(map.entry[i].type, type);
}

/* The bytes are copied to an odd address of exactly their length. */
static int parse(const struct e820_entry *in, uint32_t len)
{
	uint8_t *bytes = bytes_new(len + 1, 0);
	int err;

	memcpy(bytes + 1, in, len);
	err = e820_parse(&map, bytes + 1, len, &f);
	free(bytes);
	return err;
}

#define PARSE(...)                                                             \
	parse((const struct e820_entry[]){__VA_ARGS__},                        \
	      sizeof((const struct e820_entry[]){__VA_ARGS__}))

/* RAM, reserved, RAM with a hole at 0x3000. */
static void three_ranges(void)
{
	assert_int_equal(PARSE({0, 0x1000, E820_RAM},
			       {0x1000, 0x2000, E820_RESERVED},
			       {0x4000, 0x4000, E820_RAM}), 0);
}

static void test_parse_sorts_and_merges(void **state)
{
	(void)state;
	assert_int_equal(PARSE({0x4000, 0x1000, E820_RAM},
			       {0x8000, 0x1000, E820_RESERVED},
			       {0, 0x4000, E820_RAM},
			       {0x5000, 0x1000, E820_ACPI}), 0);
	assert_int_equal(map.count, 3);
	assert_entry(0, 0, 0x5000, E820_RAM);
	assert_entry(1, 0x5000, 0x1000, E820_ACPI);
	assert_entry(2, 0x8000, 0x1000, E820_RESERVED);
}

static void test_parse_nothing(void **state)
{
	(void)state;
	map.count = 3;
	assert_int_equal(e820_parse(&map, room, 0, &f), 0);
	assert_int_equal(map.count, 0);
}

static void test_parse_drops_empty_entries(void **state)
{
	(void)state;
	assert_int_equal(PARSE({0x1000, 0, E820_RAM},
			       {0x2000, 0x1000, E820_RAM},
			       {0x2800, 0, E820_RESERVED},
			       {0, 0, E820_RAM}), 0);
	assert_int_equal(map.count, 1);
	assert_entry(0, 0x2000, 0x1000, E820_RAM);
}

static void test_parse_fills_the_capacity(void **state)
{
	struct e820_entry in[CAPACITY];

	(void)state;
	for (uint32_t i = 0; i < CAPACITY; i++)
		in[i] = (struct e820_entry){0x10000 - i * 0x1000, 0x800, 1};
	assert_int_equal(parse(in, sizeof(in)), 0);
	assert_int_equal(map.count, CAPACITY);
	assert_entry(0, 0x1000, 0x800, 1);
	assert_entry(CAPACITY - 1, 0x10000, 0x800, 1);
}

static void test_parse_up_to_the_last_byte(void **state)
{
	(void)state;
	assert_int_equal(PARSE({TOP - 0xfff, 0xfff, E820_RESERVED}), 0);
	assert_entry(0, TOP - 0xfff, 0xfff, E820_RESERVED);
}

static void test_parse_refuses_other_lengths(void **state)
{
	struct e820_entry in[2] = {{0, 1, 1}, {1, 1, 2}};

	(void)state;
	for (uint32_t len = 1; len < sizeof(in); len++)
		if (len != sizeof(in[0])) {
			assert_int_equal(parse(in, len), ERR_SIZE);
			assert_int_equal(f.code, ERR_SIZE);
		}
}

static void test_parse_refuses_too_many(void **state)
{
	struct e820_entry in[CAPACITY + 1];

	(void)state;
	for (uint32_t i = 0; i <= CAPACITY; i++)
		in[i] = (struct e820_entry){i * 0x1000, 0x800, 1};
	assert_int_equal(parse(in, sizeof(in)), ERR_TOO_MANY);
}

static void test_parse_refuses_wrap(void **state)
{
	(void)state;
	assert_int_equal(PARSE({0, 0x1000, 1}, {TOP - 0xfff, 0x1001, 2},
			       {0x5000, 1, 1}), ERR_WRAP);
	assert_int_equal(f.code, ERR_WRAP);
	assert_int_equal(f.record, 1);
	assert_int_equal(PARSE({TOP, TOP, 1}), ERR_WRAP);
	assert_int_equal(PARSE({2, TOP, 1}), ERR_WRAP);
}

static void test_parse_refuses_overlaps(void **state)
{
	(void)state;
	/* by one byte, inside, the same, the same of another type, around */
	assert_int_equal(PARSE({0, 0x1001, 1}, {0x1000, 1, 1}), ERR_OVERLAP);
	assert_int_equal(PARSE({0, 0x1000, 1}, {0x800, 1, 2}), ERR_OVERLAP);
	assert_int_equal(PARSE({0, 0x1000, 1}, {0, 0x1000, 1}), ERR_OVERLAP);
	assert_int_equal(PARSE({0, 0x1000, 1}, {0, 0x1000, 2}), ERR_OVERLAP);
	assert_int_equal(PARSE({8, 1, 1}, {0, 0x1000, 1}), ERR_OVERLAP);
	assert_int_equal(PARSE({0x5000, 1, 1}, {8, 0x10, 1}, {0, 9, 1}),
			 ERR_OVERLAP);
	assert_int_equal(f.code, ERR_OVERLAP);
	assert_true(f.record < 3);
}

static void test_add_keeps_order_and_merges(void **state)
{
	(void)state;
	assert_int_equal(e820_add(&map, 0x2000, 0x1000, E820_RAM), 0);
	assert_int_equal(e820_add(&map, 0x4000, 0x1000, E820_RAM), 0);
	assert_int_equal(e820_add(&map, 0x5000, 0x1000, E820_NVS), 0);
	assert_int_equal(e820_add(&map, 0x6000, 0, E820_NVS), 0);
	assert_int_equal(map.count, 3);
	assert_int_equal(e820_add(&map, 0x6000, 0x1000, E820_NVS), 0);
	assert_int_equal(map.count, 3);
	assert_entry(2, 0x5000, 0x2000, E820_NVS);
}

static void test_add_refuses(void **state)
{
	(void)state;
	assert_int_equal(e820_add(&map, 0x2000, 0x1000, E820_RAM), 0);
	assert_int_equal(e820_add(&map, 0x2fff, 1, E820_RAM), ERR_OVERLAP);
	assert_int_equal(e820_add(&map, 0x2fff, 0x10, 2), ERR_OVERLAP);
	assert_int_equal(e820_add(&map, TOP, 2, E820_RAM), ERR_WRAP);
	assert_int_equal(e820_add(&map, 0x4000, TOP, E820_RAM), ERR_WRAP);
	assert_int_equal(map.count, 1);
	map.capacity = 1;
	assert_int_equal(e820_add(&map, 0x8000, 1, E820_RAM), ERR_TOO_MANY);
	assert_int_equal(map.count, 1);
	assert_entry(0, 0x2000, 0x1000, E820_RAM);
}

static void test_set_splits(void **state)
{
	(void)state;
	three_ranges();
	assert_int_equal(e820_set(&map, 0x5000, 0x1000, E820_LOADED), 0);
	assert_int_equal(map.count, 5);
	assert_entry(2, 0x4000, 0x1000, E820_RAM);
	assert_entry(3, 0x5000, 0x1000, E820_LOADED);
	assert_entry(4, 0x6000, 0x2000, E820_RAM);
}

static void test_set_covers_everything(void **state)
{
	(void)state;
	three_ranges();
	assert_int_equal(e820_set(&map, 0, TOP, E820_RAM), 0);
	assert_int_equal(map.count, 1);
	assert_entry(0, 0, TOP, E820_RAM);
}

static void test_set_fills_holes_and_merges(void **state)
{
	(void)state;
	three_ranges();
	assert_int_equal(e820_set(&map, 0x1000, 0x3000, E820_RAM), 0);
	assert_int_equal(map.count, 1);
	assert_entry(0, 0, 0x8000, E820_RAM);
}

static void test_set_of_the_same_type_changes_nothing(void **state)
{
	(void)state;
	three_ranges();
	assert_int_equal(e820_set(&map, 0x5000, 0x1000, E820_RAM), 0);
	assert_int_equal(e820_set(&map, 0x5000, 0, E820_NVS), 0);
	assert_int_equal(map.count, 3);
	assert_entry(2, 0x4000, 0x4000, E820_RAM);
}

static void test_set_refuses(void **state)
{
	struct e820_entry before[3];

	(void)state;
	three_ranges();
	memcpy(before, room, sizeof(before));
	assert_int_equal(e820_set(&map, TOP, 2, 1), ERR_WRAP);
	assert_int_equal(e820_set(&map, 2, TOP, 1), ERR_WRAP);
	map.capacity = 4; /* splitting one entry takes two more */
	assert_int_equal(e820_set(&map, 0x5000, 1, 4), ERR_TOO_MANY);
	map.capacity = 3;
	assert_int_equal(e820_set(&map, 0x9000, 1, 4), ERR_TOO_MANY);
	assert_int_equal(map.count, 3);
	assert_memory_equal(room, before, sizeof(before));
	map.capacity = 5;
	assert_int_equal(e820_set(&map, 0x5000, 1, 4), 0);
}

static void test_cut(void **state)
{
	(void)state;
	three_ranges();
	assert_int_equal(e820_cut(&map, 0x800, 0x4000), 0);
	assert_int_equal(map.count, 2);
	assert_entry(0, 0, 0x800, E820_RAM);
	assert_entry(1, 0x4800, 0x3800, E820_RAM);
	assert_int_equal(e820_cut(&map, 0x800, 0x4000), 0);
	assert_int_equal(map.count, 2);
	assert_int_equal(e820_cut(&map, 0x5000, 1), 0);
	assert_int_equal(map.count, 3);
	assert_entry(2, 0x5001, 0x2fff, E820_RAM);
	assert_int_equal(e820_cut(&map, 0, TOP), 0);
	assert_int_equal(map.count, 0);
}

static void test_cut_refuses(void **state)
{
	(void)state;
	three_ranges();
	assert_int_equal(e820_cut(&map, TOP, 2), ERR_WRAP);
	map.capacity = 3;
	assert_int_equal(e820_cut(&map, 0x5000, 1), ERR_TOO_MANY);
	assert_int_equal(map.count, 3);
	assert_entry(2, 0x4000, 0x4000, E820_RAM);
}

static void test_is_ram(void **state)
{
	(void)state;
	three_ranges();
	assert_true(e820_is_ram(&map, 0x4000, 0x4000));
	assert_true(e820_is_ram(&map, 0x7fff, 1));
	assert_true(e820_is_ram(&map, 0, 0x1000));
	assert_false(e820_is_ram(&map, 0, 0x1001));
	assert_false(e820_is_ram(&map, 0x1000, 1));
	assert_false(e820_is_ram(&map, 0x3fff, 2));
	assert_false(e820_is_ram(&map, 0x7fff, 2));
	assert_false(e820_is_ram(&map, 0x8000, 1));
	assert_false(e820_is_ram(&map, 0x4000, TOP));
	assert_false(e820_is_ram(&map, TOP, TOP));
	map.count = 0;
	assert_false(e820_is_ram(&map, 0, 1));
}

static void test_find(void **state)
{
	gpa_t gpa;

	(void)state;
	three_ranges();
	assert_int_equal(e820_find(&map, 1, &gpa, 0, TOP, 1), 0);
	assert_int_equal(gpa, 0x7fff);
	assert_int_equal(e820_find(&map, 0x1000, &gpa, 0, TOP, 1), 0);
	assert_int_equal(gpa, 0x7000);
	assert_int_equal(e820_find(&map, 1, &gpa, 0x4000, TOP, 0x4000), 0);
	assert_int_equal(gpa, 0x4000);
	assert_int_equal(e820_find(&map, 1, &gpa, 0, 0x4000, 0x1000), 0);
	assert_int_equal(gpa, 0);
	assert_int_equal(e820_find(&map, 1, &gpa, 0, 0x4010, 0x10), 0);
	assert_int_equal(gpa, 0x4000);
}

static void test_find_refuses(void **state)
{
	gpa_t gpa;

	(void)state;
	three_ranges();
	assert_int_equal(e820_find(&map, 1, &gpa, 0, TOP, 0x4001), ERR_NO_ROOM);
	assert_int_equal(e820_find(&map, 1, &gpa, 0, TOP, TOP), ERR_NO_ROOM);
	assert_int_equal(e820_find(&map, 1, &gpa, 0x4001, TOP, 0x4000),
			 ERR_NO_ROOM);
	assert_int_equal(e820_find(&map, 1, &gpa, 0x8000, TOP, 1), ERR_NO_ROOM);
	assert_int_equal(e820_find(&map, 1, &gpa, 0x7000, 0x4000, 1),
			 ERR_NO_ROOM);
	assert_int_equal(e820_find(&map, 0x8000, &gpa, 0x1000, TOP, 1),
			 ERR_NO_ROOM);
	map.count = 0;
	assert_int_equal(e820_find(&map, 1, &gpa, 0, TOP, 1), ERR_NO_ROOM);
}

static void test_ram_end(void **state)
{
	(void)state;
	three_ranges();
	assert_true(e820_ram_end(&map, TOP) == 0x8000);
	assert_true(e820_ram_end(&map, 0x8000) == 0x8000);
	assert_true(e820_ram_end(&map, 0x4001) == 0x4001);
	assert_true(e820_ram_end(&map, 0x4000) == 0x1000);
	assert_true(e820_ram_end(&map, 0) == 0);
	e820_retype(&map, E820_RAM, E820_NVS);
	assert_true(e820_ram_end(&map, TOP) == 0);
}

static void test_retype(void **state)
{
	(void)state;
	three_ranges();
	e820_retype(&map, E820_UNUSABLE, E820_NVS);
	assert_int_equal(map.count, 3);
	e820_retype(&map, E820_RESERVED, E820_RAM);
	assert_int_equal(map.count, 2);
	assert_entry(0, 0, 0x3000, E820_RAM);
	assert_entry(1, 0x4000, 0x4000, E820_RAM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_SETUP(test_parse_sorts_and_merges, setup),
		CASE_SETUP(test_parse_nothing, setup),
		CASE_SETUP(test_parse_drops_empty_entries, setup),
		CASE_SETUP(test_parse_fills_the_capacity, setup),
		CASE_SETUP(test_parse_up_to_the_last_byte, setup),
		CASE_SETUP(test_parse_refuses_other_lengths, setup),
		CASE_SETUP(test_parse_refuses_too_many, setup),
		CASE_SETUP(test_parse_refuses_wrap, setup),
		CASE_SETUP(test_parse_refuses_overlaps, setup),
		CASE_SETUP(test_add_keeps_order_and_merges, setup),
		CASE_SETUP(test_add_refuses, setup),
		CASE_SETUP(test_set_splits, setup),
		CASE_SETUP(test_set_covers_everything, setup),
		CASE_SETUP(test_set_fills_holes_and_merges, setup),
		CASE_SETUP(test_set_of_the_same_type_changes_nothing, setup),
		CASE_SETUP(test_set_refuses, setup),
		CASE_SETUP(test_cut, setup),
		CASE_SETUP(test_cut_refuses, setup),
		CASE_SETUP(test_is_ram, setup),
		CASE_SETUP(test_find, setup),
		CASE_SETUP(test_find_refuses, setup),
		CASE_SETUP(test_ram_end, setup),
		CASE_SETUP(test_retype, setup),
	};

	return cmocka_run_group_tests_name("e820", tests, NULL, NULL);
}
