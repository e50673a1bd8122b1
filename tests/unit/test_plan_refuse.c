/* SPDX-License-Identifier: BSD-2-Clause */
/* test_plan_refuse.c - requests that lie: about memory, a board, a script. */
#include "tests/unit/plan_case.h"

#include "core/abi/boot_params.h"
#include "core/abi/pvh.h"
#include "core/abi/table_loader.h"
#include "core/layout.h"

/* Ranges that touch are as good as one. */
static void test_split_ram(void **state)
{
	(void)state;
	f->map[0] = (struct bl_range){0, BOOT_PARAMS + 0x1000, 1};
	f->map[1] = (struct bl_range){KERNEL_GPA + 0x201000, 64 << 20, 1};
	f->map[2] = (struct bl_range){BOOT_PARAMS + 0x1000,
				      KERNEL_GPA + 0x201000 - BOOT_PARAMS -
					      0x1000, 1};
	f->request.map_count = 3;
	assert_int_equal(fixture_plan(f), 0);
	assert_int_equal(f->plan.kernel_gpa, KERNEL_GPA);
	f->map[1].gpa += 0x1000;
	kernel_parse(f, 0);
	refuse(ERR_NO_ROOM, BL_STAGE_PLACE);
}

/* [BOOT] kernel_alignment is a power of two for a fixed kernel as well. */
static void test_a_fixed_kernel_has_an_alignment(void **state)
{
	const struct boot_params *bp;

	(void)state;
	kernel_parse(f, 0);
	assert_int_equal(fixture_plan(f), 0);
	bp = (const void *)(f->arena + BOOT_PARAMS);
	assert_int_equal(bp->hdr.kernel_alignment, 4096);
}

static void test_rsdp_above_4g(void **state)
{
	const struct hvm_start_info *info;

	(void)state;
	f->request.tables = BL_TABLES_NONE;
	f->request.rsdp_gpa = 5ull << 32;
	f->request.entry = BL_ENTRY_PVH;
	assert_int_equal(fixture_plan(f), 0);
	info = (const void *)(f->arena + START_INFO);
	assert_int_equal(info->rsdp_paddr, 5ull << 32);
}

static void test_refuses_an_ecam_in_ram(void **state)
{
	(void)state;
	f->request.ecam_gpa = 511 << 20;
	f->request.ecam_size = 2 << 20;
	refuse(ERR_OVERLAP, BL_STAGE_MAP);
	f->request.ecam_gpa = 512 << 20;
	assert_int_equal(fixture_plan(f), 0);
	f->request.ecam_size = UINT64_MAX;
	refuse(ERR_WRAP, BL_STAGE_MAP);
}

static void test_refuses_words(void **state)
{
	(void)state;
	f->request.cmdline = (struct bl_span){"a\0b", 3};
	refuse(ERR_UNSUPPORTED, BL_STAGE_CMDLINE);
	f->request.launch_rom = true;
	refuse(ERR_UNSUPPORTED, BL_STAGE_CMDLINE);
	f->request.cmdline.size = 1;
	f->request.entry = (enum bl_entry)2;
	refuse(ERR_UNSUPPORTED, BL_STAGE_KERNEL);
}

static void test_refuses_no_kernel(void **state)
{
	(void)state;
	assert_int_equal(bl_kernel_parse(&f->kernel, (struct bl_span){NULL, 0},
					 &f->err), ERR_TRUNCATED);
	assert_int_equal(f->err.stage, BL_STAGE_KERNEL);
}

static void test_refuses_boards(void **state)
{
	static const struct bl_mmio mmio = {0x2000, 0x200, 5};

	(void)state;
	f->apic_id[1] = f->apic_id[0];
	refuse(ERR_DUPLICATE, BL_STAGE_TABLES);
	f->board.apic_id = NULL;
	refuse(ERR_ABSENT, BL_STAGE_TABLES);
	f->board.apic_id = f->apic_id;
	f->board.cpu_count = 1;
	f->board.mmio = &mmio;
	f->board.mmio_count = 1;
	refuse(ERR_OVERLAP, BL_STAGE_TABLES);
	f->board.mmio_count = 0;
	f->map[0].size = 5ull << 30; /* over the IOAPIC */
	refuse(ERR_OVERLAP, BL_STAGE_TABLES);
}

