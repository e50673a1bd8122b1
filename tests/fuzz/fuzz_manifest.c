/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_manifest.c - any bytes as a bundle's manifest: what is accepted has a
 * plan that lies in the image, and is written and read again as the same. */
#include "tests/fuzz/fuzz.h"

#include "host-loader/bundle/manifest.h"

static void plan_check(const struct bundle *bundle)
{
	const struct bl_plan *plan = &bundle->plan;
	uint64_t end = 0;

	PROPERTY(plan->extent_count <= BL_EXTENTS_MAX);
	PROPERTY(plan->map_count <= BL_RANGES_MAX);
	PROPERTY(plan->dma_count <= BL_DMA_MAX);
	for (uint32_t i = 0; i < plan->extent_count; i++) {
		const struct bl_extent *x = &plan->extent[i];
		uint64_t first = bundle_image_offset(bundle, x->gpa);
		uint64_t last = bundle_image_offset(bundle,
						    x->gpa + x->size - 1);

		PROPERTY(x->size > 0 && x->gpa >= end);
		PROPERTY(last < bundle->ram_size && first <= last);
		PROPERTY(last - first == x->size - 1);
		end = x->gpa + x->size;
	}
}

/* Written a second time it is the same text: nothing was lost. */
static void again_check(const struct bundle *again, const char *made)
{
	char why[MANIFEST_WHY] = "";
	char *text = manifest_make(again, why);

	PROPERTY(text != NULL && strcmp(text, made) == 0);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[MANIFEST_WHY] = "";
	uint8_t *bytes = exact_copy(data, size);
	struct bundle bundle, again;
	struct bl_span text = {bytes, size};

	if (manifest_parse(&bundle, text, why) == 0) {
		char *made = manifest_make(&bundle, why);

		plan_check(&bundle);
		PROPERTY(manifest_ours(text));
		/* what was read is written, and reads the same */
		PROPERTY(made != NULL);
		text = (struct bl_span){made, strlen(made)};
		PROPERTY(manifest_parse(&again, text, why) == 0);
		PROPERTY(memcmp(&bundle.plan.extent, &again.plan.extent,
				sizeof(bundle.plan.extent)) == 0);
		again_check(&again, made);
		bundle_free(&again);
		bundle_free(&bundle);
		free(made);
	} else {
		PROPERTY(why[0] != '\0');
		PROPERTY(bundle.append == NULL && bundle.vm.qemu == NULL);
	}
	free(bytes);
	return 0;
}
