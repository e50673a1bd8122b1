/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/pci.h - PCI configuration access and the two chipsets.
 * [PCI] PCI Local Bus 3.0; [I440FX], [PIIX4], [Q35], [ICH9] Intel datasheets */
#ifndef CORE_ABI_PCI_H
#define CORE_ABI_PCI_H

/* [PCI] 3.2.2.3.2 Configuration Mechanism #1 */
#define PCI_PORT_ADDRESS 0xcf8
#define PCI_PORT_DATA    0xcfc
#define PCI_ENABLE       0x80000000

/* identities: device in the upper half, vendor in the lower */
#define PCI_ID_I440FX 0x12378086
#define PCI_ID_PIIX3  0x70008086
#define PCI_ID_Q35    0x29c08086
#define PCI_ID_ICH9   0x29188086

/* [PIIX4] 7.1.27 PMBASE, 7.1.30 PMREGMISC, at 0:1.3 */
#define PIIX4_PMBASE    0x40
#define PIIX4_PMREGMISC 0x80
#define PIIX4_PMIOSE    0x01

/* [ICH9] 13.1.13 PMBASE, 13.1.14 ACPI_CNTL, at 0:1f.0 */
#define ICH9_PMBASE     0x40
#define ICH9_ACPI_CNTL  0x44
#define ICH9_ACPI_EN    0x80

/* [Q35] 5.1.16 PCIEXBAR, at 0:0.0 */
#define Q35_PCIEXBAR      0x60
#define Q35_PCIEXBAR_EN   0x01
#define Q35_PCIEXBAR_256M 0x00 /* 256 buses */
#define Q35_PCIEXBAR_128M 0x02 /* 128 buses */
#define Q35_PCIEXBAR_64M  0x04 /*  64 buses */

/* PM I/O space, where QEMU's tables and every firmware expect it */
#define PM_IO_BASE   0x600
#define PM_IO_ENABLE 0x01 /* bit 0 of PMBASE reads as 1: I/O space */

#endif
