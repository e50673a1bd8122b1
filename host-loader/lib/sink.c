/* SPDX-License-Identifier: BSD-2-Clause */
/* sink.c - a plan's extents, to whoever takes them. */
#include "core/base.h"
#include "core/err.h"
#include "host-loader/lib/fail.h"

/* NULL for BL_ZERO, and for bytes that the source does not have. */
static const void *bytes_of(const struct bl_extent *x,
			    const struct bl_sources *sources)
{
	const struct bl_span *from = x->source == BL_FROM_KERNEL
					     ? &sources->kernel
				     : x->source == BL_FROM_INITRD
					     ? &sources->initrd
					     : &sources->arena;

	if (x->source == BL_ZERO || !range_fits(x->offset, x->size, from->size))
		return NULL;
	return (const uint8_t *)from->bytes + x->offset;
}

static enum bl_stage stage_of(const struct bl_extent *x)
{
	return x->source == BL_FROM_KERNEL   ? BL_STAGE_KERNEL
	       : x->source == BL_FROM_INITRD ? BL_STAGE_INITRD
					     : BL_STAGE_ARENA;
}

int bl_plan_each(const struct bl_plan *plan, const struct bl_sources *sources,
		 int (*fn)(void *ctx, const struct bl_extent *extent,
			   const void *bytes),
		 void *ctx)
{
	for (uint32_t i = 0; i < plan->extent_count; i++) {
		const struct bl_extent *x = &plan->extent[i];
		const void *bytes = bytes_of(x, sources);
		int code;

		if (bytes == NULL && x->source != BL_ZERO)
			return ERR_RANGE;
		code = fn(ctx, x, bytes);
		if (code != 0)
			return code;
	}
	return 0;
}

struct copy {
	uint8_t *memory;
	uint64_t gpa;
};

static int extent_copy(void *ctx, const struct bl_extent *x, const void *bytes)
{
	const struct copy *to = ctx;
	uint8_t *at = to->memory + (x->gpa - to->gpa);

	if (bytes == NULL)
		memset(at, 0, (size_t)x->size);
	else
		memcpy(at, bytes, (size_t)x->size);
	return 0;
}

int bl_plan_copy(const struct bl_plan *plan, const struct bl_sources *sources,
		 void *memory, uint64_t gpa, uint64_t size,
		 struct bl_error *err)
{
	struct copy to = {memory, gpa};

	for (uint32_t i = 0; i < plan->extent_count; i++) {
		const struct bl_extent *x = &plan->extent[i];

		if (!range_fits(x->gpa - gpa, x->size, size))
			return fail(err, BL_STAGE_MAP, ERR_RANGE, x->gpa,
				    gpa + size);
		if (x->source != BL_ZERO && bytes_of(x, sources) == NULL)
			return fail(err, stage_of(x), ERR_TRUNCATED,
				    x->offset + x->size, 0);
	}
	return bl_plan_each(plan, sources, extent_copy, &to);
}
