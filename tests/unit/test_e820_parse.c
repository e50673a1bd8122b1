/* SPDX-License-Identifier: BSD-2-Clause */
/* test_e820_parse.c - etc/e820 to pages, and pages to the entries that a
 * kernel is told. */
#include "tests/unit/e820.h"

#define TOP    UINT64_MAX
#define TIB_16 (1ull << 44)

static struct fault f;

/* The bytes are copied to an odd address of exactly their length. */
static int parse(const struct e820_entry *in, uint32_t len)
{
	uint8_t *bytes = bytes_new(len + 1, 0);
	int err;

	f = (struct fault){0};
	memcpy(bytes + 1, in, len);
	err = e820_parse(&map, bytes + 1, len, &f);
	free(bytes);
	assert_int_equal(f.code, err);
	return err;
}

#define PARSE(...)                                                             \
	parse((const struct e820_entry[]){__VA_ARGS__},                        \
	      sizeof((const struct e820_entry[]){__VA_ARGS__}))

static void test_sorts_and_merges(void **state)
{
	(void)state;
	assert_int_equal(PARSE({0x4000, 0x1000, E820_RAM},
			       {0x8000, 0x1000, E820_RESERVED},
			       {0, 0x4000, E820_RAM},
			       {0x5000, 0x1000, E820_ACPI}), 0);
	assert_int_equal(map.count, 3);
	assert_range(0, 0, 5, E820_RAM);
	assert_range(1, 5, 6, E820_ACPI);
	assert_range(2, 8, 9, E820_RESERVED);
}

static void test_a_large_machine(void **state)
{
	(void)state;
	assert_int_equal(PARSE({0xfd00000000, 0x300000000, E820_RESERVED},
			       {0, 0x80000000, E820_RAM},
			       {0x100000000, 0x7f80000000, E820_RAM}), 0);
	assert_int_equal(map.count, 3);
	assert_range(0, 0, 0x80000, E820_RAM);
	assert_range(1, PFN_4G, 0x8080000, E820_RAM);
	assert_range(2, 0xfd00000, 0x10000000, E820_RESERVED);
}

static void test_nothing(void **state)
{
	const struct e820_entry none = {0, 0x1000, E820_RAM};

	(void)state;
	map.count = 3;
	assert_int_equal(parse(&none, 0), 0);
	assert_int_equal(map.count, 0);
}

static void test_drops_empty_entries(void **state)
{
	(void)state;
	assert_int_equal(PARSE({0x1000, 0, E820_RAM},
			       {0x2000, 0x1000, E820_RAM},
			       {0x2800, 0, E820_RESERVED},
			       {0, 0, E820_RAM}, {TOP, 0, E820_RAM}), 0);
	assert_int_equal(map.count, 1);
	assert_range(0, 2, 3, E820_RAM);
}

/* Inwards at both ends: what is told as RAM is RAM. */
/* RAM loses parts of pages, anything else takes all of a page. */
static void test_parts_of_pages(void **state)
{
	(void)state;
	assert_int_equal(PARSE({0, 0x9fc00, E820_RAM},
			       {0x9fc00, 0x400, E820_RESERVED},
			       {0x100001, 0x2fff, E820_RAM},
			       {0x103000, 0xfff, E820_RAM},
			       {0x104800, 0x1000, E820_NVS},
			       {0x106fff, 0x1001, E820_NVS},
			       {0x108001, 0xffe, E820_RAM},
			       {0x10a001, 0x1fff, E820_RESERVED}), 0);
	assert_int_equal(map.count, 5);
	assert_range(0, 0, 0x9f, E820_RAM);
	assert_range(1, 0x9f, 0xa0, E820_RESERVED);
	assert_range(2, 0x101, 0x103, E820_RAM);
	assert_range(3, 0x104, 0x108, E820_NVS);
	assert_range(4, 0x10a, 0x10c, E820_RESERVED);
}

/* A single reserved byte in RAM is seen, at either end of its page. */
static void test_refuses_a_reserved_byte_in_ram(void **state)
{
	(void)state;
	assert_int_equal(PARSE({0, 0x4000, E820_RAM},
			       {0, 1, E820_RESERVED}), ERR_OVERLAP);
	assert_int_equal(PARSE({0x2fff, 1, E820_RESERVED},
			       {0, 0x4000, E820_RAM}), ERR_OVERLAP);
}

/* What is ours alone does not come from outside: it would become RAM. */
static void test_types_of_our_own_are_reserved(void **state)
{
	(void)state;
	assert_int_equal(PARSE({0x1000, 0x1000, E820_LOADED},
			       {0x4000, 0x1000, E820_HOLE}), 0);
	assert_int_equal(map.count, 2);
	assert_range(0, 1, 2, E820_RESERVED);
	assert_range(1, 4, 5, E820_RESERVED);
}

