/* SPDX-License-Identifier: BSD-2-Clause */
/* place.c - finds room in the map; the rules of the map itself are core's. */
#include "host-loader/lib/place.h"
#include "core/bzimage.h"
#include "host-loader/lib/fail.h"

/* core/ reads a map in the format of etc/e820 and checks all of it. */
static int map_parse(struct e820_map *map, const struct bl_request *request,
		     struct bl_error *err)
{
	struct e820_entry entry[BL_RANGES_MAX];
	struct fault fault;

	if (request->map_count > BL_RANGES_MAX)
		return fail(err, BL_STAGE_MAP, ERR_TOO_MANY,
			    request->map_count, BL_RANGES_MAX);
	for (uint32_t i = 0; i < request->map_count; i++)
		entry[i] = (struct e820_entry){request->map[i].gpa,
					       request->map[i].size,
					       request->map[i].type};
	if (e820_parse(map, entry, request->map_count * sizeof(entry[0]),
		       &fault) != 0)
		return fail_fault(err, BL_STAGE_MAP, &fault);
	return 0;
}

int place_reserve(struct e820_map *map, uint64_t gpa, uint64_t size,
		  uint32_t type, struct bl_error *err)
{
	uint64_t end = align_up(gpa + size, PAGE_SIZE) >> PAGE_SHIFT;
	int code = ERR_WRAP;

	if (size <= MIB(1) << 20 && gpa <= MIB(1) << 20 && end <= PFN_MAX)
		code = e820_set(map, (pfn_t)(gpa >> PAGE_SHIFT), (pfn_t)end,
				type);
	return code == 0 ? 0 : fail(err, BL_STAGE_MAP, code, gpa, 0);
}

/* No kernel would use a window, nor tables tell of one, that lies in RAM. */
static int ecam_check(const struct e820_map *map,
		      const struct bl_request *request, struct bl_error *err)
{
	const uint64_t gpa = request->ecam_gpa, size = request->ecam_size;

	for (uint32_t i = 0; i < map->count && size != 0; i++) {
		const struct e820_range *r = &map->range[i];

		if (r->type == E820_RAM && gpa >> PAGE_SHIFT < r->end &&
		    r->start <= (gpa + size - 1) >> PAGE_SHIFT)
			return fail(err, BL_STAGE_MAP, ERR_OVERLAP, gpa,
				    (uint64_t)r->start << PAGE_SHIFT);
	}
	return 0;
}

/* Where a VMM has tables of its own in the hole, its word on that stands. */
static int hole_keep(struct e820_map *map, const struct bl_request *request,
		     struct bl_error *err)
{
	int code = 0;

	if (request->tables != BL_TABLES_NONE)
		return 0;
	for (uint32_t i = 0; i < request->map_count && code == 0; i++) {
		const struct bl_range *r = &request->map[i];
		uint64_t start = r->gpa, end = r->gpa + r->size;

		if (start < LEGACY_HOLE)
			start = LEGACY_HOLE;
		if (end > HIGH_START)
			end = HIGH_START;
		if (r->type != E820_RAM && start < end)
			code = place_reserve(map, start, end - start, r->type,
					     err);
	}
	return code;
}

int place_map(struct e820_map *map, const struct bl_request *request,
	      struct bl_error *err)
{
	const struct bl_range board[] = {
		{EBDA, EBDA_SIZE, E820_RESERVED},
		{LEGACY_HOLE, HIGH_START - LEGACY_HOLE, E820_HOLE},
		{request->ecam_gpa, request->ecam_size, E820_RESERVED},
		{ROM_BASE, ROM_SIZE, E820_RESERVED},
	};
	const pfn_t ebda = EBDA >> PAGE_SHIFT;
	int code = map_parse(map, request, err);

	if (code != 0)
		return code;
	if (!e820_is_ram(map, 0, FW_LOW_END >> PAGE_SHIFT) ||
	    !e820_is_ram(map, ebda, ebda + 1))
		return fail(err, BL_STAGE_MAP, ERR_NO_ROOM, FW_LOW_END, EBDA);
	code = ecam_check(map, request, err);
	for (uint32_t i = 0; i < ARRAY_COUNT(board) && code == 0; i++)
		if (board[i].size != 0)
			code = place_reserve(map, board[i].gpa, board[i].size,
					     board[i].type, err);
	return code != 0 ? code : hole_keep(map, request, err);
}

static pfn_t initrd_pages(const struct bl_request *request)
{
	if (request->initrd_size > UINT32_MAX)
		return PFN_MAX; /* which fits nowhere */
	return page_count((uint32_t)request->initrd_size);
}

