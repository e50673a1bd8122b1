/* SPDX-License-Identifier: BSD-2-Clause */
/* boot.c - command line and initrd, the same for every protocol. */
#include "firmware/boot.h"
#include "core/layout.h"
#include "firmware/fwcfg.h"
#include "firmware/log.h"
#include "firmware/panic.h"
#include "firmware/stage.h"

/* QEMU fills a read past the end with zeros, so one read of what is allowed
 * and one byte more both brings the line and shows whether it is too long. */
void boot_load_cmdline(uint32_t limit)
{
	char *line = (char *)CMDLINE;
	uint32_t len;

	if (limit > CMDLINE_MAX - 1)
		limit = CMDLINE_MAX - 1;
	len = limit + 1;
	if (fwcfg_transport() != FWCFG_DMA_QEMU) {
		len = fwcfg_number("command line", FW_CFG_CMDLINE_SIZE, 4);
		if (len > limit + 1)
			panic_limit("command line", ERR_TOO_LONG, len, limit);
	}
	fwcfg_read("command line", FW_CFG_CMDLINE_DATA, CMDLINE, len);
	if (len <= limit)
		line[len] = '\0';
	else if (line[limit] != '\0')
		panic_limit("command line", ERR_TOO_LONG, len, limit);
}

gpa_t boot_load_initrd(struct e820_map *map, uint32_t size,
		       uint32_t initrd_max, bool above_4g)
{
	struct fault fault;
	gpa_t gpa;

	if (size == 0)
		return 0;
	if (initrd_place(map, size, initrd_max, above_4g, &gpa, &fault) != 0)
		panic_fault("initrd", &fault);
	fwcfg_read("initrd", FW_CFG_INITRD_DATA, gpa, size);
	log_numbers("initrd at page #, % bytes", (pfn_t)(gpa >> PAGE_SHIFT),
		    size);
	return gpa;
}

void boot_finish(struct e820_map *map)
{
	e820_retype(map, E820_LOADED, E820_RAM);
	stage_set(STAGE_ENTER);
	log_line("go");
	stage_mark(MARK_FIRMWARE_DONE);
}
