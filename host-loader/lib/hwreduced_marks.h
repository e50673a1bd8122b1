/* SPDX-License-Identifier: BSD-2-Clause */
/* hwreduced_marks.h - numbers in acpi/hw_*.asl that stand for a machine's own.
 *
 * Read by C and, through the preprocessor, by iasl: so only `#define NAME
 * number` lines.  Each occurs exactly once in the AML of its file (a unit test
 * counts them), and iasl believes them: first + length - 1 is last. */
#ifndef HOST_LOADER_HWREDUCED_MARKS_H
#define HOST_LOADER_HWREDUCED_MARKS_H

/* hw_dsdt.asl */
#define MARK_GED_GPA     0xb1e0d5d7000a0001 /* event register */
#define MARK_GED_GSI     0xb1e0a002
#define MARK_GED_STATUS  0xb1e0a003 /* what _STA says: 0xf or 0 */
#define MARK_COM1_GSI    0xb1e0a004
#define MARK_COM1_STATUS 0xb1e0a005

/* hw_mmio.asl */
#define MARK_MMIO_UID    0xb1e0b001
#define MARK_MMIO_FIRST  0xb1e00b0200000000
#define MARK_MMIO_LAST   0xb1e00b0200c0b002
#define MARK_MMIO_LENGTH 0x0000000000c0b003
#define MARK_MMIO_GSI    0xb1e0b004

/* hw_pci.asl */
#define MARK_ECAM_GPA    0xb1e00ca4000c0001
#define MARK_ECAM_FIRST  0xb1e00c0400000000
#define MARK_ECAM_LAST   0xb1e00c0400c0c004
#define MARK_ECAM_LENGTH 0x0000000000c0c005
#define MARK_BUS_LAST    0x00b7
#define MARK_BUS_COUNT   0x00b8
#define MARK_PCI_FIRST   0xb1000000
#define MARK_PCI_LAST    0xb1c0c002
#define MARK_PCI_LENGTH  0x00c0c003

#endif
