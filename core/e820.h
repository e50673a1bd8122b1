/* SPDX-License-Identifier: BSD-2-Clause */
/* e820.h - the guest's memory map, and the one place that hands memory out.
 *
 * The map is always sorted by address, without overlaps, without empty
 * entries, and neighbours of one type are merged.  Placing something means to
 * find room of type E820_RAM and to give it another type; E820_LOADED marks
 * what we placed there for the kernel (itself, its initrd) and becomes RAM
 * again at the end.
 *
 * Source: [ACPI] 15.1 INT 15h E820h; entries as in core/abi/e820.h. */
#ifndef CORE_E820_H
#define CORE_E820_H

#include "core/abi/e820.h"
#include "core/err.h"
#include "core/gmem.h"

#define E820_LOADED 0xbee1

struct e820_map {
	struct e820_entry *entry; /* caller's array */
	uint32_t count;
	uint32_t capacity; /* entries in the array */
};

/* Takes a file in the format of etc/e820 (packed 20-byte entries, in any
 * order) as the whole map.  bytes may not be the map's own array.
 * ERR_SIZE: len is no multiple of 20.  ERR_TOO_MANY.  ERR_WRAP: addr + len
 * goes past 2^64.  ERR_OVERLAP: two entries share a byte.  The fault's record
 * counts the file's entries for ERR_WRAP, the sorted ones for ERR_OVERLAP. */
int e820_parse(struct e820_map *map, const void *bytes, uint32_t len,
	       struct fault *fault);

/* Appends, keeping order.  ERR_WRAP, ERR_OVERLAP, ERR_TOO_MANY. */
int e820_add(struct e820_map *map, gpa_t addr, uint64_t len, uint32_t type);

/* Makes [addr, addr + len) of this type, whatever it was, holes included.
 * len 0 does nothing.  ERR_WRAP, ERR_TOO_MANY (the map is then unchanged). */
int e820_set(struct e820_map *map, gpa_t addr, uint64_t len, uint32_t type);

/* Takes [addr, addr + len) out of the map: it becomes a hole. */
int e820_cut(struct e820_map *map, gpa_t addr, uint64_t len);

/* Is all of [addr, addr + len) of type E820_RAM? */
bool e820_is_ram(const struct e820_map *map, gpa_t addr, uint64_t len);

/* Highest gpa, a multiple of align, such that [gpa, gpa + size) is RAM inside
 * [floor, limit).  align is a power of two.  ERR_NO_ROOM. */
int e820_find(const struct e820_map *map, uint32_t align, gpa_t *gpa,
	      gpa_t floor, gpa_t limit, uint64_t size);

/* End of the last RAM below limit, 0 if there is none. */
gpa_t e820_ram_end(const struct e820_map *map, gpa_t limit);

/* Turns every entry of type from into type to, and merges. */
void e820_retype(struct e820_map *map, uint32_t from, uint32_t to);

#endif
