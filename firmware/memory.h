/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.h - the guest's memory map, from whatever the host tells. */
#ifndef FIRMWARE_MEMORY_H
#define FIRMWARE_MEMORY_H

#include "core/e820.h"
#include "core/gmem.h"
#include "firmware/chipset.h"

/* All of guest memory that 32-bit code can reach. */
extern const struct gmem memory_window;

/* Fills map (built inside the zero page) with RAM and everything that must
 * not be used: legacy hole, EBDA, ROM, ECAM window. */
void memory_setup(struct e820_map *map, const struct chipset *chipset);

/* Highest address the 64-bit entry can reach, tables and kernel below it. */
gpa_t memory_low_limit(const struct e820_map *map);

/* e820_set or panic. */
void memory_reserve(struct e820_map *map, gpa_t addr, uint64_t len,
		    uint32_t type);

#endif
