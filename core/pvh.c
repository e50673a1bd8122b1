/* SPDX-License-Identifier: BSD-2-Clause */
/* pvh.c - start_info first, then the module, then the memory map. */
#include "core/pvh.h"

struct pvh_page {
	struct hvm_start_info info;
	struct hvm_modlist_entry module;
	struct hvm_memmap_entry memmap[];
} PACKED;

int pvh_build(void *page, uint32_t gpa, uint32_t size,
	      const struct e820_map *map, const struct pvh_args *args)
{
	struct pvh_page *p = page;
	uint32_t need = (uint32_t)sizeof(*p) +
			map->count * (uint32_t)sizeof(p->memmap[0]);

	if (need > size)
		return ERR_NO_ROOM;
	memset(p, 0, need);
	p->info.magic = HVM_START_MAGIC;
	p->info.version = 1;
	p->info.cmdline_paddr = args->cmdline_gpa;
	p->info.rsdp_paddr = args->rsdp_gpa;
	p->info.memmap_paddr = gpa + offsetof(struct pvh_page, memmap);
	p->info.memmap_entries = map->count;
	if (args->initrd_size != 0) {
		p->info.nr_modules = 1;
		p->info.modlist_paddr = gpa + offsetof(struct pvh_page, module);
		p->module.paddr = args->initrd_gpa;
		p->module.size = args->initrd_size;
	}
	/* An e820 entry is a memmap entry without its last, reserved, field. */
	e820_write(map, p->memmap, sizeof(p->memmap[0]));
	return 0;
}
