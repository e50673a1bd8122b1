/* SPDX-License-Identifier: BSD-2-Clause */
/* place.h - for the programs about places: a PC's memory and a kernel. */
#ifndef TESTS_UNIT_PLACE_H
#define TESTS_UNIT_PLACE_H

#include "tests/unit/unit.h"

#include "core/bzimage.h"
#include "core/layout.h"

#define PFN(gpa) ((pfn_t)((gpa) >> PAGE_SHIFT))
#define LIMIT    PFN(GIB(1)) /* of the kernel, unless a case says otherwise */
#define BODY     0x800000

static struct e820_map map;
static struct bzimage k;
static struct bzimage_plan plan;
static struct fault f;

/* A PC with RAM up to low_end and so much above 4 GiB, in pages: low RAM, the
 * EBDA, hole, RAM, ROM, RAM. */
static inline void pc(pfn_t low_end, pfn_t above)
{
	map.count = 0;
	assert_int_equal(e820_add(&map, 0, PFN(EBDA), E820_RAM), 0);
	assert_int_equal(e820_add(&map, PFN(EBDA), PFN(EBDA) + 1,
				  E820_RESERVED), 0);
	assert_int_equal(e820_add(&map, PFN(HIGH_START), low_end, E820_RAM),
			 0);
	assert_int_equal(e820_add(&map, PFN(ROM_BASE), PFN_4G, E820_RESERVED),
			 0);
	assert_int_equal(e820_add(&map, PFN_4G, PFN_4G + above, E820_RAM), 0);
}

static inline int setup(void **state)
{
	(void)state;
	pc(PFN(MIB(512)), 0);
	k = (struct bzimage){
		.version = 0x20f, .pref_address = MIB(16),
		.alignment = MIB(2), .init_size = MIB(40),
		.initrd_max = 0x7fffffff, .relocatable = true, .entry64 = true,
	};
	f = (struct fault){0};
	return 0;
}

/* Ranges far above, until there is no room for two more. */
static inline void map_fill_up(void)
{
	for (pfn_t at = 0x10000000; map.count < E820_RANGES_MAX - 1; at += 2)
		assert_int_equal(e820_add(&map, at, at + 1, E820_NVS), 0);
}

/* Are all pages with one of those bytes of that type? */
static inline bool all_of_type(gpa_t gpa, uint64_t len, uint32_t type)
{
	uint64_t end = align_up(gpa + len, PAGE_SIZE) >> PAGE_SHIFT;

	for (uint32_t i = 0; i < map.count; i++)
		if (map.range[i].start <= gpa >> PAGE_SHIFT &&
		    end <= map.range[i].end)
			return map.range[i].type == type;
	return false;
}

#endif
