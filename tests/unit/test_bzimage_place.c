/* SPDX-License-Identifier: BSD-2-Clause */
/* test_bzimage_place.c - where a kernel goes, and when not.
 * test_initrd_place.c does the same for an initrd. */
#include "tests/unit/place.h"

/* Places and checks what the header promises of every success. */
static int place(uint32_t body, pfn_t limit)
{
	int err = bzimage_place(&k, body, &map, limit, &plan, &f);

	if (err != 0) {
		assert_int_equal(f.code, err);
		return err;
	}
	assert_true(plan.run_size >= body && plan.run_size >= k.init_size);
	assert_true(plan.run_gpa >= HIGH_START && plan.load_gpa >= HIGH_START);
	assert_true(range_fits(plan.run_gpa, plan.run_size, limit * 4096ull));
	assert_true(range_fits(plan.load_gpa, body, limit * 4096ull));
	assert_true(all_of_type(plan.run_gpa, plan.run_size, E820_LOADED));
	assert_true(all_of_type(plan.load_gpa, body, E820_LOADED));
	assert_true(plan.entry_gpa ==
		    plan.load_gpa + (k.entry64 ? ENTRY64_OFFSET : 0));
	if (k.relocatable) {
		assert_true(plan.load_gpa == plan.run_gpa);
		assert_true(plan.run_gpa % k.alignment == 0);
	}
	return 0;
}

static void test_preferred_place(void **state)
{
	(void)state;
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_true(plan.run_gpa == MIB(16));
	assert_true(plan.run_size == MIB(40));
}

static void test_memory_to_the_page(void **state)
{
	(void)state;
	pc(PFN(MIB(56)), 0);
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_true(plan.run_gpa == MIB(16));
	pc(PFN(MIB(56)) - 1, 0);
	assert_int_equal(place(BODY, LIMIT), ERR_NO_ROOM);
	assert_true(f.value == MIB(40) && f.limit == MIB(16));
	k.init_size -= 4095; /* still as many pages */
	assert_int_equal(place(BODY, LIMIT), ERR_NO_ROOM);
	k.init_size -= 1;
	assert_int_equal(place(BODY, LIMIT), 0);
}

static void test_limit_to_the_page(void **state)
{
	(void)state;
	assert_int_equal(place(BODY, PFN(MIB(56))), 0);
	setup(NULL);
	assert_int_equal(place(BODY, PFN(MIB(56)) - 1), ERR_NO_ROOM);
	assert_int_equal(place(BODY, PFN(MIB(16))), ERR_NO_ROOM);
	assert_int_equal(place(BODY, 1), ERR_NO_ROOM);
	assert_int_equal(place(BODY, 0), ERR_NO_ROOM);
	k.pref_address = 0;
	k.alignment = 4096;
	assert_int_equal(place(BODY, PFN(HIGH_START)), ERR_NO_ROOM);
}

/* Up to 4 GiB, where the ROM usually is. */
static void test_the_last_pages_below_4_gib(void **state)
{
	(void)state;
	map.count = 0;
	assert_int_equal(e820_add(&map, PFN(GIB(3)), PFN(GIB(5)), E820_RAM),
			 0);
	k.pref_address = 0xffe00000;
	k.init_size = MIB(2);
	assert_int_equal(place(MIB(1), PFN_4G), 0);
	assert_true(plan.run_gpa == 0xffe00000);
	assert_int_equal(place(MIB(1), PFN_4G), ERR_NO_ROOM);
	k.pref_address = 0xffe00001;
	assert_int_equal(place(1, PFN_4G), ERR_NO_ROOM);
	k.relocatable = false;
	assert_int_equal(place(1, PFN_4G), ERR_NO_ROOM);
}

/* Something stands at the preferred address: elsewhere, never below it. */
static void test_relocates_when_taken(void **state)
{
	(void)state;
	assert_int_equal(e820_set(&map, PFN(MIB(20)), PFN(MIB(20)) + 1,
				  E820_RESERVED), 0);
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_true(plan.run_gpa == MIB(472)); /* the highest */
}

