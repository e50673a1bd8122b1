/* SPDX-License-Identifier: BSD-2-Clause */
/* acpi_tables.h - builds a small ACPI set for a machine whose VMM has none.
 *
 * FACS, DSDT, FADT, MADT, XSDT and a few bytes of memory that stand for the
 * PM1 registers go into one block; the RSDP goes where the caller wants it.
 * The FADT is not hardware-reduced: a kernel then keeps PIC and PIT, which it
 * needs to calibrate its timers where there is no other clock.  Nothing is
 * behind the PM1 registers and the SCI never fires; what sleep states exist
 * and how they are entered is the DSDT's affair (acpi/README.md).
 *
 * The kernel writes to the block for as long as it runs: the caller reports
 * it as reserved (or ACPI NVS), never as ACPI reclaimable memory. */
#ifndef CORE_ACPI_TABLES_H
#define CORE_ACPI_TABLES_H

#include "core/abi/acpi.h"
#include "core/table_block.h"

#define ACPI_CPU_MAX   288   /* processors */
#define ACPI_DSDT_MAX  16384 /* bytes */
#define ACPI_BLOCK_ALIGN 64  /* [ACPI] 5.2.10: the FACS stands first */

struct acpi_machine {
	const uint32_t *apic_id; /* cpu_count of them, no two alike */
	uint32_t cpu_count;      /* 1 to ACPI_CPU_MAX */
	uint32_t lapic_gpa;
	uint32_t ioapic_gpa;
	uint32_t gsi_base;       /* of that IOAPIC's pin 0 */
	uint8_t ioapic_id;
	uint8_t timer_gsi;       /* where ISA interrupt 0 arrives; 0: at 0 */
	uint8_t sci_irq;         /* a GSI that nothing else uses */
	bool pic;                /* two 8259 are there */
	uint16_t boot_arch;      /* ACPI_BOOT_* */
	const uint8_t *dsdt;     /* a whole table, as iasl made it */
	uint32_t dsdt_size;      /* bytes, header included */
};

/* Bytes that a block must have for so many processors and such a DSDT: more
 * than is used in the end. */
uint32_t acpi_tables_room(uint32_t cpu_count, uint32_t dsdt_size);

/* Builds the set into an empty block and the RSDP that points to it into rsdp.
 *
 * A processor is given a local APIC entry if its id and its index are both
 * below 255, else a local x2APIC entry.  Its uid is its index.
 *
 * 0, or
 *   ERR_ABSENT    no processor
 *   ERR_TOO_MANY  more than ACPI_CPU_MAX processors
 *   ERR_SIZE      a DSDT shorter than a table header or longer than
 *                 ACPI_DSDT_MAX
 *   ERR_ALIGN     a block that does not start at an ACPI_BLOCK_ALIGN
 *   ERR_WRAP      a block that does not lie below 4 GiB
 *   ERR_NO_ROOM   a block smaller than acpi_tables_room()
 * and nothing is written. */
int acpi_tables_build(const struct acpi_machine *machine,
		      struct table_block *block, struct acpi_rsdp *rsdp,
		      struct fault *fault);

#endif
