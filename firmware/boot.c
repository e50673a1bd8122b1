/* SPDX-License-Identifier: BSD-2-Clause */
/* boot.c - command line and initrd, the same for every protocol. */
#include "firmware/boot.h"
#include "core/layout.h"
#include "firmware/fwcfg.h"
#include "firmware/log.h"
#include "firmware/panic.h"
#include "firmware/stage.h"

static RARE void cmdline_copy(const struct blob *from, uint32_t len)
{
	if (from->gpa != 0)
		memmove((void *)CMDLINE, (const void *)from->gpa, len);
	else
		fwcfg_read("command line", from->key, CMDLINE, len);
}

/* QEMU fills a read past the end with zeros, so one read of what is allowed
 * and one byte more both brings the line and shows whether it is too long. */
void boot_load_cmdline(const struct blob *from, uint32_t limit)
{
	char *line = (char *)CMDLINE;
	bool keys = from->key == FW_CFG_CMDLINE_DATA;
	uint32_t len;

	if (limit > CMDLINE_MAX - 1)
		limit = CMDLINE_MAX - 1;
	len = limit + 1;
	if (!keys)
		len = from->size;
	else if (fwcfg_transport() != FWCFG_DMA_QEMU)
		len = fwcfg_number("command line", FW_CFG_CMDLINE_SIZE, 4);
	if (len > limit + 1)
		panic_limit("command line", ERR_TOO_LONG, len, limit);
	if (keys)
		fwcfg_read("command line", FW_CFG_CMDLINE_DATA, CMDLINE, len);
	else
		cmdline_copy(from, len);
	if (len <= limit)
		line[len] = '\0';
	else if (line[limit] != '\0')
		panic_limit("command line", ERR_TOO_LONG, len, limit);
}

/* A module: it stays where its loader has put it. */
static RARE gpa_t initrd_keep(const struct blob *from, uint32_t initrd_max)
{
	if (!range_fits(from->gpa, from->size, (uint64_t)initrd_max + 1))
		panic_limit("initrd", ERR_NO_ROOM, from->gpa, initrd_max);
	return from->gpa;
}

gpa_t boot_load_initrd(const struct blob *from, struct e820_map *map,
		       uint32_t initrd_max, bool above_4g)
{
	struct fault fault;
	gpa_t gpa;

	if (from->size == 0)
		return 0;
	if (from->gpa != 0)
		return initrd_keep(from, above_4g ? UINT32_MAX : initrd_max);
	if (initrd_place(map, from->size, initrd_max, above_4g, &gpa,
			 &fault) != 0)
		panic_fault("initrd", &fault);
	fwcfg_read("initrd", from->key, gpa, from->size);
	log_numbers("initrd at page #, % bytes", (pfn_t)(gpa >> PAGE_SHIFT),
		    from->size);
	return gpa;
}

void boot_finish(struct e820_map *map)
{
	e820_retype(map, E820_LOADED, E820_RAM);
	stage_set(STAGE_ENTER);
	log_line("go");
	stage_mark(MARK_FIRMWARE_DONE);
}

void boot(struct kernel *k, struct e820_map *map, uint32_t rsdp)
{
	switch (k->kind) {
	case KERNEL_BZIMAGE:
		boot_linux(k, map, rsdp);
	case KERNEL_PVH:
		boot_pvh(k, map, rsdp);
	default:
		boot_multiboot(k, map);
	}
}
