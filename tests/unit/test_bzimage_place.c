/* SPDX-License-Identifier: BSD-2-Clause */
/* test_bzimage_place.c - where a kernel and its initrd go, and when not. */
#include "tests/unit/unit.h"

#include "core/bzimage.h"
#include "core/layout.h"

#define LIMIT    GIB(1) /* of the kernel, unless a case says otherwise */
#define BODY     MIB(8)
#define CAPACITY 16

static struct e820_entry room[CAPACITY];
static struct e820_map map;
static struct bzimage k;
static struct bzimage_plan plan;
static struct fault f;

/* A PC with that much memory: low RAM, hole, RAM, ROM, RAM above 4 GiB. */
static void pc(uint64_t low_end, uint64_t above)
{
	map = (struct e820_map){.entry = room, .capacity = CAPACITY};
	assert_int_equal(e820_add(&map, 0, EBDA, E820_RAM), 0);
	assert_int_equal(e820_add(&map, EBDA, 0x400, E820_RESERVED), 0);
	assert_int_equal(e820_add(&map, HIGH_START, low_end - HIGH_START,
				  E820_RAM), 0);
	assert_int_equal(e820_add(&map, ROM_BASE, ROM_SIZE, E820_RESERVED), 0);
	assert_int_equal(e820_add(&map, GIB(4), above, E820_RAM), 0);
}

static int setup(void **state)
{
	(void)state;
	pc(MIB(512), 0);
	k = (struct bzimage){
		.version = 0x20f, .pref_address = MIB(16),
		.alignment = MIB(2), .init_size = MIB(40),
		.initrd_max = 0x7fffffff, .relocatable = true, .entry64 = true,
	};
	f = (struct fault){0};
	return 0;
}

static bool all_of_type(gpa_t addr, uint64_t len, uint32_t type)
{
	for (uint32_t i = 0; i < map.count; i++)
		if (addr >= room[i].addr &&
		    range_fits(addr - room[i].addr, len, room[i].len))
			return room[i].type == type;
	return false;
}

