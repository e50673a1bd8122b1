/* SPDX-License-Identifier: BSD-2-Clause */
/* test_manifest.c - what is written is read back as it was. */
#include "tests/unit/manifest.h"

#include <time.h>

#define FAST_NS 1000000 /* and ASan is in there */

static void expect_same_plan(const struct bl_plan *a, const struct bl_plan *b)
{
	assert_int_equal(a->extent_count, b->extent_count);
	for (uint32_t i = 0; i < a->extent_count; i++) {
		assert_true(a->extent[i].gpa == b->extent[i].gpa);
		assert_true(a->extent[i].size == b->extent[i].size);
		assert_true(a->extent[i].source == b->extent[i].source);
		assert_true(a->extent[i].offset == b->extent[i].offset);
	}
	assert_int_equal(a->map_count, b->map_count);
	assert_int_equal(a->map[1].type, b->map[1].type);
	assert_true(a->map[3].gpa == b->map[3].gpa);
	assert_int_equal(a->dma_count, b->dma_count);
	assert_true(a->dma[0].write && b->dma[0].write);
	assert_int_equal(a->dma[0].key, b->dma[0].key);
	assert_int_equal(a->dma[0].skip, b->dma[0].skip);
	assert_true(a->dma[0].gpa == b->dma[0].gpa);
	assert_int_equal(a->entry, b->entry);
	assert_true(a->cpu.rip == b->cpu.rip && a->cpu.cr0 == b->cpu.cr0);
	assert_int_equal(a->cpu.tr, b->cpu.tr);
	assert_true(a->cpu.mtrr_def_type == b->cpu.mtrr_def_type);
	assert_true(a->smbios_gpa == b->smbios_gpa);
	assert_int_equal(a->cmdline_max, b->cmdline_max);
}

static void expect_same(const struct bundle *a, const struct bundle *b)
{
	assert_string_equal(a->qemu_build, b->qemu_build);
	assert_string_equal(a->qemu_version, b->qemu_version);
	assert_string_equal(a->vm.accel, b->vm.accel);
	assert_int_equal(a->vm.table_args.count, b->vm.table_args.count);
	assert_string_equal(a->vm.table_args.v[1], b->vm.table_args.v[1]);
	assert_null(b->vm.table_args.v[b->vm.table_args.count]);
	assert_string_equal(a->vm.host_args.v[0], b->vm.host_args.v[0]);
	assert_string_equal(a->kernel.path, b->kernel.path);
	assert_string_equal(a->kernel.digest, b->kernel.digest);
	assert_string_equal(a->append, b->append);
	assert_string_equal(a->machine_words, b->machine_words);
	assert_true(a->kaslr == b->kaslr && a->is_linux == b->is_linux);
	assert_true(a->own_tables == b->own_tables);
	assert_int_equal(a->chipset, b->chipset);
	assert_true(a->ram_size == b->ram_size);
	assert_int_equal(a->ram_count, b->ram_count);
	assert_true(a->ram[1].gpa == b->ram[1].gpa);
	assert_string_equal(a->image_digest, b->image_digest);
	expect_same_plan(&a->plan, &b->plan);
}

static void round_trip(const struct bundle *bundle)
{
	char *text = text_of(bundle), *again;
	char why[MANIFEST_WHY];
	struct bundle read;

	assert_int_equal(parse(&read, text, strlen(text), why), 0);
	expect_same(bundle, &read);
	assert_null(read.dir);
	again = text_of(&read);
	assert_string_equal(text, again);
	bundle_free(&read);
	free(again);
	free(text);
}

static void test_round_trip(void **state)
{
	struct bundle bundle;

	(void)state;
	bundle_fill(&bundle, "/x", KERNEL_SIZE);
	round_trip(&bundle);
	bundle_free(&bundle);
}

static void test_round_trip_without_initrd(void **state)
{
	struct bundle bundle, read;
	char why[MANIFEST_WHY];
	char *text;

	(void)state;
	bundle_fill(&bundle, "/x", KERNEL_SIZE);
	free(bundle.initrd.path);
	bundle.initrd = (struct bundle_input){0};
	bundle.plan.extent_count--;
	bundle.plan.initrd_size = 0;
	round_trip(&bundle);
	text = text_of(&bundle);
	assert_int_equal(parse(&read, text, strlen(text), why), 0);
	assert_null(read.initrd.path);
	bundle_free(&read);
	bundle_free(&bundle);
	free(text);
}

static void test_round_trip_of_the_largest(void **state)
{
	struct bundle bundle;

	(void)state;
	many_fill(&bundle);
	round_trip(&bundle);
	bundle_free(&bundle);
}

static void test_reading_is_quick(void **state)
{
	uint64_t best = UINT64_MAX;
	char why[MANIFEST_WHY];
	struct bundle bundle, read;
	char *text;

	(void)state;
	many_fill(&bundle);
	bundle.plan.extent_count = 40; /* a large one of the usual kind */
	bundle.plan.map_count = 30;
	text = text_of(&bundle);
	for (unsigned i = 0; i < 20; i++) {
		struct timespec from, to;
		uint64_t ns;

		clock_gettime(CLOCK_MONOTONIC, &from);
		assert_int_equal(parse(&read, text, strlen(text), why), 0);
		clock_gettime(CLOCK_MONOTONIC, &to);
		ns = (uint64_t)(to.tv_sec - from.tv_sec) * 1000000000 +
		     (uint64_t)to.tv_nsec - (uint64_t)from.tv_nsec;
		best = ns < best ? ns : best;
		bundle_free(&read);
	}
	print_message("%zu bytes: %u us\n", strlen(text),
		      (unsigned)(best / 1000));
	assert_true(best < FAST_NS);
	bundle_free(&bundle);
	free(text);
}

static void test_manifests_are_told_from_other_json(void **state)
{
	static const char ours[] = "{\"version\": 7, \"beeline\": \"9.1\"}";

	(void)state;
	assert_true(manifest_ours((struct bl_span){ours, sizeof(ours) - 1}));
	assert_false(manifest_ours((struct bl_span){"{}", 2}));
	assert_false(manifest_ours((struct bl_span){"[1]", 3}));
	assert_false(manifest_ours((struct bl_span){NULL, 0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_round_trip),
		CASE(test_round_trip_without_initrd),
		CASE(test_round_trip_of_the_largest),
		CASE(test_reading_is_quick),
		CASE(test_manifests_are_told_from_other_json),
	};

	return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
