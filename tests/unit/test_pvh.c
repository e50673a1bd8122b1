/* SPDX-License-Identifier: BSD-2-Clause */
/* test_pvh.c - hvm_start_info, its module and its memory map. */
#include "tests/unit/unit.h"

#include "core/pvh.h"

#define GPA      0x35000
#define MAP_MAX  E820_RANGES_MAX /* [PVH]: older kernels count in a byte */
#define HEAD     (sizeof(struct hvm_start_info) +                              \
		  sizeof(struct hvm_modlist_entry))
#define NEED(n)  ((uint32_t)(HEAD + (n) * sizeof(struct hvm_memmap_entry)))

static struct e820_map map;

static const struct pvh_args args = {
	.cmdline_gpa = 0x40000,
	.initrd_gpa = 0x123456000,
	.initrd_size = 0x87654321,
	.rsdp_gpa = 0x9fc00,
};

/* Above 4 GiB, each a page larger than the one before. */
static void map_fill(uint32_t count)
{
	map.count = count;
	for (uint32_t i = 0; i < count; i++)
		map.range[i] = (struct e820_range){
			0x1000000 + i * 0x200, 0x1000001 + i * 0x201,
			1 + i % 5};
}

/* The part of the page that a guest address points to. */
static const void *at(const uint8_t *page, gpa_t gpa, size_t len, size_t size)
{
	assert_true(gpa >= GPA && range_fits(gpa - GPA, len, size));
	return page + (gpa - GPA);
}

static void assert_map(const uint8_t *page, size_t size)
{
	const struct hvm_start_info *info = (const void *)page;
	const struct hvm_memmap_entry *m = at(page, info->memmap_paddr,
					      map.count * sizeof(*m), size);

	assert_int_equal(info->memmap_entries, map.count);
	for (uint32_t i = 0; i < map.count; i++) {
		assert_true(m[i].addr == 0x1000000000 + i * 0x200000ull);
		assert_true(m[i].size == (1 + i) * 0x1000ull);
		assert_int_equal(m[i].type, 1 + i % 5);
		assert_int_equal(m[i].reserved, 0);
	}
}

static void test_everything_is_there(void **state)
{
	uint8_t *page = guarded_new(4096, 0xcc);
	const struct hvm_start_info *info = (const void *)page;
	const struct hvm_modlist_entry *module;

	(void)state;
	map_fill(7);
	assert_int_equal(pvh_build(page, GPA, 4096, &map, &args), 0);
	guarded_check(page, 4096);
	assert_int_equal(info->magic, HVM_START_MAGIC);
	assert_int_equal(info->version, 1);
	assert_int_equal(info->flags, 0);
	assert_int_equal(info->reserved, 0);
	assert_true(info->cmdline_paddr == args.cmdline_gpa);
	assert_true(info->rsdp_paddr == args.rsdp_gpa);
	assert_int_equal(info->nr_modules, 1);
	module = at(page, info->modlist_paddr, sizeof(*module), 4096);
	assert_true(module->paddr == args.initrd_gpa);
	assert_true(module->size == args.initrd_size);
	assert_true(module->cmdline_paddr == 0 && module->reserved == 0);
	assert_map(page, 4096);
	guarded_free(page);
}

static void test_no_initrd_is_no_module(void **state)
{
	struct pvh_args none = args;
	uint8_t *page = guarded_new(4096, 0xcc);
	const struct hvm_start_info *info = (const void *)page;

	(void)state;
	map_fill(3);
	none.initrd_size = 0;
	none.rsdp_gpa = 0;
	assert_int_equal(pvh_build(page, GPA, 4096, &map, &none), 0);
	assert_int_equal(info->nr_modules, 0);
	assert_true(info->modlist_paddr == 0);
	assert_true(info->rsdp_paddr == 0);
	assert_map(page, 4096);
	guarded_free(page);
}

static void test_empty_map(void **state)
{
	uint8_t *page = guarded_new(NEED(0), 0xcc);

	(void)state;
	map_fill(0);
	assert_int_equal(pvh_build(page, GPA, NEED(0), &map, &args), 0);
	assert_map(page, NEED(0));
	guarded_free(page);
}

static void test_room_to_the_byte(void **state)
{
	uint8_t *page = guarded_new(NEED(MAP_MAX), 0xcc);

	(void)state;
	map_fill(MAP_MAX);
	assert_int_equal(pvh_build(page, GPA, NEED(MAP_MAX), &map, &args), 0);
	guarded_check(page, NEED(MAP_MAX));
	assert_map(page, NEED(MAP_MAX));
	guarded_free(page);
}

static void refuse_every_shorter_room(uint32_t count, uint32_t step)
{
	map_fill(count);
	for (uint32_t less = 1; less <= NEED(count); less += step) {
		uint32_t size = NEED(count) - less;
		uint8_t *page = guarded_new(size, 0xcc);

		assert_int_equal(pvh_build(page, GPA, size, &map, &args),
				 ERR_NO_ROOM);
		guarded_check(page, size);
		for (uint32_t i = 0; i < size; i++)
			assert_int_equal(page[i], 0xcc);
		guarded_free(page);
	}
}

static void test_refuses_every_shorter_room(void **state)
{
	(void)state;
	refuse_every_shorter_room(2, 1);
	refuse_every_shorter_room(1, 1);
	refuse_every_shorter_room(0, 1);
}

static void test_refuses_shorter_room_for_a_whole_map(void **state)
{
	(void)state;
	refuse_every_shorter_room(MAP_MAX, 7);
}

/* An initrd or none, the room that is asked for is the same. */
static void test_refuses_shorter_room_without_initrd(void **state)
{
	struct pvh_args none = args;
	uint8_t *page = guarded_new(NEED(3) - 1, 0xcc);

	(void)state;
	map_fill(3);
	none.initrd_size = 0;
	assert_int_equal(pvh_build(page, GPA, NEED(3) - 1, &map, &none),
			 ERR_NO_ROOM);
	assert_int_equal(pvh_build(page, GPA, 0, &map, &none), ERR_NO_ROOM);
	guarded_check(page, NEED(3) - 1);
	guarded_free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_everything_is_there),
		CASE(test_no_initrd_is_no_module),
		CASE(test_empty_map),
		CASE(test_room_to_the_byte),
		CASE(test_refuses_every_shorter_room),
		CASE(test_refuses_shorter_room_for_a_whole_map),
		CASE(test_refuses_shorter_room_without_initrd),
	};

	return cmocka_run_group_tests_name("pvh", tests, NULL, NULL);
}