/* Can the kernel be at start, and the initrd still somewhere? */
static bool slot_fits(const struct e820_map *map, pfn_t start, pfn_t pages,
		      const struct bl_request *request)
{
	struct e820_map after = *map;
	pfn_t initrd;

	if (pages > LIMIT_PFN || start > LIMIT_PFN - pages ||
	    !e820_is_ram(map, start, start + pages))
		return false;
	if (request->initrd_size == 0)
		return true;
	if (e820_set(&after, start, start + pages, E820_LOADED) != 0)
		return false;
	if (e820_find(&after, initrd_pages(request), 1,
		      HIGH_START >> PAGE_SHIFT, PFN_4G, &initrd) == 0)
		return true;
	return request->entry == BL_ENTRY_64 &&
	       e820_find(&after, initrd_pages(request), 1, PFN_4G, PFN_MAX,
			 &initrd) == 0;
}

/* Counts the slots from first on, and gives the one with that number. */
static uint32_t slots_walk(const struct e820_map *map, pfn_t first,
			   pfn_t pages, const struct bl_request *request,
			   uint32_t wanted, pfn_t *found)
{
	pfn_t step = (pfn_t)(request->kernel->alignment >> PAGE_SHIFT);
	uint32_t count = 0;

	for (pfn_t at = first; at < LIMIT_PFN; at += step) {
		if (!slot_fits(map, at, pages, request))
			continue;
		if (count++ == wanted)
			*found = at;
	}
	return count;
}

/* Where Linux was linked for is the lowest place that its own decompressor
 * would take; only a machine with little memory gets one below. */
static int slot_choose(const struct e820_map *map, pfn_t pages,
		       const struct bl_request *request, pfn_t *start)
{
	const struct bl_kernel *k = request->kernel;
	const pfn_t step = (pfn_t)(k->alignment >> PAGE_SHIFT);
	pfn_t first = *start, lowest = step + first % step;
	uint32_t count = slots_walk(map, first, pages, request, 0, start);

	if (count == 0) {
		first = lowest;
		count = slots_walk(map, first, pages, request, 0, start);
	}
	if (count == 0)
		return ERR_NO_ROOM;
	if (request->slide)
		slots_walk(map, first, pages, request,
			   (uint32_t)(request->slide_seed % count), start);
	return 0;
}

static int start_choose(const struct e820_map *map, pfn_t pages,
			const struct bl_request *request, pfn_t *start)
{
	if (request->kernel->relocatable && request->entry == BL_ENTRY_64)
		return slot_choose(map, pages, request, start);
	return slot_fits(map, *start, pages, request) ? 0 : ERR_NO_ROOM;
}

/* Says whether it was the initrd for which there is no room. */
static int no_room(const struct e820_map *map, pfn_t pages,
		   const struct bl_request *request, pfn_t start,
		   struct bl_error *err)
{
	struct bl_request alone = *request;

	alone.initrd_size = 0;
	if (start_choose(map, pages, &alone, &start) == 0)
		return fail(err, BL_STAGE_INITRD, ERR_NO_ROOM,
			    request->initrd_size, 0);
	return fail(err, BL_STAGE_PLACE, ERR_NO_ROOM,
		    (uint64_t)pages << PAGE_SHIFT, request->kernel->start);
}

int place_kernel(struct bl_plan *plan, struct e820_map *map,
		 const struct bl_request *request, struct bl_error *err)
{
	const struct bl_kernel *k = request->kernel;
	const uint64_t first = align_down(k->start, PAGE_SIZE);
	uint64_t size = align_up(k->end - first, PAGE_SIZE);
	pfn_t start = (pfn_t)(first >> PAGE_SHIFT), pages;
	int code;

	if (k->end > IDENTITY_MAP || k->start < HIGH_START)
		return fail(err, BL_STAGE_PLACE, ERR_NO_ROOM, k->start,
			    IDENTITY_MAP);
	pages = (pfn_t)(size >> PAGE_SHIFT);
	if (start_choose(map, pages, request, &start) != 0)
		return no_room(map, pages, request, start, err);
	code = e820_set(map, start, start + pages, E820_LOADED);
	if (code != 0)
		return fail(err, BL_STAGE_PLACE, code, size, k->start);
	plan->kernel_gpa = ((uint64_t)start << PAGE_SHIFT) + (k->start - first);
	plan->kernel_size = k->end - k->start;
	return 0;
}

int place_initrd(struct bl_plan *plan, struct e820_map *map,
		 const struct bl_request *request, struct bl_error *err)
{
	struct fault fault;

	plan->initrd_size = request->initrd_size;
	if (request->initrd_size == 0)
		return 0;
	if (request->initrd_size > UINT32_MAX)
		return fail(err, BL_STAGE_INITRD, ERR_TOO_LONG,
			    request->initrd_size, UINT32_MAX);
	if (initrd_place(map, (uint32_t)request->initrd_size, UINT32_MAX,
			 request->entry == BL_ENTRY_64, &plan->initrd_gpa,
			 &fault) != 0)
		return fail_fault(err, BL_STAGE_INITRD, &fault);
	return 0;
}
