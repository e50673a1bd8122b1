/* SPDX-License-Identifier: BSD-2-Clause */
/* verify_pvh.c - hvm_start_info and its lists.
 * Source: [PVH] start_info.h; [LINUX] arch/x86/platform/pvh/enlighten.c, which
 * reads the low 32 bits of addresses and copies no more than 127 ranges. */
#include "host-loader/lib/verify.h"

#include "core/abi/pvh.h"
#include "core/base.h"

#define MEMMAP_MAX   127
#define CMDLINE_SIZE 2048 /* [LINUX] asm/setup.h COMMAND_LINE_SIZE */

static void map_read(struct verify *v, const struct hvm_start_info *info)
{
	uint32_t count = info->memmap_entries;
	uint64_t gpa = info->memmap_paddr;
	struct hvm_memmap_entry e;

	if (!verify_rule(v, RULE_MAP_COUNT, count >= 1 && count <= MEMMAP_MAX,
			 count, MEMMAP_MAX))
		count = count == 0 ? 0 : MEMMAP_MAX;
	verify_claim(v, OWNER_PVH, gpa, count * sizeof(e));
	for (uint32_t i = 0; i < count; i++, gpa += sizeof(e)) {
		if (!verify_rule(v, RULE_PVH_MAP,
				 verify_read(v, gpa, &e, sizeof(e)), gpa, 0))
			return;
		verify_map_add(v, e.addr, e.size, e.type);
	}
}

/* The first module is the initrd; Linux looks at no other. */
static void modules_verify(struct verify *v, const struct hvm_start_info *info)
{
	struct hvm_modlist_entry m;

	if (info->nr_modules == 0)
		return;
	if (!verify_rule(v, RULE_PVH_MODULES,
			 verify_read(v, info->modlist_paddr, &m, sizeof(m)),
			 info->modlist_paddr, info->nr_modules))
		return;
	verify_claim(v, OWNER_PVH, info->modlist_paddr, sizeof(m));
	verify_claim(v, OWNER_INITRD, m.paddr, m.size);
	verify_rule(v, RULE_PVH_MODULE_LOW, range_fits(m.paddr, m.size, GIB(4)),
		    m.paddr, m.size);
	verify_rule(v, RULE_INITRD_MEMORY,
		    verify_map_is(v, m.paddr, m.size, MAP_TYPE(E820_RAM)),
		    m.paddr, m.size);
}

static void cmdline_verify(struct verify *v, uint64_t gpa)
{
	if (gpa == 0)
		return;
	v->cmdline_gpa = gpa;
	v->cmdline_size = verify_string(v, gpa, CMDLINE_SIZE);
	verify_rule(v, RULE_CMDLINE_END, v->cmdline_size != 0, gpa,
		    CMDLINE_SIZE);
	verify_rule(v, RULE_PVH_CMDLINE_LOW,
		    gpa < GIB(4) && range_fits(gpa, v->cmdline_size, GIB(4)),
		    gpa, GIB(4));
	verify_claim(v, OWNER_CMDLINE, gpa, v->cmdline_size);
}

void verify_pvh(struct verify *v)
{
	uint64_t gpa = v->cpu->rbx;
	struct hvm_start_info info;

	if (!verify_rule(v, RULE_PVH_INFO,
			 gpa != 0 && range_fits(gpa, sizeof(info), GIB(4)) &&
				 verify_read(v, gpa, &info, sizeof(info)),
			 gpa, GIB(4)))
		return;
	verify_claim(v, OWNER_PVH, gpa, sizeof(info));
	verify_rule(v, RULE_PVH_MAGIC, info.magic == HVM_START_MAGIC,
		    info.magic, HVM_START_MAGIC);
	verify_rule(v, RULE_PVH_VERSION, info.version >= 1, info.version, 1);
	map_read(v, &info);
	verify_map(v);
	modules_verify(v, &info);
	cmdline_verify(v, info.cmdline_paddr);
	v->rsdp_gpa = info.rsdp_paddr;
}
