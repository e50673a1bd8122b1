/* SPDX-License-Identifier: BSD-2-Clause */
/* test_initrd_place.c - where an initrd goes, and when not. */
#include "tests/unit/place.h"

#define BELOW_2G 0x7fffffff

static int place(uint32_t size, uint32_t max, bool above, gpa_t *gpa)
{
	int err = initrd_place(&map, size, max, above, gpa, &f);

	if (err != 0) {
		assert_int_equal(f.code, err);
		assert_true(f.value == size);
		assert_true(f.limit == (above ? UINT32_MAX : max));
		return err;
	}
	assert_int_equal(*gpa % 4096, 0);
	assert_true(*gpa >= HIGH_START);
	assert_true(above || *gpa + size - 1 <= max);
	assert_true(all_of_type(*gpa, size, E820_LOADED));
	return 0;
}

static void test_as_high_as_possible(void **state)
{
	gpa_t gpa;

	(void)state;
	assert_int_equal(place(1, BELOW_2G, false, &gpa), 0);
	assert_true(gpa == MIB(512) - 4096);
	assert_int_equal(place(MIB(8), BELOW_2G, false, &gpa), 0);
	assert_true(gpa == MIB(504) - 4096);
	assert_int_equal(place(4097, BELOW_2G, false, &gpa), 0);
	assert_true(gpa == MIB(504) - 3 * 4096);
}

/* initrd_max is the last byte that it may have. */
static void test_up_to_the_kernels_maximum(void **state)
{
	gpa_t gpa;

	(void)state;
	pc(PFN(GIB(3)), 0);
	assert_int_equal(place(MIB(8), 0x37ffffff, false, &gpa), 0);
	assert_true(gpa == 0x38000000 - MIB(8));
}

/* One byte less, and the last page is not there to be taken. */
static void test_maximum_to_the_byte(void **state)
{
	static const struct {
		uint32_t max, start;
	} cases[] = {
		{0x1fffffff, 0x1ffff000}, {0x1ffffffe, 0x1fffe000},
		{0x1ffff000, 0x1fffe000}, {0x1fffefff, 0x1fffe000},
		{0x1fffeffe, 0x1fffd000}, {0x100fff, 0x100000},
		{0x101ffe, 0x100000}, {UINT32_MAX, 0x1ffff000},
	};
	gpa_t gpa;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		setup(NULL);
		assert_int_equal(place(1, cases[i].max, false, &gpa), 0);
		assert_true(gpa == cases[i].start);
	}
}

static void test_above_4_gib(void **state)
{
	gpa_t gpa;

	(void)state;
	pc(PFN(MIB(512)), PFN(GIB(2)));
	assert_int_equal(place(MIB(600), BELOW_2G, true, &gpa), 0);
	assert_true(gpa == GIB(6) - MIB(600));
	/* below if it fits there: fewer kernels trip over that */
	assert_int_equal(place(MIB(8), BELOW_2G, true, &gpa), 0);
	assert_true(gpa == MIB(504));
	assert_int_equal(place(MIB(600), BELOW_2G, true, &gpa), 0);
	assert_true(gpa == GIB(6) - MIB(1200));
}

/* Such a kernel takes it anywhere below, whatever its maximum says. */
static void test_maximum_is_no_limit_for_above_4_gib(void **state)
{
	gpa_t gpa;

	(void)state;
	pc(PFN(GIB(3)), 0);
	assert_int_equal(place(MIB(8), BELOW_2G, true, &gpa), 0);
	assert_true(gpa == GIB(3) - MIB(8));
	assert_int_equal(place(MIB(8), 0, true, &gpa), 0);
	assert_true(gpa == GIB(3) - MIB(16));
}

/* RAM on both sides of 4 GiB: on one of them, not across. */
static void test_not_across_4_gib(void **state)
{
	gpa_t gpa;

	(void)state;
	map.count = 0;
	assert_int_equal(e820_add(&map, PFN_4G - 4, PFN_4G + 8, E820_RAM), 0);
	assert_int_equal(place(5 * 4096, UINT32_MAX, false, &gpa),
			 ERR_NO_ROOM);
	assert_int_equal(place(9 * 4096, UINT32_MAX, true, &gpa),
			 ERR_NO_ROOM);
	assert_int_equal(place(5 * 4096, UINT32_MAX, true, &gpa), 0);
	assert_true(gpa == GIB(4) + 3 * 4096);
	assert_int_equal(place(4 * 4096, UINT32_MAX, false, &gpa), 0);
	assert_true(gpa == GIB(4) - 4 * 4096);
	assert_int_equal(place(3 * 4096, UINT32_MAX, true, &gpa), 0);
	assert_true(gpa == GIB(4));
	assert_int_equal(place(1, UINT32_MAX, true, &gpa), ERR_NO_ROOM);
}

