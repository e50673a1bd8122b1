/* SPDX-License-Identifier: BSD-2-Clause */
/* tables.c - runs core's builders on the host: the same source as in fw.bin,
 * so the same bytes. */
#include "host-loader/lib/tables.h"

#include "version.h"

#include "core/about.h"
#include "core/acpi_script.h"
#include "core/pc_tables.h"
#include "core/smbios.h"
#include "host-loader/lib/board.h"
#include "host-loader/lib/fail.h"
#include "host-loader/lib/hwreduced.h"
#include "host-loader/lib/pc_devices.h"
#include "host-loader/lib/place.h"
#include "host-loader/lib/script.h"

extern const uint8_t aml_dsdt[]; /* from acpi/dsdt.asl */
extern const uint32_t aml_dsdt_size;

uint64_t tables_room(const struct bl_request *request)
{
	if (request->tables == BL_TABLES_SCRIPT)
		return script_room(request);
	if (request->tables == BL_TABLES_HWREDUCED)
		return align_up(hwreduced_room(request), PAGE_SIZE);
	return 0;
}

/* Takes the highest place for the high part of the arena; behind it the window
 * has one more page, which is not the guest's: the RSDP is linked there, and
 * then put into the EBDA. */
static int high_place(struct arena *arena, struct e820_map *map, uint64_t room,
		      pfn_t *start, struct bl_error *err)
{
	if (arena->size - LOW_SIZE < room + PAGE_SIZE)
		return fail(err, BL_STAGE_ARENA, ERR_NO_ROOM, arena->size,
			    LOW_SIZE + room + PAGE_SIZE);
	if (room > IDENTITY_MAP ||
	    e820_find(map, (uint32_t)(room >> PAGE_SHIFT), 1,
		      HIGH_START >> PAGE_SHIFT, LIMIT_PFN, start) != 0)
		return fail(err, BL_STAGE_TABLES, ERR_NO_ROOM, room,
			    IDENTITY_MAP);
	arena->high = (struct gmem){(uintptr_t)(arena->bytes + LOW_SIZE),
				    (gpa_t)*start << PAGE_SHIFT,
				    room + PAGE_SIZE};
	return 0;
}

/* Of zone FSEG the RSDP alone is taken: the page that it was linked in is not
 * the guest's, and what else came to stand there cannot be moved. */
static int files_extents(struct bl_plan *plan, const struct arena *arena,
			 const struct acpi_result *result, uint32_t high_end,
			 struct bl_error *err)
{
	for (uint32_t i = 0; i < result->file_count; i++) {
		const struct acpi_file *f = &result->file[i];

		if (f->gpa == 0 || f->gpa == result->rsdp_gpa)
			continue;
		if (f->gpa >= high_end)
			return fail(err, BL_STAGE_TABLES, ERR_UNSUPPORTED,
				    f->size, 0);
		extent_add(plan, f->gpa, f->size, BL_FROM_ARENA,
			   LOW_SIZE + f->gpa - arena->high.gpa);
	}
	return 0;
}

/* The RSDP holds the addresses of others and nobody holds its own: it can be
 * moved. */
static void rsdp_move(struct bl_plan *plan, struct arena *arena,
		      const struct acpi_result *result)
{
	const void *from = gmem_at(&arena->high, result->rsdp_gpa,
				   result->rsdp_size);

	if (result->rsdp_gpa == 0 || from == NULL)
		return;
	memcpy(arena_low(arena, EBDA_RSDP), from, result->rsdp_size);
	extent_add_low(plan, EBDA_RSDP, result->rsdp_size);
	plan->rsdp_gpa = EBDA_RSDP;
}

static int script_plan(struct bl_plan *plan, struct arena *arena,
		       struct e820_map *map, const struct bl_request *request,
		       struct bl_error *err)
{
	const struct bl_span *script = blob_find(request, SCRIPT_NAME);
	struct script_host host = {.request = request, .plan = plan,
				   .arena = arena};
	const struct items items = script_items(&host);
	uint64_t room = script_room(request);
	struct acpi_place place = {.mem = &arena->high, .map = map};
	struct acpi_result result;
	struct fault fault;
	pfn_t start;
	int code;

	if (script == NULL || script->size > UINT32_MAX)
		return fail(err, BL_STAGE_TABLES, ERR_ABSENT, 0, 0);
	code = high_place(arena, map, room, &start, err);
	if (code != 0)
		return code;
	place.high_floor = start;
	place.high_limit = start + (pfn_t)(room >> PAGE_SHIFT);
	place.fseg_gpa = (uint32_t)place.high_limit << PAGE_SHIFT;
	place.fseg_end = place.fseg_gpa + (EBDA_MP - EBDA_RSDP);
	host.result = &result;
	if (acpi_script_run(script->bytes, (uint32_t)script->size, &items,
			    &place, &result, &fault) != 0)
		return fail_fault(err, BL_STAGE_TABLES, &fault);
	code = files_extents(plan, arena, &result,
			     (uint32_t)place.high_limit << PAGE_SHIFT, err);
	rsdp_move(plan, arena, &result);
	return code != 0 ? code : script_launch(&host, err);
}

/* Processors and devices: there is nothing else on this board. */
static int pc_check(const struct bl_request *request, struct fault *fault)
{
	const struct bl_board board = {
		.apic_id = request->board->apic_id,
		.cpu_count = request->board->cpu_count,
		.mmio = request->board->mmio,
		.mmio_count = request->board->mmio_count,
	};
	struct bl_request r = *request;

	r.board = &board;
	r.ecam_size = 0;
	return board_check(&r, fault);
}

