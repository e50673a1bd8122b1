/* SPDX-License-Identifier: BSD-2-Clause */
/* map.h - memory maps for fuzz targets: made from the input, and the shape that
 * each must have. */
#ifndef TESTS_FUZZ_MAP_H
#define TESTS_FUZZ_MAP_H

#include "tests/fuzz/fuzz.h"

#include "core/e820.h"

/* Sorted, disjoint, no empty range, neighbours of one type merged. */
static inline void map_check(const struct e820_map *map)
{
	PROPERTY(map->count <= E820_RANGES_MAX);
	for (uint32_t i = 0; i < map->count; i++) {
		const struct e820_range *r = &map->range[i];

		PROPERTY(r->start < r->end && r->type != E820_HOLE);
		if (i == 0)
			continue;
		PROPERTY(r[-1].end <= r->start);
		PROPERTY(r[-1].end < r->start || r[-1].type != r->type);
	}
}

/* Are all pages of [start, end) of that type?  In one range: it is merged. */
static inline bool map_has(const struct e820_map *map, uint64_t start,
			   uint64_t end, uint32_t type)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (map->range[i].start <= start && end <= map->range[i].end)
			return map->range[i].type == type;
	return false;
}

/* Does this entry give the page at gpa that type?  RAM only if all of the page
 * is told; what is our own type is told as reserved. */
static inline bool told_by(const struct e820_entry *e, gpa_t gpa,
			   uint32_t type)
{
	bool own = e->type == E820_HOLE || e->type == E820_LOADED;

	if ((own ? E820_RESERVED : e->type) != type)
		return false;
	if (type == E820_RAM)
		return e->addr <= gpa && gpa - e->addr < e->len &&
		       e->len - (gpa - e->addr) >= PAGE_SIZE;
	return e->len != 0 && e->addr < gpa + PAGE_SIZE &&
	       e->addr + (e->len - 1) >= gpa;
}

/* A map with RAM below the hole and a few ranges of any type. */
static inline void map_take(struct e820_map *map, struct input *in)
{
	map->count = 0;
	e820_add(map, 0, 0xa0, E820_RAM);
	for (uint64_t n = take(in, 1) % 16; n > 0; n--) {
		uint32_t type = 1 + (uint32_t)take(in, 1) % 4;
		pfn_t start = (pfn_t)take(in, 4);

		e820_add(map, start, start + (pfn_t)take(in, 3), type);
	}
}

/* Pages of that type. */
static inline uint64_t map_pages(const struct e820_map *map, uint32_t type)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < map->count; i++)
		if (map->range[i].type == type)
			sum += map->range[i].end - map->range[i].start;
	return sum;
}

#endif
