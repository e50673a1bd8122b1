/* SPDX-License-Identifier: BSD-2-Clause */
/* hwreduced.h - a board for the hardware-reduced ACPI set, as the tests of
 * host-loader/lib/hwreduced.c build its tables. */
#ifndef TESTS_UNIT_HWREDUCED_H
#define TESTS_UNIT_HWREDUCED_H

#include "tests/unit/unit.h"

#include "core/base.h"
#include "host-loader/lib/board.h"
#include "host-loader/lib/hwreduced.h"

#define BLOCK_GPA 0x0ff00000
#define ROOM      0x8000
#define FILL      0x5a
#define MMIO_GPA  0xd0000000
#define MMIO_SIZE 0x1000

static uint32_t ids[BL_CPUS_MAX + 1];
static struct bl_mmio devices[BL_MMIO_MAX + 1];
static const struct bl_range ram[] = {
	{0, 0xa0000, 1}, {0xf0000, 0x10000, 2}, {0x100000, 0x0ff00000, 1},
	{GIB(4), GIB(1), 1},
};
static uint8_t bytes[ROOM] ALIGNED(16);
static struct bl_board board;
static struct bl_request request;
static struct table_block b;
static struct acpi_rsdp rsdp;
static struct fault f;

static inline int setup(void **state)
{
	(void)state;
	for (uint32_t i = 0; i <= BL_CPUS_MAX; i++)
		ids[i] = i;
	for (uint32_t i = 0; i <= BL_MMIO_MAX; i++)
		devices[i] = (struct bl_mmio){
			MMIO_GPA + i * MMIO_SIZE, MMIO_SIZE, 5 + i};
	board = (struct bl_board){
		.apic_id = ids, .cpu_count = 2, .rtc = false,
		.mmio = devices, .mmio_count = 1,
		.ged_gpa = 0xcf000000, .ged_gsi = 3, .com1_gsi = 4,
		.sleep_control_gpa = 0xcf000001, .reset_gpa = 0xcf000002,
		.reset_value = 0x42,
		.pci_window_gpa = 0xe0000000, .pci_window_size = 0x10000000,
	};
	request = (struct bl_request){
		.map = ram, .map_count = ARRAY_COUNT(ram),
		.tables = BL_TABLES_HWREDUCED, .board = &board,
	};
	memset(bytes, FILL, sizeof(bytes));
	memset(&f, 0, sizeof(f));
	b = (struct table_block){bytes, BLOCK_GPA, ROOM, 0};
	return 0;
}

static inline void with_pci(void)
{
	request.ecam_gpa = 0xc0000000;
	request.ecam_size = MIB(64);
}

static inline void built(void)
{
	b.used = 0;
	assert_int_equal(hwreduced_build(&request, &b, &rsdp, &f), 0);
	assert_true(b.used <= hwreduced_room(&request));
}

#endif
