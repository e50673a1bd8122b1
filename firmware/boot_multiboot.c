/* SPDX-License-Identifier: BSD-2-Clause */
/* boot_multiboot.c - a Multiboot 1 kernel as QEMU hands it over.
 * Source: [MB] 3.2, 3.3; QEMU hw/i386/multiboot.c. */
#include "core/layout.h"
#include "core/multiboot.h"
#include "firmware/boot.h"
#include "firmware/enter.h"
#include "firmware/fwcfg.h"
#include "firmware/memory.h"
#include "firmware/panic.h"

void boot_multiboot(struct kernel *k, struct e820_map *map)
{
	uint32_t info = fwcfg_number("multiboot information",
				     FW_CFG_INITRD_ADDR, 4);
	uint32_t size = fwcfg_number("multiboot information",
				     FW_CFG_INITRD_SIZE, 4);
	int err;

	/* QEMU wants it in low memory: pointers inside it say where. */
	if (size > SCRATCH || info > SCRATCH - size ||
	    info <= BDA_EBDA_WORD + 1)
		panic_err("multiboot information", ERR_RANGE);
	if (!e820_is_ram(map, info >> PAGE_SHIFT, page_count(info + size)))
		panic_err("multiboot information", ERR_NO_ROOM);
	fwcfg_read("kernel", FW_CFG_KERNEL_DATA, k->load_gpa, k->size);
	fwcfg_read("multiboot information", FW_CFG_INITRD_DATA, info, size);
	boot_finish(map);
	err = multiboot_build((void *)info, size, (void *)START_INFO,
			      START_INFO, START_INFO_SIZE, map);
	if (err != 0)
		panic_err("multiboot information", err);
	enter_multiboot(k->entry_gpa, info, MULTIBOOT_BOOT_MAGIC);
}
