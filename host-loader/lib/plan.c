/* SPDX-License-Identifier: BSD-2-Clause */
/* plan.c - from a request to extents and a CPU state: the story of a boot that
 * no firmware takes part in. */
#include <string.h>

#include "core/abi/boot_params.h"
#include "core/abi/pvh.h"
#include "core/abi/x86.h"
#include "core/boot_params.h"
#include "core/pvh.h"
#include "host-loader/lib/fail.h"
#include "host-loader/lib/place.h"
#include "host-loader/lib/plan.h"
#include "host-loader/lib/tables.h"

#define PROTOCOL      0x20f /* what a header that we make up claims */
#define ROOT_RDONLY   1     /* [BOOT] root_flags */
#define PAGE_ENTRIES  512
#define PTE_FLAGS     (PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | PTE_DIRTY)
#define RFLAGS_FIXED  2     /* [SDM] 1 3.4.3: bit 1 is always set */

/* [SDM] 3A 3.4.5; the selectors of [BOOT] "64-bit Boot Protocol" and a 32-bit
 * code segment and a task for [PVH]. */
static const uint64_t gdt[] = {
	0,
	0,
	0x00af9b000000ffff, /* 10 code, 64 bits */
	0x00cf93000000ffff, /* 18 data, flat */
	0x00cf9b000000ffff, /* 20 code, 32 bits, flat */
	0x0000890000000067, /* 28 task, 32 bits, free */
};

uint64_t bl_arena_size(const struct bl_request *request)
{
	uint64_t room = tables_room(request);

	return room > IDENTITY_MAP ? 0 : LOW_SIZE + PAGE_SIZE + room;
}

static int arena_check(const struct bl_request *request, struct bl_error *err)
{
	uint64_t need = bl_arena_size(request);

	if (need == 0)
		return fail(err, BL_STAGE_TABLES, ERR_NO_ROOM,
			    tables_room(request), IDENTITY_MAP);
	if (request->arena_size < need)
		return fail(err, BL_STAGE_ARENA, ERR_NO_ROOM,
			    request->arena_size, need);
	if ((uintptr_t)request->arena % sizeof(uint64_t) != 0)
		return fail(err, BL_STAGE_ARENA, ERR_ALIGN,
			    (uintptr_t)request->arena, sizeof(uint64_t));
	return 0;
}

static int request_check(const struct bl_request *request,
			 struct bl_error *err)
{
	const struct bl_kernel *k = request->kernel;
	const bool pvh = request->entry == BL_ENTRY_PVH;
	bool board = request->tables == BL_TABLES_PC ||
		     request->tables == BL_TABLES_HWREDUCED;

	if (k->format != BL_FORMAT_ELF ||
	    (!pvh && (!k->is64 || request->entry != BL_ENTRY_64)))
		return fail(err, BL_STAGE_KERNEL, ERR_UNSUPPORTED, 0, 0);
	if ((pvh ? k->entry_pvh : k->entry) == 0)
		return fail(err, BL_STAGE_KERNEL, ERR_ABSENT, 0, 0);
	if (board && request->board == NULL)
		return fail(err, BL_STAGE_TABLES, ERR_ABSENT, 0, 0);
	if (request->seed.size > BL_SEED_MAX)
		return fail(err, BL_STAGE_ROM, ERR_TOO_LONG, request->seed.size,
			    BL_SEED_MAX);
	return arena_check(request, err);
}

static void kernel_extents(struct bl_plan *plan, const struct bl_kernel *k)
{
	uint64_t slide = plan->kernel_gpa - k->start;

	for (uint32_t i = 0; i < k->segment_count; i++) {
		const struct bl_segment *s = &k->segment[i];
		uint64_t gpa = s->gpa + slide;

		if (s->file_size != 0)
			extent_add(plan, gpa, s->file_size, BL_FROM_KERNEL,
				   s->file_offset);
		if (s->size != s->file_size)
			extent_add(plan, gpa + s->file_size,
				   s->size - s->file_size, BL_ZERO, 0);
	}
}

/* With a launch ROM the command line is there; else in its usual place. */
static int cmdline_plan(struct bl_plan *plan, struct arena *arena,
			const struct bl_request *request, struct bl_error *err)
{
	const struct bl_span *from = &request->cmdline;
	uint32_t max = request->launch_rom ? BL_CMDLINE_MAX : CMDLINE_MAX - 1;

	if (max > request->kernel->cmdline_max)
		max = request->kernel->cmdline_max;
	plan->cmdline_gpa = request->launch_rom ? STUB_CMDLINE : CMDLINE;
	plan->cmdline_max = max;
	if (from->size > max)
		return fail(err, BL_STAGE_CMDLINE, ERR_TOO_LONG, from->size,
			    max);
	if (from->size != 0 && memchr(from->bytes, 0, (size_t)from->size))
		return fail(err, BL_STAGE_CMDLINE, ERR_UNSUPPORTED, 0, 0);
	if (request->launch_rom)
		return 0;
	if (from->size != 0)
		memcpy(arena_low(arena, CMDLINE), from->bytes,
		       (size_t)from->size);
	extent_add_low(plan, CMDLINE, (uint32_t)from->size + 1);
	return 0;
}

