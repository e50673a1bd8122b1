/* SPDX-License-Identifier: BSD-2-Clause */
/* boot_params.c - the zero page, field by field. */
#include "core/boot_params.h"

#define HEADER_LEN_OFFSET 0x201
#define HEADER_BASE       0x202

void boot_params_clear(struct boot_params *bp, uint32_t keep_e820)
{
	uint8_t *page = (uint8_t *)bp;
	uint32_t end = HEADER_BASE + page[HEADER_LEN_OFFSET];
	uint32_t map = offsetof(struct boot_params, e820);
	uint32_t map_end = map + keep_e820 * (uint32_t)sizeof(bp->e820[0]);

	if (end > SETUP_WINDOW)
		end = SETUP_WINDOW;
	memset(page, 0, SETUP_HEADER_OFFSET);
	memset(page + end, 0, map - end);
	memset(page + map_end, 0, sizeof(*bp) - map_end);
}

void boot_params_build(struct boot_params *bp, const struct boot_args *args)
{
	struct setup_header *h = &bp->hdr;

	bp->acpi_rsdp_addr = args->rsdp_gpa;
	bp->e820_entries = (uint8_t)args->e820_count;
	bp->ext_ramdisk_image = (uint32_t)(args->initrd_gpa >> 32);
	bp->ext_ramdisk_size = (uint32_t)(args->initrd_size >> 32);
	bp->ext_cmd_line_ptr = (uint32_t)(args->cmdline_gpa >> 32);
	if (h->type_of_loader == 0)
		h->type_of_loader = LOADER_TYPE_UNDEF;
	/* there is no real-mode heap: we never enter there */
	h->loadflags &= (uint8_t)~CAN_USE_HEAP;
	h->code32_start = (uint32_t)args->load_gpa;
	h->ramdisk_image = (uint32_t)args->initrd_gpa;
	h->ramdisk_size = (uint32_t)args->initrd_size;
	h->cmd_line_ptr = (uint32_t)args->cmdline_gpa;
	if (h->version >= SETUP_V2_09)
		h->setup_data = args->setup_data_gpa;
}
