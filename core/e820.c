/* SPDX-License-Identifier: BSD-2-Clause */
/* e820.c - sorted, disjoint, merged: kept so by every function here. */
#include "core/e820.h"

static gpa_t entry_end(const struct e820_entry *e)
{
	return e->addr + e->len;
}

/* Opens a gap of n entries at index at.  The caller has checked capacity. */
static void entries_open(struct e820_map *map, uint32_t at, uint32_t n)
{
	memmove(&map->entry[at + n], &map->entry[at],
		(map->count - at) * sizeof(map->entry[0]));
	map->count += n;
}

static void entries_drop(struct e820_map *map, uint32_t at, uint32_t n)
{
	map->count -= n;
	memmove(&map->entry[at], &map->entry[at + n],
		(map->count - at) * sizeof(map->entry[0]));
}

/* Merges entry at with the one behind it, if they touch and are alike. */
static bool entry_merge_next(struct e820_map *map, uint32_t at)
{
	struct e820_entry *e = &map->entry[at];

	if (at + 1 >= map->count || entry_end(e) != e[1].addr ||
	    e->type != e[1].type)
		return false;
	e->len += e[1].len;
	entries_drop(map, at + 1, 1);
	return true;
}

/* Index of the first entry that ends behind addr. */
static uint32_t entry_behind(const struct e820_map *map, gpa_t addr)
{
	uint32_t i = 0;

	while (i < map->count && entry_end(&map->entry[i]) <= addr)
		i++;
	return i;
}

int e820_add(struct e820_map *map, gpa_t addr, uint64_t len, uint32_t type)
{
	uint32_t i;

	if (len == 0)
		return 0;
	if (addr + len < addr)
		return ERR_WRAP;
	i = entry_behind(map, addr);
	if (i < map->count && map->entry[i].addr < addr + len)
		return ERR_OVERLAP;
	if (map->count == map->capacity)
		return ERR_TOO_MANY;
	entries_open(map, i, 1);
	map->entry[i] = (struct e820_entry){addr, len, type};
	entry_merge_next(map, i);
	if (i > 0)
		entry_merge_next(map, i - 1);
	return 0;
}

int e820_parse(struct e820_map *map, const void *bytes, uint32_t len,
	       struct fault *fault)
{
	const struct e820_entry *in = bytes;
	uint32_t count = len / sizeof(*in);

	map->count = 0;
	if (len % sizeof(*in) != 0)
		return fault_set(fault, ERR_SIZE, count, len, sizeof(*in));
	for (uint32_t i = 0; i < count; i++) {
		struct e820_entry e = in[i];
		int err = e820_add(map, e.addr, e.len, e.type);

		if (err != 0)
			return fault_set(fault, err, i, e.addr, e.len);
	}
	return 0;
}

/* Removes [addr, end) from whatever covers it; needs at most one new entry,
 * for which the caller has checked capacity.  Returns where a new entry for
 * the range would stand. */
static uint32_t range_clear(struct e820_map *map, gpa_t addr, gpa_t end)
{
	uint32_t i = entry_behind(map, addr);
	struct e820_entry *e = &map->entry[i];
	uint32_t gone = 0;

	if (i == map->count || e->addr >= end)
		return i;
	if (e->addr < addr && entry_end(e) > end) {
		entries_open(map, i, 1);
		e[1] = (struct e820_entry){end, entry_end(e) - end, e->type};
		e->len = addr - e->addr;
		return i + 1;
	}
	if (e->addr < addr) {
		e->len = addr - e->addr;
		i++;
		e++;
	}
	while (i + gone < map->count && entry_end(&e[gone]) <= end)
		gone++;
	if (i + gone < map->count && e[gone].addr < end) {
		e[gone].len = entry_end(&e[gone]) - end;
		e[gone].addr = end;
	}
	entries_drop(map, i, gone);
	return i;
}

int e820_cut(struct e820_map *map, gpa_t addr, uint64_t len)
{
	if (len == 0)
		return 0;
	if (addr + len < addr)
		return ERR_WRAP;
	if (map->count == map->capacity)
		return ERR_TOO_MANY;
	range_clear(map, addr, addr + len);
	return 0;
}

int e820_set(struct e820_map *map, gpa_t addr, uint64_t len, uint32_t type)
{
	uint32_t i;

	if (len == 0)
		return 0;
	if (addr + len < addr)
		return ERR_WRAP;
	if (map->capacity - map->count < 2)
		return ERR_TOO_MANY;
	i = range_clear(map, addr, addr + len);
	entries_open(map, i, 1);
	map->entry[i] = (struct e820_entry){addr, len, type};
	entry_merge_next(map, i);
	if (i > 0)
		entry_merge_next(map, i - 1);
	return 0;
}

bool e820_is_ram(const struct e820_map *map, gpa_t addr, uint64_t len)
{
	uint32_t i = entry_behind(map, addr);
	const struct e820_entry *e = &map->entry[i];

	return i < map->count && e->type == E820_RAM && addr >= e->addr &&
	       range_fits(addr - e->addr, len, e->len);
}

int e820_find(const struct e820_map *map, uint32_t align, gpa_t *gpa,
	      gpa_t floor, gpa_t limit, uint64_t size)
{
	for (uint32_t i = map->count; i-- > 0;) {
		const struct e820_entry *e = &map->entry[i];
		gpa_t start = e->addr > floor ? e->addr : floor;
		gpa_t end = entry_end(e) < limit ? entry_end(e) : limit;

		if (e->type != E820_RAM || start > end || size > end - start)
			continue;
		*gpa = align_down(end - size, align);
		if (*gpa >= start)
			return 0;
	}
	return ERR_NO_ROOM;
}

gpa_t e820_ram_end(const struct e820_map *map, gpa_t limit)
{
	for (uint32_t i = map->count; i-- > 0;) {
		const struct e820_entry *e = &map->entry[i];

		if (e->type == E820_RAM && e->addr < limit)
			return entry_end(e) < limit ? entry_end(e) : limit;
	}
	return 0;
}

void e820_retype(struct e820_map *map, uint32_t from, uint32_t to)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (map->entry[i].type == from)
			map->entry[i].type = to;
	for (uint32_t i = 0; i + 1 < map->count;)
		if (!entry_merge_next(map, i))
			i++;
}
