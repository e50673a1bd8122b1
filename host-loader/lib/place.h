/* SPDX-License-Identifier: BSD-2-Clause */
/* place.h - the memory map of a plan, and where kernel and initrd go in it. */
#ifndef HOST_LOADER_PLACE_H
#define HOST_LOADER_PLACE_H

#include "core/e820.h"
#include "core/layout.h"
#include "host-loader/beeline.h"

/* What lies below IDENTITY_MAP is mapped when the kernel is entered: the
 * kernel and all tables go below this page. */
#define LIMIT_PFN (IDENTITY_MAP >> PAGE_SHIFT)

/* The request's map without what a PC keeps below 1 MiB, in the ROM and in the
 * ECAM window.  Refuses overlaps, wraps, and a machine without RAM where our
 * own data goes. */
int place_map(struct e820_map *map, const struct bl_request *request,
	      struct bl_error *err);

/* Chooses the kernel's place, marks it E820_LOADED and sets plan->kernel_gpa
 * and kernel_size.  Where it slides, only places that leave room for the
 * initrd count. */
int place_kernel(struct bl_plan *plan, struct e820_map *map,
		 const struct bl_request *request, struct bl_error *err);

/* The same for the initrd. */
int place_initrd(struct bl_plan *plan, struct e820_map *map,
		 const struct bl_request *request, struct bl_error *err);

/* Marks [gpa, gpa + size) as of this type. */
int place_reserve(struct e820_map *map, uint64_t gpa, uint64_t size,
		  uint32_t type, struct bl_error *err);

#endif
