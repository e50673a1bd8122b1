/* SPDX-License-Identifier: BSD-2-Clause */
/* test_multiboot.c - memory map and sizes in QEMU's Multiboot information. */
#include "tests/unit/unit.h"

#include "core/multiboot.h"

#define MMAP_GPA 0x35000
#define ENTRY    ((uint32_t)sizeof(struct multiboot_mmap))
#define INFO     ((uint32_t)sizeof(struct multiboot_info))

static struct e820_map map;

/* What QEMU leaves: command line and modules, all else zero or stale. */
static const struct multiboot_info from_qemu = {
	.flags = MULTIBOOT_INFO_CMDLINE | MULTIBOOT_INFO_MODS,
	.cmdline = 0x11111111, .mods_count = 2, .mods_addr = 0x22222222,
	.boot_device = 0x33333333, .syms = {1, 2, 3, 4},
};

static void map_add(pfn_t start, pfn_t end, uint32_t type)
{
	assert_int_equal(e820_add(&map, start, end, type), 0);
}

/* 512 MiB with an EBDA and a hole, and 2 GiB above 4 GiB. */
static void map_usual(void)
{
	map.count = 0;
	map_add(0, 0x9f, E820_RAM);
	map_add(0x9f, 0xa0, E820_RESERVED);
	map_add(0x100, 0x20000, E820_RAM);
	map_add(PFN_4G, 0x180000, E820_RAM);
}

static int build(struct multiboot_info *info, uint8_t *mmap, uint32_t size)
{
	*info = from_qemu;
	return multiboot_build(info, INFO, mmap, MMAP_GPA, size, &map);
}

static void test_memory_is_told(void **state)
{
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(4 * ENTRY, 0xcc);
	const struct multiboot_mmap *m = (const void *)mmap;

	(void)state;
	map_usual();
	assert_int_equal(build(&info, mmap, 4 * ENTRY), 0);
	guarded_check(mmap, 4 * ENTRY);
	assert_int_equal(info.flags, from_qemu.flags | MULTIBOOT_INFO_MEMORY |
				     MULTIBOOT_INFO_MMAP);
	assert_int_equal(info.mem_lower, 636);
	assert_int_equal(info.mem_upper, 511 * 1024);
	assert_int_equal(info.mmap_addr, MMAP_GPA);
	assert_int_equal(info.mmap_length, 4 * ENTRY);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(m[i].size, ENTRY - 4);
		assert_true(m[i].addr == map.range[i].start * 4096ull);
		assert_true(m[i].addr + m[i].len ==
			    map.range[i].end * 4096ull);
		assert_int_equal(m[i].type, map.range[i].type);
	}
	guarded_free(mmap);
}

static void test_the_rest_stays(void **state)
{
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(8 * ENTRY, 0xcc);

	(void)state;
	map_usual();
	assert_int_equal(build(&info, mmap, 8 * ENTRY), 0);
	assert_int_equal(info.cmdline, from_qemu.cmdline);
	assert_int_equal(info.mods_count, from_qemu.mods_count);
	assert_int_equal(info.mods_addr, from_qemu.mods_addr);
	assert_int_equal(info.boot_device, from_qemu.boot_device);
	assert_memory_equal(info.syms, from_qemu.syms, sizeof(info.syms));
	assert_int_equal(mmap[4 * ENTRY], 0xcc);
	guarded_free(mmap);
}

/* [MB] 3.3: at most 640 KiB, though the map has no hole. */
static void test_lower_memory_ends_at_640_kib(void **state)
{
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(ENTRY, 0xcc);

	(void)state;
	map.count = 0;
	map_add(0, 0x8000, E820_RAM);
	assert_int_equal(build(&info, mmap, ENTRY), 0);
	assert_int_equal(info.mem_lower, 640);
	assert_int_equal(info.mem_upper, 127 * 1024);
	guarded_free(mmap);
}

/* In KiB of 32 bits: up to 4 TiB. */
static void test_upper_memory_saturates(void **state)
{
	static const struct {
		pfn_t end;
		uint32_t kib;
	} cases[] = {
		{0x400000ff, 0xfffffffc}, {0x40000100, UINT32_MAX},
		{0x50000000, UINT32_MAX}, {PFN_MAX, UINT32_MAX},
	};
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(ENTRY, 0xcc);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		map.count = 0;
		map_add(0x100, cases[i].end, E820_RAM);
		assert_int_equal(build(&info, mmap, ENTRY), 0);
		assert_int_equal(info.mem_lower, 0);
		assert_int_equal(info.mem_upper, cases[i].kib);
	}
	guarded_free(mmap);
}

/* Memory that ends below twice its start. */
static void test_little_upper_memory(void **state)
{
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(ENTRY, 0xcc);

	(void)state;
	map.count = 0;
	map_add(0x100, 0x180, E820_RAM);
	assert_int_equal(build(&info, mmap, ENTRY), 0);
	assert_int_equal(info.mem_upper, 512);
	guarded_free(mmap);
}

