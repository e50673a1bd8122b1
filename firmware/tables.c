/* SPDX-License-Identifier: BSD-2-Clause */
/* tables.c - runs the ACPI script, places SMBIOS. */
#include "firmware/tables.h"
#include "core/acpi_script.h"
#include "core/layout.h"
#include "core/smbios.h"
#include "firmware/fwcfg.h"
#include "firmware/log.h"
#include "firmware/memory.h"
#include "firmware/own_tables.h"
#include "firmware/panic.h"

#define SCRIPT_FILE "etc/table-loader"
#define SMBIOS_FILE "etc/smbios/smbios-tables"
#define PAGE        4096

/* A script longer than the scratch area (some 110 tables) is read into memory
 * that it may keep. */
static void *script_room(struct e820_map *map, uint32_t size)
{
	gpa_t gpa;

	if (size <= SCRATCH_SCRIPT_MAX)
		return (void *)SCRATCH_SCRIPT;
	if (e820_find(map, PAGE, &gpa, HIGH_START, memory_low_limit(map),
		      size) != 0)
		panic_err(SCRIPT_FILE, ERR_NO_ROOM);
	memory_reserve(map, gpa, size, E820_ACPI);
	return (void *)(uintptr_t)gpa;
}

static gpa_t script_run(struct e820_map *map, const struct item *item)
{
	const struct items *items = fwcfg_items();
	struct acpi_place place = {
		.mem = &memory_window,
		.map = map,
		.high_floor = HIGH_START,
		.high_limit = memory_low_limit(map),
		.fseg_gpa = EBDA_RSDP,
		.fseg_end = EBDA_MP,
	};
	static struct acpi_result result NOINIT;
	struct fault fault;
	void *script = script_room(map, item->size);
	int err = items->read(items->ctx, item, 0, script, item->size);

	if (err != 0)
		panic_err(SCRIPT_FILE, err);
	if (acpi_script_run(script, item->size, items, &place, &result,
			    &fault) != 0)
		panic_fault(SCRIPT_FILE " command", &fault);
	if (log_on()) {
		log_begin("");
		log_dec(result.file_count);
		log_str(" files, ");
		log_dec(result.skipped);
		log_str(" missing or empty, RSDP at ");
		log_hex(result.rsdp_gpa);
		log_end();
	}
	return result.rsdp_gpa;
}

gpa_t tables_acpi(struct e820_map *map)
{
	const struct items *items = fwcfg_items();
	struct item item;

	/* [ACPI] 5.2.5.1: the RSDP is looked for in the first KiB of the EBDA,
	 * whose segment stands in the BIOS data area. */
	*(volatile uint16_t *)BDA_EBDA_WORD = EBDA >> 4;
	if (items->find(items->ctx, SCRIPT_FILE, &item) == 0 && item.size != 0)
		return script_run(map, &item);
	return own_tables_build(map);
}

void tables_smbios(struct e820_map *map)
{
	const struct items *items = fwcfg_items();
	void *tables = (void *)SMBIOS_TABLES;
	struct item item = {0, 0};
	int used, err = items->find(items->ctx, SMBIOS_FILE, &item);

	if (err == 0 && item.size > SMBIOS_MAX - PAGE) {
		log_line("tables are too long, left out");
		item.size = 0;
	}
	if (item.size != 0) {
		err = items->read(items->ctx, &item, 0, tables, item.size);
		if (err != 0)
			panic_err(SMBIOS_FILE, err);
	}
	used = smbios_close(tables, item.size, SMBIOS_MAX);
	memory_reserve(map, SMBIOS_TABLES, align_up((uint32_t)used, PAGE),
		       E820_RESERVED);
}
