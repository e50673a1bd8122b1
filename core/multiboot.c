/* SPDX-License-Identifier: BSD-2-Clause */
/* multiboot.c - memory map and memory sizes. */
#include "core/multiboot.h"
#include "core/layout.h"

/* KiB of RAM from a page on, as far as it goes without a gap. */
static uint32_t ram_kib(const struct e820_map *map, pfn_t start)
{
	const uint32_t page_kib = PAGE_SIZE >> 10;
	const struct e820_range *r = map->range;

	for (uint32_t i = map->count; i > 0; i--, r++) {
		if (r->type != E820_RAM || start < r->start || start >= r->end)
			continue;
		if (r->end - start > UINT32_MAX / page_kib)
			return UINT32_MAX;
		return (r->end - start) * page_kib;
	}
	return 0;
}

int multiboot_build(void *info, uint32_t len, void *mmap, uint32_t mmap_gpa,
		    uint32_t mmap_size, const struct e820_map *map)
{
	struct multiboot_info *mbi = info;
	struct multiboot_mmap *m = mmap;

	if (len < sizeof(*mbi))
		return ERR_TRUNCATED;
	if (mmap_size / sizeof(*m) < map->count)
		return ERR_NO_ROOM;
	/* A multiboot entry is an e820 entry behind its own size. */
	for (uint32_t i = 0; i < map->count; i++)
		m[i].size = sizeof(struct e820_entry);
	e820_write(map, &m->addr, sizeof(*m));
	mbi->flags |= MULTIBOOT_INFO_MEMORY | MULTIBOOT_INFO_MMAP;
	mbi->mem_lower = ram_kib(map, 0);
	if (mbi->mem_lower > LEGACY_HOLE >> 10)
		mbi->mem_lower = LEGACY_HOLE >> 10;
	mbi->mem_upper = ram_kib(map, HIGH_START >> PAGE_SHIFT);
	mbi->mmap_addr = mmap_gpa;
	mbi->mmap_length = map->count * (uint32_t)sizeof(*m);
	return 0;
}
