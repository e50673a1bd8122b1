/* SPDX-License-Identifier: BSD-2-Clause */
/* e820.h - the guest's memory map, and the one place that hands memory out.
 *
 * The map is always sorted, without overlaps, and neighbours of one type are
 * merged.  Placing something means to find room of type E820_RAM and to give
 * it another type; E820_LOADED marks what we placed there for the kernel
 * (itself, its initrd) and becomes RAM again at the end.
 *
 * It counts in pages, so that 32-bit code can hold 16 TiB in a register.  RAM
 * loses parts of pages at its ends, anything else takes all of a page that it
 * touches.  What lies above 16 TiB is left out.
 *
 * Source: [ACPI] 15.1 INT 15h E820h; entries as in core/abi/e820.h. */
#ifndef CORE_E820_H
#define CORE_E820_H

#include "core/abi/e820.h"
#include "core/err.h"
#include "core/gmem.h"

#define E820_RANGES_MAX 127 /* older PVH kernels count them in a byte */

#define E820_HOLE   0      /* as a type for e820_set: nothing is there */
#define E820_LOADED 0xbee1 /* RAM that holds what the kernel is to find */

typedef uint32_t pfn_t; /* page frame number: gpa / 4096 */

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096
#define PFN_4G     0x100000
#define PFN_MAX    UINT32_MAX

/* Pages that so many bytes take. */
static inline pfn_t page_count(uint32_t bytes)
{
	return (bytes >> PAGE_SHIFT) + ((bytes & (PAGE_SIZE - 1)) != 0);
}

struct e820_range {
	pfn_t start, end; /* [start, end), never empty */
	uint32_t type;
};

struct e820_map {
	uint32_t count;
	struct e820_range range[E820_RANGES_MAX];
};

/* Takes a file in the format of etc/e820 (packed 20-byte entries, in any
 * order) as the whole map.
 * A type that is ours alone (E820_HOLE, E820_LOADED) is taken as reserved.
 * ERR_SIZE: len is no multiple of 20.  ERR_TOO_MANY.  ERR_WRAP: addr + len
 * goes past 2^64 - 1.  ERR_OVERLAP: two entries share a page.  The fault's
 * record is the entry's index in the file, its value the address. */
int e820_parse(struct e820_map *map, const void *bytes, uint32_t len,
	       struct fault *fault);

/* Adds one such entry.  An empty one is nothing.  ERR_WRAP, ERR_OVERLAP,
 * ERR_TOO_MANY. */
int e820_add_entry(struct e820_map *map, const struct e820_entry *e);

/* Adds pages that are in a hole; an empty range inside another overlaps it.
 * ERR_OVERLAP, ERR_TOO_MANY. */
int e820_add(struct e820_map *map, pfn_t start, pfn_t end, uint32_t type);

/* Makes [start, end) of this type, whatever it was.  Nothing happens unless
 * start < end.  ERR_TOO_MANY: two more ranges would not fit (whatever the call
 * would do; the map is then unchanged). */
int e820_set(struct e820_map *map, pfn_t start, pfn_t end, uint32_t type);

/* Is all of [start, end), which is not empty, of type E820_RAM? */
bool e820_is_ram(const struct e820_map *map, pfn_t start, pfn_t end);

/* The highest start, a multiple of align (a power of two), of so many pages
 * of RAM inside [floor, limit).  ERR_NO_ROOM. */
int e820_find(const struct e820_map *map, uint32_t pages, uint32_t align,
	      pfn_t floor, pfn_t limit, pfn_t *start);

/* End of the last RAM below limit, 0 if there is none. */
pfn_t e820_ram_end(const struct e820_map *map, pfn_t limit);

/* Turns every range of type from into type to. */
void e820_retype(struct e820_map *map, uint32_t from, uint32_t to);

/* Writes the map out as struct e820_entry, one every stride bytes. */
void e820_write(const struct e820_map *map, void *out, uint32_t stride);

#endif
