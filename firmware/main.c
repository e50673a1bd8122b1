/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - from flat protected mode to the kernel.
 *
 * On entry: see start.asm, "On exit".  Everything our own lies below 640 KiB
 * (core/layout.h); nothing above 1 MiB is written before the kernel's extent
 * is known.  The order is the order of docs/boot.md. */
#include "core/abi/x86.h"
#include "core/layout.h"
#include "firmware/boot.h"
#include "firmware/chipset.h"
#include "firmware/cpu.h"
#include "firmware/fwcfg.h"
#include "firmware/log.h"
#include "firmware/memory.h"
#include "firmware/panic.h"
#include "firmware/stage.h"
#include "firmware/tables.h"
#include "version.h"

__attribute__((noreturn)) void fw_main(uint32_t cpuid1_edx);
__attribute__((noreturn)) void panic_no_sse2(void);

void panic_no_sse2(void)
{
	log_setup();
	panic("the processor has no SSE2");
}

/* Without it Linux 6.1 turns PAT off and maps DAX windows uncached. */
static void mtrr_setup(uint32_t cpuid1_edx)
{
	if (cpuid1_edx & CPUID1_MTRR)
		cpu_write_msr(MSR_MTRR_DEF, MTRR_DEF_WB_ON);
}

void fw_main(uint32_t cpuid1_edx)
{
	static struct chipset chipset;
	static struct e820_map map NOINIT;
	static struct kernel kernel;
	uint32_t rsdp;

	stage_mark(MARK_FIRMWARE_START);
	log_setup();
	stage_set(STAGE_FWCFG);
	log_line("Beeline " BEELINE_VERSION);
	fwcfg_setup();
	stage_set(STAGE_CHIPSET);
	mtrr_setup(cpuid1_edx);
	chipset_setup(&chipset);
	stage_set(STAGE_MEMORY);
	memory_setup(&map, &chipset);
	stage_set(STAGE_KERNEL);
	kernel_find(&kernel, &map);
	stage_set(STAGE_ACPI);
	rsdp = tables_acpi(&map);
	stage_set(STAGE_SMBIOS);
	tables_smbios(&map);
	stage_set(STAGE_LOAD);
	switch (kernel.kind) {
	case KERNEL_BZIMAGE:
		boot_linux(&kernel, &map, rsdp);
	case KERNEL_PVH:
		boot_pvh(&kernel, &map, rsdp);
	default:
		boot_multiboot(&kernel, &map);
	}
}
