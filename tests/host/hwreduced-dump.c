/* SPDX-License-Identifier: BSD-2-Clause */
/* hwreduced-dump.c - writes a hardware-reduced ACPI set to files.
 *
 * usage: hwreduced-dump FOLDER CPUS DEVICES [pci] [bare]
 *
 * One file a table, in the order of the XSDT, DSDT first; rsdp.bin beside them.
 * `bare`: no event device, serial port, sleep or reset register. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-loader/lib/hwreduced.h"

#define BLOCK_GPA 0x0ff00000
#define ROOM      0x10000

static const char *folder;
static uint8_t bytes[ROOM];

static void file_write(const char *name, const void *data, size_t size)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(data, 1, size, file) != size ||
	    fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

static void *at(uint64_t gpa)
{
	return bytes + (gpa - BLOCK_GPA);
}

static void table_write(unsigned int n, uint64_t gpa)
{
	const struct acpi_header *h = at(gpa);
	char name[32];

	snprintf(name, sizeof(name), "%02u-%.4s.aml", n,
		 (const char *)&h->signature);
	file_write(name, h, h->length);
}

static void set_write(const struct acpi_rsdp *rsdp)
{
	const struct acpi_xsdt *xsdt = at(rsdp->xsdt_gpa);
	const struct acpi_fadt *fadt = at(xsdt->entry[0]);
	unsigned int n = (xsdt->head.length - sizeof(*xsdt)) / 8;

	file_write("rsdp.bin", rsdp, sizeof(*rsdp));
	table_write(0, fadt->x_dsdt_gpa);
	table_write(1, rsdp->xsdt_gpa);
	for (unsigned int i = 0; i < n; i++)
		table_write(2 + i, xsdt->entry[i]);
}

static void board_fill(struct bl_request *request, struct bl_board *board,
		       int argc, char **argv)
{
	for (int i = 4; i < argc; i++) {
		if (strcmp(argv[i], "pci") == 0) {
			request->ecam_gpa = 0xc0000000;
			request->ecam_size = 64 << 20;
			board->pci_window_gpa = 0xe0000000;
			board->pci_window_size = 0x10000000;
		} else if (strcmp(argv[i], "bare") == 0) {
			board->ged_gpa = 0;
			board->com1_gsi = 0;
			board->sleep_control_gpa = 0;
			board->reset_gpa = 0;
		}
	}
}

int main(int argc, char **argv)
{
	static uint32_t ids[BL_CPUS_MAX];
	static struct bl_mmio devices[BL_MMIO_MAX];
	struct bl_board board = {
		.apic_id = ids, .mmio = devices, .ged_gpa = 0xcf000000,
		.ged_gsi = 3, .com1_gsi = 4, .sleep_control_gpa = 0xcf000004,
		.reset_gpa = 0xcf000005, .reset_value = 0x42,
	};
	struct bl_request request = {
		.tables = BL_TABLES_HWREDUCED, .board = &board,
	};
	struct table_block block = {bytes, BLOCK_GPA, ROOM, 0};
	struct acpi_rsdp rsdp;
	struct fault fault;

	if (argc < 4) {
		fprintf(stderr, "usage: hwreduced-dump FOLDER CPUS DEVICES "
				"[pci] [bare]\n");
		return 2;
	}
	folder = argv[1];
	board.cpu_count = (uint32_t)atoi(argv[2]);
	board.mmio_count = (uint32_t)atoi(argv[3]);
	for (uint32_t i = 0; i < BL_CPUS_MAX; i++)
		ids[i] = 2 * i;
	for (uint32_t i = 0; i < BL_MMIO_MAX; i++)
		devices[i] = (struct bl_mmio){0xd0000000 + i * 0x1000, 0x1000,
					      5 + i};
	board_fill(&request, &board, argc, argv);
	if (hwreduced_build(&request, &block, &rsdp, &fault) != 0) {
		fprintf(stderr, "hwreduced-dump: record %u %s\n", fault.record,
			err_text(fault.code));
		return 1;
	}
	set_write(&rsdp);
	return 0;
}