/* Two entries that part a page leave it a hole, of one type or two. */
static void test_a_parted_page_is_a_hole(void **state)
{
	(void)state;
	assert_int_equal(PARSE({0, 0x1800, E820_RAM},
			       {0x1800, 0x1800, E820_RAM}), 0);
	assert_int_equal(map.count, 2);
	assert_range(0, 0, 1, E820_RAM);
	assert_range(1, 2, 3, E820_RAM);
}

static void test_memory_above_16_tib_is_left_out(void **state)
{
	(void)state;
	assert_int_equal(PARSE({GIB(4), TIB_16, E820_RAM},
			       {2 * TIB_16, GIB(1), E820_RAM},
			       {TIB_16 + GIB(4), GIB(1), E820_NVS}), 0);
	assert_int_equal(map.count, 1);
	assert_range(0, PFN_4G, PFN_MAX, E820_RAM);
	assert_int_equal(PARSE({TIB_16 - 0x2000, 0x1000, 1},
			       {TIB_16 - 0x1000, 0x1000, 2},
			       {TIB_16, 0x1000, 3}), 0);
	assert_int_equal(map.count, 1);
	assert_range(0, PFN_MAX - 1, PFN_MAX, 1);
}

static void test_the_last_bytes_of_all(void **state)
{
	(void)state;
	assert_int_equal(PARSE({TOP - 0xfff, 0xfff, E820_RESERVED}), 0);
	assert_int_equal(map.count, 0);
	assert_int_equal(PARSE({0, TOP, E820_RAM}), 0);
	assert_int_equal(map.count, 1);
	assert_range(0, 0, PFN_MAX, E820_RAM);
}

/* Rounding such a start up goes past the last byte of all, to 0. */
static void test_a_start_in_the_last_page_does_not_wrap(void **state)
{
	(void)state;
	assert_int_equal(PARSE({0x1000, 0x1000, E820_RAM},
			       {TOP - 0xffe, 1, E820_RESERVED}), 0);
	assert_int_equal(map.count, 1);
	assert_range(0, 1, 2, E820_RAM);
	assert_int_equal(PARSE({TOP - 1, 1, E820_RAM}), 0);
	assert_int_equal(map.count, 0);
}

static void test_as_many_as_allowed(void **state)
{
	struct e820_entry in[E820_RANGES_MAX - 1];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(in); i++)
		in[i] = (struct e820_entry){0x1000000 - i * 0x2000, 0x1000, 1};
	assert_int_equal(parse(in, sizeof(in)), 0);
	assert_int_equal(map.count, ARRAY_COUNT(in));
	assert_range(0, 0x1000 - 2 * 125, 0x1001 - 2 * 125, 1);
	assert_range(125, 0x1000, 0x1001, 1);
}

static void test_refuses_too_many(void **state)
{
	struct e820_entry in[E820_RANGES_MAX + 1];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(in); i++)
		in[i] = (struct e820_entry){i * 0x2000, 0x1000, 1};
	assert_int_equal(parse(in, sizeof(in)), ERR_TOO_MANY);
	assert_true(f.record >= E820_RANGES_MAX - 1);
	assert_true(f.value == f.record * 0x2000);
}

/* Many entries that become few ranges are not too many. */
static void test_many_that_merge(void **state)
{
	struct e820_entry in[1000];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(in); i++)
		in[i] = (struct e820_entry){i * 0x1000, 0x1000, 1};
	assert_int_equal(parse(in, sizeof(in)), 0);
	assert_int_equal(map.count, 1);
	assert_range(0, 0, 1000, 1);
}

static void test_refuses_other_lengths(void **state)
{
	struct e820_entry in[3] = {{0, 1, 1}, {0x1000, 1, 2}, {0x2000, 1, 1}};

	(void)state;
	for (uint32_t len = 1; len < sizeof(in); len++) {
		if (len % 20 == 0)
			continue;
		assert_int_equal(parse(in, len), ERR_SIZE);
		assert_true(f.value == len && f.limit == 20);
		assert_int_equal(map.count, 0);
	}
}

