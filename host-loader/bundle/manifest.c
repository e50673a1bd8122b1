/* SPDX-License-Identifier: BSD-2-Clause */
/* manifest.c - a bundle's description as JSON. */
#include "host-loader/bundle/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "host-loader/bundle/fields.h"

#define TEXT_MAX  0x10000 /* bytes of an argument or a command line */
#define PATH_BYTES 4096   /* [LINUX] limits.h PATH_MAX */
#define ID_MAX    128
#define HEAD      2       /* fields that are not in the tables: "version" and
			   * "beeline" */

/* The tables ------------------------------------------------------------- */

static const char *const entry_words[] = {"64", "pvh", NULL};
static const char *const chipset_words[] = {"none", "i440fx", "q35", NULL};
static const char *const source_words[] = {"kernel", "initrd", "arena", "zero",
					   NULL};

static const struct field range_list[] = {
	FIELD(U64, struct bl_range, gpa),
	FIELD(U64, struct bl_range, size),
	FIELD(U32, struct bl_range, type),
};
static const struct fields range_fields = FIELDS(range_list, struct bl_range);

static const struct field extent_list[] = {
	FIELD(U64, struct bl_extent, gpa),
	FIELD(U64, struct bl_extent, size),
	FIELD(WORD, struct bl_extent, source, .words = source_words),
	FIELD(U64, struct bl_extent, offset),
};
static const struct fields extent_fields =
	FIELDS(extent_list, struct bl_extent);

static const struct field dma_list[] = {
	FIELD(U16, struct bl_dma, key),
	FIELD(BOOL, struct bl_dma, write),
	FIELD(U32, struct bl_dma, skip),
	FIELD(U32, struct bl_dma, size),
	FIELD(U64, struct bl_dma, gpa),
};
static const struct fields dma_fields = FIELDS(dma_list, struct bl_dma);

static const struct field cpu_list[] = {
	FIELD(U64, struct bl_cpu, rip),
	FIELD(U64, struct bl_cpu, rsp),
	FIELD(U64, struct bl_cpu, rsi),
	FIELD(U64, struct bl_cpu, rbx),
	FIELD(U64, struct bl_cpu, rflags),
	FIELD(U64, struct bl_cpu, cr0),
	FIELD(U64, struct bl_cpu, cr3),
	FIELD(U64, struct bl_cpu, cr4),
	FIELD(U64, struct bl_cpu, efer),
	FIELD(U64, struct bl_cpu, gdt_gpa),
	FIELD(U16, struct bl_cpu, gdt_limit),
	FIELD(U16, struct bl_cpu, cs),
	FIELD(U16, struct bl_cpu, ds),
	FIELD(U16, struct bl_cpu, ss),
	FIELD(U16, struct bl_cpu, tr),
	FIELD(U64, struct bl_cpu, mtrr_def_type),
};
static const struct fields cpu_fields = FIELDS(cpu_list, struct bl_cpu);

static const struct field plan_list[] = {
	FIELD(WORD, struct bl_plan, entry, .words = entry_words),
	FIELD(U64, struct bl_plan, kernel_gpa),
	FIELD(U64, struct bl_plan, kernel_size),
	FIELD(U64, struct bl_plan, initrd_gpa),
	FIELD(U64, struct bl_plan, initrd_size),
	FIELD(U64, struct bl_plan, rsdp_gpa),
	FIELD(U64, struct bl_plan, smbios_gpa),
	FIELD(U64, struct bl_plan, cmdline_gpa),
	FIELD(U32, struct bl_plan, cmdline_max),
	FIELD(OBJECT, struct bl_plan, cpu, .of = &cpu_fields),
	FIELD(LIST, struct bl_plan, extent, .of = &extent_fields,
	      .max = BL_EXTENTS_MAX,
	      .count_at = offsetof(struct bl_plan, extent_count)),
	FIELD(LIST, struct bl_plan, map, .of = &range_fields,
	      .max = BL_RANGES_MAX,
	      .count_at = offsetof(struct bl_plan, map_count)),
	FIELD(LIST, struct bl_plan, dma, .of = &dma_fields, .max = BL_DMA_MAX,
	      .count_at = offsetof(struct bl_plan, dma_count)),
};
static const struct fields plan_fields = FIELDS(plan_list, struct bl_plan);

static const struct field vm_list[] = {
	FIELD(TEXT, struct vm, qemu, .max = PATH_BYTES),
	FIELD(TEXT, struct vm, machine, .max = TEXT_MAX),
	FIELD(TEXT, struct vm, memory, .max = TEXT_MAX),
	FIELD(TEXT, struct vm, cpus, .max = TEXT_MAX),
	FIELD(TEXT, struct vm, accel, .max = TEXT_MAX),
	FIELD(TEXTS, struct vm, table_args, .max = TEXT_MAX),
	FIELD(TEXTS, struct vm, host_args, .max = TEXT_MAX),
};
static const struct fields vm_fields = FIELDS(vm_list, struct vm);

