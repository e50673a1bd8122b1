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
#define CMOS_UNIT_SHIFT     16
#define CMOS_FLOATING       0xffff /* no RTC answers */
#define SPLIT_LEAST         GIB(2) /* no machine's low part is cut below */

const struct gmem memory_window = {.host = 0, .gpa = 0, .size = 0x100000000u};

void memory_reserve(struct e820_map *map, gpa_t addr, uint64_t len,
		    uint32_t type)
{
	int err = e820_set(map, addr, len, type);

	if (err != 0)
		panic_err("memory map", err);
}

/* For our own places, all of them below 4 GiB. */
static void reserve(struct e820_map *map, uint32_t addr, uint32_t len)
{
	memory_reserve(map, addr, len, E820_RESERVED);
}

static __attribute__((noinline)) void ram_add(struct e820_map *map, gpa_t addr,
					      uint64_t len)
{
	int err = e820_add(map, addr, len, E820_RAM);

	if (err != 0)
		panic_err("memory size", err);
}

static uint32_t cmos_read(uint8_t reg)
{
	io_out8(PORT_CMOS_INDEX, reg);
	return io_in8(PORT_CMOS_DATA);
}

/* No etc/e820: RAM_SIZE if it cannot have a hole in it, else CMOS. */
static void map_guess(struct e820_map *map)
{
	uint64_t ram = fwcfg_number("RAM size", FW_CFG_RAM_SIZE, 8);
	uint32_t low, high;

	if (ram >= MIB(1) && ram <= SPLIT_LEAST) {
		ram_add(map, 0, ram);
		return;
	}
	low = cmos_read(CMOS_ABOVE_16M_LOW) |
	      cmos_read(CMOS_ABOVE_16M_HIGH) << 8;
	if (low == 0 || low == CMOS_FLOATING)
		panic("the host tells no memory size");
	high = cmos_read(CMOS_ABOVE_4G) | cmos_read(CMOS_ABOVE_4G + 1) << 8 |
	       cmos_read(CMOS_ABOVE_4G + 2) << 16;
	ram_add(map, 0, MIB(16) + ((uint64_t)low << CMOS_UNIT_SHIFT));
	ram_add(map, GIB(4), (uint64_t)high << CMOS_UNIT_SHIFT);
}

static void map_read(struct e820_map *map)
{
	void *bytes = (void *)SCRATCH_E820;
	uint32_t size = fwcfg_file(E820_FILE, bytes, SCRATCH_E820_MAX);
	struct fault fault;

	if (size == 0)
		map_guess(map);
	else if (e820_parse(map, bytes, size, &fault) != 0)
		panic_fault(E820_FILE " entry", &fault);
}

void memory_setup(struct e820_map *map, const struct chipset *chipset)
{
	struct boot_params *bp = (struct boot_params *)BOOT_PARAMS;

	*map = (struct e820_map){.entry = bp->e820,
				 .capacity = E820_MAX_ENTRIES};
	map_read(map);
	if (e820_cut(map, LEGACY_HOLE, HIGH_START - LEGACY_HOLE) != 0)
		panic_err(E820_FILE, ERR_TOO_MANY);
	/* All our own data lies below: the guest must have it. */
	if (!e820_is_ram(map, SCRATCH, FW_LOW_END - SCRATCH) ||
	    !e820_is_ram(map, EBDA, EBDA_SIZE))
		panic("there is no RAM below 640 KiB");
	reserve(map, EBDA, EBDA_SIZE);
	reserve(map, (uint32_t)chipset->ecam_gpa, (uint32_t)chipset->ecam_size);
	reserve(map, ROM_BASE, ROM_SIZE);
	if (log_on())
		log_numbers("% MiB below 4 GiB, RAM ends at #",
			    e820_ram_end(map, GIB(4)) >> 20,
			    e820_ram_end(map, UINT64_MAX));
}

gpa_t memory_low_limit(const struct e820_map *map)
{
	return e820_ram_end(map, IDENTITY_MAP);
}
