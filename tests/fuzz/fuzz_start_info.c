/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_start_info.c - any memory as a PVH loader's start_info, its lists and
 * its command line: what is accepted was told, lies in memory and below 4 GiB,
 * and is read again from what pvh_build() makes of it; memory is not written.
 *
 * Input: a mode, where start_info is; then all of the memory (mode even), or
 * numbers for a start_info whose lists are in it (mode odd). */
#include "tests/fuzz/map.h"

#include "core/pvh.h"
#include "core/start_info.h"

#define BASE     0x9000  /* guest address of the memory */
#define MEMORY   0x4000
#define HEAD     0x100   /* in memory, where the mode makes one */
#define MODULES  0x200
#define CMDLINES 0x300
#define ENTRIES  0x400
#define ENTRIES_MAX 512  /* start_info.c reads as many */

static struct hvm_start_info head;
static struct hvm_memmap_entry entry[ENTRIES_MAX];

/* Copies a piece of guest memory.  False: it is not all there. */
static bool copy(void *dst, const uint8_t *memory, uint64_t gpa, size_t size)
{
	if (!range_fits(gpa - BASE, size, MEMORY))
		return false;
	memcpy(dst, memory + (gpa - BASE), size);
	return true;
}

/* Every page of the map was told by an entry. */
static void told_check(const struct e820_map *map)
{
	for (uint32_t i = 0; i < map->count; i++) {
		const struct e820_range *r = &map->range[i];
		bool told = false;

		for (uint32_t k = 0; k < head.memmap_entries; k++) {
			const struct e820_entry e = {
				entry[k].addr, entry[k].size, entry[k].type};

			told |= told_by(&e, (gpa_t)r->start << PAGE_SHIFT,
					r->type);
		}
		PROPERTY(told);
	}
}

static void module_check(const struct start_info *info, const uint8_t *memory,
			 uint32_t i)
{
	const struct start_module *have = &info->module[i];
	struct hvm_modlist_entry m = {0};

	if (i < head.nr_modules)
		PROPERTY(copy(&m, memory,
			      head.modlist_paddr + i * sizeof(m), sizeof(m)));
	PROPERTY(have->size == m.size);
	if (m.size == 0)
		return;
	PROPERTY(have->gpa == m.paddr);
	PROPERTY(range_fits(have->gpa - BASE, have->size, MEMORY));
}

static void cmdline_check(const struct start_info *info, const uint8_t *memory)
{
	const char *text = (const char *)memory + (info->cmdline_gpa - BASE);

	PROPERTY(info->cmdline_gpa == head.cmdline_paddr);
	if (info->cmdline_gpa == 0) {
		PROPERTY(info->cmdline_len == 0);
		return;
	}
	PROPERTY(range_fits(info->cmdline_gpa - BASE,
			    (uint64_t)info->cmdline_len + 1, MEMORY));
	PROPERTY(strlen(text) == info->cmdline_len);
}

/* What we hand to a kernel is a start_info too. */
static void again_check(const struct start_info *info,
			const struct e820_map *map)
{
	static uint8_t page[0x2000];
	const struct gmem mem = {(uintptr_t)page, BASE, sizeof(page)};
	const struct pvh_args args = {0, 0, 0, info->rsdp_gpa};
	struct start_info again;
	struct e820_map same;
	struct fault f;

	PROPERTY(pvh_build(page, BASE, sizeof(page), map, &args) == 0);
	if (map->count == 0)
		return;
	/* two ranges less than there can be, or the last cannot be added */
	if (map->count > E820_RANGES_MAX - 1)
		return;
	PROPERTY(start_info_parse(&again, &same, &mem, BASE, &f) == 0);
	PROPERTY(again.rsdp_gpa == info->rsdp_gpa);
	PROPERTY(same.count == map->count);
	for (uint32_t i = 0; i < map->count; i++)
		PROPERTY(map->range[i].end == PFN_MAX ||
			 memcmp(&same.range[i], &map->range[i],
				sizeof(same.range[i])) == 0);
}

static void accepted(const struct start_info *info, const struct e820_map *map,
		     const uint8_t *memory, uint32_t gpa)
{
	PROPERTY(copy(&head, memory, gpa, sizeof(head)));
	PROPERTY(head.magic == HVM_START_MAGIC && head.version != 0);
	PROPERTY(head.memmap_entries <= ENTRIES_MAX);
	PROPERTY(copy(entry, memory, head.memmap_paddr,
		      head.memmap_entries * sizeof(entry[0])));
	PROPERTY(info->rsdp_gpa == head.rsdp_paddr);
	map_check(map);
	told_check(map);
	for (uint32_t i = 0; i < START_INFO_MODULES; i++)
		module_check(info, memory, i);
	cmdline_check(info, memory);
	again_check(info, map);
}

/* A start_info that is nearly right, with numbers of the input in places. */
static uint32_t memory_make(uint8_t *memory, struct input *in)
{
	struct hvm_start_info h = {
		.magic = HVM_START_MAGIC, .version = 1,
		.nr_modules = (uint32_t)take(in, 1) % 4,
		.modlist_paddr = BASE + MODULES,
		.cmdline_paddr = BASE + CMDLINES,
		.memmap_paddr = BASE + ENTRIES,
		.rsdp_paddr = take(in, 3),
	};
	uint32_t at = ENTRIES, odd;

	for (uint32_t i = 0; i < 3; i++) {
		struct hvm_modlist_entry m = {.paddr = BASE + take(in, 2)};

		m.size = take(in, 2);
		memcpy(memory + MODULES + i * sizeof(m), &m, sizeof(m));
	}
	odd = (uint32_t)take(in, 1);
	if (odd < sizeof(h)) /* one byte of it is something else */
		((uint8_t *)&h)[odd] = (uint8_t)take(in, 1);
	while (in->left > 0 && at + 24 <= MEMORY) {
		uint32_t how = (uint32_t)take(in, 1);
		struct hvm_memmap_entry e = {
			take(in, 2) << (how & 31), take(in, 2) << (how >> 3),
			1 + (how & 3), 0};

		if (how == 0xff)
			e.addr = take(in, 8);
		memcpy(memory + at, &e, sizeof(e));
		at += sizeof(e);
		h.memmap_entries++;
	}
	memcpy(memory + CMDLINES, "quiet", 5);
	memcpy(memory + HEAD, &h, sizeof(h));
	return BASE + HEAD;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	uint32_t mode = (uint32_t)take(&in, 1), gpa;
	uint8_t *memory = calloc(1, MEMORY), *before;
	const struct gmem mem = {(uintptr_t)memory, BASE, MEMORY};
	struct start_info info;
	struct e820_map map;
	struct fault f = {0};
	int err;

	PROPERTY(memory != NULL);
	if (mode & 1) {
		gpa = memory_make(memory, &in);
	} else {
		gpa = (uint32_t)take(&in, 4);
		memcpy(memory, in.at, in.left < MEMORY ? in.left : MEMORY);
	}
	before = exact_copy(memory, MEMORY);
	err = start_info_parse(&info, &map, &mem, gpa, &f);
	PROPERTY(memcmp(memory, before, MEMORY) == 0);
	PROPERTY(err == 0 || (err < 0 && f.code == err));
	if (err == 0)
		accepted(&info, &map, memory, gpa);
	free(before);
	free(memory);
	return 0;
}
