/* SPDX-License-Identifier: BSD-2-Clause */
/* verify_map.c - the memory map that a kernel is told of. */
#include "host-loader/lib/verify.h"

#include "core/base.h"
#include "core/layout.h"

#define TYPE_BITS 32

void verify_map_add(struct verify *v, uint64_t gpa, uint64_t size,
		    uint32_t type)
{
	verify_rule(v, RULE_MAP_EMPTY, size != 0, gpa, 0);
	verify_rule(v, RULE_MAP_TYPE, type != 0, gpa, 0);
	if (!verify_rule(v, RULE_MAP_WRAP, range_fits(gpa, size, UINT64_MAX),
			 gpa, size) ||
	    size == 0)
		return;
	if (!verify_rule(v, RULE_MAP_COUNT, v->map_count < VERIFY_MAP_MAX,
			 v->map_count, VERIFY_MAP_MAX))
		return;
	v->map[v->map_count++] = (struct bl_range){gpa, size, type};
}

static bool has_type(const struct bl_range *r, uint32_t types)
{
	return r->type < TYPE_BITS && (types & MAP_TYPE(r->type)) != 0;
}

bool verify_map_touches(const struct verify *v, uint64_t gpa, uint64_t size,
			uint32_t types)
{
	for (uint32_t i = 0; i < v->map_count; i++) {
		const struct bl_range *r = &v->map[i];

		if (has_type(r, types) && r->gpa < gpa + size &&
		    gpa < r->gpa + r->size)
			return true;
	}
	return false;
}

/* End of the range of these types that gpa is in; gpa if there is none. */
static uint64_t range_end(const struct verify *v, uint64_t gpa, uint32_t types)
{
	for (uint32_t i = 0; i < v->map_count; i++) {
		const struct bl_range *r = &v->map[i];

		if (has_type(r, types) && r->gpa <= gpa &&
		    gpa - r->gpa < r->size)
			return r->gpa + r->size;
	}
	return gpa;
}

/* Each step leaves a range behind for good: at most map_count of them. */
bool verify_map_is(const struct verify *v, uint64_t gpa, uint64_t size,
		   uint32_t types)
{
	uint64_t at = gpa;

	if (!range_fits(gpa, size, UINT64_MAX))
		return false;
	while (at < gpa + size) {
		uint64_t end = range_end(v, at, types);

		if (end == at)
			return false;
		at = end;
	}
	/* and nobody says otherwise */
	return !verify_map_touches(v, gpa, size, ~types);
}

/* The rules for all of it, once it is all added. */
void verify_map(struct verify *v)
{
	uint32_t ram = MAP_TYPE(E820_RAM);

	for (uint32_t i = 0; i < v->map_count; i++)
		for (uint32_t k = 0; k < i; k++)
			verify_rule(v, RULE_MAP_OVERLAP,
				    v->map[i].gpa >=
						    v->map[k].gpa +
							    v->map[k].size ||
					    v->map[k].gpa >=
						    v->map[i].gpa +
							    v->map[i].size,
				    v->map[i].gpa, v->map[k].gpa);
	verify_rule(v, RULE_MAP_LOW, verify_map_touches(v, 0, LEGACY_HOLE, ram),
		    0, 0);
	verify_rule(v, RULE_MAP_HIGH,
		    verify_map_touches(v, HIGH_START, UINT64_MAX - HIGH_START,
				       ram),
		    0, 0);
	verify_rule(v, RULE_MAP_HOLE,
		    !verify_map_touches(v, LEGACY_HOLE,
					HIGH_START - LEGACY_HOLE, ram),
		    LEGACY_HOLE, HIGH_START);
}
