/* SPDX-License-Identifier: BSD-2-Clause */
/* e820.c - sorted, disjoint, merged: kept so by e820_set alone. */
#include "core/e820.h"

int e820_set(struct e820_map *map, pfn_t start, pfn_t end, uint32_t type)
{
	struct e820_range *last = map->range + map->count;
	struct e820_range *from = map->range, *to;
	struct e820_range piece[3]; /* left of it, it, right of it */
	uint32_t n = 0;

	if (start >= end)
		return 0;
	if (map->count > E820_RANGES_MAX - 2)
		return ERR_TOO_MANY;
	/* [from, to) are the ranges that it overlaps or touches */
	while (from < last && from->end < start)
		from++;
	to = from;
	while (to < last && to->start <= end)
		to++;
	if (from < to && from->start < start) {
		if (from->type == type)
			start = from->start;
		else
			piece[n++] = (struct e820_range){from->start, start,
							 from->type};
	}
	if (from < to && to[-1].end > end && to[-1].type == type)
		end = to[-1].end;
	if (type != E820_HOLE)
		piece[n++] = (struct e820_range){start, end, type};
	if (from < to && to[-1].end > end)
		piece[n++] = (struct e820_range){end, to[-1].end, to[-1].type};
	memmove(from + n, to,
		(size_t)((uint8_t *)last - (uint8_t *)to));
	map->count += n - (uint32_t)(to - from);
	for (uint32_t i = 0; i < n; i++)
		from[i] = piece[i];
	return 0;
}

int e820_add(struct e820_map *map, pfn_t start, pfn_t end, uint32_t type)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (map->range[i].end > start && map->range[i].start < end)
			return ERR_OVERLAP;
	return e820_set(map, start, end, type);
}

/* The page of a gpa; with up the next one, if it is inside that page.  What
 * lies above 16 TiB ends there. */
static pfn_t pfn_of(gpa_t gpa, bool up)
{
	uint64_t pfn = gpa >> PAGE_SHIFT;

	if (up && ((uint32_t)gpa & (PAGE_SIZE - 1)) != 0)
		pfn++;
	return pfn > PFN_MAX ? PFN_MAX : (pfn_t)pfn;
}

int e820_add_entry(struct e820_map *map, const struct e820_entry *e)
{
	gpa_t end = e->addr + e->len;
	bool ram = e->type == E820_RAM;
	uint32_t type = e->type;

	if (e->len == 0)
		return 0;
	if (end < e->addr)
		return ERR_WRAP;
	if (type == E820_LOADED || type == E820_HOLE) /* ours, not theirs */
		type = E820_RESERVED;
	return e820_add(map, pfn_of(e->addr, ram), pfn_of(end, !ram), type);
}

int e820_parse(struct e820_map *map, const void *bytes, uint32_t len,
	       struct fault *fault)
{
	const struct e820_entry *e = bytes;
	uint32_t count = len / sizeof(*e);

	map->count = 0;
	if (len % sizeof(*e) != 0)
		return fault_set(fault, ERR_SIZE, count, len, sizeof(*e));
	for (uint32_t i = 0; i < count; i++, e++) {
		int err = e820_add_entry(map, e);

		if (err != 0)
			return fault_set(fault, err, i, e->addr, e->len);
	}
	return 0;
}

bool e820_is_ram(const struct e820_map *map, pfn_t start, pfn_t end)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (map->range[i].start <= start && end <= map->range[i].end)
			return map->range[i].type == E820_RAM && start < end;
	return false;
}

int e820_find(const struct e820_map *map, uint32_t pages, uint32_t align,
	      pfn_t floor, pfn_t limit, pfn_t *start)
{
	for (uint32_t i = map->count; i-- > 0;) {
		const struct e820_range *r = &map->range[i];
		pfn_t low = r->start > floor ? r->start : floor;
		pfn_t high = r->end < limit ? r->end : limit;

		if (r->type != E820_RAM || low > high || pages > high - low)
			continue;
		high = (high - pages) & -align;
		if (high < low)
			continue;
		*start = high;
		return 0;
	}
	return ERR_NO_ROOM;
}

pfn_t e820_ram_end(const struct e820_map *map, pfn_t limit)
{
	for (uint32_t i = map->count; i-- > 0;) {
		const struct e820_range *r = &map->range[i];

		if (r->type == E820_RAM && r->start < limit)
			return r->end < limit ? r->end : limit;
	}
	return 0;
}

void e820_retype(struct e820_map *map, uint32_t from, uint32_t to)
{
	struct e820_range *r = map->range, *last = map->range;

	/* in place, merging each range into the one kept before it */
	for (uint32_t i = map->count; i > 0; i--, r++) {
		if (r->type == from)
			r->type = to;
		if (last > map->range && last[-1].end == r->start &&
		    last[-1].type == r->type)
			last[-1].end = r->end;
		else
			*last++ = *r;
	}
	map->count = (uint32_t)(last - map->range);
}

void e820_write(const struct e820_map *map, void *out, uint32_t stride)
{
	const struct e820_range *r = map->range;
	uint8_t *at = out;

	for (uint32_t i = map->count; i > 0; i--, r++, at += stride) {
		struct e820_entry *e = (void *)at;

		e->addr = (uint64_t)r->start << PAGE_SHIFT;
		e->len = (uint64_t)(r->end - r->start) << PAGE_SHIFT;
		e->type = r->type;
	}
}
