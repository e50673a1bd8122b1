/* SPDX-License-Identifier: BSD-2-Clause */
/* boot_params.c - the zero page, field by field. */
#include "core/boot_params.h"

#define HEADER_LEN_OFFSET 0x201
#define HEADER_BASE       0x202

void boot_params_clear(struct boot_params *bp)
{
	uint8_t *page = (uint8_t *)bp;
	uint32_t end = HEADER_BASE + page[HEADER_LEN_OFFSET];

	memset(page, 0, SETUP_HEADER_OFFSET);
	if (end < SETUP_WINDOW)
		memset(page + end, 0, SETUP_WINDOW - end);
}

void boot_params_build(struct boot_params *bp, const struct boot_args *args)
{
	struct setup_header *h = &bp->hdr;

	bp->acpi_rsdp_addr = args->rsdp_gpa;
	bp->e820_entries = (uint8_t)args->map->count;
	e820_write(args->map, bp->e820, sizeof(bp->e820[0]));
	bp->ext_ramdisk_image = (uint32_t)(args->initrd_gpa >> 32);
	if (h->type_of_loader == 0)
		h->type_of_loader = LOADER_TYPE_UNDEF;
	/* there is no real-mode heap: we never enter there */
	h->loadflags &= (uint8_t)~CAN_USE_HEAP;
	h->code32_start = args->load_gpa;
	h->ramdisk_image = (uint32_t)args->initrd_gpa;
	h->ramdisk_size = args->initrd_size;
	h->cmd_line_ptr = args->cmdline_gpa;
	if (h->version >= SETUP_V2_09)
		h->setup_data = args->setup_data_gpa;
}

_Static_assert(E820_RANGES_MAX <= E820_MAX_ENTRIES,
	       "a whole map fits into the zero page");
