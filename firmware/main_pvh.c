/* SPDX-License-Identifier: BSD-2-Clause */
/* main_pvh.c - fw.elf: from a PVH loader to the kernel.
 *
 * On entry: see start_pvh.asm, "On exit".  The loader has set the machine up:
 * chipset, MTRRs, memory map and tables are its own, and nothing of them is
 * written.  What is ours lies where fw.bin has it (core/layout.h). */
#include "core/layout.h"
#include "core/rsdp.h"
#include "core/start_info.h"
#include "firmware/about.h"
#include "firmware/boot.h"
#include "firmware/fwcfg.h"
#include "firmware/log.h"
#include "firmware/main.h"
#include "firmware/memory.h"
#include "firmware/named.h"
#include "firmware/panic.h"
#include "firmware/stage.h"

extern const char image_end[]; /* linker/fw_elf.ld.S */

/* What we write to of low memory; no tables go there. */
static const struct {
	pfn_t start, end;
} own[] = {
	{SCRATCH >> PAGE_SHIFT, SCRATCH_END >> PAGE_SHIFT},
	{FW_RAM >> PAGE_SHIFT, OWN_TABLES >> PAGE_SHIFT},
	{CMDLINE >> PAGE_SHIFT, SMBIOS_TABLES >> PAGE_SHIFT},
};

static bool in_ram(const struct e820_map *map, uint32_t gpa, uint32_t size)
{
	pfn_t first = gpa >> PAGE_SHIFT;

	return size == 0 ||
	       e820_is_ram(map, first,
			   first + page_count((gpa & (PAGE_SIZE - 1)) + size));
}

/* Nothing may be placed over what the loader has placed.  All is looked at
 * before any is marked: two modules may share a page. */
static void modules_keep(const struct start_info *info, struct e820_map *map)
{
	const struct start_module *m = info->module;
	uint32_t size = (uint32_t)image_end - FW_ELF;

	if (!in_ram(map, FW_ELF, size))
		panic_limit("fw.elf", ERR_NO_ROOM, FW_ELF, size);
	for (uint32_t i = 0; i < START_INFO_MODULES; i++)
		if (!in_ram(map, m[i].gpa, m[i].size))
			panic_limit("module", ERR_NO_ROOM, m[i].gpa,
				    m[i].size);
	memory_reserve(map, FW_ELF, size, E820_LOADED);
	for (uint32_t i = 0; i < START_INFO_MODULES; i++)
		memory_reserve(map, m[i].gpa, m[i].size, E820_LOADED);
	/* not RAM, or a module's */
	for (uint32_t i = 0; i < ARRAY_COUNT(own); i++)
		if (!e820_is_ram(map, own[i].start, own[i].end))
			panic_limit("our own memory", ERR_NO_ROOM,
				    own[i].start << PAGE_SHIFT,
				    own[i].end << PAGE_SHIFT);
}

/* The line may be where we are about to write. */
static void cmdline_keep(struct start_info *info)
{
	memmove((void *)CMDLINE, (const void *)info->cmdline_gpa,
		info->cmdline_len);
	info->cmdline_gpa = CMDLINE;
}

static void start_info_read(struct start_info *info, struct e820_map *map,
			    uint32_t gpa)
{
	struct fault fault;

	if (start_info_parse(info, map, &memory_window, gpa, &fault) != 0)
		panic_record("start_info entry", &fault);
	modules_keep(info, map);
	cmdline_keep(info);
	log_numbers("% MiB below 4 GiB, RAM ends at page #",
		    e820_ram_end(map, PFN_4G) >> (20 - PAGE_SHIFT),
		    e820_ram_end(map, PFN_MAX));
}

/* What fw_cfg does not bring, the loader may have. */
static void payload_complete(struct kernel *k, struct e820_map *map,
			     const struct start_info *info, bool fwcfg)
{
	const struct start_module *m = info->module;

	if (!(fwcfg ? payload_find(k, map, info) : module_find(k, map, info)))
		panic("none was given: see docs/vmm.md, \"fw.elf\"");
	if (k->initrd.size == 0 && !k->module)
		k->initrd = (struct blob){.gpa = m[0].gpa, .size = m[0].size};
	if (k->cmdline.key == 0)
		k->cmdline = (struct blob){.gpa = info->cmdline_gpa,
					   .size = info->cmdline_len};
}

void fw_main(uint32_t cpuid1_edx, uint32_t start_info)
{
	static struct e820_map map NOINIT;
	static struct kernel kernel;
	static struct start_info info;
	bool fwcfg;

	(void)cpuid1_edx;
	stage_mark(MARK_FIRMWARE_START);
	log_setup();
	stage_set(STAGE_MEMORY);
	log_line(about.text);
	start_info_read(&info, &map, start_info);
	stage_set(STAGE_FWCFG);
	fwcfg = fwcfg_setup();
	stage_set(STAGE_KERNEL);
	payload_complete(&kernel, &map, &info, fwcfg);
	stage_set(STAGE_ACPI);
	if (info.rsdp_gpa == 0)
		info.rsdp_gpa = rsdp_find(&memory_window);
	log_numbers("RSDP at #", info.rsdp_gpa, 0);
	stage_set(STAGE_LOAD);
	boot(&kernel, &map, info.rsdp_gpa);
}
