/* SPDX-License-Identifier: BSD-2-Clause */
/* tables.c - runs the ACPI script, places SMBIOS. */
#include "firmware/tables.h"
#include "core/acpi_script.h"
#include "core/layout.h"
#include "core/rsdp.h"
#include "core/smbios.h"
#include "firmware/about.h"
#include "firmware/fwcfg.h"
#include "firmware/log.h"
#include "firmware/memory.h"
#include "firmware/own_tables.h"
#include "firmware/panic.h"

#define SCRIPT_FILE "etc/table-loader"
#define SMBIOS_FILE "etc/smbios/smbios-tables"
#define SCRIPT_GROWS (4 * (uint32_t)sizeof(struct loader_command))

/* A script longer than the scratch area (some 110 tables) is read into memory
 * that it may keep. */
static void *script_room(struct e820_map *map, uint32_t size)
{
	if (size <= SCRATCH_SCRIPT_MAX)
		return (void *)SCRATCH_SCRIPT;
	return (void *)memory_take(map, SCRIPT_FILE, size, E820_ACPI);
}

static uint32_t script_run(struct e820_map *map, const struct item *item)
{
	const struct items *items = fwcfg_items();
	struct acpi_place place = {
		.mem = &memory_window,
		.map = map,
		.high_floor = HIGH_START >> PAGE_SHIFT,
		.high_limit = memory_low_limit(map),
		.fseg_gpa = EBDA_RSDP,
		.fseg_end = EBDA_MP,
	};
	static struct acpi_result result NOINIT;
	/* The directory was read before the chipset was programmed; on q35 that
	 * makes the script longer by two commands, for the MCFG.  QEMU fills a
	 * read past the end with commands 0. */
	bool grows = fwcfg_transport() == FWCFG_DMA_QEMU &&
		     item->size <= UINT32_MAX - SCRIPT_GROWS;
	const struct item longer = {
		item->key, item->size + (grows ? SCRIPT_GROWS : 0)};
	struct fault fault;
	void *script = script_room(map, longer.size);
	int err = items->read(items->ctx, &longer, script, longer.size);

	if (err != 0)
		panic_err(SCRIPT_FILE, err);
	if (acpi_script_run(script, longer.size, items, &place, &result,
			    &fault) != 0)
		panic_record(SCRIPT_FILE " command", &fault);
	log_numbers("% files, RSDP at #", result.file_count, result.rsdp_gpa);
	if (result.skipped != 0)
		log_numbers("% files are missing or empty", result.skipped, 0);
	return result.rsdp_gpa;
}

/* What the VMM has placed itself.  An RSDP that leads to tables of our own is
 * ours, from before a reset. */
static RARE uint32_t placed_find(void)
{
	uint32_t rsdp = rsdp_find(&memory_window);

	if (rsdp == 0 || ((const struct acpi_rsdp *)rsdp)->xsdt_gpa -
				 OWN_TABLES < OWN_TABLES_SIZE)
		return 0;
	log_numbers("the host's own, RSDP at #", rsdp, 0);
	return rsdp;
}

uint32_t tables_acpi(struct e820_map *map)
{
	const struct items *items = fwcfg_items();
	struct item item = {0, 0};
	uint32_t rsdp;

	(void)items->find(items->ctx, SCRIPT_FILE, &item);
	if (item.size == 0 && fwcfg_transport() != FWCFG_DMA_QEMU) {
		rsdp = placed_find();
		if (rsdp != 0)
			return rsdp;
	}
	/* [ACPI] 5.2.5.1: the RSDP is looked for in the first KiB of the EBDA,
	 * whose segment stands in the BIOS data area. */
	*(volatile uint16_t *)BDA_EBDA_WORD = EBDA >> 4;
	if (item.size != 0)
		return script_run(map, &item);
	return own_tables_build(map);
}

void tables_smbios(struct e820_map *map)
{
	const struct items *items = fwcfg_items();
	void *tables = (void *)SMBIOS_TABLES;
	struct item item = {0, 0};
	int used, err;

	(void)items->find(items->ctx, SMBIOS_FILE, &item);
	if (item.size > SMBIOS_MAX - PAGE_SIZE) {
		log_line("tables are too long, left out");
		item.size = 0;
	}
	err = items->read(items->ctx, &item, tables, item.size);
	if (err != 0)
		panic_err(SMBIOS_FILE, err);
	used = smbios_add_bios(tables, item.size, SMBIOS_MAX, &about_bios,
			       about_bios_size);
	used = smbios_close(tables, (uint32_t)used, SMBIOS_MAX);
	memory_reserve(map, SMBIOS_TABLES, (uint32_t)used, E820_RESERVED);
}
