/* SPDX-License-Identifier: BSD-2-Clause */
/* boot_linux.c - a bzImage by its 64- or 32-bit entry.
 * Source: [BOOT] "32-bit Boot Protocol", "64-bit Boot Protocol". */
#include "core/boot_params.h"
#include "core/layout.h"
#include "firmware/boot.h"
#include "firmware/cpu.h"
#include "firmware/enter.h"
#include "firmware/fwcfg.h"
#include "firmware/memory.h"
#include "firmware/paging.h"
#include "firmware/panic.h"

static void body_load(const struct kernel *k)
{
	if (k->body_gpa != 0)
		memmove((void *)k->plan.load_gpa, (const void *)k->body_gpa,
			k->size);
	else
		fwcfg_read("kernel", FW_CFG_KERNEL_DATA, k->plan.load_gpa,
			   k->size);
}

/* The header said how much to read; the read itself says nothing of a file
 * that is shorter, it is filled with zeros.  So a zero as the last byte is the
 * sign to ask; a good kernel seldom ends with one. */
static void body_check(const struct kernel *k, const uint8_t *body)
{
	uint32_t have;

	if (k->size_sure || body[k->size - 1] != 0)
		return;
	have = fwcfg_number("kernel size", FW_CFG_KERNEL_SIZE, 4);
	if (have < k->size)
		panic_limit("bzImage", ERR_TRUNCATED, have, k->size);
}

/* With -dtb QEMU appends a setup_data node to the kernel and points at where
 * it would be had the kernel gone to QEMU's own address.  There the kernel
 * would unpack itself over it: give it a place of its own. */
static uint32_t setup_data_move(const struct kernel *k, const uint8_t *body,
				struct e820_map *map, uint64_t pointer)
{
	uint64_t off = pointer - fwcfg_number("kernel address",
					      FW_CFG_KERNEL_ADDR, 4);
	struct setup_data *to;
	uint32_t gpa, size = sizeof(*to);

	if (range_fits(off, size, k->size)) {
		to = (struct setup_data *)(uintptr_t)(body + (uint32_t)off);
		size += to->len;
	}
	if (!range_fits(off, size, k->size) || size < sizeof(*to))
		panic_err("setup_data", ERR_RANGE);
	gpa = memory_take(map, "setup_data", size, E820_LOADED);
	to = (struct setup_data *)gpa;
	memcpy(to, body + (uint32_t)off, size);
	to->next = 0;
	return gpa;
}

void boot_linux(struct kernel *k, struct e820_map *map, uint32_t rsdp)
{
	struct boot_params *bp = (struct boot_params *)BOOT_PARAMS;
	struct boot_args args = {
		.load_gpa = k->plan.load_gpa,
		.cmdline_gpa = CMDLINE,
		.rsdp_gpa = rsdp,
		.initrd_size = k->initrd.size,
		.map = map,
	};
	/* kernel_place has put it below 4 GiB, in RAM */
	const uint8_t *body = (const uint8_t *)k->plan.load_gpa;

	if (k->image.entry64 && !(cpu_id(CPUID_EXTENDED, 0).edx & CPUIDX_LM))
		panic_err("64-bit mode", ERR_UNSUPPORTED);
	body_load(k);
	body_check(k, body);
	boot_load_cmdline(&k->cmdline, k->image.cmdline_max);
	if (k->image.version >= SETUP_V2_09 && bp->hdr.setup_data != 0)
		args.setup_data_gpa =
			setup_data_move(k, body, map, bp->hdr.setup_data);
	args.initrd_gpa = boot_load_initrd(&k->initrd, map,
					   k->image.initrd_max,
					   k->image.above_4g);
	boot_finish(map);
	boot_params_clear(bp);
	boot_params_build(bp, &args);
	if (k->image.entry64)
		enter_linux64(k->plan.entry_gpa, BOOT_PARAMS, paging_build());
	enter_linux32(k->plan.entry_gpa, BOOT_PARAMS);
}