static void test_the_end_of_16_tib(void **state)
{
	gpa_t gpa;

	(void)state;
	map.count = 0;
	assert_int_equal(e820_add(&map, PFN_MAX - 2, PFN_MAX, E820_RAM), 0);
	assert_int_equal(place(0x2001, 0, true, &gpa), ERR_NO_ROOM);
	assert_int_equal(place(0x2000, 0, true, &gpa), 0);
	assert_true(gpa == (gpa_t)(PFN_MAX - 2) << PAGE_SHIFT);
}

static void test_largest_of_all(void **state)
{
	gpa_t gpa;

	(void)state;
	pc(PFN(MIB(512)), PFN_4G - 1);
	assert_int_equal(place(UINT32_MAX, 0, true, &gpa), ERR_NO_ROOM);
	assert_int_equal(place(0xfffff000, 0, true, &gpa), 0);
	assert_true(gpa == GIB(4));
	pc(PFN(MIB(512)), PFN_4G);
	assert_int_equal(place(UINT32_MAX, 0, true, &gpa), 0);
	assert_true(gpa == GIB(4));
}

static void test_goes_around_the_kernel(void **state)
{
	gpa_t gpa;

	(void)state;
	pc(PFN(MIB(64)), 0);
	assert_int_equal(bzimage_place(&k, BODY, &map, LIMIT, &plan, &f), 0);
	assert_int_equal(place(MIB(15), BELOW_2G, true, &gpa), 0);
	assert_true(gpa == MIB(1));
	assert_int_equal(place(MIB(8), BELOW_2G, true, &gpa), 0);
	assert_true(gpa == MIB(56));
	assert_int_equal(place(1, BELOW_2G, true, &gpa), ERR_NO_ROOM);
}

static void test_refuses_without_room(void **state)
{
	static const uint32_t sizes[] = {MIB(511) + 1, MIB(600), GIB(1),
					 GIB(1) + 1, GIB(2), 0xfffff000,
					 0xfffff001, UINT32_MAX};
	gpa_t gpa;

	(void)state;
	pc(PFN(MIB(512)), PFN(GIB(1)));
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++)
		assert_int_equal(place(sizes[i], UINT32_MAX, false, &gpa),
				 ERR_NO_ROOM);
	for (size_t i = 3; i < ARRAY_COUNT(sizes); i++)
		assert_int_equal(place(sizes[i], UINT32_MAX, true, &gpa),
				 ERR_NO_ROOM);
	assert_int_equal(place(MIB(511), UINT32_MAX, false, &gpa), 0);
}

/* Low memory is never used, though there is room. */
static void test_refuses_a_low_maximum(void **state)
{
	static const uint32_t low[] = {0, 1, 0xfff, 0x9ffff, 0xfffff, 0x100000,
				       0x100ffe};
	gpa_t gpa;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(low); i++)
		assert_int_equal(place(1, low[i], false, &gpa), ERR_NO_ROOM);
	assert_int_equal(place(MIB(2), MIB(3) - 2, false, &gpa), ERR_NO_ROOM);
	assert_int_equal(place(MIB(2), MIB(3) - 1, false, &gpa), 0);
	assert_true(gpa == HIGH_START);
}

static void test_refuses_an_empty_map(void **state)
{
	gpa_t gpa;

	(void)state;
	map.count = 0;
	assert_int_equal(place(1, UINT32_MAX, false, &gpa), ERR_NO_ROOM);
	assert_int_equal(place(1, UINT32_MAX, true, &gpa), ERR_NO_ROOM);
}

static void test_refuses_a_full_map(void **state)
{
	gpa_t gpa;

	(void)state;
	map_fill_up();
	assert_int_equal(place(1, BELOW_2G, false, &gpa), ERR_TOO_MANY);
	assert_int_equal(place(1, BELOW_2G, true, &gpa), ERR_TOO_MANY);
}

static void test_refuses_without_a_fault_to_fill(void **state)
{
	gpa_t gpa;

	(void)state;
	assert_int_equal(initrd_place(&map, GIB(1), 0, true, &gpa, NULL),
			 ERR_NO_ROOM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_SETUP(test_as_high_as_possible, setup),
		CASE_SETUP(test_up_to_the_kernels_maximum, setup),
		CASE_SETUP(test_maximum_to_the_byte, setup),
		CASE_SETUP(test_above_4_gib, setup),
		CASE_SETUP(test_maximum_is_no_limit_for_above_4_gib, setup),
		CASE_SETUP(test_not_across_4_gib, setup),
		CASE_SETUP(test_the_end_of_16_tib, setup),
		CASE_SETUP(test_largest_of_all, setup),
		CASE_SETUP(test_goes_around_the_kernel, setup),
		CASE_SETUP(test_refuses_without_room, setup),
		CASE_SETUP(test_refuses_a_low_maximum, setup),
		CASE_SETUP(test_refuses_an_empty_map, setup),
		CASE_SETUP(test_refuses_a_full_map, setup),
		CASE_SETUP(test_refuses_without_a_fault_to_fill, setup),
	};

	return cmocka_run_group_tests_name("initrd_place", tests, NULL, NULL);
}
