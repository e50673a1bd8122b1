/* SPDX-License-Identifier: BSD-2-Clause */
/* test_manifest_refuse.c - what is not right in every field is refused. */
#include "tests/unit/manifest.h"

#include <stdio.h>

#include "host-loader/bundle/fields.h"

struct step {
	char name[32]; /* empty: an item of a list */
	size_t index;
};

static json_t *step_into(json_t *at, const struct step *step)
{
	return step->name[0] == '\0' ? json_array_get(at, step->index)
				     : json_object_get(at, step->name);
}

/* The parent of "plan.extent[2].gpa", and the step from there. */
static json_t *field_find(json_t *at, const char *path, struct step *step)
{
	for (const char *rest = path; *rest != '\0';) {
		if (rest != path)
			at = step_into(at, step);
		*step = (struct step){0};
		if (*rest == '[') {
			char *end;

			step->index = strtoul(rest + 1, &end, 10);
			rest = end + 1;
		} else {
			int length = (int)strcspn(rest, ".[");

			snprintf(step->name, sizeof(step->name), "%.*s",
				 length, rest);
			rest += length;
		}
		rest += *rest == '.';
	}
	return at;
}

struct refusal {
	const char *path;  /* what is changed */
	const char *value; /* JSON; NULL: the field is taken out */
	const char *why;   /* the whole sentence */
};

static const struct refusal refusals[] = {
	{"version", "2", "version: is 2, and this program reads only 1: bake "
			 "it anew"},
	{"version", "\"1\"", "is no bundle's: \"version\" or \"beeline\" is "
			     "missing"},
	{"beeline", NULL, "is no bundle's: \"version\" or \"beeline\" is "
			  "missing"},
	{"surplus", "1", "has a field that this version does not know"},
	{"qemu_build", NULL, "qemu_build: is missing"},
	{"qemu_build", "7", "qemu_build: is not a text"},
	{"qemu_version", "null", "qemu_version: is not a text"},
	{"qemu_major", "4294967296", "qemu_major: is too large a number"},
	{"qemu_minor", "1.0", "qemu_minor: is not a whole number"},
	{"vm", "[]", "vm: is not an object"},
	{"vm.qemu", "\"qemu\"", "vm.qemu: is not an absolute path"},
	{"vm.table_args", "{}", "vm.table_args: is not a list"},
	{"vm.table_args[1]", "1", "vm.table_args[1]: is not a text"},
	{"vm.table_args[0]", "\"-incoming\"",
	 "vm.table_args[0]: cannot be used with Beeline"},
	{"vm.host_args[0]", "\"--bios\"",
	 "vm.host_args[0]: cannot be used with Beeline"},
	{"kernel.path", "\"\"", "kernel.path: is not an absolute path"},
	{"kernel.digest", "\"01\"", "kernel.digest: is not a SHA-256 digest"},
	{"kernel", "null", "kernel: is not an object"},
	{"initrd", "null", "plan.extent[3]: is longer than its source"},
	{"initrd.size", "17", "plan.extent[3]: is longer than its source"},
	{"entry", "\"32\"", "entry: is none of the words that can stand there"},
	{"entry", "\"64\"", "plan.entry: is not the bundle's entry"},
	{"kaslr", "1", "kaslr: is neither true nor false"},
	{"chipset", "2", "chipset: is none of the words that can stand there"},
	{"ram_size", "-1", "ram_size: is negative"},
	{"ram_size", "4096", "ram: is more than ram_size"},
	{"ram_size", "9223372036854775807", "ram: is less than ram_size"},
	{"ram", "[]", "ram: is less than ram_size"},
	{"ram[0].size", "4095", "ram[0]: is not whole pages"},
	{"ram[0].size", "0", "ram[0]: is empty"},
	{"ram[1].gpa", "4096", "ram[1]: overlaps the one before, or is out of "
			       "order"},
	{"ram[1].type", "2", "ram[1].type: is not RAM"},
	{"ram[1].size", "9223372036854771712", "ram: is more than ram_size"},
	{"plan.extent", "5", "plan.extent: is not a list"},
	{"plan.extent[0].gpa", "-1", "plan.extent[0].gpa: is negative"},
	{"plan.extent[0].gpa", "1e3",
	 "plan.extent[0].gpa: is not a whole number"},
	{"plan.extent[0].size", "0", "plan.extent[0]: is empty"},
	{"plan.extent[0].size", "9223372036854775807",
	 "plan.extent[0]: is not in RAM"},
	{"plan.extent[1].gpa", "212992",
	 "plan.extent[1]: overlaps the one before, or is out of order"},
	{"plan.extent[3].gpa", "9223372036854775807",
	 "plan.extent[3]: is not in RAM"},
	{"plan.extent[3].source", "\"disk\"", "plan.extent[3].source: is none "
	 "of the words that can stand there"},
	{"plan.extent[1].offset", "9223372036854775807",
	 "plan.extent[1]: is longer than its source"},
	{"plan.extent[2].offset", NULL, "plan.extent[2].offset: is missing"},
	{"plan.extent[2].more", "0",
	 "plan.extent[2]: has a field that this version does not know"},
	{"plan.map[2].gpa", "1",
	 "plan.map[2]: overlaps the one before, or is out of order"},
	{"plan.map[0].size", "0", "plan.map[0]: is empty"},
	{"plan.dma[0].key", "65536", "plan.dma[0].key: is too large a number"},
	{"plan.dma[0].gpa", "3221225472", "plan.dma: is not in RAM"},
	{"plan.kernel_gpa", "3221225472", "plan.kernel_gpa: is not in RAM"},
	{"plan.initrd_gpa", "3221225472", "plan.initrd_gpa: is not in RAM"},
	{"plan.rsdp_gpa", "3221225472", "plan.rsdp_gpa: is not in RAM"},
	{"plan.cmdline_max", "65536", "plan.cmdline_max: is too large a "
				      "number"},
	{"plan.cpu.cs", "65536", "plan.cpu.cs: is too large a number"},
	{"plan.cpu", "null", "plan.cpu: is not an object"},
	{"image_digest",
	 "\"0123456789ABCDEF0123456789abcdef0123456789abcdef"
	 "0123456789abcdef\"", "image_digest: is not a SHA-256 digest"},
};