static void test_never_below_the_preferred_address(void **state)
{
	(void)state;
	k.pref_address = MIB(472);
	assert_int_equal(place(BODY, LIMIT), 0);
	setup(NULL);
	k.pref_address = MIB(472) + 1;
	assert_int_equal(place(BODY, LIMIT), ERR_NO_ROOM);
	k.pref_address = MIB(480);
	assert_int_equal(place(BODY, LIMIT), ERR_NO_ROOM);
}

static void test_preferred_address_is_aligned_up(void **state)
{
	static const struct {
		uint32_t wish, align, start;
	} cases[] = {
		{0x1000001, 0x200000, 0x1200000}, {0, 0x200000, 0x200000},
		{0, 1, 0x100000}, {0xfffff, 1, 0x100000},
		{0x100001, 1, 0x101000}, {0x100001, 16, 0x101000},
		{0x101001, 0x2000, 0x102000}, {1, 0x8000000, 0x8000000},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		setup(NULL);
		k.pref_address = cases[i].wish;
		k.alignment = cases[i].align;
		assert_int_equal(place(BODY, LIMIT), 0);
		assert_int_equal(plan.run_gpa, cases[i].start);
	}
}

/* A fixed kernel is loaded at 1 MiB and moves itself. */
static void test_fixed_kernel(void **state)
{
	(void)state;
	k.relocatable = false;
	k.entry64 = false;
	k.alignment = 0; /* nobody looks at it */
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_true(plan.load_gpa == HIGH_START);
	assert_true(plan.run_gpa == MIB(16));
	assert_true(plan.entry_gpa == HIGH_START);
}

static void test_fixed_kernel_up_to_the_limit(void **state)
{
	(void)state;
	k.relocatable = false;
	assert_int_equal(place(BODY, PFN(MIB(56)) - 1), ERR_NO_ROOM);
	assert_int_equal(place(BODY, PFN(MIB(56))), 0);
}

static void test_fixed_kernel_overlapping_itself(void **state)
{
	(void)state;
	k.relocatable = false;
	k.pref_address = MIB(2);
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_true(plan.run_gpa == MIB(2));
	setup(NULL);
	k.relocatable = false;
	k.pref_address = HIGH_START;
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_true(plan.run_gpa == HIGH_START && plan.load_gpa == HIGH_START);
}

/* Where it runs, where it is loaded, and in the last page of either. */
static void test_refuses_fixed_kernel_where_taken(void **state)
{
	static const uint32_t taken[] = {MIB(20), MIB(16), MIB(56) - 1,
					 HIGH_START, HIGH_START + BODY - 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(taken); i++) {
		setup(NULL);
		k.relocatable = false;
		assert_int_equal(e820_set(&map, PFN(taken[i]),
					  PFN(taken[i]) + 1, E820_ACPI), 0);
		assert_int_equal(place(BODY, LIMIT), ERR_NO_ROOM);
	}
	setup(NULL);
	k.relocatable = false;
	assert_int_equal(e820_set(&map, PFN(HIGH_START + BODY),
				  PFN(MIB(16)), E820_ACPI), 0);
	assert_int_equal(place(BODY + 1, LIMIT), ERR_NO_ROOM);
	assert_int_equal(place(BODY, LIMIT), 0);
}

/* Nobody says how much it needs: several times its own size. */
static void test_no_init_size_is_generous(void **state)
{
	(void)state;
	k.init_size = 0;
	assert_int_equal(place(BODY + 1, LIMIT), 0);
	assert_true(plan.run_size >= 2 * BODY);
	assert_int_equal(plan.run_size % 4096, 0);
}

static void test_init_size_below_body(void **state)
{
	(void)state;
	k.init_size = 4096;
	assert_int_equal(place(BODY + 1, LIMIT), 0);
	assert_true(plan.run_size == BODY + 4096);
}

