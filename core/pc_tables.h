/* SPDX-License-Identifier: BSD-2-Clause */
/* pc_tables.h - ACPI set and MP table of the smallest PC there is: local APICs,
 * one IOAPIC, PIC and PIT.  QEMU's microvm with acpi=off is that board. */
#ifndef CORE_PC_TABLES_H
#define CORE_PC_TABLES_H

#include "core/abi/pc.h"
#include "core/acpi_tables.h"
#include "core/mptable.h"

struct pc_board {
	const uint32_t *apic_id; /* cpu_count of them; [0] is the boot CPU */
	uint32_t cpu_count;      /* 1 to ACPI_CPU_MAX */
	uint32_t cpu_signature;  /* CPUID leaf 1 EAX */
	uint32_t cpu_features;   /* CPUID leaf 1 EDX */
	bool no_rtc;             /* no MC146818 answers */
	const uint8_t *dsdt;     /* as iasl made it: acpi/dsdt.asl */
	uint32_t dsdt_size;      /* bytes, header included */
};

/* Two functions and inline: then the two descriptions share one place on the
 * stack, which the ROM's size tells. */
static inline int pc_acpi_build(const struct pc_board *board,
				struct table_block *block,
				struct acpi_rsdp *rsdp, struct fault *fault)
{
	struct acpi_machine m = {
		.apic_id = board->apic_id,
		.cpu_count = board->cpu_count,
		.lapic_gpa = LAPIC_GPA,
		.ioapic_gpa = IOAPIC_GPA,
		.timer_gsi = TIMER_PIN,
		.sci_irq = SCI_IRQ,
		.pic = true,
		.boot_arch = ACPI_BOOT_LEGACY_DEVICES | ACPI_BOOT_NO_VGA,
		.dsdt = board->dsdt,
		.dsdt_size = board->dsdt_size,
	};

	if (board->no_rtc)
		m.boot_arch |= ACPI_BOOT_NO_RTC;
	return acpi_tables_build(&m, block, rsdp, fault);
}

static inline int pc_mptable_build(const struct pc_board *board,
				   struct table_block *block,
				   struct mp_floating *floating,
				   struct fault *fault)
{
	const struct mp_machine m = {
		.apic_id = board->apic_id,
		.cpu_count = board->cpu_count,
		.cpu_signature = board->cpu_signature,
		.cpu_features = board->cpu_features,
		.lapic_gpa = LAPIC_GPA,
		.ioapic_gpa = IOAPIC_GPA,
		.lapic_version = LAPIC_VERSION,
		.ioapic_version = IOAPIC_VERSION,
		.timer_pin2 = true,
	};

	return mptable_build(&m, block, floating, fault);
}

/* Builds both sets into an empty block, the RSDP and the MP floating pointer.
 * 0 or what acpi_tables_build() and mptable_build() say. */
static inline int pc_tables_build(const struct pc_board *board,
				  struct table_block *block,
				  struct acpi_rsdp *rsdp,
				  struct mp_floating *floating,
				  struct fault *fault)
{
	int err = pc_acpi_build(board, block, rsdp, fault);

	return err != 0 ? err
			: pc_mptable_build(board, block, floating, fault);
}

#endif
