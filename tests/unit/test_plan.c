/* SPDX-License-Identifier: BSD-2-Clause */
/* test_plan.c - requests become plans, or refusals. */
#include "tests/unit/plan_case.h"

#include "core/abi/boot_params.h"
#include "core/abi/pvh.h"
#include "core/layout.h"

static const struct boot_params *zero_page(void)
{
	return (const void *)(f->arena + BOOT_PARAMS);
}

static uint32_t type_at(uint64_t gpa)
{
	for (uint32_t i = 0; i < f->plan.map_count; i++)
		if (gpa - f->plan.map[i].gpa < f->plan.map[i].size)
			return f->plan.map[i].type;
	return 0;
}

static void test_linux(void **state)
{
	const struct boot_params *bp;

	(void)state;
	assert_int_equal(fixture_plan(f), 0);
	bp = zero_page();
	assert_int_equal(f->plan.kernel_gpa, KERNEL_GPA);
	assert_int_equal(f->plan.kernel_size, KERNEL_SPAN);
	assert_int_equal(f->plan.cpu.rip, KERNEL_ENTRY);
	assert_int_equal(f->plan.cpu.rsi, BOOT_PARAMS);
	assert_int_equal(bp->hdr.header, SETUP_HEADER_MAGIC);
	assert_int_equal(bp->hdr.loadflags, LOADED_HIGH);
	assert_int_equal(bp->hdr.ramdisk_image, f->plan.initrd_gpa);
	assert_int_equal(bp->hdr.ramdisk_size, INITRD_SIZE);
	assert_int_equal(bp->hdr.setup_data, 0);
	assert_int_equal(bp->acpi_rsdp_addr, EBDA_RSDP);
	assert_string_equal(f->arena + bp->hdr.cmd_line_ptr, "quiet x");
	/* high, and whole pages from the end of memory */
	assert_int_equal(f->plan.initrd_gpa, (512 << 20) - 0x13000);
}

static void test_extents(void **state)
{
	const struct bl_extent *x;

	(void)state;
	assert_int_equal(fixture_plan(f), 0);
	x = extent_at(f, KERNEL_GPA);
	assert_true(x != NULL && x->source == BL_FROM_KERNEL &&
		    x->offset == 0x1000 && x->size == 0x1000);
	x = extent_at(f, KERNEL_GPA + 0x200000 + 0xe00);
	assert_true(x != NULL && x->source == BL_ZERO &&
		    x->size == 0x400000 - 0xe00);
	x = extent_at(f, f->plan.initrd_gpa);
	assert_true(x != NULL && x->source == BL_FROM_INITRD && x->offset == 0);
	for (uint32_t i = 1; i < f->plan.extent_count; i++)
		assert_true(f->plan.extent[i].gpa >=
			    f->plan.extent[i - 1].gpa +
				    f->plan.extent[i - 1].size);
}

static void test_map(void **state)
{
	(void)state;
	f->request.ecam_gpa = ECAM_BASE;
	f->request.ecam_size = 64 << 20;
	assert_int_equal(fixture_plan(f), 0);
	assert_int_equal(type_at(0), 1);
	assert_int_equal(type_at(EBDA), 2);
	assert_int_equal(type_at(LEGACY_HOLE), 0);
	assert_int_equal(type_at(OWN_TABLES), 4);
	assert_int_equal(type_at(KERNEL_GPA), 1);
	assert_int_equal(type_at(f->plan.initrd_gpa), 1);
	assert_int_equal(type_at(ECAM_BASE + (63 << 20)), 2);
	assert_int_equal(type_at(ROM_BASE), 2);
}

