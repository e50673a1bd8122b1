/* SPDX-License-Identifier: BSD-2-Clause */
/* multiboot.c - memory map and memory sizes. */
#include "core/multiboot.h"
#include "core/layout.h"

/* KiB of RAM from start on, as far as it goes without a gap. */
static uint32_t ram_kib(const struct e820_map *map, gpa_t start)
{
	uint64_t kib;

	for (uint32_t i = 0; i < map->count; i++) {
		const struct e820_entry *e = &map->entry[i];

		/* where start lies below, start - addr wraps */
		if (e->type != E820_RAM || start - e->addr >= e->len)
			continue;
		kib = (e->len - (start - e->addr)) >> 10;
		return kib > UINT32_MAX ? UINT32_MAX : (uint32_t)kib;
	}
	return 0;
}

int multiboot_build(void *info, uint32_t len, void *mmap, gpa_t mmap_gpa,
		    uint32_t mmap_size, const struct e820_map *map)
{
	struct multiboot_info *mbi = info;
	struct multiboot_mmap *m = mmap;

	if (len < sizeof(*mbi))
		return ERR_TRUNCATED;
	if (mmap_size / sizeof(*m) < map->count)
		return ERR_NO_ROOM;
	/* A multiboot entry is an e820 entry behind its own size. */
	for (uint32_t i = 0; i < map->count; i++) {
		m[i].size = sizeof(map->entry[i]);
		memcpy(&m[i].addr, &map->entry[i], sizeof(map->entry[i]));
	}
	mbi->flags |= MULTIBOOT_INFO_MEMORY | MULTIBOOT_INFO_MMAP;
	mbi->mem_lower = ram_kib(map, 0);
	if (mbi->mem_lower > LEGACY_HOLE >> 10)
		mbi->mem_lower = LEGACY_HOLE >> 10;
	mbi->mem_upper = ram_kib(map, HIGH_START);
	mbi->mmap_addr = (uint32_t)mmap_gpa;
	mbi->mmap_length = map->count * (uint32_t)sizeof(*m);
	return 0;
}