static int pc_plan(struct bl_plan *plan, struct arena *arena,
		   struct e820_map *map, const struct bl_request *request,
		   struct bl_error *err)
{
	struct table_block block = {arena_low(arena, OWN_TABLES), OWN_TABLES,
				    OWN_TABLES_SIZE, 0};
	struct pc_board board = {
		.apic_id = request->board->apic_id,
		.cpu_count = request->board->cpu_count,
		.cpu_signature = request->board->cpu_signature,
		.cpu_features = request->board->cpu_features,
		.no_rtc = !request->board->rtc,
		.dsdt = aml_dsdt,
		.dsdt_size = aml_dsdt_size,
	};
	struct acpi_rsdp *rsdp = arena_low(arena, EBDA_RSDP);
	struct fault fault;

	if (pc_check(request, &fault) != 0 ||
	    pc_tables_build(&board, &block, rsdp, arena_low(arena, EBDA_MP),
			    &fault) != 0 ||
	    pc_devices_add(&block, request->board, rsdp, &fault) != 0)
		return fail_fault(err, BL_STAGE_TABLES, &fault);
	extent_add_low(plan, OWN_TABLES, block.used);
	extent_add_low(plan, EBDA_RSDP, sizeof(struct acpi_rsdp));
	extent_add_low(plan, EBDA_MP, sizeof(struct mp_floating));
	plan->rsdp_gpa = EBDA_RSDP;
	/* The kernel goes on writing to the PM1 registers in there. */
	return place_reserve(map, OWN_TABLES, OWN_TABLES_SIZE, E820_NVS, err);
}

static int hwreduced_plan(struct bl_plan *plan, struct arena *arena,
			  struct e820_map *map,
			  const struct bl_request *request,
			  struct bl_error *err)
{
	uint64_t room = tables_room(request);
	struct table_block block;
	struct fault fault;
	pfn_t start;
	int code = high_place(arena, map, room, &start, err);

	if (code != 0)
		return code;
	block = (struct table_block){arena->bytes + LOW_SIZE, arena->high.gpa,
				     (uint32_t)room, 0};
	if (hwreduced_build(request, &block, arena_low(arena, EBDA_RSDP),
			    &fault) != 0)
		return fail_fault(err, BL_STAGE_TABLES, &fault);
	extent_add(plan, block.gpa, block.used, BL_FROM_ARENA, LOW_SIZE);
	extent_add_low(plan, EBDA_RSDP, sizeof(struct acpi_rsdp));
	plan->rsdp_gpa = EBDA_RSDP;
	return place_reserve(map, block.gpa, block.used, E820_ACPI, err);
}

static int smbios_plan(struct bl_plan *plan, struct arena *arena,
		       struct e820_map *map, const struct bl_request *request,
		       struct bl_error *err)
{
	static const struct about_bios bios = ABOUT_BIOS(BEELINE_VERSION);
	const struct bl_span *from = &request->smbios;
	uint8_t *tables = arena_low(arena, SMBIOS_TABLES);
	int used;

	/* the ROM's entry point points here, whatever there is */
	if (from->size == 0 && !request->launch_rom)
		return 0;
	if (from->size > SMBIOS_MAX - PAGE_SIZE)
		return fail(err, BL_STAGE_SMBIOS, ERR_TOO_LONG, from->size,
			    SMBIOS_MAX - PAGE_SIZE);
	if (from->size != 0)
		memcpy(tables, from->bytes, (size_t)from->size);
	used = smbios_add_bios(tables, (uint32_t)from->size, SMBIOS_MAX, &bios,
			       ABOUT_BIOS_SIZE(BEELINE_VERSION));
	used = smbios_close(tables, (uint32_t)used, SMBIOS_MAX);
	if (used < 0)
		return fail(err, BL_STAGE_SMBIOS, used, from->size, SMBIOS_MAX);
	extent_add_low(plan, SMBIOS_TABLES, (uint32_t)used);
	plan->smbios_gpa = SMBIOS_TABLES;
	return place_reserve(map, SMBIOS_TABLES, (uint32_t)used, E820_RESERVED,
			     err);
}

int tables_plan(struct bl_plan *plan, struct arena *arena,
		struct e820_map *map, const struct bl_request *request,
		struct bl_error *err)
{
	int code = 0;

	/* [ACPI] 5.2.5.1: where the first KiB of the EBDA is, for kernels that
	 * look for the RSDP themselves. */
	*(uint16_t *)arena_low(arena, BDA_EBDA_WORD) = EBDA >> 4;
	extent_add_low(plan, BDA_EBDA_WORD, sizeof(uint16_t));
	switch (request->tables) {
	case BL_TABLES_NONE:
		plan->rsdp_gpa = request->rsdp_gpa;
		break;
	case BL_TABLES_SCRIPT:
		code = script_plan(plan, arena, map, request, err);
		break;
	case BL_TABLES_PC:
		code = pc_plan(plan, arena, map, request, err);
		break;
	case BL_TABLES_HWREDUCED:
		code = hwreduced_plan(plan, arena, map, request, err);
		break;
	default:
		code = fail(err, BL_STAGE_TABLES, ERR_UNSUPPORTED,
			    request->tables, BL_TABLES_HWREDUCED);
	}
	return code != 0 ? code : smbios_plan(plan, arena, map, request, err);
}
