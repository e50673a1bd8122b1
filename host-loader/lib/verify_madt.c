/* SPDX-License-Identifier: BSD-2-Clause */
/* verify_madt.c - the MADT's processors and interrupt controllers, and the
 * MCFG's windows.
 * Source: [ACPI] 5.2.12 MADT; [PCIFW] 4.1.2 MCFG. */
#include "host-loader/lib/verify.h"

#include "core/abi/acpi.h"
#include "core/base.h"

#define CPUS_MAX     4096 /* of which ids are compared */
#define ENTRY_MAX    16   /* bytes of an entry that are looked at */
#define IOAPIC_SIZE  0x20 /* [IOAPIC] 3.0: index at 0, data at 0x10 */
#define LAPIC_SIZE   0x1000
#define MADT_ONLINE_CAPABLE 0x02 /* [ACPI] 5.2.12.2.1 */
#define WINDOWS_MAX  64
#define MCFG_HEAD    (sizeof(struct acpi_header) + sizeof(uint64_t))
#define MCFG_BUS     UINT64_C(0x100000) /* bytes for each */

struct cpus {
	uint32_t count, enabled, ioapics;
	uint32_t id[CPUS_MAX];
};

/* [ACPI] 5.2.12 Table 5.21: bytes of an entry of types that we look into; 0:
 * any. */
static uint32_t entry_size(uint8_t type)
{
	switch (type) {
	case ACPI_MADT_LAPIC:
		return sizeof(struct acpi_madt_lapic);
	case ACPI_MADT_IOAPIC:
		return sizeof(struct acpi_madt_ioapic);
	case ACPI_MADT_OVERRIDE:
		return sizeof(struct acpi_madt_override);
	case ACPI_MADT_LAPIC_NMI:
		return sizeof(struct acpi_madt_lapic_nmi);
	case ACPI_MADT_X2APIC:
		return sizeof(struct acpi_madt_x2apic);
	case ACPI_MADT_X2APIC_NMI:
		return sizeof(struct acpi_madt_x2apic_nmi);
	default:
		return 0;
	}
}

/* A processor that is neither enabled nor ever will be is padding. */
static void cpu_note(struct verify *v, struct cpus *cpus, uint32_t id,
		     uint32_t flags)
{
	bool twice = false;

	if ((flags & (ACPI_MADT_ENABLED | MADT_ONLINE_CAPABLE)) == 0)
		return;
	cpus->enabled += flags & ACPI_MADT_ENABLED;
	if (!verify_rule(v, RULE_MADT_CPUS, cpus->count < CPUS_MAX, cpus->count,
			 CPUS_MAX))
		return;
	for (uint32_t i = 0; i < cpus->count && !twice; i++)
		twice = cpus->id[i] == id;
	verify_rule(v, RULE_MADT_ID, !twice, id, 0);
	cpus->id[cpus->count++] = id;
}

static void mmio_verify(struct verify *v, uint64_t gpa, uint64_t size)
{
	verify_rule(v, RULE_MADT_MMIO,
		    !verify_map_touches(v, gpa, size, MAP_TYPE(E820_RAM)), gpa,
		    size);
}

static void entry_note(struct verify *v, struct cpus *cpus, const void *entry)
{
	const struct acpi_madt_head *head = entry;
	const struct acpi_madt_lapic *lapic = entry;
	const struct acpi_madt_x2apic *x2apic = entry;
	const struct acpi_madt_ioapic *ioapic = entry;

	switch (head->type) {
	case ACPI_MADT_LAPIC:
		cpu_note(v, cpus, lapic->apic_id, lapic->flags);
		break;
	case ACPI_MADT_X2APIC:
		cpu_note(v, cpus, x2apic->apic_id, x2apic->flags);
		break;
	case ACPI_MADT_IOAPIC:
		cpus->ioapics++;
		mmio_verify(v, ioapic->gpa, IOAPIC_SIZE);
		break;
	default:
		break;
	}
}

/* Each step takes two bytes at least, and a table's length has a limit. */
static void entries_walk(struct verify *v, uint64_t at, uint64_t end,
			 struct cpus *cpus)
{
	while (at < end) {
		uint8_t bytes[ENTRY_MAX] = {0};
		uint64_t part = end - at < ENTRY_MAX ? end - at : ENTRY_MAX;
		uint32_t size;

		if (!verify_rule(v, RULE_MADT_WALK,
				 part >= sizeof(struct acpi_madt_head) &&
					 verify_read(v, at, bytes, part) &&
					 bytes[1] >= sizeof(struct
							    acpi_madt_head) &&
					 bytes[1] <= end - at,
				 at, end))
			return;
		size = entry_size(bytes[0]);
		if (verify_rule(v, RULE_MADT_SIZE,
				size == 0 || bytes[1] == size, at, bytes[1]))
			entry_note(v, cpus, bytes);
		at += bytes[1];
	}
}

void verify_madt(struct verify *v, const struct verify_table *madt)
{
	struct cpus cpus;
	struct acpi_madt m;

	cpus.count = cpus.enabled = cpus.ioapics = 0;
	if (!verify_rule(v, RULE_MADT_WALK,
			 madt->length >= sizeof(m) &&
				 verify_read(v, madt->gpa, &m, sizeof(m)),
			 madt->gpa, madt->length))
		return;
	mmio_verify(v, m.lapic_gpa, LAPIC_SIZE);
	entries_walk(v, madt->gpa + sizeof(m), madt->gpa + madt->length, &cpus);
	verify_rule(v, RULE_MADT_CPU, cpus.enabled != 0, madt->gpa, 0);
	verify_rule(v, RULE_MADT_IOAPIC, cpus.ioapics != 0, madt->gpa, 0);
}

/* struct acpi_mcfg is one of one window; the next ones look the same. */
static void window_verify(struct verify *v, const struct acpi_mcfg *w)
{
	uint64_t gpa = w->ecam_gpa + w->first_bus * MCFG_BUS;
	uint64_t size = (w->last_bus - w->first_bus + UINT64_C(1)) * MCFG_BUS;

	if (!verify_rule(v, RULE_MCFG_WINDOWS,
			 w->first_bus <= w->last_bus &&
				 w->ecam_gpa % MCFG_BUS == 0 &&
				 w->ecam_gpa < UINT64_MAX / 2,
			 w->ecam_gpa, 0))
		return;
	verify_rule(v, RULE_MCFG_RESERVED,
		    verify_map_is(v, gpa, size, MAP_TYPE(E820_RESERVED)), gpa,
		    size);
	verify_rule(v, RULE_MCFG_RAM,
		    !verify_map_touches(v, gpa, size, MAP_TYPE(E820_RAM)), gpa,
		    size);
}

void verify_mcfg(struct verify *v, const struct verify_table *mcfg)
{
	const uint32_t step = sizeof(struct acpi_mcfg) - MCFG_HEAD;
	uint32_t bytes = mcfg->length > MCFG_HEAD ?
				 mcfg->length - (uint32_t)MCFG_HEAD :
				 0;
	struct acpi_mcfg m;

	verify_rule(v, RULE_MCFG_WINDOWS,
		    bytes % step == 0 && bytes / step >= 1 &&
			    bytes / step <= WINDOWS_MAX,
		    mcfg->length, WINDOWS_MAX);
	for (uint32_t i = 0; i < bytes / step && i < WINDOWS_MAX; i++)
		/* the struct with its window over window i */
		if (verify_read(v, mcfg->gpa + i * step, &m, sizeof(m)))
			window_verify(v, &m);
}
