/* SPDX-License-Identifier: BSD-2-Clause */
/* manifest.h - a bundle's manifest, written and read, for its tests. */
#ifndef TESTS_UNIT_MANIFEST_H
#define TESTS_UNIT_MANIFEST_H

#include "tests/unit/unit.h"

#include "host-loader/bundle/manifest.h"
#include "tests/unit/bundle.h"

static inline char *text_of(const struct bundle *bundle)
{
	char why[MANIFEST_WHY] = "";
	char *text = manifest_make(bundle, why);

	assert_string_equal(text == NULL ? why : "", "");
	return text;
}

static inline int parse(struct bundle *bundle, const char *text,
			size_t size, char why[MANIFEST_WHY])
{
	/* a copy of exactly that size: ASan knows where it ends */
	char *bytes = bytes_new(size, 0);
	int result;

	memcpy(bytes, text, size);
	memset(bundle, 0x5a, sizeof(*bundle));
	why[0] = '\0';
	result = manifest_parse(bundle, (struct bl_span){bytes, size}, why);
	free(bytes);
	return result;
}

/* As large as a bundle can be. */
static inline void many_fill(struct bundle *bundle)
{
	struct bl_plan *plan = &bundle->plan;

	bundle_fill(bundle, "/x", KERNEL_SIZE);
	for (uint32_t i = 0; i < BL_EXTENTS_MAX; i++)
		plan->extent[i] = (struct bl_extent){
			0x10000 + 0x2000 * i, 0x1fff, BL_FROM_KERNEL, i};
	plan->extent_count = BL_EXTENTS_MAX;
	for (uint32_t i = 0; i < BL_RANGES_MAX; i++)
		plan->map[i] = (struct bl_range){0x1000 * i, 0x1000, 1 + i % 5};
	plan->map_count = BL_RANGES_MAX;
	for (uint32_t i = 1; i < BL_DMA_MAX; i++)
		plan->dma[i] = plan->dma[0];
	plan->dma_count = BL_DMA_MAX;
	plan->cpu.rip = INT64_MAX;
}

#endif