/* What a VMM says of the hole counts where the tables there are its own. */
static void test_map_of_tables_in_the_hole(void **state)
{
	const struct boot_params *bp;

	(void)state;
	f->map[0] = (struct bl_range){0, 0xa0000, 1};
	f->map[1] = (struct bl_range){0xe0000, 0x8000, 3};
	f->map[2] = (struct bl_range){0x100000, 511 << 20, 1};
	f->request.map_count = 3;
	assert_int_equal(fixture_plan(f), 0);
	assert_int_equal(type_at(0xe0000), 0);
	f->request.tables = BL_TABLES_NONE;
	f->request.rsdp_gpa = 0xe0000;
	assert_int_equal(fixture_plan(f), 0);
	assert_int_equal(type_at(0xdf000), 0);
	assert_int_equal(type_at(0xe0000), 3);
	assert_int_equal(type_at(0xe8000), 0);
	bp = (const void *)(f->arena + BOOT_PARAMS);
	assert_int_equal(bp->hdr.root_flags, 1);
}

static void test_pvh(void **state)
{
	const struct hvm_start_info *info;

	(void)state;
	f->request.entry = BL_ENTRY_PVH;
	f->request.slide = true; /* it cannot */
	f->request.slide_seed = 7;
	assert_int_equal(fixture_plan(f), 0);
	info = (const void *)(f->arena + START_INFO);
	assert_int_equal(f->plan.cpu.rip, KERNEL_GPA + 0x200);
	assert_int_equal(f->plan.cpu.rbx, START_INFO);
	assert_int_equal(f->plan.cpu.cr0 & 0x80000001, 1);
	assert_int_equal(info->magic, HVM_START_MAGIC);
	assert_int_equal(info->rsdp_paddr, EBDA_RSDP);
	assert_int_equal(info->nr_modules, 1);
	assert_int_equal(f->plan.kernel_gpa, KERNEL_GPA);
}

/* Every place is one where the kernel fits, and many are taken. */
static void test_slide(void **state)
{
	uint8_t seen[512 / 2] = {0};
	unsigned places = 0;

	(void)state;
	f->request.slide = true;
	for (uint64_t seed = 0; seed < 1000; seed++) {
		f->request.slide_seed = seed * 0x9e3779b97f4a7c15;
		assert_int_equal(fixture_plan(f), 0);
		assert_int_equal(f->plan.kernel_gpa % (2 << 20), 0);
		assert_true(f->plan.kernel_gpa >= KERNEL_GPA);
		assert_true(f->plan.kernel_gpa + KERNEL_SPAN <= 512 << 20);
		assert_int_equal(f->plan.cpu.rip - f->plan.kernel_gpa, 0x100);
		places += seen[f->plan.kernel_gpa >> 21] == 0;
		seen[f->plan.kernel_gpa >> 21] = 1;
	}
	assert_true(places > 200);
}

/* The one place that leaves room for the initrd. */
static void test_slide_spares_the_initrd(void **state)
{
	(void)state;
	f->map[0].size = 40 << 20;
	f->request.initrd_size = 30 << 20;
	f->request.slide = true;
	for (uint64_t seed = 0; seed < 64; seed++) {
		f->request.slide_seed = seed;
		assert_int_equal(fixture_plan(f), 0);
		assert_int_equal(f->plan.initrd_size, 30 << 20);
	}
	f->request.initrd_size = 34 << 20;
	refuse(ERR_NO_ROOM, BL_STAGE_INITRD);
}

static void test_a_fixed_kernel_stays(void **state)
{
	(void)state;
	kernel_parse(f, 0);
	assert_false(f->kernel.relocatable);
	f->request.slide = true;
	f->request.slide_seed = 99;
	assert_int_equal(fixture_plan(f), 0);
	assert_int_equal(f->plan.kernel_gpa, KERNEL_GPA);
	f->map[0].size = 20 << 20;
	refuse(ERR_NO_ROOM, BL_STAGE_PLACE);
}

static void test_little_memory_moves_a_kernel_down(void **state)
{
	(void)state;
	f->map[0].size = 20 << 20;
	assert_int_equal(fixture_plan(f), 0);
	assert_true(f->plan.kernel_gpa < KERNEL_GPA);
	assert_int_equal(f->plan.kernel_gpa % (2 << 20), 0);
}