/* The seed's setup_data.  In a ROM's plan it is an empty one of no type, which
 * the ROM replaces: no seed stands in an image that many share. */
static uint32_t seed_plan(struct arena *arena, const struct bl_request *request)
{
	struct setup_data *data = arena_low(arena, LAUNCH_SEED);

	if (!request->launch_rom && request->seed.size == 0)
		return 0;
	*data = (struct setup_data){.len = BL_SEED_MAX};
	if (!request->launch_rom) {
		data->type = SETUP_RNG_SEED;
		data->len = (uint32_t)request->seed.size;
		memcpy(data + 1, request->seed.bytes, data->len);
	}
	return LAUNCH_SEED;
}

static void launch_plan(struct bl_plan *plan, struct arena *arena,
			const struct bl_request *request)
{
	if (request->launch_rom)
		*(uint32_t *)arena_low(arena, LAUNCH_MARKER) = LAUNCH_CLEAN;
	dma_build(arena_low(arena, LAUNCH_DMA), plan);
	extent_add_low(plan, LAUNCH, LAUNCH_SIZE);
}

static void linux_plan(struct bl_plan *plan, struct arena *arena,
		       const struct e820_map *map,
		       const struct bl_request *request)
{
	struct boot_params *bp = arena_low(arena, BOOT_PARAMS);
	uint64_t alignment = request->kernel->relocatable
				     ? request->kernel->alignment : PAGE_SIZE;
	struct boot_args args = {
		.load_gpa = (uint32_t)plan->kernel_gpa,
		.cmdline_gpa = (uint32_t)plan->cmdline_gpa,
		.initrd_gpa = plan->initrd_gpa,
		.initrd_size = (uint32_t)plan->initrd_size,
		.setup_data_gpa = seed_plan(arena, request),
		.map = map,
	};

	/* as in every bzImage: else Linux mounts its root for writing */
	bp->hdr.root_flags = ROOT_RDONLY;
	bp->hdr.boot_flag = SETUP_BOOT_FLAG;
	bp->hdr.header = SETUP_HEADER_MAGIC;
	bp->hdr.version = PROTOCOL;
	bp->hdr.loadflags = LOADED_HIGH | (request->kaslr ? KASLR_FLAG : 0);
	bp->hdr.kernel_alignment = (uint32_t)alignment;
	bp->hdr.relocatable_kernel = request->kernel->relocatable;
	bp->hdr.xloadflags = XLF_KERNEL_64 | XLF_CAN_BE_LOADED_ABOVE_4G;
	bp->hdr.cmdline_size = request->kernel->cmdline_max;
	bp->hdr.pref_address = request->kernel->start;
	bp->hdr.init_size = (uint32_t)plan->kernel_size;
	boot_params_build(bp, &args);
	bp->acpi_rsdp_addr = plan->rsdp_gpa;
	extent_add_low(plan, BOOT_PARAMS, sizeof(*bp));
}

/* [SDM] 3A 4.5: IDENTITY_MAP from 0, by pages of 2 MiB. */
static void paging_plan(struct bl_plan *plan, struct arena *arena)
{
	uint64_t *pd = arena_low(arena, PAGE_DIRECTORY);

	*(uint64_t *)arena_low(arena, PML4) = PDPT | PTE_FLAGS;
	*(uint64_t *)arena_low(arena, PDPT) = PAGE_DIRECTORY | PTE_FLAGS;
	for (uint64_t i = 0; i < PAGE_ENTRIES; i++)
		pd[i] = i * MIB(2) | PTE_FLAGS | PTE_LARGE;
	extent_add_low(plan, PML4, PAGE_DIRECTORY + PAGE_SIZE - PML4);
	_Static_assert(IDENTITY_MAP == PAGE_ENTRIES * MIB(2) &&
		       PAGE_DIRECTORY - PML4 == 2 * PAGE_SIZE,
		       "three pages in a row map all of it");
}

static int pvh_plan(struct bl_plan *plan, struct arena *arena,
		    const struct e820_map *map, struct bl_error *err)
{
	const struct pvh_args args = {
		.cmdline_gpa = (uint32_t)plan->cmdline_gpa,
		.initrd_gpa = plan->initrd_gpa,
		.initrd_size = (uint32_t)plan->initrd_size,
	};
	struct hvm_start_info *info = arena_low(arena, START_INFO);
	int code = pvh_build(info, START_INFO, START_INFO_SIZE, map, &args);

	if (code != 0)
		return fail(err, BL_STAGE_MAP, code, map->count, 0);
	info->rsdp_paddr = plan->rsdp_gpa; /* the VMM's may be above 4 GiB */
	extent_add_low(plan, START_INFO, START_INFO_SIZE);
	return 0;
}

