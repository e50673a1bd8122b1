/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.h - the guest's memory map, from whatever the host tells. */
#ifndef FIRMWARE_MEMORY_H
#define FIRMWARE_MEMORY_H

#include "core/e820.h"
#include "core/gmem.h"
#include "firmware/chipset.h"

/* All of guest memory that 32-bit code can reach. */
extern const struct gmem memory_window;

/* Fills map with RAM and everything that must
 * not be used: legacy hole, EBDA, ROM, ECAM window. */
void memory_setup(struct e820_map *map, const struct chipset *chipset);

/* End of the RAM that the 64-bit entry can reach: tables and kernel stay
 * below. */
pfn_t memory_low_limit(const struct e820_map *map);

/* Takes pages for size bytes, as high as the 64-bit entry can reach, and gives
 * them this type; their address.  Panics with the item's name. */
uint32_t memory_take(struct e820_map *map, const char *name, uint32_t size,
		     uint32_t type);

/* Gives the pages that hold [gpa, gpa + len) this type, or panics.  len 0 at a
 * page's start does nothing. */
void memory_reserve(struct e820_map *map, uint32_t gpa, uint32_t len,
		    uint32_t type);

#endif
