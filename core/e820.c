/* SPDX-License-Identifier: BSD-2-Clause */
/* e820.c - sorted, disjoint, merged: kept so by every function here. */
#include "core/e820.h"

typedef uint64_t block_t
	__attribute__((vector_size(16), aligned(1), may_alias));

#define HOLE 0xbee0 /* the type of what e820_cut leaves: no entry at all */

static gpa_t entry_end(const struct e820_entry *e)
{
	return e->addr + e->len;
}

static struct e820_entry *entries_end(const struct e820_map *map)
{
	return map->entry + map->count;
}

/* A block and a word: left alone, compilers make a loop of it. */
static void entry_copy(struct e820_entry *to, const struct e820_entry *from)
{
	*(block_t *)to = *(const block_t *)from;
	to->type = from->type;
}

/* Moves entry from and all behind it to where to is.  The caller has checked
 * capacity. */
static __attribute__((noinline)) void
entries_move(struct e820_map *map, struct e820_entry *from,
	     struct e820_entry *to)
{
	struct e820_entry *end = entries_end(map);

	map->count += (uint32_t)(to - from);
	if (to < from) {
		for (; from < end; from++, to++)
			entry_copy(to, from);
		return;
	}
	to += end - from;
	while (end > from)
		entry_copy(--to, --end);
}

/* The first entry that ends behind addr, or the end of them all. */
static __attribute__((noinline)) struct e820_entry *
entry_behind(const struct e820_map *map, gpa_t addr)
{
	struct e820_entry *e = map->entry;
	struct e820_entry *end = entries_end(map);

	while (e < end && e->addr <= addr)
		e++;
	return e > map->entry && entry_end(e - 1) > addr ? e - 1 : e;
}

/* Merges e with the entry behind it, which is of its type, if they touch. */
static __attribute__((noinline)) bool merge_next(struct e820_map *map,
						 struct e820_entry *e)
{
	if (entry_end(e) != e[1].addr)
		return false;
	e->len += e[1].len;
	entries_move(map, e + 2, e + 1);
	return true;
}

/* Makes [addr, addr + len), which does not wrap, of this type.  Needs an entry
 * for it and one more for what it cuts in two: the caller has checked. */
static void range_put(struct e820_map *map, gpa_t addr, uint64_t len,
		      uint32_t type)
{
	struct e820_entry *e = entry_behind(map, addr);
	struct e820_entry *next;
	gpa_t end = addr + len;

	if (e < entries_end(map) && e->addr < addr) {
		uint64_t left = addr - e->addr;

		entries_move(map, e, e + 1);
		e++->len = left;
		e->addr = addr;
		e->len -= left;
	}
	for (next = e; next < entries_end(map) && next->addr < end; next++) {
		if (entry_end(next) <= end)
			continue;
		next->len -= end - next->addr;
		next->addr = end;
		break;
	}
	if (type == HOLE) {
		entries_move(map, next, e);
		return;
	}
	if (next != e + 1)
		entries_move(map, next, e + 1);
	*e = (struct e820_entry){addr, len, type};
	if (e + 1 < entries_end(map) && e[1].type == type)
		merge_next(map, e);
	if (e > map->entry && e[-1].type == type)
		merge_next(map, e - 1);
}

int e820_add(struct e820_map *map, gpa_t addr, uint64_t len, uint32_t type)
{
	const struct e820_entry *e;

	if (len == 0)
		return 0;
	if (addr + len < addr)
		return ERR_WRAP;
	e = entry_behind(map, addr);
	if (e < entries_end(map) && e->addr < addr + len)
		return ERR_OVERLAP;
	if (map->count == map->capacity)
		return ERR_TOO_MANY;
	range_put(map, addr, len, type);
	return 0;
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
		int err = e820_add(map, e->addr, e->len, e->type);

		if (err != 0)
			return fault_set(fault, err, i, e->addr, e->len);
	}
	return 0;
}

int e820_set(struct e820_map *map, gpa_t addr, uint64_t len, uint32_t type)
{
	if (len == 0)
		return 0;
	if (addr + len < addr)
		return ERR_WRAP;
	if (map->capacity - map->count < 1u + (type != HOLE))
		return ERR_TOO_MANY;
	range_put(map, addr, len, type);
	return 0;
}

int e820_cut(struct e820_map *map, gpa_t addr, uint64_t len)
{
	return e820_set(map, addr, len, HOLE);
}

bool e820_is_ram(const struct e820_map *map, gpa_t addr, uint64_t len)
{
	const struct e820_entry *e = entry_behind(map, addr);

	return e < entries_end(map) && e->type == E820_RAM && addr >= e->addr &&
	       len <= entry_end(e) - addr;
}

int e820_find(const struct e820_map *map, uint32_t align, gpa_t *gpa,
	      gpa_t floor, gpa_t limit, uint64_t size)
{
	for (const struct e820_entry *e = entries_end(map); e-- > map->entry;) {
		gpa_t end;

		if (e->type != E820_RAM)
			continue;
		end = entry_end(e) < limit ? entry_end(e) : limit;
		if (end < size)
			continue;
		*gpa = align_down(end - size, align);
		if (*gpa >= e->addr && *gpa >= floor)
			return 0;
	}
	return ERR_NO_ROOM;
}

gpa_t e820_ram_end(const struct e820_map *map, gpa_t limit)
{
	for (const struct e820_entry *e = entries_end(map); e-- > map->entry;)
		if (e->type == E820_RAM && e->addr < limit)
			return entry_end(e) < limit ? entry_end(e) : limit;
	return 0;
}

void e820_retype(struct e820_map *map, uint32_t from, uint32_t to)
{
	struct e820_entry *e;

	for (e = map->entry; e < entries_end(map); e++)
		if (e->type == from)
			e->type = to;
	for (e = map->entry; e + 1 < entries_end(map);)
		if (e->type != e[1].type || !merge_next(map, e))
			e++;
}