static void test_refuses_wrap(void **state)
{
	static const struct e820_entry wrong[] = {
		{TOP - 0xfff, 0x1000, 2}, {TOP - 0xfff, 0x1001, 2},
		{TOP, 1, 1}, {TOP, TOP, 1}, {1, TOP, 1}, {2, TOP, 1},
		{1ull << 63, 1ull << 63, 1}, {0x1000, TOP - 0xfff, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
		assert_int_equal(PARSE({0, 0x1000, 1}, wrong[i],
				       {0x5000, 1, 1}), ERR_WRAP);
		assert_int_equal(f.record, 1);
		assert_true(f.value == wrong[i].addr);
		assert_true(f.limit == wrong[i].len);
	}
}

static void test_refuses_overlaps(void **state)
{
	static const struct e820_entry pairs[][2] = {
		/* by a page, inside, the same, of another type, around */
		{{0, 0x3000, 1}, {0x2000, 0x1000, 1}},
		{{0x2000, 0x1000, 1}, {0, 0x3000, 1}},
		{{0, 0x8000, 1}, {0x3000, 0x1000, 2}},
		{{0, 0x1000, 1}, {0, 0x1000, 1}},
		{{0, 0x1000, 1}, {0, 0x1000, 2}},
		{{0x4000, 0x1000, 1}, {0, 0x10000, 1}},
		/* above 4 GiB, across it, and up to 16 TiB */
		{{GIB(4), GIB(1), 1}, {GIB(5) - 0x1000, 0x1000, 2}},
		{{GIB(3), GIB(2), 1}, {GIB(4), 0x1000, 1}},
		{{0x1000, TOP - 0x1000, 1}, {TIB_16 - 0x2000, 0x1000, 1}},
		/* whole pages of entries that are not aligned */
		{{0x800, 0x2000, 1}, {0x1000, 0x1800, 2}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
		assert_int_equal(PARSE({0x100000000000, 0x1000, 1},
				       pairs[i][0], pairs[i][1],
				       {0x20000, 0, 1}), ERR_OVERLAP);
		assert_int_equal(f.record, 2);
		assert_true(f.value == pairs[i][1].addr);
	}
}

static void test_refuses_without_a_fault_to_fill(void **state)
{
	static const struct e820_entry in[2] = {{0, 0x1000, 1}, {0, 0x1000, 1}};

	(void)state;
	assert_int_equal(e820_parse(&map, in, sizeof(in), NULL), ERR_OVERLAP);
	assert_int_equal(e820_parse(&map, in, 19, NULL), ERR_SIZE);
}

/* Every stride bytes an entry; what lies between them stays. */
static void write_case(uint32_t stride)
{
	static const struct e820_entry want[] = {
		{0, 0x9f000, E820_RAM}, {0x9f000, 0x1000, E820_RESERVED},
		{0xfffff000, 0x2000, E820_UNUSABLE},
		{GIB(5), GIB(100), E820_NVS},
		{GIB(16000), TIB_16 - 0x1000 - GIB(16000), E820_RAM},
	};
	uint32_t size = (uint32_t)ARRAY_COUNT(want) * stride;
	uint8_t *out = guarded_new(size, 0xcc);

	assert_int_equal(parse(want, sizeof(want)), 0);
	assert_int_equal(map.count, ARRAY_COUNT(want));
	e820_write(&map, out, stride);
	guarded_check(out, size);
	for (uint32_t i = 0; i < ARRAY_COUNT(want); i++) {
		assert_memory_equal(out + i * stride, &want[i], 20);
		for (uint32_t k = 20; k < stride; k++)
			assert_int_equal(out[i * stride + k], 0xcc);
	}
	guarded_free(out);
}

static void test_write(void **state)
{
	(void)state;
	write_case(20);
	write_case(24);
}

static void test_write_of_one_range_that_is_all(void **state)
{
	struct e820_entry out;

	(void)state;
	e820_add(&map, 0, PFN_MAX, E820_RAM);
	e820_write(&map, &out, sizeof(out));
	assert_true(out.addr == 0 && out.len == TIB_16 - 0x1000);
}

static void test_write_of_nothing(void **state)
{
	uint8_t *out = guarded_new(0, 0);

	(void)state;
	e820_write(&map, out, 24);
	guarded_check(out, 0);
	guarded_free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_SETUP(test_sorts_and_merges, setup),
		CASE_SETUP(test_a_large_machine, setup),
		CASE_SETUP(test_nothing, setup),
		CASE_SETUP(test_drops_empty_entries, setup),
		CASE_SETUP(test_parts_of_pages, setup),
		CASE_SETUP(test_refuses_a_reserved_byte_in_ram, setup),
		CASE_SETUP(test_types_of_our_own_are_reserved, setup),
		CASE_SETUP(test_a_parted_page_is_a_hole, setup),
		CASE_SETUP(test_memory_above_16_tib_is_left_out, setup),
		CASE_SETUP(test_the_last_bytes_of_all, setup),
		CASE_SETUP(test_a_start_in_the_last_page_does_not_wrap, setup),
		CASE_SETUP(test_as_many_as_allowed, setup),
		CASE_SETUP(test_refuses_too_many, setup),
		CASE_SETUP(test_many_that_merge, setup),
		CASE_SETUP(test_refuses_other_lengths, setup),
		CASE_SETUP(test_refuses_wrap, setup),
		CASE_SETUP(test_refuses_overlaps, setup),
		CASE_SETUP(test_refuses_without_a_fault_to_fill, setup),
		CASE_SETUP(test_write, setup),
		CASE_SETUP(test_write_of_one_range_that_is_all, setup),
		CASE_SETUP(test_write_of_nothing, setup),
	};

	return cmocka_run_group_tests_name("e820_parse", tests, NULL, NULL);
}
