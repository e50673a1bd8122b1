/* SPDX-License-Identifier: BSD-2-Clause */
/* pc_devices.h - virtio-mmio devices behind the tables of core/pc_tables.h:
 * for kernels that take no virtio_mmio.device= words, as Debian's. */
#ifndef HOST_LOADER_PC_DEVICES_H
#define HOST_LOADER_PC_DEVICES_H

#include "core/abi/acpi.h"
#include "core/table_block.h"
#include "host-loader/beeline.h"

/* Adds an SSDT for each of the board's devices and an XSDT that has them, and
 * points the RSDP there.  ERR_TOO_MANY, ERR_NO_ROOM, ERR_ABSENT (no list). */
int pc_devices_add(struct table_block *block, const struct bl_board *board,
		   struct acpi_rsdp *rsdp, struct fault *fault);

#endif
