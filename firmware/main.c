/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - fw.bin: from flat protected mode to the kernel.
 *
 * On entry: see start.asm, "On exit".  Everything our own lies below 640 KiB
 * (core/layout.h); nothing above 1 MiB is written before the kernel's extent
 * is known.  The order is the order of docs/boot.md. */
#include "core/abi/x86.h"
#include "core/layout.h"
#include "firmware/about.h"
#include "firmware/boot.h"
#include "firmware/chipset.h"
#include "firmware/cpu.h"
#include "firmware/fwcfg.h"
#include "firmware/log.h"
#include "firmware/main.h"
#include "firmware/memory.h"
#include "firmware/named.h"
#include "firmware/panic.h"
#include "firmware/stage.h"
#include "firmware/tables.h"

/* Without it Linux 6.1 turns PAT off and maps DAX windows uncached. */
static void mtrr_setup(uint32_t cpuid1_edx)
{
	if (cpuid1_edx & CPUID1_MTRR)
		cpu_write_msr(MSR_MTRR_DEF, MTRR_DEF_WB_ON);
}

void fw_main(uint32_t cpuid1_edx, uint32_t start_info)
{
	static struct chipset chipset;
	static struct e820_map map NOINIT;
	static struct kernel kernel;
	uint32_t rsdp;

	(void)start_info; /* nobody has called us */
	stage_mark(MARK_FIRMWARE_START);
	log_setup();
	stage_set(STAGE_FWCFG);
	log_line(about.text);
	if (!fwcfg_setup())
		panic("the host offers no fw_cfg device");
	stage_set(STAGE_CHIPSET);
	mtrr_setup(cpuid1_edx);
	chipset_setup(&chipset);
	stage_set(STAGE_MEMORY);
	memory_setup(&map, &chipset);
	stage_set(STAGE_KERNEL);
	if (!payload_find(&kernel, &map, NULL))
		panic("none was given: start QEMU with -kernel");
	stage_set(STAGE_ACPI);
	rsdp = tables_acpi(&map);
	stage_set(STAGE_SMBIOS);
	tables_smbios(&map);
	stage_set(STAGE_LOAD);
	boot(&kernel, &map, rsdp);
}
