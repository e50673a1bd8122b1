/* SPDX-License-Identifier: BSD-2-Clause */
/* acpi_parts.h - what every ACPI set of ours has: table headers, RSDP, MADT.
 *
 * RSDP and MADT are inline: a program builds one set as a rule, and calls would
 * cost the ROM 32 bytes. */
#ifndef CORE_ACPI_PARTS_H
#define CORE_ACPI_PARTS_H

#include "core/acpi_tables.h"
#include "core/sum8.h"

#define ACPI_TABLE_ALIGN 16

/* Begins a table: its first fields; all of len bytes are zero behind them. */
void *acpi_table_begin(struct table_block *b, uint32_t signature,
		       uint8_t revision, uint32_t len);

/* Ends the table that began at h and reaches to where the block is used, and
 * goes on to the next boundary.  Its address. */
uint32_t acpi_table_end(struct table_block *b, struct acpi_header *h);

static inline void acpi_rsdp_build(struct acpi_rsdp *r, uint32_t xsdt_gpa)
{
	memset(r, 0, sizeof(*r));
	memcpy(r->signature, ACPI_RSDP_SIGNATURE, sizeof(r->signature));
	memcpy(r->oem_id, ACPI_OEM_ID, sizeof(r->oem_id));
	r->revision = 2;
	r->length = sizeof(*r);
	r->xsdt_gpa = xsdt_gpa;
	r->checksum = (uint8_t)-sum8(r, ACPI_RSDP_V1_SIZE);
	r->extended_sum = (uint8_t)-sum8(r, sizeof(*r));
}

static inline void *acpi_madt_take(struct table_block *b, uint8_t type,
				   uint8_t len)
{
	struct acpi_madt_head *head = table_block_take(b, len);

	head->type = type;
	head->length = len;
	return head;
}

/* Returns whether it took an x2APIC entry. */
static inline bool acpi_madt_add_cpu(struct table_block *b, uint32_t uid,
				     uint32_t apic_id)
{
	struct acpi_madt_x2apic *x2apic;
	struct acpi_madt_lapic *lapic;

	if (apic_id < ACPI_XAPIC_ID_END && uid < ACPI_MADT_ALL_CPUS) {
		lapic = acpi_madt_take(b, ACPI_MADT_LAPIC, sizeof(*lapic));
		lapic->uid = (uint8_t)uid;
		lapic->apic_id = (uint8_t)apic_id;
		lapic->flags = ACPI_MADT_ENABLED;
		return false;
	}
	x2apic = acpi_madt_take(b, ACPI_MADT_X2APIC, sizeof(*x2apic));
	x2apic->uid = uid;
	x2apic->apic_id = apic_id;
	x2apic->flags = ACPI_MADT_ENABLED;
	return true;
}

static inline void acpi_madt_add_ioapic(struct table_block *b,
					const struct acpi_machine *m)
{
	struct acpi_madt_ioapic *e =
		acpi_madt_take(b, ACPI_MADT_IOAPIC, sizeof(*e));

	e->id = m->ioapic_id;
	e->gpa = m->ioapic_gpa;
	e->gsi_base = m->gsi_base;
}

/* NMI arrives at LINT1 of every processor, whichever entry it has. */
static inline void acpi_madt_add_nmi(struct table_block *b, bool x2apic)
{
	struct acpi_madt_lapic_nmi *all =
		acpi_madt_take(b, ACPI_MADT_LAPIC_NMI, sizeof(*all));
	struct acpi_madt_x2apic_nmi *all_x2;

	all->uid = ACPI_MADT_ALL_CPUS;
	all->lint = 1;
	if (!x2apic)
		return;
	all_x2 = acpi_madt_take(b, ACPI_MADT_X2APIC_NMI, sizeof(*all_x2));
	all_x2->uid = ACPI_MADT_ALL_X2CPUS;
	all_x2->lint = 1;
}

/* Uses of m what is about processors and interrupts.  Its address. */
static inline uint32_t acpi_madt_build(struct table_block *b,
				       const struct acpi_machine *m)
{
	struct acpi_madt *madt = acpi_table_begin(
		b, ACPI_SIG_MADT, ACPI_MADT_REVISION, sizeof(*madt));
	struct acpi_madt_override *timer;
	bool x2apic = false;

	madt->lapic_gpa = m->lapic_gpa;
	madt->flags = m->pic ? ACPI_MADT_PCAT : 0;
	for (uint32_t i = 0; i < m->cpu_count; i++)
		x2apic |= acpi_madt_add_cpu(b, i, m->apic_id[i]);
	acpi_madt_add_ioapic(b, m);
	if (m->timer_gsi != 0) {
		timer = acpi_madt_take(b, ACPI_MADT_OVERRIDE, sizeof(*timer));
		timer->gsi = m->timer_gsi;
	}
	acpi_madt_add_nmi(b, x2apic);
	return acpi_table_end(b, &madt->head);
}

#endif