static void test_seed(void **state)
{
	const struct setup_data *data;
	uint8_t seed[BL_SEED_MAX];

	(void)state;
	memset(seed, 0x5e, sizeof(seed));
	f->request.seed = (struct bl_span){seed, sizeof(seed)};
	assert_int_equal(fixture_plan(f), 0);
	assert_int_equal(zero_page()->hdr.setup_data, LAUNCH_SEED);
	data = (const void *)(f->arena + LAUNCH_SEED);
	assert_int_equal(data->type, SETUP_RNG_SEED);
	assert_int_equal(data->len, BL_SEED_MAX);
	assert_memory_equal(data + 1, seed, sizeof(seed));
}

/* An image that many share has neither seed nor command line. */
static void test_launch_rom(void **state)
{
	const struct setup_data *data;
	uint8_t seed[BL_SEED_MAX] = {1};

	(void)state;
	f->request.seed = (struct bl_span){seed, sizeof(seed)};
	f->request.launch_rom = true;
	f->request.kaslr = true;
	assert_int_equal(fixture_plan(f), 0);
	data = (const void *)(f->arena + LAUNCH_SEED);
	assert_int_equal(data->type, SETUP_NONE);
	assert_int_equal(data->next, 0);
	assert_int_equal(((const uint8_t *)(data + 1))[0], 0);
	assert_int_equal(zero_page()->hdr.loadflags, LOADED_HIGH | KASLR_FLAG);
	assert_int_equal(zero_page()->hdr.cmd_line_ptr, STUB_CMDLINE);
	assert_null(extent_at(f, CMDLINE));
	assert_int_equal(*(uint32_t *)(void *)(f->arena + LAUNCH_MARKER),
			 LAUNCH_CLEAN);
}

static void test_copy(void **state)
{
	const struct bl_sources sources = {
		.kernel = {f->file, KERNEL_FILE},
		.initrd = {f->file, INITRD_SIZE}, /* refused: too short */
	};
	struct bl_sources right = sources;
	uint8_t *memory = bytes_new(64 << 20, 0x77);

	(void)state;
	f->map[0].size = 64 << 20;
	f->request.initrd_size = 0x1000;
	assert_int_equal(fixture_plan(f), 0);
	right.arena = (struct bl_span){f->arena, f->request.arena_size};
	assert_int_equal(bl_plan_copy(&f->plan, &right, memory, 0, 64 << 20,
				      &f->err), 0);
	assert_memory_equal(memory + KERNEL_GPA, f->file + 0x1000, 0x1000);
	assert_int_equal(memory[KERNEL_GPA + 0x200000 + 0xe00], 0);
	assert_memory_equal(memory + BOOT_PARAMS, f->arena + BOOT_PARAMS, 4096);
	assert_memory_equal(memory + f->plan.initrd_gpa, f->file, 0x1000);
	memset(memory, 0x77, 64 << 20);
	assert_int_equal(bl_plan_copy(&f->plan, &right, memory, 0, 32 << 20,
				      &f->err), ERR_RANGE);
	right.arena.size = 0x30000;
	assert_int_equal(bl_plan_copy(&f->plan, &right, memory, 0, 64 << 20,
				      &f->err), ERR_TRUNCATED);
	for (size_t i = 0; i < 64 << 20; i += 512)
		assert_int_equal(memory[i], 0x77);
	free(memory);
}

static void test_refuses_requests(void **state)
{
	(void)state;
	f->request.board = NULL;
	refuse(ERR_ABSENT, BL_STAGE_TABLES);
	f->request.tables = BL_TABLES_SCRIPT;
	refuse(ERR_ABSENT, BL_STAGE_TABLES);
	f->request.tables = (enum bl_tables)9;
	refuse(ERR_UNSUPPORTED, BL_STAGE_TABLES);
	f->request.tables = BL_TABLES_NONE;
	f->request.seed = (struct bl_span){f->file, BL_SEED_MAX + 1};
	refuse(ERR_TOO_LONG, BL_STAGE_ROM);
	f->request.seed.size = 0;
	f->request.smbios = (struct bl_span){f->file, SMBIOS_MAX};
	refuse(ERR_TOO_LONG, BL_STAGE_SMBIOS);
	f->request.smbios.size = 0;
	f->request.initrd_size = UINT64_MAX;
	refuse(ERR_NO_ROOM, BL_STAGE_INITRD);
	f->request.initrd_size = 0;
	f->request.cmdline = (struct bl_span){f->file, 2048};
	refuse(ERR_TOO_LONG, BL_STAGE_CMDLINE);
}