/* Little of either, down to none. */
static void test_little_memory(void **state)
{
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(2 * ENTRY, 0xcc);

	(void)state;
	map.count = 0;
	map_add(0, 1, E820_RAM);
	map_add(0xff, 0x101, E820_RAM);
	assert_int_equal(build(&info, mmap, 2 * ENTRY), 0);
	assert_int_equal(info.mem_lower, 4);
	assert_int_equal(info.mem_upper, 4);
	map.count = 0;
	map_add(1, 0x100, E820_RAM);
	assert_int_equal(build(&info, mmap, 2 * ENTRY), 0);
	assert_int_equal(info.mem_lower, 0);
	assert_int_equal(info.mem_upper, 0);
	guarded_free(mmap);
}

static void test_no_ram_at_one_mib(void **state)
{
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(2 * ENTRY, 0xcc);

	(void)state;
	map.count = 0;
	map_add(0x100, 0x200, E820_RESERVED);
	map_add(0x200, 0x300, E820_RAM);
	assert_int_equal(build(&info, mmap, 2 * ENTRY), 0);
	assert_int_equal(info.mem_lower, 0);
	assert_int_equal(info.mem_upper, 0);
	guarded_free(mmap);
}

static void test_empty_map(void **state)
{
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(0, 0);

	(void)state;
	map.count = 0;
	assert_int_equal(build(&info, mmap, 0), 0);
	assert_int_equal(info.mmap_length, 0);
	guarded_check(mmap, 0);
	guarded_free(mmap);
}

static void test_refuses_truncated_info(void **state)
{
	uint8_t *mmap = guarded_new(4 * ENTRY, 0xcc);

	(void)state;
	map_usual();
	for (uint32_t len = 0; len < INFO; len++) {
		uint8_t *info = guarded_new(len, 0);

		assert_int_equal(multiboot_build(info, len, mmap, MMAP_GPA,
						 4 * ENTRY, &map),
				 ERR_TRUNCATED);
		guarded_check(info, len);
		guarded_free(info);
	}
	guarded_free(mmap);
}

static void test_refuses_every_shorter_room(void **state)
{
	struct multiboot_info info;

	(void)state;
	map_usual();
	for (uint32_t size = 0; size < 4 * ENTRY; size++) {
		uint8_t *mmap = guarded_new(size, 0xcc);

		assert_int_equal(build(&info, mmap, size), ERR_NO_ROOM);
		guarded_check(mmap, size);
		guarded_free(mmap);
	}
}

/* What is refused is not begun: neither structure changes. */
static void test_refuses_without_a_change(void **state)
{
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(4 * ENTRY, 0xcc);

	(void)state;
	map_usual();
	assert_int_equal(build(&info, mmap, 4 * ENTRY - 1), ERR_NO_ROOM);
	assert_memory_equal(&info, &from_qemu, sizeof(info));
	assert_int_equal(multiboot_build(&info, INFO - 1, mmap, MMAP_GPA,
					 4 * ENTRY, &map), ERR_TRUNCATED);
	assert_memory_equal(&info, &from_qemu, sizeof(info));
	for (uint32_t i = 0; i < 4 * ENTRY; i++)
		assert_int_equal(mmap[i], 0xcc);
	guarded_free(mmap);
}

/* As many ranges as a map can have. */
static void test_refuses_one_entry_too_few(void **state)
{
	const uint32_t size = E820_RANGES_MAX * ENTRY;
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(size, 0xcc);

	(void)state;
	map.count = E820_RANGES_MAX;
	for (uint32_t i = 0; i < map.count; i++)
		map.range[i] = (struct e820_range){2 * i, 2 * i + 1, 2};
	assert_int_equal(build(&info, mmap, size - 1), ERR_NO_ROOM);
	assert_int_equal(build(&info, mmap, size - ENTRY), ERR_NO_ROOM);
	assert_int_equal(build(&info, mmap, size), 0);
	assert_int_equal(info.mmap_length, size);
	guarded_check(mmap, size);
	guarded_free(mmap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_memory_is_told),
		CASE(test_the_rest_stays),
		CASE(test_lower_memory_ends_at_640_kib),
		CASE(test_upper_memory_saturates),
		CASE(test_little_upper_memory),
		CASE(test_little_memory),
		CASE(test_no_ram_at_one_mib),
		CASE(test_empty_map),
		CASE(test_refuses_truncated_info),
		CASE(test_refuses_every_shorter_room),
		CASE(test_refuses_without_a_change),
		CASE(test_refuses_one_entry_too_few),
	};

	return cmocka_run_group_tests_name("multiboot", tests, NULL, NULL);
}
