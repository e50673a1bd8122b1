/* SPDX-License-Identifier: BSD-2-Clause */
/* pc_devices.c - a longer XSDT; the shorter one stays, and nobody points to
 * it. */
#include "host-loader/lib/pc_devices.h"
#include "core/acpi_parts.h"
#include "host-loader/lib/hwreduced.h"

static uint32_t xsdt_size(uint32_t count)
{
	return (uint32_t)(sizeof(struct acpi_xsdt) + count * sizeof(uint64_t));
}

int pc_devices_add(struct table_block *block, const struct bl_board *board,
		   struct acpi_rsdp *rsdp, struct fault *fault)
{
	const uint32_t count = board->mmio_count;
	const struct acpi_xsdt *from =
		(const void *)(block->bytes + (rsdp->xsdt_gpa - block->gpa));
	const uint32_t before = (from->head.length - xsdt_size(0)) /
				(uint32_t)sizeof(uint64_t);
	uint64_t gpa[BL_MMIO_MAX];
	struct acpi_xsdt *xsdt;
	int err;

	if (count == 0)
		return 0;
	if (count > BL_MMIO_MAX)
		return fault_set(fault, ERR_TOO_MANY, 0, count, BL_MMIO_MAX);
	if (board->mmio == NULL)
		return fault_set(fault, ERR_ABSENT, 0, count, 0);
	err = table_block_check(block, xsdt_size(before + count) +
				count * aml_hw_mmio_size +
				(count + 2) * ACPI_TABLE_ALIGN, fault);
	if (err != 0)
		return err;
	table_block_take(block, -block->used & (ACPI_TABLE_ALIGN - 1));
	for (uint32_t i = 0; i < count; i++)
		gpa[i] = hwreduced_mmio_build(block, &board->mmio[i], i);
	xsdt = acpi_table_begin(block, ACPI_SIG_XSDT, 1,
				xsdt_size(before + count));
	memcpy(xsdt->entry, from->entry, before * sizeof(gpa[0]));
	memcpy(xsdt->entry + before, gpa, count * sizeof(gpa[0]));
	acpi_rsdp_build(rsdp, acpi_table_end(block, &xsdt->head));
	return 0;
}