static const struct field input_list[] = {
	FIELD(TEXT, struct bundle_input, path, .max = PATH_BYTES),
	FIELD(U64, struct bundle_input, size),
	FIELD(DIGEST, struct bundle_input, digest),
};
static const struct fields input_fields =
	FIELDS(input_list, struct bundle_input);

static const struct field bundle_list[] = {
	FIELD(TEXT, struct bundle, qemu_build, .max = ID_MAX),
	FIELD(TEXT, struct bundle, qemu_version, .max = ID_MAX),
	FIELD(U32, struct bundle, qemu_major),
	FIELD(U32, struct bundle, qemu_minor),
	FIELD(OBJECT, struct bundle, vm, .of = &vm_fields),
	FIELD(OBJECT, struct bundle, kernel, .of = &input_fields),
	FIELD(MAYBE, struct bundle, initrd, .of = &input_fields),
	FIELD(TEXT, struct bundle, append, .max = TEXT_MAX),
	FIELD(TEXT, struct bundle, machine_words, .max = TEXT_MAX),
	FIELD(WORD, struct bundle, entry, .words = entry_words),
	FIELD(BOOL, struct bundle, kaslr),
	FIELD(BOOL, struct bundle, is_linux),
	FIELD(BOOL, struct bundle, own_tables),
	FIELD(WORD, struct bundle, chipset, .words = chipset_words),
	FIELD(U64, struct bundle, ram_size),
	FIELD(LIST, struct bundle, ram, .of = &range_fields,
	      .max = BUNDLE_RAM_MAX,
	      .count_at = offsetof(struct bundle, ram_count)),
	FIELD(OBJECT, struct bundle, plan, .of = &plan_fields),
	FIELD(DIGEST, struct bundle, image_digest),
};
static const struct fields bundle_fields = FIELDS(bundle_list, struct bundle);

/* Text ------------------------------------------------------------------- */

static json_t *text_load(struct bl_span text, char why[MANIFEST_WHY])
{
	json_error_t at;
	json_t *root;

	if (text.size > MANIFEST_MAX) {
		refuse(why, "has %llu bytes, where %u are the most",
		      (unsigned long long)text.size, MANIFEST_MAX);
		return NULL;
	}
	root = json_loadb(text.size == 0 ? "" : text.bytes, text.size,
			  JSON_REJECT_DUPLICATES, &at);
	if (root != NULL)
		return root;
	switch (json_error_code(&at)) {
	case json_error_duplicate_key:
		refuse(why, "line %d: has a field twice", at.line);
		break;
	case json_error_numeric_overflow:
		refuse(why, "line %d: has too large a number", at.line);
		break;
	default:
		refuse(why, "line %d, column %d: is not JSON", at.line,
		      at.column);
	}
	return NULL;
}

static bool root_ours(const json_t *root)
{
	return json_is_integer(json_object_get(root, "version")) &&
	       json_is_string(json_object_get(root, "beeline"));
}

bool manifest_ours(struct bl_span text)
{
	char why[MANIFEST_WHY];
	json_t *root = text_load(text, why);
	bool ours = root_ours(root);

	json_decref(root);
	return ours;
}

static int root_read(struct bundle *bundle, const json_t *root,
		     char why[MANIFEST_WHY])
{
	const json_t *version = json_object_get(root, "version");

	if (!json_is_object(root))
		return refuse(why, "is not an object");
	if (!root_ours(root))
		return refuse(why, "is no bundle's: \"version\" or \"beeline\" "
			      "is missing");
	if (json_integer_value(version) != BUNDLE_VERSION)
		return refuse(why, "version: is %lld, and this program reads "
			      "only %d: bake it anew",
			      (long long)json_integer_value(version),
			      BUNDLE_VERSION);
	if (fields_read(bundle, &bundle_fields, root, HEAD, why,
			MANIFEST_WHY) < 0)
		return -1;
	return manifest_check(bundle, why);
}

int manifest_parse(struct bundle *bundle, struct bl_span text,
		   char why[MANIFEST_WHY])
{
	json_t *root = text_load(text, why);
	int result;

	memset(bundle, 0, sizeof(*bundle));
	if (root == NULL)
		return -1;
	result = root_read(bundle, root, why);
	json_decref(root);
	if (result < 0)
		bundle_free(bundle);
	return result;
}

char *manifest_make(const struct bundle *bundle, char why[MANIFEST_WHY])
{
	json_t *root = json_pack("{s:i, s:s}", "version", BUNDLE_VERSION,
				 "beeline", bl_version());
	struct bundle again;
	char *text = NULL;

	if (fields_write(root, &bundle_fields, bundle, why, MANIFEST_WHY) ==
	    0) {
		text = json_dumps(root, JSON_INDENT(1));
		if (text == NULL)
			refuse(why, "no memory");
	}
	json_decref(root);
	if (text == NULL)
		return NULL;
	if (manifest_parse(&again, (struct bl_span){text, strlen(text)}, why) ==
	    0) {
		bundle_free(&again);
		return text;
	}
	free(text);
	return NULL;
}
