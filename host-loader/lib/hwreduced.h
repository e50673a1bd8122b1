/* SPDX-License-Identifier: BSD-2-Clause */
/* hwreduced.h - ACPI for a machine without ACPI hardware: nothing of it is
 * fixed, every device says itself where it is ([ACPI] 3.11.1).
 *
 * XSDT, FADT, MADT, the DSDT of acpi/hw_dsdt.asl and, for each virtio-mmio
 * device, an SSDT of acpi/hw_mmio.asl; with an ECAM window also MCFG and the
 * SSDT of acpi/hw_pci.asl.  There is no FACS: nothing ever sleeps here.  What a
 * VMM must do behind the registers is in acpi/README.md. */
#ifndef HOST_LOADER_HWREDUCED_H
#define HOST_LOADER_HWREDUCED_H

#include "core/abi/acpi.h"
#include "core/table_block.h"
#include "host-loader/beeline.h"

#define HWREDUCED_ALIGN 16 /* of the block */

/* Bytes that a block must have for a request: more than is used in the end.  0
 * for one without a board or with too many processors or devices. */
uint32_t hwreduced_room(const struct bl_request *request);

/* Builds the set into an empty block and the RSDP that points to it into rsdp.
 *
 * 0, or what board_check() says, or
 *   ERR_ALIGN    a block that does not begin at HWREDUCED_ALIGN
 *   ERR_WRAP     a block that does not lie below 4 GiB
 *   ERR_NO_ROOM  a block smaller than hwreduced_room()
 * and nothing is written. */
int hwreduced_build(const struct bl_request *request, struct table_block *block,
		    struct acpi_rsdp *rsdp, struct fault *fault);

/* An SSDT for device number n, which its own name and the table's end with,
 * into a block that has room.  Its address. */
uint32_t hwreduced_mmio_build(struct table_block *block,
			      const struct bl_mmio *mmio, uint32_t n);

/* What acpi/hw_*.asl became. */
extern const uint8_t aml_hw_dsdt[], aml_hw_mmio[], aml_hw_pci[];
extern const uint32_t aml_hw_dsdt_size, aml_hw_mmio_size, aml_hw_pci_size;

#endif
