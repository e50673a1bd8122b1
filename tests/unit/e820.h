/* SPDX-License-Identifier: BSD-2-Clause */
/* e820.h - for the e820 programs: one map, and what stands in it. */
#ifndef TESTS_UNIT_E820_H
#define TESTS_UNIT_E820_H

#include "tests/unit/unit.h"

#include "core/e820.h"

static struct e820_map map;

/* An empty map full of stale ranges. */
static inline int setup(void **state)
{
	(void)state;
	memset(&map, 0x5a, sizeof(map));
	map.count = 0;
	return 0;
}

static inline void assert_range(uint32_t i, pfn_t start, pfn_t end,
				uint32_t type)
{
	assert_true(i < map.count);
	assert_int_equal(map.range[i].start, start);
	assert_int_equal(map.range[i].end, end);
	assert_int_equal(map.range[i].type, type);
}

#endif