static void expect_refusal(const char *good, const struct refusal *r)
{
	json_t *root = json_loads(good, 0, NULL), *parent, *value = NULL;
	char why[MANIFEST_WHY];
	struct bundle bundle;
	struct step step;
	char *text;

	parent = field_find(root, r->path, &step);
	if (r->value != NULL)
		value = json_loads(r->value, JSON_DECODE_ANY, NULL);
	if (value == NULL)
		assert_int_equal(json_object_del(parent, step.name), 0);
	else if (step.name[0] != '\0')
		assert_int_equal(json_object_set_new(parent, step.name, value),
				 0);
	else
		assert_int_equal(json_array_set_new(parent, step.index, value),
				 0);
	text = json_dumps(root, 0);
	assert_int_equal(parse(&bundle, text, strlen(text), why), -1);
	assert_string_equal(why, r->why);
	assert_null(bundle.append);
	free(text);
	json_decref(root);
}

static void test_wrong_fields_are_refused(void **state)
{
	struct bundle bundle;
	char *text;

	(void)state;
	bundle_fill(&bundle, "/x", KERNEL_SIZE);
	text = text_of(&bundle);
	for (size_t i = 0; i < ARRAY_COUNT(refusals); i++)
		expect_refusal(text, &refusals[i]);
	free(text);
	bundle_free(&bundle);
}

static void expect_refused(const char *text, size_t size, const char *why)
{
	char got[MANIFEST_WHY];
	struct bundle bundle;

	assert_int_equal(parse(&bundle, text, size, got), -1);
	assert_non_null(strstr(got, why));
}

static void test_what_is_not_json_is_refused(void **state)
{
	(void)state;
	expect_refused("", 0, "is not JSON");
	expect_refused("\0", 1, "is not JSON");
	expect_refused("{", 1, "line 1, column 1: is not JSON");
	expect_refused("[]", 2, "is not an object");
	expect_refused("7", 1, "is not JSON");
	expect_refused("{\"version\": 1, \"version\": 1}", 28,
		       "line 1: has a field twice");
	expect_refused("{\"version\": 99999999999999999999}", 33,
		       "line 1: has too large a number");
	expect_refused("{\"a\": \"\\u0000\"}", 15, "is not JSON");
	expect_refused("{\"a\": \"\xff\"}", 10, "is not JSON");
	expect_refused("{} x", 4, "is not JSON");
}

