/* SPDX-License-Identifier: BSD-2-Clause */
/* acpi_tables.c - one function per table, front to back in one block. */
#include "core/acpi_tables.h"

#include "core/acpi_parts.h"

void *acpi_table_begin(struct table_block *b, uint32_t signature,
		       uint8_t revision, uint32_t len)
{
	struct acpi_header *h = table_block_take(b, len);

	h->signature = signature;
	h->revision = revision;
	memcpy(h->oem_id, ACPI_OEM_ID, sizeof(h->oem_id));
	memcpy(h->oem_table_id, ACPI_OEM_TABLE_ID, sizeof(h->oem_table_id));
	h->oem_revision = 1;
	h->creator_id = ACPI_CREATOR;
	h->creator_revision = 1;
	return h;
}

uint32_t acpi_table_end(struct table_block *b, struct acpi_header *h)
{
	h->length = (uint32_t)(b->bytes + b->used - (uint8_t *)h);
	h->checksum = (uint8_t)(h->checksum - sum8(h, h->length));
	table_block_take(b, -b->used & (ACPI_TABLE_ALIGN - 1));
	return table_block_gpa(b, h);
}

static uint32_t dsdt_build(struct table_block *b, const struct acpi_machine *m)
{
	struct acpi_header *h = table_block_take(b, m->dsdt_size);

	memcpy(h, m->dsdt, m->dsdt_size);
	return acpi_table_end(b, h);
}

static uint32_t facs_build(struct table_block *b)
{
	struct acpi_facs *facs = table_block_take(b, sizeof(*facs));

	facs->signature = ACPI_SIG_FACS;
	facs->length = sizeof(*facs);
	facs->version = 2;
	return table_block_gpa(b, facs);
}

/* A register block of words in memory. */
static void words_at(struct acpi_address *a, uint32_t gpa, uint8_t bit_width)
{
	a->space = ACPI_SPACE_MEMORY;
	a->bit_width = bit_width;
	a->access = ACPI_ACCESS_WORD;
	a->address = gpa;
}

static uint32_t fadt_build(struct table_block *b, const struct acpi_machine *m,
			   uint32_t facs_gpa, uint32_t dsdt_gpa)
{
	struct acpi_pm1 *pm1 = table_block_take(b, ACPI_TABLE_ALIGN);
	struct acpi_fadt *fadt = acpi_table_begin(
		b, ACPI_SIG_FADT, ACPI_FADT_REVISION, sizeof(*fadt));
	uint32_t pm1_gpa = table_block_gpa(b, pm1);

	fadt->facs_gpa = facs_gpa;
	fadt->dsdt_gpa = dsdt_gpa;
	fadt->x_dsdt_gpa = dsdt_gpa;
	fadt->sci_irq = m->sci_irq;
	fadt->c2_latency = ACPI_NO_C2;
	fadt->c3_latency = ACPI_NO_C3;
	fadt->boot_arch = m->boot_arch;
	fadt->flags = ACPI_FADT_WBINVD | ACPI_FADT_PROC_C1 |
		      ACPI_FADT_NO_PWR_FIXED | ACPI_FADT_NO_SLP_FIXED |
		      ACPI_FADT_NO_RTC_FIXED;
	fadt->pm1_event_len = 4;
	fadt->pm1_control_len = 2;
	words_at(&fadt->x_pm1a_event,
		 pm1_gpa + offsetof(struct acpi_pm1, status), 32);
	words_at(&fadt->x_pm1a_control,
		 pm1_gpa + offsetof(struct acpi_pm1, control), 16);
	return acpi_table_end(b, &fadt->head);
}

uint32_t acpi_tables_room(uint32_t cpu_count, uint32_t dsdt_size)
{
	return (uint32_t)(sizeof(struct acpi_facs) + sizeof(struct acpi_fadt) +
			  sizeof(struct acpi_madt) + sizeof(struct acpi_xsdt2) +
			  sizeof(struct acpi_madt_ioapic) +
			  sizeof(struct acpi_madt_override) +
			  sizeof(struct acpi_madt_lapic_nmi) +
			  sizeof(struct acpi_madt_x2apic_nmi)) +
	       cpu_count * (uint32_t)sizeof(struct acpi_madt_x2apic) +
	       dsdt_size + 5 * ACPI_TABLE_ALIGN;
}

static int machine_check(const struct acpi_machine *m,
			 const struct table_block *b, struct fault *f)
{
	if (m->cpu_count == 0)
		return fault_set(f, ERR_ABSENT, 0, 0, 0);
	if (m->cpu_count > ACPI_CPU_MAX)
		return fault_set(f, ERR_TOO_MANY, 0, m->cpu_count,
				 ACPI_CPU_MAX);
	if (m->dsdt_size < sizeof(struct acpi_header) ||
	    m->dsdt_size > ACPI_DSDT_MAX)
		return fault_set(f, ERR_SIZE, 0, m->dsdt_size, ACPI_DSDT_MAX);
	if ((uint32_t)b->gpa % ACPI_BLOCK_ALIGN != 0)
		return fault_set(f, ERR_ALIGN, 0, b->gpa, ACPI_BLOCK_ALIGN);
	return table_block_check(
		b, acpi_tables_room(m->cpu_count, m->dsdt_size), f);
}

int acpi_tables_build(const struct acpi_machine *machine,
		      struct table_block *block, struct acpi_rsdp *rsdp,
		      struct fault *fault)
{
	int err = machine_check(machine, block, fault);
	uint32_t facs_gpa, dsdt_gpa, fadt_gpa, madt_gpa;
	struct acpi_xsdt2 *xsdt;

	if (err != 0)
		return err;
	facs_gpa = facs_build(block);
	dsdt_gpa = dsdt_build(block, machine);
	fadt_gpa = fadt_build(block, machine, facs_gpa, dsdt_gpa);
	madt_gpa = acpi_madt_build(block, machine);
	xsdt = acpi_table_begin(block, ACPI_SIG_XSDT, 1, sizeof(*xsdt));
	xsdt->entry[0] = fadt_gpa;
	xsdt->entry[1] = madt_gpa;
	acpi_rsdp_build(rsdp, acpi_table_end(block, &xsdt->head));
	return 0;
}