/* Places and checks what the header promises of every success. */
static int place(uint64_t body, gpa_t limit)
{
	int err = bzimage_place(&k, body, &map, limit, &plan, &f);

	if (err != 0) {
		assert_int_equal(f.code, err);
		return err;
	}
	assert_true(plan.run_size >= body && plan.run_size >= k.init_size);
	assert_true(plan.run_gpa >= HIGH_START && plan.load_gpa >= HIGH_START);
	assert_true(range_fits(plan.run_gpa, plan.run_size, limit));
	assert_true(range_fits(plan.load_gpa, body, limit));
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

static void test_memory_to_the_byte(void **state)
{
	(void)state;
	pc(MIB(56), 0);
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_true(plan.run_gpa == MIB(16));
	pc(MIB(56) - 1, 0);
	assert_int_equal(place(BODY, LIMIT), ERR_NO_ROOM);
	assert_true(f.value == MIB(40) && f.limit == MIB(16));
}

static void test_limit_to_the_byte(void **state)
{
	(void)state;
	assert_int_equal(place(BODY, MIB(56)), 0);
	setup(NULL);
	assert_int_equal(place(BODY, MIB(56) - 1), ERR_NO_ROOM);
	assert_int_equal(place(BODY, 0), ERR_NO_ROOM);
}

/* Something stands at the preferred address: elsewhere, never below it. */
static void test_relocates_when_taken(void **state)
{
	(void)state;
	assert_int_equal(e820_set(&map, MIB(20), 1, E820_RESERVED), 0);
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_true(plan.run_gpa > MIB(20));
	assert_true(plan.run_gpa % MIB(2) == 0);
}

static void test_never_below_the_preferred_address(void **state)
{
	(void)state;
	k.pref_address = MIB(480);
	assert_int_equal(place(BODY, LIMIT), ERR_NO_ROOM);
}

static void test_preferred_address_is_aligned_up(void **state)
{
	(void)state;
	k.pref_address = MIB(16) + 1;
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_true(plan.run_gpa == MIB(18));
	setup(NULL);
	k.pref_address = 0;
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_true(plan.run_gpa == MIB(2));
}

/* A fixed kernel is loaded at 1 MiB and moves itself. */
static void test_fixed_kernel(void **state)
{
	(void)state;
	k.relocatable = false;
	k.entry64 = false;
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_true(plan.load_gpa == HIGH_START);
	assert_true(plan.run_gpa == MIB(16));
	assert_true(plan.entry_gpa == HIGH_START);
}

static void test_fixed_kernel_up_to_the_limit(void **state)
{
	(void)state;
	k.relocatable = false;
	assert_int_equal(place(BODY, MIB(56) - 1), ERR_NO_ROOM);
	assert_int_equal(place(BODY, MIB(56)), 0);
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

static void test_refuses_fixed_kernel_where_taken(void **state)
{
	(void)state;
	k.relocatable = false;
	assert_int_equal(e820_set(&map, MIB(20), 1, E820_RESERVED), 0);
	assert_int_equal(place(BODY, LIMIT), ERR_NO_ROOM);
	setup(NULL);
	k.relocatable = false;
	assert_int_equal(e820_set(&map, HIGH_START, 1, E820_ACPI), 0);
	assert_int_equal(place(BODY, LIMIT), ERR_NO_ROOM);
}

/* Marking whole pages must not take what stands in the last one. */
static void test_fixed_kernel_marks_only_ram(void **state)
{
	gpa_t end = HIGH_START + MIB(8) + 0x800;

	(void)state;
	k.relocatable = false;
	assert_int_equal(e820_set(&map, end, 0x800, E820_RESERVED), 0);
	if (place(end - HIGH_START, LIMIT) == 0)
		assert_true(all_of_type(end, 0x800, E820_RESERVED));
}

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
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_true(plan.run_size >= BODY);
}

static void test_refuses_bodies_that_wrap(void **state)
{
	static const uint64_t sizes[] = {GIB(1), 1ull << 62, 1ull << 63,
					 UINT64_MAX - 4095, UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		assert_int_equal(place(sizes[i], LIMIT), ERR_NO_ROOM);
		k.init_size = 0;
		assert_int_equal(place(sizes[i], LIMIT), ERR_NO_ROOM);
		k.relocatable = false;
		assert_int_equal(place(sizes[i], LIMIT), ERR_NO_ROOM);
		setup(NULL);
	}
}

/* Aligning up wraps to 0, where low memory is. */
static void test_refuses_preferred_addresses_that_wrap(void **state)
{
	static const uint64_t wishes[] = {GIB(4), UINT64_MAX - MIB(2) + 1,
					  UINT64_MAX - MIB(2) + 2, UINT64_MAX};

	(void)state;
	k.init_size = 4096;
	for (size_t i = 0; i < ARRAY_COUNT(wishes); i++) {
		k.pref_address = wishes[i];
		assert_int_equal(place(4096, LIMIT), ERR_NO_ROOM);
		k.relocatable = false;
		assert_int_equal(place(4096, LIMIT), ERR_NO_ROOM);
		k.relocatable = true;
	}
}

static void test_refuses_a_full_map(void **state)
{
	(void)state;
	map.capacity = map.count;
	assert_int_equal(place(BODY, LIMIT), ERR_TOO_MANY);
}

static int place_initrd(uint64_t size, uint64_t max, bool above, gpa_t *gpa)
{
	int err = initrd_place(&map, size, max, above, gpa, &f);

	if (err != 0) {
		assert_int_equal(f.code, err);
		return err;
	}
	assert_int_equal(*gpa % 4096, 0);
	assert_true(*gpa >= HIGH_START);
	assert_true(all_of_type(*gpa, size, E820_LOADED));
	return 0;
}

static void test_initrd_as_high_as_possible(void **state)
{
	gpa_t gpa;

	(void)state;
	assert_int_equal(place_initrd(1, 0x7fffffff, false, &gpa), 0);
	assert_true(gpa == MIB(512) - 4096);
	assert_int_equal(place_initrd(MIB(8), 0x7fffffff, false, &gpa), 0);
	assert_true(gpa == MIB(504) - 4096);
}

/* initrd_max is the last byte that it may have. */
static void test_initrd_up_to_the_kernels_maximum(void **state)
{
	gpa_t gpa;

	(void)state;
	pc(GIB(3), 0);
	assert_int_equal(place_initrd(MIB(8), 0x37ffffff, false, &gpa), 0);
	assert_true(gpa == 0x38000000 - MIB(8));
}

static void test_initrd_above_4_gib(void **state)
{
	gpa_t gpa;

	(void)state;
	pc(MIB(512), GIB(2));
	assert_int_equal(place_initrd(MIB(600), 0x7fffffff, true, &gpa), 0);
	assert_true(gpa == GIB(6) - MIB(600));
	/* below if it fits there: fewer kernels trip over that */
	assert_int_equal(place_initrd(MIB(8), 0x7fffffff, true, &gpa), 0);
	assert_true(gpa < GIB(4));
}

static void test_initrd_goes_around_the_kernel(void **state)
{
	gpa_t gpa;

	(void)state;
	pc(MIB(64), 0);
	assert_int_equal(place(BODY, LIMIT), 0);
	assert_int_equal(place_initrd(MIB(15), 0x7fffffff, true, &gpa), 0);
	assert_true(gpa == MIB(1));
	assert_int_equal(place_initrd(MIB(8), 0x7fffffff, true, &gpa), 0);
	assert_true(gpa == MIB(56));
	assert_int_equal(place_initrd(1, 0x7fffffff, true, &gpa), ERR_NO_ROOM);
}

static void test_refuses_initrd_without_room(void **state)
{
	static const uint64_t sizes[] = {MIB(511) + 1, MIB(600), GIB(4),
					 1ull << 63, UINT64_MAX - 4095,
					 UINT64_MAX - 4094, UINT64_MAX};
	gpa_t gpa;

	(void)state;
	pc(MIB(512), GIB(1));
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++)
		assert_int_equal(place_initrd(sizes[i], 0xffffffff, false,
					      &gpa), ERR_NO_ROOM);
	for (size_t i = 2; i < ARRAY_COUNT(sizes); i++)
		assert_int_equal(place_initrd(sizes[i], 0xffffffff, true,
					      &gpa), ERR_NO_ROOM);
	assert_true(f.value == UINT64_MAX);
}

