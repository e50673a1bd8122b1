/* SPDX-License-Identifier: BSD-2-Clause */
/* pvh.h - builds hvm_start_info, its module and its memory map.
 * Source: [PVH]. */
#ifndef CORE_PVH_H
#define CORE_PVH_H

#include "core/abi/pvh.h"
#include "core/e820.h"
#include "core/gmem.h"

struct pvh_args {
	uint32_t cmdline_gpa;
	gpa_t initrd_gpa;     /* with initrd_size 0: no module */
	uint32_t initrd_size; /* bytes */
	uint32_t rsdp_gpa;    /* 0: none */
};

/* Builds all three at gpa (8-byte aligned), of which page is the memory and
 * size the room.  ERR_NO_ROOM. */
int pvh_build(void *page, uint32_t gpa, uint32_t size,
	      const struct e820_map *map, const struct pvh_args *args);

#endif
