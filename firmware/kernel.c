/* SPDX-License-Identifier: BSD-2-Clause */
/* kernel.c - tells bzImage, PVH ELF and multiboot apart. */
#include "firmware/kernel.h"
#include "core/abi/elf.h"
#include "core/layout.h"
#include "core/le.h"
#include "firmware/fwcfg.h"
#include "firmware/log.h"
#include "firmware/memory.h"
#include "firmware/panic.h"

extern const char pvh_start[]; /* fw.elf's entry; in a ROM no kernel's */

static struct boot_params *zero_page(void)
{
	return (struct boot_params *)BOOT_PARAMS;
}

static uint32_t kernel_size(void)
{
	return fwcfg_number("kernel size", FW_CFG_KERNEL_SIZE, 4);
}

static uint32_t kernel_address(void)
{
	return fwcfg_number("kernel address", FW_CFG_KERNEL_ADDR, 4);
}

static uint32_t kernel_entry(void)
{
	return fwcfg_number("kernel entry", FW_CFG_KERNEL_ENTRY, 4);
}

static uint32_t initrd_size(void)
{
	return fwcfg_number("initrd size", FW_CFG_INITRD_SIZE, 4);
}

/* Only QEMU fills in the header, and says so by its loader type; then the
 * header already tells what numeric keys would.  Without it, or with data
 * appended to the kernel (-dtb), ask. */
static void bzimage_sizes(struct kernel *k)
{
	const struct setup_header *h = &zero_page()->hdr;
	bool qemu = fwcfg_transport() == FWCFG_DMA_QEMU;
	bool filled_in = qemu && h->type_of_loader == LOADER_TYPE_QEMU;

	k->initrd.size = filled_in ? h->ramdisk_size : initrd_size();
	k->size = k->image.body_size;
	if (qemu && k->size != 0 && h->setup_data == 0)
		return;
	k->size = kernel_size();
	k->size_sure = true;
	if (k->size == 0 || k->size < k->image.body_size)
		panic_limit("bzImage", ERR_TRUNCATED, k->size,
			    k->image.body_size);
}

void kernel_place(struct kernel *k, struct e820_map *map)
{
	struct fault fault;
	pfn_t limit = k->image.entry64 ? memory_low_limit(map) : PFN_4G;

	if (bzimage_place(&k->image, k->size, map, limit, &k->plan, &fault) !=
	    0)
		panic_fault("bzImage", &fault);
	log_numbers("bzImage, %-bit entry at #", k->image.entry64 ? 64 : 32,
		    k->plan.entry_gpa);
}

void kernel_claim(struct e820_map *map, const char *what, uint32_t start,
		  uint32_t size)
{
	pfn_t first = start >> PAGE_SHIFT;
	pfn_t end = first + page_count((start & (PAGE_SIZE - 1)) + size);

	if (start < HIGH_START || size > UINT32_MAX - start ||
	    !e820_is_ram(map, first, end))
		panic_limit(what, ERR_NO_ROOM, start, size);
	memory_reserve(map, start, size, E820_LOADED);
}

/* The segments are in guest memory already: nothing else may go there.  False
 * if it is fw.elf itself, which QEMU was given as a kernel. */
static bool pvh_find(struct kernel *k, struct e820_map *map)
{
	uint32_t start = kernel_address(), size = kernel_size();

	k->entry_gpa = kernel_entry();
	if (k->entry_gpa == (uintptr_t)pvh_start)
		return false;
	k->kind = KERNEL_PVH;
	if (k->entry_gpa - start >= size)
		panic_err("ELF kernel's entry", ERR_RANGE);
	kernel_claim(map, "ELF kernel", start, size);
	k->initrd.size = initrd_size();
	log_numbers("ELF, PVH entry at #", k->entry_gpa, 0);
	return true;
}

/* QEMU hands over kernel and modules as one blob, and the information
 * structure as the initrd. */
static void multiboot_find(struct kernel *k, struct e820_map *map)
{
	k->kind = KERNEL_MULTIBOOT;
	k->size_sure = true;
	k->load_gpa = kernel_address();
	k->entry_gpa = kernel_entry();
	if (k->entry_gpa < k->load_gpa ||
	    k->entry_gpa - k->load_gpa >= k->size)
		panic("the kernel is neither bzImage, ELF nor multiboot");
	kernel_claim(map, "multiboot kernel", k->load_gpa, k->size);
	log_line("multiboot");
}

/* QEMU answers for a key that it has not with zeros.  Others are asked for a
 * size first, and may refuse even that.  (Static: a DMA that was given up may
 * still come.) */
static RARE bool keys_empty(void)
{
	static uint32_t size NOINIT;

	size = 0;
	return fwcfg_read_gpa(FW_CFG_KERNEL_SIZE, (uintptr_t)&size, 4) != 0 ||
	       *(volatile uint32_t *)&size == 0;
}

bool kernel_find(struct kernel *k, struct e820_map *map)
{
	struct fault fault;
	int err;

	if (fwcfg_transport() != FWCFG_DMA_QEMU && keys_empty())
		return false;
	k->initrd.key = FW_CFG_INITRD_DATA;
	k->cmdline.key = FW_CFG_CMDLINE_DATA;
	fwcfg_read("kernel header", FW_CFG_SETUP_DATA, BOOT_PARAMS,
		   SETUP_WINDOW);
	err = bzimage_parse(&k->image, zero_page(), SETUP_WINDOW, &fault);
	if (err == 0) {
		bzimage_sizes(k);
		kernel_place(k, map);
		return true;
	}
	if (word_at(zero_page()) == ELF_MAGIC)
		return pvh_find(k, map);
	if (err != ERR_MAGIC)
		panic_fault("bzImage header", &fault);
	k->size = kernel_size();
	if (k->size == 0)
		return false;
	multiboot_find(k, map);
	return true;
}
