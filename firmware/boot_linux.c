/* SPDX-License-Identifier: BSD-2-Clause */
/* boot_linux.c - a bzImage by its 64- or 32-bit entry.
 * Source: [BOOT] "32-bit Boot Protocol", "64-bit Boot Protocol". */
#include "core/boot_params.h"
#include "core/layout.h"
#include "firmware/boot.h"
#include "firmware/enter.h"
#include "firmware/fwcfg.h"
#include "firmware/memory.h"
#include "firmware/paging.h"
#include "firmware/panic.h"

#define PAGE 4096

/* The header said how much to read; the read itself says nothing of a file
 * that is shorter, it is filled with zeros.  A kernel ends with a CRC, so a
 * zero as its last byte is the sign to ask. */
static void body_check(const struct kernel *k, const uint8_t *body)
{
	uint32_t have;

	if (k->size_sure || body[k->size - 1] != 0)
		return;
	have = (uint32_t)fwcfg_number("kernel size", FW_CFG_KERNEL_SIZE, 4);
	if (have < k->size)
		panic_limit("bzImage", ERR_TRUNCATED, have, k->size);
}

/* With -dtb QEMU appends a setup_data node to the kernel and points at where
 * it would be had the kernel gone to QEMU's own address.  There the kernel
 * would unpack itself over it: give it a place of its own. */
static gpa_t setup_data_move(const struct kernel *k, const uint8_t *body,
			     struct e820_map *map, gpa_t pointer)
{
	const struct gmem file = {
		.host = (uintptr_t)body,
		.gpa = fwcfg_number("kernel address", FW_CFG_KERNEL_ADDR, 4),
		.size = k->size,
	};
	const struct setup_data *from =
		gmem_at(&file, pointer, sizeof(*from));
	struct setup_data *to;
	uint32_t size = 0;
	gpa_t gpa;

	if (from != NULL && from->len <= k->size - sizeof(*from)) {
		size = (uint32_t)sizeof(*from) + from->len;
		from = gmem_at(&file, pointer, size);
	}
	if (from == NULL || size == 0)
		panic_err("setup_data", ERR_RANGE);
	if (e820_find(map, PAGE, &gpa, HIGH_START, memory_low_limit(map),
		      size) != 0)
		panic_err("setup_data", ERR_NO_ROOM);
	memory_reserve(map, gpa, align_up(size, PAGE), E820_LOADED);
	to = (struct setup_data *)(uintptr_t)gpa;
	memcpy(to, from, size);
	to->next = 0;
	return gpa;
}

void boot_linux(struct kernel *k, struct e820_map *map, gpa_t rsdp)
{
	struct boot_params *bp = (struct boot_params *)BOOT_PARAMS;
	struct boot_args args = {
		.load_gpa = k->plan.load_gpa,
		.cmdline_gpa = CMDLINE,
		.rsdp_gpa = rsdp,
	};
	uint64_t setup_data = k->image.version >= SETUP_V2_09
				      ? bp->hdr.setup_data
				      : 0;
	uint32_t entry = (uint32_t)k->plan.entry_gpa;
	/* kernel_find has placed it below 4 GiB, in RAM */
	const uint8_t *body = (const uint8_t *)(uintptr_t)k->plan.load_gpa;

	fwcfg_read("kernel", FW_CFG_KERNEL_DATA, k->plan.load_gpa, k->size);
	body_check(k, body);
	boot_load_cmdline(k->image.cmdline_max);
	if (setup_data != 0)
		args.setup_data_gpa = setup_data_move(k, body, map,
						      setup_data);
	args.initrd_size = k->initrd_size;
	args.initrd_gpa = boot_load_initrd(map, k->initrd_size,
					   k->image.initrd_max,
					   k->image.above_4g);
	boot_finish(map);
	args.e820_count = map->count;
	boot_params_clear(bp, map->count);
	boot_params_build(bp, &args);
	if (k->image.entry64)
		enter_linux64(entry, BOOT_PARAMS, paging_build());
	enter_linux32(entry, BOOT_PARAMS);
}
