/* SPDX-License-Identifier: BSD-2-Clause */
/* test_start_info.c - what a PVH loader hands over, and what it may not. */
#include "tests/unit/unit.h"

#include "core/start_info.h"

#define BASE    0x5000 /* of the memory that may be read */
#define SIZE    0x3000
#define INFO    0x6000
#define MODULES 0x6040
#define MEMMAP  0x7000
#define LINE    0x7f00

static uint8_t *bytes;
static struct start_info got;
static struct e820_map map;
static struct fault fault;

static void *at(uint32_t gpa)
{
	return bytes + (gpa - BASE);
}

static struct hvm_start_info *info(void)
{
	return at(INFO);
}

static struct hvm_modlist_entry *module(uint32_t i)
{
	return (struct hvm_modlist_entry *)at(MODULES) + i;
}

static struct hvm_memmap_entry *entry(uint32_t i)
{
	return (struct hvm_memmap_entry *)at(MEMMAP) + i;
}

/* As Cloud Hypervisor does it: two ranges of RAM, a module, a line. */
static int setup(void **state)
{
	(void)state;
	bytes = bytes_new(SIZE, 0);
	*info() = (struct hvm_start_info){
		.magic = HVM_START_MAGIC, .version = 1, .nr_modules = 1,
		.modlist_paddr = MODULES, .cmdline_paddr = LINE,
		.rsdp_paddr = 0xa0000, .memmap_paddr = MEMMAP,
		.memmap_entries = 3};
	*module(0) = (struct hvm_modlist_entry){.paddr = BASE + 16, .size = 8};
	*entry(0) = (struct hvm_memmap_entry){0, 0xa0000, E820_RAM, 0};
	*entry(1) = (struct hvm_memmap_entry){MIB(1), MIB(63), E820_RAM, 0};
	*entry(2) = (struct hvm_memmap_entry){GIB(4), 0, E820_RAM, 0};
	memcpy(at(LINE), "quiet", 6);
	memset(&got, 0xcc, sizeof(got));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(bytes);
	return 0;
}

static int parse_at(uint32_t gpa)
{
	struct gmem mem = {(uintptr_t)bytes, BASE, SIZE};

	memset(&fault, 0, sizeof(fault));
	return start_info_parse(&got, &map, &mem, gpa, &fault);
}

static void refuse(int code, uint32_t record)
{
	assert_int_equal(parse_at(INFO), code);
	assert_int_equal(fault.code, code);
	assert_int_equal(fault.record, record);
}

static void test_everything(void **state)
{
	(void)state;
	assert_int_equal(parse_at(INFO), 0);
	assert_int_equal(got.rsdp_gpa, 0xa0000);
	assert_int_equal(got.cmdline_gpa, LINE);
	assert_int_equal(got.cmdline_len, 5);
	assert_int_equal(got.module[0].gpa, BASE + 16);
	assert_int_equal(got.module[0].size, 8);
	assert_int_equal(got.module[1].size, 0);
	assert_int_equal(map.count, 2);
	assert_true(e820_is_ram(&map, 0x100, 0x4000));
}

static void test_nothing_but_a_map(void **state)
{
	(void)state;
	info()->nr_modules = 0;
	info()->modlist_paddr = UINT64_MAX;
	info()->cmdline_paddr = info()->rsdp_paddr = 0;
	assert_int_equal(parse_at(INFO), 0);
	assert_int_equal(got.cmdline_gpa | got.cmdline_len | got.rsdp_gpa, 0);
	assert_int_equal(got.module[0].size, 0);
}

static void test_modules(void **state)
{
	(void)state;
	info()->nr_modules = UINT32_MAX; /* two are read */
	*module(1) = (struct hvm_modlist_entry){.paddr = UINT64_MAX};
	assert_int_equal(parse_at(INFO), 0);
	assert_int_equal(got.module[0].size, 8);
	assert_int_equal(got.module[1].size, 0); /* empty, wherever it lies */
	*module(1) = (struct hvm_modlist_entry){.paddr = BASE, .size = SIZE};
	assert_int_equal(parse_at(INFO), 0);
	assert_int_equal(got.module[1].size, SIZE);
}

static void test_refuses_modules(void **state)
{
	static const struct hvm_modlist_entry bad[] = {
		{.paddr = BASE - 1, .size = 2},
		{.paddr = BASE, .size = SIZE + 1},
		{.paddr = GIB(4) + BASE, .size = 1},
		{.paddr = BASE, .size = UINT64_MAX},
		{.paddr = UINT64_MAX, .size = 2},
	};

	(void)state;
	info()->nr_modules = 2;
	for (uint32_t i = 0; i < ARRAY_COUNT(bad); i++) {
		*module(1) = bad[i];
		refuse(ERR_RANGE, 1);
	}
	info()->modlist_paddr = BASE + SIZE - 63;
	refuse(ERR_RANGE, 0);
}

static void test_refuses_the_structure(void **state)
{
	static const uint32_t bad[] = {0, BASE - 1, BASE + SIZE - 55,
				       UINT32_MAX};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_int_equal(parse_at(bad[i]), ERR_RANGE);
	info()->rsdp_paddr = GIB(4);
	refuse(ERR_RANGE, 0);
	info()->version = 0;
	refuse(ERR_VERSION, 0);
	info()->magic++;
	refuse(ERR_MAGIC, 0);
}

static void test_refuses_the_map(void **state)
{
	(void)state;
	info()->memmap_entries = 0;
	refuse(ERR_TOO_MANY, 0);
	info()->memmap_entries = 513;
	refuse(ERR_TOO_MANY, 0);
	info()->memmap_entries = 512; /* allowed, but not there */
	refuse(ERR_RANGE, 0);
	info()->memmap_entries = 3;
	info()->memmap_paddr = BASE + SIZE - 3 * 24 + 1;
	refuse(ERR_RANGE, 0);
	info()->memmap_paddr = MEMMAP;
	*entry(2) = (struct hvm_memmap_entry){MIB(2), 4096, E820_NVS, 0};
	refuse(ERR_OVERLAP, 2);
	*entry(2) = (struct hvm_memmap_entry){UINT64_MAX, 2, E820_RAM, 0};
	refuse(ERR_WRAP, 2);
}

static void test_refuses_a_line_without_end(void **state)
{
	(void)state;
	memset(at(LINE), 'x', BASE + SIZE - LINE);
	refuse(ERR_RANGE, 0);
	assert_true(fault.value == LINE);
	((char *)at(BASE + SIZE))[-1] = '\0';
	assert_int_equal(parse_at(INFO), 0);
	assert_int_equal(got.cmdline_len, BASE + SIZE - LINE - 1);
	info()->cmdline_paddr = GIB(4) + LINE;
	refuse(ERR_RANGE, 0);
}

int main(void)
{
#define ONE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		ONE(test_everything),
		ONE(test_nothing_but_a_map),
		ONE(test_modules),
		ONE(test_refuses_modules),
		ONE(test_refuses_the_structure),
		ONE(test_refuses_the_map),
		ONE(test_refuses_a_line_without_end),
	};

	return cmocka_run_group_tests_name("start_info", tests, NULL, NULL);
}
