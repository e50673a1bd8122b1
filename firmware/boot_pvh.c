/* SPDX-License-Identifier: BSD-2-Clause */
/* boot_pvh.c - an ELF kernel by its PVH entry.  Source: [PVH]. */
#include "core/layout.h"
#include "core/pvh.h"
#include "firmware/boot.h"
#include "firmware/enter.h"
#include "firmware/panic.h"

#define CMDLINE_LIMIT 4095 /* Linux takes 2047; other kernels, unknown */

void boot_pvh(struct kernel *k, struct e820_map *map, uint32_t rsdp)
{
	struct pvh_args args = {.cmdline_gpa = CMDLINE, .rsdp_gpa = rsdp};
	int err;

	boot_load_cmdline(&k->cmdline, CMDLINE_LIMIT);
	args.initrd_size = k->initrd.size;
	/* Linux uses the low half of the module's address only. */
	args.initrd_gpa = boot_load_initrd(&k->initrd, map, UINT32_MAX,
					   false);
	boot_finish(map);
	err = pvh_build((void *)START_INFO, START_INFO, START_INFO_SIZE, map,
			&args);
	if (err != 0)
		panic_err("hvm_start_info", err);
	enter_pvh(k->entry_gpa, START_INFO);
}
