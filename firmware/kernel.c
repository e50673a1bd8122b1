/* SPDX-License-Identifier: BSD-2-Clause */
/* kernel.c - tells bzImage, PVH ELF and multiboot apart. */
#include "firmware/kernel.h"
#include "core/elf.h"
#include "core/layout.h"
#include "core/le.h"
#include "firmware/fwcfg.h"
#include "firmware/log.h"
#include "firmware/memory.h"
#include "firmware/panic.h"

static struct boot_params *zero_page(void)
{
	return (struct boot_params *)BOOT_PARAMS;
}

static uint32_t kernel_size(void)
{
	return (uint32_t)fwcfg_number("kernel size", FW_CFG_KERNEL_SIZE, 4);
}

static uint32_t kernel_address(void)
{
	return (uint32_t)fwcfg_number("kernel address", FW_CFG_KERNEL_ADDR, 4);
}

static uint32_t kernel_entry(void)
{
	return (uint32_t)fwcfg_number("kernel entry", FW_CFG_KERNEL_ENTRY, 4);
}

static uint32_t initrd_size(void)
{
	return (uint32_t)fwcfg_number("initrd size", FW_CFG_INITRD_SIZE, 4);
}

/* Only QEMU fills in the header, and says so by its loader type; then the
 * header already tells what numeric keys would.  Without it, or with data
 * appended to the kernel (-dtb), ask. */
static void bzimage_sizes(struct kernel *k)
{
	const struct setup_header *h = &zero_page()->hdr;
	bool filled_in = h->type_of_loader == LOADER_TYPE_QEMU;

	k->initrd_size = filled_in ? h->ramdisk_size : initrd_size();
	k->size = (uint32_t)k->image.body_size;
	if (k->size != 0 && k->size == k->image.body_size &&
	    h->setup_data == 0 && fwcfg_transport() == FWCFG_DMA_QEMU)
		return;
	k->size = kernel_size();
	k->size_sure = true;
	if (k->size == 0 || k->size < k->image.body_size)
		panic_limit("bzImage", ERR_TRUNCATED, k->size,
			    (uint32_t)k->image.body_size);
}

static void bzimage_find(struct kernel *k, struct e820_map *map)
{
	struct fault fault;
	gpa_t limit = k->image.entry64 ? memory_low_limit(map) : GIB(4);

	bzimage_sizes(k);
	if (bzimage_place(&k->image, k->size, map, limit, &k->plan, &fault) !=
	    0)
		panic_fault("bzImage", &fault);
	log_numbers(k->image.entry64 ? "bzImage, protocol #, 64-bit entry at #"
				     : "bzImage, protocol #, 32-bit entry at #",
		    k->image.version, k->plan.entry_gpa);
}

/* The segments are in guest memory already: nothing else may go there. */
static void pvh_find(struct kernel *k, struct e820_map *map)
{
	struct elf_extent extent;
	uint32_t entry;
	gpa_t end;

	if (elf_extent_parse(&extent, zero_page(), SETUP_WINDOW, NULL) != 0) {
		extent.start = kernel_address();
		extent.end = extent.start + kernel_size();
	}
	k->kind = KERNEL_PVH;
	entry = kernel_entry();
	k->entry_gpa = entry;
	if (entry < extent.start || entry >= extent.end)
		panic_err("ELF kernel's entry", ERR_RANGE);
	/* QEMU lets segments reach below 1 MiB; there only we must not be. */
	if (extent.start < FW_LOW_END && extent.end > SCRATCH)
		panic("ELF kernel: its segments lie where the firmware works");
	end = align_up(extent.end, 4096);
	if (extent.start >= HIGH_START &&
	    !e820_is_ram(map, extent.start, end - extent.start))
		panic_err("ELF kernel", ERR_NO_ROOM);
	memory_reserve(map, extent.start, end - extent.start, E820_LOADED);
	k->initrd_size = initrd_size();
	log_numbers("ELF, PVH entry at #", k->entry_gpa, 0);
}

/* QEMU hands over kernel and modules as one blob, and the information
 * structure as the initrd. */
static void multiboot_find(struct kernel *k, struct e820_map *map)
{
	uint32_t load = kernel_address(), entry = kernel_entry();

	k->kind = KERNEL_MULTIBOOT;
	k->size_sure = true;
	k->load_gpa = load;
	k->entry_gpa = entry;
	if (entry < load || entry - load >= k->size)
		panic("the kernel is neither bzImage, ELF nor multiboot");
	if (load < HIGH_START || !e820_is_ram(map, load, k->size))
		panic_err("multiboot kernel", ERR_NO_ROOM);
	memory_reserve(map, load, k->size, E820_LOADED);
	log_line("multiboot");
}

void kernel_find(struct kernel *k, struct e820_map *map)
{
	struct fault fault;
	int err;

	*k = (struct kernel){.kind = KERNEL_BZIMAGE};
	fwcfg_read("kernel header", FW_CFG_SETUP_DATA, BOOT_PARAMS,
		   SETUP_WINDOW);
	err = bzimage_parse(&k->image, zero_page(), SETUP_WINDOW, &fault);
	if (err == 0) {
		bzimage_find(k, map);
		return;
	}
	if (elf_magic(zero_page(), SETUP_WINDOW)) {
		pvh_find(k, map);
		return;
	}
	if (err != ERR_MAGIC)
		panic_fault("bzImage header", &fault);
	k->size = kernel_size();
	if (k->size == 0)
		panic("none was given: start QEMU with -kernel");
	multiboot_find(k, map);
}