static void test_refuses_initrd_with_a_low_maximum(void **state)
{
	gpa_t gpa;

	(void)state;
	assert_int_equal(place_initrd(MIB(2), MIB(3) - 2, false, &gpa),
			 ERR_NO_ROOM);
	assert_int_equal(place_initrd(1, 0, false, &gpa), ERR_NO_ROOM);
	assert_int_equal(place_initrd(1, 0x9ffff, false, &gpa), ERR_NO_ROOM);
	assert_int_equal(place_initrd(MIB(2), MIB(3) - 1, false, &gpa), 0);
}

static void test_refuses_initrd_in_a_full_map(void **state)
{
	gpa_t gpa;

	(void)state;
	map.capacity = map.count;
	assert_int_equal(place_initrd(1, 0x7fffffff, false, &gpa),
			 ERR_TOO_MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_SETUP(test_preferred_place, setup),
		CASE_SETUP(test_memory_to_the_byte, setup),
		CASE_SETUP(test_limit_to_the_byte, setup),
		CASE_SETUP(test_relocates_when_taken, setup),
		CASE_SETUP(test_never_below_the_preferred_address, setup),
		CASE_SETUP(test_preferred_address_is_aligned_up, setup),
		CASE_SETUP(test_fixed_kernel, setup),
		CASE_SETUP(test_fixed_kernel_up_to_the_limit, setup),
		CASE_SETUP(test_fixed_kernel_overlapping_itself, setup),
		CASE_SETUP(test_refuses_fixed_kernel_where_taken, setup),
		CASE_SETUP(test_fixed_kernel_marks_only_ram, setup),
		CASE_SETUP(test_no_init_size_is_generous, setup),
		CASE_SETUP(test_init_size_below_body, setup),
		CASE_SETUP(test_refuses_bodies_that_wrap, setup),
		CASE_SETUP(test_refuses_preferred_addresses_that_wrap, setup),
		CASE_SETUP(test_refuses_a_full_map, setup),
		CASE_SETUP(test_initrd_as_high_as_possible, setup),
		CASE_SETUP(test_initrd_up_to_the_kernels_maximum, setup),
		CASE_SETUP(test_initrd_above_4_gib, setup),
		CASE_SETUP(test_initrd_goes_around_the_kernel, setup),
		CASE_SETUP(test_refuses_initrd_without_room, setup),
		CASE_SETUP(test_refuses_initrd_with_a_low_maximum, setup),
		CASE_SETUP(test_refuses_initrd_in_a_full_map, setup),
	};

	return cmocka_run_group_tests_name("bzimage_place", tests, NULL, NULL);
}