static void test_depth_and_size_are_bounded(void **state)
{
	char *deep = bytes_new(MANIFEST_MAX + 1, '[');
	static const char head[] = "{\"a\": ";

	(void)state;
	expect_refused(deep, MANIFEST_MAX, "is not JSON");
	expect_refused(deep, MANIFEST_MAX + 1, "has 1048577 bytes");
	memcpy(deep, head, sizeof(head) - 1);
	expect_refused(deep, MANIFEST_MAX, "is not JSON");
	free(deep);
}

/* One more than there is room for. */
static void test_counts_are_bounded(void **state)
{
	static const struct {
		const char *path;
		size_t most;
		const char *why;
	} lists[] = {
		{"plan.extent[0]", BL_EXTENTS_MAX,
		 "plan.extent: has too many items"},
		{"plan.map[0]", BL_RANGES_MAX, "plan.map: has too many items"},
		{"plan.dma[0]", BL_DMA_MAX, "plan.dma: has too many items"},
		{"ram[0]", BUNDLE_RAM_MAX, "ram: has too many items"},
		{"vm.host_args[0]", FIELD_TEXTS_MAX,
		 "vm.host_args: has too many items"},
	};
	struct bundle bundle;
	char *text;

	(void)state;
	many_fill(&bundle);
	text = text_of(&bundle);
	for (size_t i = 0; i < ARRAY_COUNT(lists); i++) {
		json_t *root = json_loads(text, 0, NULL), *list;
		struct step step;
		char *changed;

		list = field_find(root, lists[i].path, &step);
		while (json_array_size(list) <= lists[i].most)
			json_array_append(list, json_array_get(list, 0));
		changed = json_dumps(root, JSON_COMPACT);
		expect_refused(changed, strlen(changed), lists[i].why);
		free(changed);
		json_decref(root);
	}
	free(text);
	bundle_free(&bundle);
}

/* Cut anywhere, it is refused. */
static void test_cut_texts_are_refused(void **state)
{
	struct bundle bundle;
	char *text;

	(void)state;
	bundle_fill(&bundle, "/x", KERNEL_SIZE);
	text = text_of(&bundle);
	for (size_t size = 0; size < strlen(text); size += 7)
		expect_refused(text, size, "");
	free(text);
	bundle_free(&bundle);
}

static void expect_not_made(const struct bundle *bundle, const char *why)
{
	char got[MANIFEST_WHY] = "";

	assert_null(manifest_make(bundle, got));
	assert_string_equal(got, why);
}

static void test_what_could_not_be_read_is_not_written(void **state)
{
	struct bundle b;

	(void)state;
	bundle_fill(&b, "/x", KERNEL_SIZE);
	b.plan.cpu.rip = (uint64_t)INT64_MAX + 1;
	expect_not_made(&b, "plan.cpu.rip: is too large a number");
	b.plan.cpu.rip = 0;
	b.append[0] = '\xff';
	expect_not_made(&b, "append: is missing, or not UTF-8");
	b.append[0] = 'q';
	b.vm.host_args.v[1][0] = '\xff';
	expect_not_made(&b, "vm.host_args: is missing, or not UTF-8");
	b.vm.host_args.v[1][0] = 'n';
	b.plan.extent[2].source = (enum bl_source)9;
	expect_not_made(&b, "plan.extent[2].source: is missing, or not UTF-8");
	b.plan.extent[2].source = BL_ZERO;
	b.plan.extent[0].gpa = RAM_LOW;
	expect_not_made(&b, "plan.extent[0]: is not in RAM");
	b.plan.extent_count = BL_EXTENTS_MAX + 1;
	expect_not_made(&b, "plan.extent: has too many items");
	b.plan.extent_count = 0;
	b.image_digest[0] = '\0';
	expect_not_made(&b, "image_digest: is not a SHA-256 digest");
	bundle_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_wrong_fields_are_refused),
		CASE(test_what_is_not_json_is_refused),
		CASE(test_depth_and_size_are_bounded),
		CASE(test_counts_are_bounded),
		CASE(test_cut_texts_are_refused),
		CASE(test_what_could_not_be_read_is_not_written),
	};

	return cmocka_run_group_tests_name("manifest_refuse", tests, NULL,
					   NULL);
}