static void test_refuses_no_pages(void **state)
{
	(void)state;
	k.init_size = 0;
	assert_int_equal(place(0, LIMIT), ERR_NO_ROOM);
	k.relocatable = false;
	assert_int_equal(place(0, LIMIT), ERR_NO_ROOM);
	k.pref_address = HIGH_START;
	assert_int_equal(place(0, LIMIT), ERR_NO_ROOM);
}

/* As pages they are more than 4 GiB has, times four more than 32 bits have
 * bytes for. */
static void test_refuses_bodies_that_wrap(void **state)
{
	static const uint32_t sizes[] = {GIB(1) - 1, GIB(1), 0x40001000,
					 GIB(2), 0x80000001, GIB(3), 0xfffff000,
					 0xfffff001, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		assert_int_equal(place(sizes[i], PFN_4G), ERR_NO_ROOM);
		k.init_size = 0;
		assert_int_equal(place(sizes[i], PFN_4G), ERR_NO_ROOM);
		k.relocatable = false;
		assert_int_equal(place(sizes[i], PFN_4G), ERR_NO_ROOM);
		setup(NULL);
		k.init_size = sizes[i];
		assert_int_equal(place(1, PFN_4G), ERR_NO_ROOM);
		setup(NULL);
	}
}

/* With RAM all over: what wraps would be found at 0. */
static void test_refuses_kernels_that_wrap(void **state)
{
	static const uint32_t wishes[] = {0xfff00001, 0xffffe001, 0xfffff001,
					  UINT32_MAX};

	(void)state;
	map.count = 0;
	assert_int_equal(e820_add(&map, 0, PFN_MAX, E820_RAM), 0);
	k.init_size = MIB(1);
	for (size_t i = 0; i < ARRAY_COUNT(wishes); i++) {
		k.pref_address = wishes[i];
		k.alignment = 4096;
		assert_int_equal(place(4096, PFN_4G), ERR_NO_ROOM);
		k.alignment = GIB(1);
		assert_int_equal(place(4096, PFN_4G), ERR_NO_ROOM);
		k.relocatable = false;
		assert_int_equal(place(4096, PFN_4G), ERR_NO_ROOM);
		k.relocatable = true;
	}
	k.pref_address = 0xfff00000;
	k.alignment = 4096;
	assert_int_equal(place(4096, PFN_4G), 0);
}

static void test_refuses_an_empty_map(void **state)
{
	(void)state;
	map.count = 0;
	assert_int_equal(place(BODY, PFN_4G), ERR_NO_ROOM);
	assert_int_equal(place(1, PFN_4G), ERR_NO_ROOM);
	k.relocatable = false;
	assert_int_equal(place(1, PFN_4G), ERR_NO_ROOM);
}

static void test_refuses_a_full_map(void **state)
{
	(void)state;
	map_fill_up();
	assert_int_equal(place(BODY, LIMIT), ERR_TOO_MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_SETUP(test_preferred_place, setup),
		CASE_SETUP(test_memory_to_the_page, setup),
		CASE_SETUP(test_limit_to_the_page, setup),
		CASE_SETUP(test_the_last_pages_below_4_gib, setup),
		CASE_SETUP(test_relocates_when_taken, setup),
		CASE_SETUP(test_never_below_the_preferred_address, setup),
		CASE_SETUP(test_preferred_address_is_aligned_up, setup),
		CASE_SETUP(test_fixed_kernel, setup),
		CASE_SETUP(test_fixed_kernel_up_to_the_limit, setup),
		CASE_SETUP(test_fixed_kernel_overlapping_itself, setup),
		CASE_SETUP(test_refuses_fixed_kernel_where_taken, setup),
		CASE_SETUP(test_no_init_size_is_generous, setup),
		CASE_SETUP(test_init_size_below_body, setup),
		CASE_SETUP(test_refuses_no_pages, setup),
		CASE_SETUP(test_refuses_bodies_that_wrap, setup),
		CASE_SETUP(test_refuses_kernels_that_wrap, setup),
		CASE_SETUP(test_refuses_an_empty_map, setup),
		CASE_SETUP(test_refuses_a_full_map, setup),
	};

	return cmocka_run_group_tests_name("bzimage_place", tests, NULL, NULL);
}
