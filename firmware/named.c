/* SPDX-License-Identifier: BSD-2-Clause */
/* named.c - reads the file whole, then takes it apart: one read, and what was
 * checked is what is used. */
#include "firmware/named.h"
#include "core/elf.h"
#include "core/layout.h"
#include "firmware/fwcfg.h"
#include "firmware/log.h"
#include "firmware/memory.h"
#include "firmware/panic.h"

#define OURS  "opt/org.beeline/"
#define QEMUS "etc/boot/" /* QEMU 10 has the kernel as it was given there */

/* The file of one name or the other, if it has any bytes. */
static RARE bool item_find(struct blob *out, const char *ours,
			   const char *qemus)
{
	const struct items *items = fwcfg_items();
	struct item item;

	if (items->find(items->ctx, ours, &item) != 0 &&
	    items->find(items->ctx, qemus, &item) != 0)
		return false;
	*out = (struct blob){.key = (uint16_t)item.key, .size = item.size};
	return item.size != 0;
}

static void bzimage_take(struct kernel *k, struct e820_map *map,
			 const struct blob *file)
{
	const uint8_t *bytes = (const uint8_t *)file->gpa;
	struct boot_params *bp = (struct boot_params *)BOOT_PARAMS;
	struct fault fault;

	if (file->size < SETUP_WINDOW)
		panic_limit("kernel", ERR_TRUNCATED, file->size, SETUP_WINDOW);
	/* a module is the host's to change: the copy is what is looked at */
	memset(bp, 0, CLEAR_END - BOOT_PARAMS);
	memcpy(bp, bytes, SETUP_WINDOW);
	if (bzimage_parse(&k->image, bp, SETUP_WINDOW, &fault) != 0)
		panic_fault("kernel", &fault);
	if (file->size <= k->image.setup_size ||
	    file->size - k->image.setup_size < k->image.body_size)
		panic_limit("bzImage", ERR_TRUNCATED, file->size,
			    k->image.setup_size);
	if (k->image.version >= SETUP_V2_09)
		bp->hdr.setup_data = 0;
	k->body_gpa = file->gpa + k->image.setup_size;
	k->size = file->size - k->image.setup_size;
	k->size_sure = true;
	kernel_place(k, map);
}

static void elf_take(struct kernel *k, struct e820_map *map,
		     const struct blob *file)
{
	static struct elf_kernel elf NOINIT;
	const uint8_t *bytes = (const uint8_t *)file->gpa;
	struct fault fault;

	if (elf_parse(&elf, bytes, file->size, &fault) != 0)
		panic_record("ELF kernel's segment", &fault);
	if (elf.entry_pvh == 0)
		panic("the ELF kernel has no PVH entry");
	if (elf.end > UINT32_MAX)
		panic_err("ELF kernel", ERR_NO_ROOM);
	kernel_claim(map, "ELF kernel", (uint32_t)elf.start,
		     (uint32_t)(elf.end - elf.start));
	for (uint32_t i = 0; i < elf.count; i++) {
		const struct elf_segment *s = &elf.segment[i];
		uint8_t *to = (uint8_t *)(uintptr_t)s->gpa;
		uint32_t have = (uint32_t)s->file_size;

		memmove(to, bytes + (uint32_t)s->off, have);
		memset(to + have, 0, (uint32_t)s->size - have);
	}
	k->kind = KERNEL_PVH;
	k->entry_gpa = elf.entry_pvh;
	log_numbers("ELF, PVH entry at #", k->entry_gpa, 0);
}

/* A file that lies in memory, marked E820_LOADED. */
static RARE void file_take(struct kernel *k, struct e820_map *map,
			   const struct blob *file)
{
	if (elf_magic((const void *)file->gpa, file->size))
		elf_take(k, map, file);
	else
		bzimage_take(k, map, file);
}

static RARE bool named_find(struct kernel *k, struct e820_map *map)
{
	struct blob file;

	if (!item_find(&file, OURS "kernel", QEMUS "kernel"))
		return false;
	file.gpa = memory_take(map, "kernel", file.size, E820_LOADED);
	fwcfg_read("kernel", file.key, file.gpa, file.size);
	file_take(k, map, &file);
	(void)item_find(&k->initrd, OURS "initrd", QEMUS "initrd");
	(void)item_find(&k->cmdline, OURS "cmdline", QEMUS "cmdline");
	return true;
}

RARE bool module_find(struct kernel *k, struct e820_map *map,
		      const struct start_info *info)
{
	const struct start_module *m = info->module;
	const struct blob file = {.gpa = m[0].gpa, .size = m[0].size};

	if (file.size == 0)
		return false;
	file_take(k, map, &file);
	k->initrd = (struct blob){.gpa = m[1].gpa, .size = m[1].size};
	k->module = true;
	return true;
}

bool payload_find(struct kernel *k, struct e820_map *map,
		  const struct start_info *info)
{
	bool qemu = fwcfg_transport() == FWCFG_DMA_QEMU;

	return (qemu && kernel_find(k, map)) || named_find(k, map) ||
	       (info != NULL && module_find(k, map, info)) ||
	       (!qemu && kernel_find(k, map));
}