static void test_refuses_a_crooked_arena(void **state)
{
	uint64_t size = bl_arena_size(&f->request);
	uint8_t *arena = bytes_new((size_t)size + 1, 0);

	(void)state;
	f->request.arena = arena + 1;
	f->request.arena_size = size;
	assert_int_equal(bl_plan_build(&f->plan, &f->request, &f->err),
			 ERR_ALIGN);
	assert_int_equal(f->err.stage, BL_STAGE_ARENA);
	free(arena);
}

/* ALLOCATE, in zone FSEG or HIGH. */
static struct loader_command allocate(const char *name, uint8_t zone)
{
	struct loader_command c = {.command = LOADER_ALLOCATE};

	strcpy(c.allocate.file, name);
	c.allocate.align = 16;
	c.allocate.zone = zone;
	return c;
}

static void script(struct bl_blob *blob, struct loader_command *commands,
		   uint32_t count)
{
	static const uint8_t rsdp[36] = "RSD PTR ";
	static const uint8_t zeros[64];

	blob[0] = (struct bl_blob){"etc/table-loader", 1,
				   {commands, count * sizeof(commands[0])}};
	blob[1] = (struct bl_blob){"rsdp", 2, {rsdp, sizeof(rsdp)}};
	blob[2] = (struct bl_blob){"other", 3, {zeros, 8}};
	blob[3] = (struct bl_blob){"told", 4, {zeros, sizeof(zeros)}};
	f->request.tables = BL_TABLES_SCRIPT;
	f->request.blob = blob;
	f->request.blob_count = 4;
}

/* The page in which the RSDP is linked is not the guest's. */
static void test_the_rsdp_alone_is_in_the_ebda(void **state)
{
	struct loader_command c[3] = {
		allocate("rsdp", LOADER_ZONE_FSEG),
		allocate("other", LOADER_ZONE_HIGH),
		{.command = LOADER_WRITE_POINTER,
		 .write = {.dest = "told", .src = "other", .size = 8}},
	};
	struct bl_blob blob[4];

	(void)state;
	script(blob, c, 3);
	assert_int_equal(fixture_plan(f), 0);
	assert_int_equal(f->plan.rsdp_gpa, EBDA_RSDP);
	assert_int_equal(f->plan.dma_count, 2);
	strcpy(c[2].write.src, "rsdp");
	refuse(ERR_UNSUPPORTED, BL_STAGE_TABLES);
	c[2].command = 0;
	c[1].allocate.zone = LOADER_ZONE_FSEG;
	refuse(ERR_UNSUPPORTED, BL_STAGE_TABLES);
}

/* A script that asks for more than a kernel finds mapped: before anybody
 * allocates it. */
static void test_refuses_tables_without_end(void **state)
{
	static struct loader_command c[1100];
	struct bl_blob blob[4];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(c); i++) {
		c[i] = allocate("other", LOADER_ZONE_HIGH);
		c[i].allocate.align = 1 << 20;
	}
	script(blob, c, ARRAY_COUNT(c));
	assert_int_equal(bl_arena_size(&f->request), 0);
	refuse(ERR_NO_ROOM, BL_STAGE_TABLES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAN_CASE(test_split_ram),
		PLAN_CASE(test_a_fixed_kernel_has_an_alignment),
		PLAN_CASE(test_rsdp_above_4g),
		PLAN_CASE(test_refuses_an_ecam_in_ram),
		PLAN_CASE(test_refuses_words),
		PLAN_CASE(test_refuses_no_kernel),
		PLAN_CASE(test_refuses_boards),
		PLAN_CASE(test_refuses_a_crooked_arena),
		PLAN_CASE(test_the_rsdp_alone_is_in_the_ebda),
		PLAN_CASE(test_refuses_tables_without_end),
	};

	return cmocka_run_group_tests_name("plan_refuse", tests, NULL, NULL);
}
