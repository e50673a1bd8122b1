/* SPDX-License-Identifier: BSD-2-Clause */
/* test_rsdp.c - where an RSDP is found, and what is none. */
#include "tests/unit/unit.h"

#include "core/layout.h"
#include "core/rsdp.h"

static uint8_t low[HIGH_START]; /* the first MiB */

static struct gmem memory(uint64_t size)
{
	return (struct gmem){(uintptr_t)low, 0, size};
}

static uint32_t find(void)
{
	struct gmem mem = memory(sizeof(low));

	return rsdp_find(&mem);
}

static void sum_set(void *bytes, uint32_t len, uint8_t *field)
{
	uint8_t sum = 0;

	*field = 0;
	for (uint32_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + ((const uint8_t *)bytes)[i]);
	*field = (uint8_t)-sum;
}

static struct acpi_rsdp *rsdp_put(uint32_t gpa, uint8_t revision)
{
	struct acpi_rsdp *p = (void *)(low + gpa);

	memset(p, 0x11, sizeof(*p));
	memcpy(p->signature, ACPI_RSDP_SIGNATURE, sizeof(p->signature));
	p->revision = revision;
	sum_set(p, ACPI_RSDP_V1_SIZE, &p->checksum);
	sum_set(p, sizeof(*p), &p->extended_sum);
	return p;
}

static int clear(void **state)
{
	(void)state;
	memset(low, 0, sizeof(low));
	return 0;
}

static void ebda_set(uint16_t segment)
{
	low[BDA_EBDA_WORD] = (uint8_t)segment;
	low[BDA_EBDA_WORD + 1] = (uint8_t)(segment >> 8);
}

static void test_each_place(void **state)
{
	static const uint32_t place[] = {
		RSDP_LOW, RSDP_LOW + 1008, LEGACY_HOLE, RSDP_BIOS,
		0xf59e0, HIGH_START - 0x30};

	for (uint32_t i = 0; i < ARRAY_COUNT(place); i++) {
		clear(state);
		rsdp_put(place[i], 2);
		assert_int_equal(find(), place[i]);
	}
}

static void test_ebda_comes_first(void **state)
{
	(void)state;
	ebda_set(0x9fc0);
	rsdp_put(0x9fff0, 0); /* its last 16 bytes, and 4 beyond */
	rsdp_put(RSDP_BIOS, 2);
	assert_int_equal(find(), 0x9fff0);
}

static void test_none(void **state)
{
	(void)state;
	assert_int_equal(find(), 0);
	ebda_set(0xffff); /* near the end of the first MiB, and behind it */
	assert_int_equal(find(), 0);
}

static void test_what_is_not_searched(void **state)
{
	(void)state;
	rsdp_put(RSDP_BIOS + 8, 2); /* not on a boundary */
	rsdp_put(RSDP_LOW + 1024, 2);
	rsdp_put(0xc0000, 2);
	assert_int_equal(find(), 0);
}

static void test_wrong_sums(void **state)
{
	(void)state;
	rsdp_put(RSDP_BIOS, 0)->checksum ^= 1;
	rsdp_put(RSDP_BIOS + 0x100, 2)->extended_sum ^= 1;
	assert_int_equal(find(), 0);
	/* revision 0 has no second sum */
	rsdp_put(RSDP_BIOS + 0x200, 0)->extended_sum ^= 1;
	assert_int_equal(find(), RSDP_BIOS + 0x200);
}

/* The structure must be inside of the memory that may be read. */
static void test_cut_memory(void **state)
{
	struct gmem mem = memory(HIGH_START - 0x10);

	(void)state;
	rsdp_put(HIGH_START - 0x30, 2);
	assert_int_equal(rsdp_find(&mem), 0);
	mem = memory(HIGH_START - 0xc);
	assert_int_equal(rsdp_find(&mem), HIGH_START - 0x30);
	mem = memory(0x400);
	assert_int_equal(rsdp_find(&mem), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_SETUP(test_each_place, clear),
		CASE_SETUP(test_ebda_comes_first, clear),
		CASE_SETUP(test_none, clear),
		CASE_SETUP(test_what_is_not_searched, clear),
		CASE_SETUP(test_wrong_sums, clear),
		CASE_SETUP(test_cut_memory, clear),
	};

	return cmocka_run_group_tests_name("rsdp", tests, NULL, NULL);
}
