/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_initrd.c - an initrd of any size for any map and limits: it is placed if
 * and only if there is room, as high as can be below 4 GiB, else above.
 *
 * Input: size, limit, flags, the map. */
#include "tests/fuzz/map.h"

#include "core/bzimage.h"
#include "core/layout.h"

/* The highest place for so many bytes of RAM in [floor, limit); 0: none.  In
 * bytes, range by range: ranges that touch have been merged. */
static uint64_t highest(const struct e820_map *map, uint64_t size,
			uint64_t floor, uint64_t limit)
{
	uint64_t best = 0;

	for (uint32_t i = 0; i < map->count; i++) {
		uint64_t start = (uint64_t)map->range[i].start << PAGE_SHIFT;
		uint64_t end = (uint64_t)map->range[i].end << PAGE_SHIFT;

		if (start < floor)
			start = floor;
		if (end > limit)
			end = limit;
		if (map->range[i].type != E820_RAM || end <= start ||
		    end - start < align_up(size, PAGE_SIZE))
			continue;
		end = align_down(end - align_up(size, PAGE_SIZE), PAGE_SIZE);
		if (end >= start && end > best)
			best = end;
	}
	return best;
}

static uint64_t wanted(const struct e820_map *map, uint64_t size,
		       uint64_t last, bool above_4g)
{
	uint64_t low = highest(map, size, HIGH_START,
			       above_4g ? GIB(4) : last + 1);

	if (low != 0 || !above_4g)
		return low;
	return highest(map, size, GIB(4), (uint64_t)PFN_MAX << PAGE_SHIFT);
}

/* The pages that were taken are the only change. */
static void taken_check(const struct e820_map *before,
			const struct e820_map *map, uint64_t gpa, uint64_t size)
{
	struct e820_map again = *before;
	pfn_t start = (pfn_t)(gpa >> PAGE_SHIFT);

	PROPERTY(e820_set(&again, start, start + page_count((uint32_t)size),
			  E820_LOADED) == 0);
	PROPERTY(again.count == map->count);
	PROPERTY(memcmp(again.range, map->range,
			again.count * sizeof(again.range[0])) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	uint32_t bytes = (uint32_t)take(&in, 1 + take(&in, 1) % 4);
	uint32_t last = (uint32_t)take(&in, 4);
	uint32_t flags = (uint32_t)take(&in, 1);
	bool above_4g = flags & 1;
	struct e820_map map, before;
	struct fault f = {0};
	gpa_t gpa = 1;
	int err;

	map_take(&map, &in);
	/* a kernel's page before it, that must not be touched */
	if (flags & 2)
		e820_set(&map, HIGH_START >> PAGE_SHIFT,
			 (HIGH_START >> PAGE_SHIFT) + 64, E820_LOADED);
	before = map;
	if (bytes == 0)
		return 0;
	err = initrd_place(&map, bytes, last, above_4g, &gpa, &f);
	if (err == 0) {
		PROPERTY(gpa == wanted(&before, bytes, last, above_4g));
		map_check(&map);
		taken_check(&before, &map, gpa, bytes);
		return 0;
	}
	PROPERTY(f.code == err && f.value == bytes);
	PROPERTY(err == ERR_TOO_MANY || err == ERR_NO_ROOM);
	PROPERTY(err != ERR_TOO_MANY || map.count > E820_RANGES_MAX - 2);
	PROPERTY(err != ERR_NO_ROOM ||
		 wanted(&before, bytes, last, above_4g) == 0);
	PROPERTY(memcmp(&map, &before, sizeof(map.count) +
			map.count * sizeof(map.range[0])) == 0);
	return 0;
}
