/* SPDX-License-Identifier: BSD-2-Clause */
/* test_multiboot.c - memory map and sizes in QEMU's Multiboot information. */
#include "tests/unit/unit.h"

#include "core/multiboot.h"

#define MMAP_GPA 0x35000
#define ENTRY    ((uint32_t)sizeof(struct multiboot_mmap))
#define INFO     ((uint32_t)sizeof(struct multiboot_info))

static struct e820_entry entries[16];
static struct e820_map map = {.entry = entries, .capacity = 16};

/* What QEMU leaves: command line and modules, all else zero or stale. */
static const struct multiboot_info from_qemu = {
	.flags = MULTIBOOT_INFO_CMDLINE | MULTIBOOT_INFO_MODS,
	.cmdline = 0x11111111, .mods_count = 2, .mods_addr = 0x22222222,
	.boot_device = 0x33333333, .syms = {1, 2, 3, 4},
};

static void map_add(gpa_t addr, uint64_t len, uint32_t type)
{
	assert_int_equal(e820_add(&map, addr, len, type), 0);
}

/* 512 MiB with an EBDA and a hole. */
static void map_usual(void)
{
	map.count = 0;
	map_add(0, 0x9fc00, E820_RAM);
	map_add(0x9fc00, 0x400, E820_RESERVED);
	map_add(0x100000, 0x1ff00000, E820_RAM);
	map_add(0xffff0000, 0x10000, E820_RESERVED);
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
	assert_int_equal(info.mem_lower, 639);
	assert_int_equal(info.mem_upper, 511 * 1024);
	assert_int_equal(info.mmap_addr, MMAP_GPA);
	assert_int_equal(info.mmap_length, 4 * ENTRY);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(m[i].size, ENTRY - 4);
		assert_true(m[i].addr == entries[i].addr);
		assert_true(m[i].len == entries[i].len);
		assert_int_equal(m[i].type, entries[i].type);
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
	map_add(0, 0x8000000, E820_RAM);
	assert_int_equal(build(&info, mmap, ENTRY), 0);
	assert_int_equal(info.mem_lower, 640);
	assert_int_equal(info.mem_upper, 127 * 1024);
	guarded_free(mmap);
}

static void test_upper_memory_saturates(void **state)
{
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(ENTRY, 0xcc);

	(void)state;
	map.count = 0;
	map_add(0x100000, 0x50000000000, E820_RAM);
	assert_int_equal(build(&info, mmap, ENTRY), 0);
	assert_int_equal(info.mem_lower, 0);
	assert_int_equal(info.mem_upper, UINT32_MAX);
	guarded_free(mmap);
}

/* Memory that ends below twice its start. */
static void test_little_upper_memory(void **state)
{
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(ENTRY, 0xcc);

	(void)state;
	map.count = 0;
	map_add(0x100000, 0x80000, E820_RAM);
	assert_int_equal(build(&info, mmap, ENTRY), 0);
	assert_int_equal(info.mem_upper, 512);
	guarded_free(mmap);
}

static void test_no_ram_at_one_mib(void **state)
{
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(2 * ENTRY, 0xcc);

	(void)state;
	map.count = 0;
	map_add(0x100000, 0x100000, E820_RESERVED);
	map_add(0x200000, 0x100000, E820_RAM);
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

static void test_refuses_counts_that_wrap(void **state)
{
	struct multiboot_info info;
	uint8_t *mmap = guarded_new(4 * ENTRY, 0xcc);

	(void)state;
	map.count = 0x0aaaaaab; /* times 24 is 8 */
	assert_int_equal(build(&info, mmap, 4 * ENTRY), ERR_NO_ROOM);
	map.count = UINT32_MAX;
	assert_int_equal(build(&info, mmap, 4 * ENTRY), ERR_NO_ROOM);
	guarded_check(mmap, 4 * ENTRY);
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
		CASE(test_no_ram_at_one_mib),
		CASE(test_empty_map),
		CASE(test_refuses_truncated_info),
		CASE(test_refuses_every_shorter_room),
		CASE(test_refuses_counts_that_wrap),
	};

	return cmocka_run_group_tests_name("multiboot", tests, NULL, NULL);
}
