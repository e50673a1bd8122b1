/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.c - etc/e820, or the sizes that older interfaces tell. */
#include "firmware/memory.h"
#include "core/abi/boot_params.h"
#include "core/layout.h"
#include "firmware/fwcfg.h"
#include "firmware/io.h"
#include "firmware/log.h"
#include "firmware/panic.h"

#define E820_FILE "etc/e820"

/* CMOS bytes with memory sizes, as SeaBIOS and every PC VMM have them. */
#define CMOS_ABOVE_16M_LOW  0x34 /* 64 KiB units, up to the hole */
#define CMOS_ABOVE_16M_HIGH 0x35
#define CMOS_ABOVE_4G       0x5b /* three bytes, 64 KiB units */
#define CMOS_UNIT_PAGES     16
#define PFN_16M             0x1000
#define CMOS_FLOATING       0xffff /* no RTC answers */
#define PFN_2G              0x80000 /* no low part is cut below that */

const struct gmem memory_window = {.host = 0, .gpa = 0, .size = 0x100000000u};

void memory_reserve(struct e820_map *map, uint32_t gpa, uint32_t len,
		    uint32_t type)
{
	pfn_t start = gpa >> PAGE_SHIFT;
	int err = e820_set(map, start,
			   start + page_count((gpa & (PAGE_SIZE - 1)) + len),
			   type);

	if (err != 0)
		panic_err("memory map", err);
}

uint32_t memory_take(struct e820_map *map, const char *name, uint32_t size,
		     uint32_t type)
{
	pfn_t start;

	if (e820_find(map, page_count(size), 1, HIGH_START >> PAGE_SHIFT,
		      memory_low_limit(map), &start) != 0)
		panic_limit(name, ERR_NO_ROOM, size, 0);
	memory_reserve(map, start << PAGE_SHIFT, size, type);
	return start << PAGE_SHIFT;
}

static RARE uint32_t cmos_read(uint8_t reg)
{
	io_out8(PORT_CMOS_INDEX, reg);
	return io_in8(PORT_CMOS_DATA);
}

/* No etc/e820: RAM_SIZE if it cannot have a hole in it, else CMOS. */
static RARE int map_guess(struct e820_map *map)
{
	uint64_t ram = 0;
	uint32_t low, high;

	fwcfg_read("RAM size", FW_CFG_RAM_SIZE, (uintptr_t)&ram, sizeof(ram));
	ram >>= PAGE_SHIFT;
	if (ram != 0 && ram <= PFN_2G)
		return e820_add(map, 0, (pfn_t)ram, E820_RAM);
	low = cmos_read(CMOS_ABOVE_16M_LOW) |
	      cmos_read(CMOS_ABOVE_16M_HIGH) << 8;
	if (low == 0 || low == CMOS_FLOATING)
		panic("the host tells no memory size");
	high = cmos_read(CMOS_ABOVE_4G) | cmos_read(CMOS_ABOVE_4G + 1) << 8 |
	       cmos_read(CMOS_ABOVE_4G + 2) << 16;
	(void)e820_add(map, 0, PFN_16M + low * CMOS_UNIT_PAGES, E820_RAM);
	return e820_add(map, PFN_4G, PFN_4G + high * CMOS_UNIT_PAGES,
			E820_RAM);
}

static void map_read(struct e820_map *map)
{
	void *bytes = (void *)SCRATCH_E820;
	uint32_t size = fwcfg_file(E820_FILE, bytes, SCRATCH_E820_MAX);
	struct fault fault;

	map->count = 0;
	if (size == 0 && map_guess(map) != 0)
		panic_err("memory size", ERR_OVERLAP);
	if (size != 0 && e820_parse(map, bytes, size, &fault) != 0)
		panic_record(E820_FILE " entry", &fault);
}

void memory_setup(struct e820_map *map, const struct chipset *chipset)
{
	const pfn_t ebda = EBDA >> PAGE_SHIFT;

	map_read(map);
	/* Our own data lies there.  The EBDA some hosts have reserved, so it
	 * is enough that something is there: what can be added is a hole. */
	if (!e820_is_ram(map, SCRATCH >> PAGE_SHIFT,
			 FW_LOW_END >> PAGE_SHIFT) ||
	    e820_add(map, ebda, ebda + 1, E820_RESERVED) == 0)
		panic("there is no RAM below 640 KiB");
	memory_reserve(map, EBDA, EBDA_SIZE, E820_RESERVED);
	memory_reserve(map, LEGACY_HOLE, HIGH_START - LEGACY_HOLE, E820_HOLE);
	memory_reserve(map, chipset->ecam_gpa, chipset->ecam_size,
		       E820_RESERVED);
	memory_reserve(map, ROM_BASE, ROM_SIZE, E820_RESERVED);
	log_numbers("% MiB below 4 GiB, RAM ends at page #",
		    e820_ram_end(map, PFN_4G) >> (20 - PAGE_SHIFT),
		    e820_ram_end(map, PFN_MAX));
}

pfn_t memory_low_limit(const struct e820_map *map)
{
	return e820_ram_end(map, IDENTITY_MAP >> PAGE_SHIFT);
}