static void test_refuses_kernels(void **state)
{
	(void)state;
	f->kernel.entry_pvh = 0;
	f->request.entry = BL_ENTRY_PVH;
	refuse(ERR_ABSENT, BL_STAGE_KERNEL);
	f->request.entry = BL_ENTRY_64;
	f->kernel.entry = 0;
	refuse(ERR_ABSENT, BL_STAGE_KERNEL);
	f->kernel.is64 = false;
	refuse(ERR_UNSUPPORTED, BL_STAGE_KERNEL);
	f->kernel.format = BL_FORMAT_BZIMAGE;
	refuse(ERR_UNSUPPORTED, BL_STAGE_KERNEL);
}

static void test_refuses_small_arenas(void **state)
{
	(void)state;
	assert_int_equal(fixture_plan(f), 0);
	f->request.arena_size--;
	assert_int_equal(bl_plan_build(&f->plan, &f->request, &f->err),
			 ERR_NO_ROOM);
	assert_int_equal(f->err.stage, BL_STAGE_ARENA);
}

static void test_refuses_maps(void **state)
{
	static const struct {
		struct bl_range a, b;
		int code;
	} bad[] = {
		{{0, 64 << 20, 1}, {63 << 20, 2 << 20, 2}, ERR_OVERLAP},
		{{0, 64 << 20, 1}, {UINT64_MAX - 4095, 8192, 1}, ERR_WRAP},
		{{0x1000, 64 << 20, 1}, {1ull << 32, 4096, 1}, ERR_NO_ROOM},
		{{0, 0x70000, 1}, {1 << 20, 63 << 20, 1}, ERR_NO_ROOM},
		{{0, 0x9f000, 1}, {1 << 20, 63 << 20, 1}, ERR_NO_ROOM},
	};

	(void)state;
	f->request.map_count = 2;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		f->map[0] = bad[i].a;
		f->map[1] = bad[i].b;
		refuse(bad[i].code, BL_STAGE_MAP);
	}
	f->request.map_count = BL_RANGES_MAX + 1;
	refuse(ERR_TOO_MANY, BL_STAGE_MAP);
	f->request.map_count = 0;
	refuse(ERR_NO_ROOM, BL_STAGE_MAP);
}

static void test_initrd_above_4g(void **state)
{
	(void)state;
	f->request.map_count = 2;
	f->map[0].size = 64 << 20;
	f->map[1] = (struct bl_range){1ull << 32, 1ull << 30, 1};
	f->request.initrd_size = 100 << 20;
	assert_int_equal(fixture_plan(f), 0);
	assert_true(f->plan.initrd_gpa >= 1ull << 32);
	assert_int_equal(zero_page()->ext_ramdisk_image, 1);
	f->request.entry = BL_ENTRY_PVH;
	refuse(ERR_NO_ROOM, BL_STAGE_INITRD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAN_CASE(test_linux),
		PLAN_CASE(test_extents),
		PLAN_CASE(test_map),
		PLAN_CASE(test_map_of_tables_in_the_hole),
		PLAN_CASE(test_pvh),
		PLAN_CASE(test_slide),
		PLAN_CASE(test_slide_spares_the_initrd),
		PLAN_CASE(test_a_fixed_kernel_stays),
		PLAN_CASE(test_little_memory_moves_a_kernel_down),
		PLAN_CASE(test_seed),
		PLAN_CASE(test_launch_rom),
		PLAN_CASE(test_copy),
		PLAN_CASE(test_initrd_above_4g),
		PLAN_CASE(test_refuses_requests),
		PLAN_CASE(test_refuses_kernels),
		PLAN_CASE(test_refuses_small_arenas),
		PLAN_CASE(test_refuses_maps),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
