/* SPDX-License-Identifier: BSD-2-Clause */
/* tables.h - the tables of a plan: QEMU's, linked, or our own. */
#ifndef HOST_LOADER_TABLES_H
#define HOST_LOADER_TABLES_H

#include "core/e820.h"
#include "host-loader/lib/arena.h"
#include "host-loader/beeline.h"

/* Bytes of the arena's high part that a request's tables need, in whole pages;
 * no promise that the tables are right. */
uint64_t tables_room(const struct bl_request *request);

/* Links or builds all tables into the arena, takes their memory from the map,
 * and adds their extents.  Sets rsdp_gpa, smbios_gpa and the launch commands of
 * the plan. */
int tables_plan(struct bl_plan *plan, struct arena *arena,
		struct e820_map *map, const struct bl_request *request,
		struct bl_error *err);

#endif