static void cpu_plan(struct bl_plan *plan, struct arena *arena,
		     const struct bl_request *request)
{
	const struct bl_kernel *k = request->kernel;
	const bool pvh = request->entry == BL_ENTRY_PVH;
	const uint64_t slide = plan->kernel_gpa - k->start;

	memcpy(arena_low(arena, STUB_GDT), gdt, sizeof(gdt));
	extent_add_low(plan, STUB_GDT, sizeof(gdt));
	plan->cpu = (struct bl_cpu){
		.rip = pvh ? k->entry_pvh : k->entry + slide,
		.rsi = pvh ? 0 : BOOT_PARAMS,
		.rbx = pvh ? START_INFO : 0,
		.rsp = FW_STACK_TOP,
		.rflags = RFLAGS_FIXED,
		.cr0 = CR0_PE | CR0_ET | (pvh ? 0 : CR0_PG),
		.cr3 = pvh ? 0 : PML4,
		.cr4 = pvh ? 0 : CR4_PAE,
		.efer = pvh ? 0 : EFER_LME | EFER_LMA,
		.gdt_gpa = STUB_GDT,
		.gdt_limit = sizeof(gdt) - 1,
		.cs = pvh ? SEL_CODE32 : SEL_CODE64,
		.ds = SEL_DATA,
		.ss = SEL_DATA,
		.tr = pvh ? SEL_TSS : 0,
		.mtrr_def_type = MTRR_DEF_WB_ON,
	};
}

/* The kernel finds what we placed for it in plain RAM. */
static void map_publish(struct bl_plan *plan, const struct e820_map *map)
{
	plan->map_count = map->count;
	for (uint32_t i = 0; i < map->count; i++)
		plan->map[i] = (struct bl_range){
			(uint64_t)map->range[i].start << PAGE_SHIFT,
			(uint64_t)(map->range[i].end - map->range[i].start)
				<< PAGE_SHIFT,
			map->range[i].type};
}

static void extents_sort(struct bl_plan *plan)
{
	for (uint32_t i = 1; i < plan->extent_count; i++) {
		struct bl_extent x = plan->extent[i];
		uint32_t at = i;

		for (; at > 0 && plan->extent[at - 1].gpa > x.gpa; at--)
			plan->extent[at] = plan->extent[at - 1];
		plan->extent[at] = x;
	}
}

/* Is all of it RAM of the map?  Ranges are disjoint: each step leaves one of
 * them behind for good. */
static bool in_ram(const struct bl_request *request, uint64_t gpa,
		   uint64_t size)
{
	uint64_t left = size;

	while (left > 0) {
		uint64_t at = gpa + (size - left), part = 0;

		for (uint32_t i = 0; i < request->map_count; i++) {
			const struct bl_range *r = &request->map[i];

			if (r->type == E820_RAM && at - r->gpa < r->size)
				part = r->size - (at - r->gpa);
		}
		if (part == 0)
			return false;
		left -= part < left ? part : left;
	}
	return true;
}

/* Whatever the parts did: no two extents meet, and all lie in the RAM that the
 * request spoke of. */
static int extents_check(const struct bl_plan *plan,
			 const struct bl_request *request, struct bl_error *err)
{
	for (uint32_t i = 0; i < plan->extent_count; i++) {
		const struct bl_extent *x = &plan->extent[i];

		if (!in_ram(request, x->gpa, x->size))
			return fail(err, BL_STAGE_MAP, ERR_RANGE, x->gpa, 0);
		if (i > 0 && x[-1].gpa + x[-1].size > x->gpa)
			return fail(err, BL_STAGE_MAP, ERR_OVERLAP, x->gpa,
				    x[-1].gpa + x[-1].size);
	}
	return 0;
}

int bl_plan_build(struct bl_plan *plan, const struct bl_request *request,
		  struct bl_error *err)
{
	struct arena arena = {request->arena, request->arena_size, {0, 0, 0}};
	struct e820_map map;
	int code = request_check(request, err);

	if (code != 0)
		return code;
	memset(plan, 0, sizeof(*plan));
	memset(arena.bytes, 0, (size_t)bl_arena_size(request));
	plan->entry = request->entry;
	code = place_map(&map, request, err);
	if (code == 0)
		code = cmdline_plan(plan, &arena, request, err);
	if (code == 0)
		code = tables_plan(plan, &arena, &map, request, err);
	if (code == 0)
		code = place_kernel(plan, &map, request, err);
	if (code == 0)
		code = place_initrd(plan, &map, request, err);
	if (code != 0)
		return code;
	kernel_extents(plan, request->kernel);
	if (plan->initrd_size != 0)
		extent_add(plan, plan->initrd_gpa, plan->initrd_size,
			   BL_FROM_INITRD, 0);
	e820_retype(&map, E820_LOADED, E820_RAM);
	map_publish(plan, &map);
	if (request->entry == BL_ENTRY_PVH) {
		code = pvh_plan(plan, &arena, &map, err);
	} else {
		linux_plan(plan, &arena, &map, request);
		paging_plan(plan, &arena);
	}
	launch_plan(plan, &arena, request);
	cpu_plan(plan, &arena, request);
	extents_sort(plan);
	return code != 0 ? code : extents_check(plan, request, err);
}
