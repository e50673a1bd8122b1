/* SPDX-License-Identifier: BSD-2-Clause */
/* arena.h - the caller's memory, in which a plan makes up what is in no file.
 *
 * Its first LOW_SIZE bytes stand for guest memory from 0 on; the rest for
 * whatever place the tables get. */
#ifndef HOST_LOADER_ARENA_H
#define HOST_LOADER_ARENA_H

#include "core/gmem.h"
#include "core/layout.h"
#include "host-loader/beeline.h"

#define LOW_SIZE LEGACY_HOLE

struct arena {
	uint8_t *bytes;
	uint64_t size;
	struct gmem high; /* where the tables are for the guest; size 0: no
			   * place was chosen yet */
};

/* What stands for gpa in the low part, which has room for all of layout.h. */
static inline void *arena_low(const struct arena *arena, uint32_t gpa)
{
	return arena->bytes + gpa;
}

/* Adds an extent; BL_EXTENTS_MAX has room for all that a plan can have. */
static inline void extent_add(struct bl_plan *plan, uint64_t gpa, uint64_t size,
			      enum bl_source source, uint64_t offset)
{
	plan->extent[plan->extent_count++] =
		(struct bl_extent){gpa, size, source, offset};
}

/* An extent of the low part. */
static inline void extent_add_low(struct bl_plan *plan, uint32_t gpa,
				  uint32_t size)
{
	extent_add(plan, gpa, size, BL_FROM_ARENA, gpa);
}

#endif
