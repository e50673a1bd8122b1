/* SPDX-License-Identifier: BSD-2-Clause */
/* test_verify_tables.c - each fault in ACPI and SMBIOS tables is found under
 * its own name. */
#include "tests/unit/fault.h"

#define FIELD(type, field)                                                     \
	offsetof(struct type, field), sizeof(((struct type *)0)->field)
#define RSDP(field) FIELD(acpi_rsdp, field)
#define HEAD(field) FIELD(acpi_header, field)
#define FADT(field) FIELD(acpi_fadt, field)
#define X(field)    FADT(x_##field.address)
#define MCFG(field) FIELD(acpi_mcfg, field)
#define CPU(i, field)                                                          \
	sizeof(struct acpi_madt) + (i) * sizeof(struct acpi_madt_lapic) +      \
		offsetof(struct acpi_madt_lapic, field),                       \
		sizeof(((struct acpi_madt_lapic *)0)->field)
#define IOAPIC(field)                                                          \
	sizeof(struct acpi_madt) +                                             \
		MACHINE_CPUS * sizeof(struct acpi_madt_lapic) +                \
		offsetof(struct acpi_madt_ioapic, field),                      \
		sizeof(((struct acpi_madt_ioapic *)0)->field)
#define XSDT(i)     sizeof(struct acpi_header) + (i) * 8, 8
#define ENTRY(field) FIELD(smbios3_entry, field)

static const struct fault_case root_faults[] = {
	{"acpi.rsdp", NULL, AT_RSDP, SEAL, 0, 1, 'r'},
	{"acpi.rsdp_checksum", "acpi.rsdp_extended", AT_RSDP, AS_IS,
	 RSDP(checksum), 1},
	{"acpi.rsdp_extended", NULL, AT_RSDP, AS_IS, RSDP(extended_sum), 1},
	{"acpi.rsdp_extended", NULL, AT_RSDP, SEAL, RSDP(length), 20},
	{"acpi.rsdp_revision", NULL, AT_RSDP, SEAL, RSDP(revision), 3},
	{"acpi.root", NULL, AT_RSDP, SEAL, RSDP(xsdt_gpa), 0},
	{"acpi.root", "acpi.read", AT_RSDP, SEAL, RSDP(xsdt_gpa), UINT64_MAX},
	{"acpi.root", "acpi.signature", AT_RSDP, SEAL, RSDP(xsdt_gpa),
	 MACHINE_MCFG},
	{"acpi.root_entries", NULL, AT_XSDT, SEAL, HEAD(length), 36 + 25},
	{"acpi.root_entries", "acpi.fadt acpi.madt", AT_XSDT, SEAL,
	 HEAD(length), 36},
	{"acpi.read", NULL, AT_XSDT, SEAL, XSDT(2), MACHINE_MEMORY - 8},
	{"acpi.signature", NULL, AT_XSDT, SEAL, XSDT(2), MACHINE_KERNEL},
	{"acpi.overlap", NULL, AT_XSDT, SEAL, XSDT(2), MACHINE_XSDT},
	{"acpi.signature", NULL, AT_MCFG, SEAL, HEAD(signature), 0x67666d},
	{"acpi.length", NULL, AT_MCFG, AS_IS, HEAD(length), 35},
	{"acpi.length", NULL, AT_MCFG, AS_IS, HEAD(length), 0x100001},
	{"acpi.checksum", NULL, AT_MCFG, AS_IS, HEAD(oem_revision), 99},
	{"acpi.checksum", NULL, AT_DSDT, AS_IS, HEAD(oem_revision), 99},
	{"acpi.overlap", NULL, AT_DSDT, SEAL, HEAD(length), 0x400},
};

static const struct fault_case fadt_faults[] = {
	{"acpi.fadt", NULL, AT_FADT, SEAL, HEAD(signature), ACPI_SIG_SSDT},
	{"acpi.fadt_length", NULL, AT_FADT, SEAL, HEAD(length), 0x70},
	{"acpi.dsdt", "acpi.fadt_agree acpi.read", AT_FADT, SEAL,
	 FADT(x_dsdt_gpa), MACHINE_MEMORY},
	{"acpi.dsdt", "acpi.signature", AT_DSDT, SEAL, HEAD(signature),
	 ACPI_SIG_SSDT},
	{"acpi.facs", NULL, AT_FADT, SEAL, FADT(facs_gpa), 0},
	{"acpi.facs", NULL, AT_FADT, SEAL, FADT(facs_gpa),
	 MACHINE_TABLES + 0x7004},
	{"acpi.facs", NULL, AT_FACS, AS_IS, FIELD(acpi_facs, signature), 0},
	{"acpi.facs", NULL, AT_FACS, AS_IS, FIELD(acpi_facs, length), 63},
	{"acpi.overlap", NULL, AT_FACS, AS_IS, FIELD(acpi_facs, length), 128},
	{"acpi.fadt_agree", NULL, AT_FADT, SEAL, FADT(dsdt_gpa), 0x301000},
	{"acpi.fadt_agree", "acpi.facs", AT_FADT, SEAL, FADT(x_facs_gpa),
	 MACHINE_TABLES + 0x7000},
	{"acpi.fadt_agree", NULL, AT_FADT, SEAL, FADT(pm1a_event), 0x600},
	{"acpi.fadt_pm1a", NULL, AT_FADT, SEAL, X(pm1a_event), 0},
	{"acpi.fadt_pm1a", NULL, AT_FADT, SEAL, X(pm1a_control), 0},
	{"acpi.fadt_pm1a", NULL, AT_FADT, SEAL, X(pm1a_event), MACHINE_KERNEL},
	{"acpi.fadt_pm1a", NULL, AT_FADT, SEAL, FADT(pm1_event_len), 0},
	{"acpi.fadt_pm_timer", NULL, AT_FADT, SEAL, FADT(pm_timer_len), 4},
	{"acpi.fadt_pm_timer", NULL, AT_FADT, SEAL, FADT(pm_timer), 0x608},
};

static const struct fault_case madt_faults[] = {
	{"acpi.madt", NULL, AT_MADT, SEAL, HEAD(signature), ACPI_SIG_SSDT},
	{"acpi.madt", NULL, AT_MCFG, SEAL, HEAD(signature), ACPI_SIG_MADT},
	{"acpi.madt_entries", "acpi.madt_ioapic acpi.madt_cpu", AT_MADT, SEAL,
	 HEAD(length), 40},
	{"acpi.madt_entries", "acpi.madt_ioapic acpi.madt_cpu", AT_MADT, SEAL,
	 CPU(0, head.length), 0},
	{"acpi.madt_entries", "acpi.madt_ioapic", AT_MADT, SEAL,
	 CPU(1, head.length), 1},
	{"acpi.madt_entries", "acpi.madt_ioapic", AT_MADT, SEAL,
	 CPU(2, head.length), 0xff},
	{"acpi.madt_entries", "acpi.madt_ioapic", AT_MADT, SEAL, HEAD(length),
	 sizeof(struct acpi_madt) + 9},
	{"acpi.madt_size", NULL, AT_MADT, SEAL, CPU(1, head.length), 16},
	{"acpi.madt_apic_id", NULL, AT_MADT, SEAL, CPU(1, apic_id), 0},
	{"acpi.madt_apic_id", NULL, AT_MADT, SEAL, CPU(3, apic_id), 1},
	{"acpi.madt_ioapic", NULL, AT_MADT, SEAL, IOAPIC(head.type), 0x7f},
	{"acpi.madt_mmio", NULL, AT_MADT, SEAL, IOAPIC(gpa), MACHINE_KERNEL},
	{"acpi.madt_mmio", NULL, AT_MADT, SEAL, FIELD(acpi_madt, lapic_gpa), 0},
	{"acpi.mcfg", NULL, AT_MCFG, SEAL, HEAD(length), 59},
	{"acpi.mcfg", NULL, AT_MCFG, SEAL, MCFG(first_bus), 64},
	{"acpi.mcfg", NULL, AT_MCFG, SEAL, MCFG(ecam_gpa), ECAM_BASE + 4096},
	{"acpi.mcfg_reserved", NULL, AT_MCFG, SEAL, MCFG(last_bus), 255},
	{"acpi.mcfg_ram", "acpi.mcfg_reserved", AT_MCFG, SEAL, MCFG(ecam_gpa),
	 MACHINE_KERNEL},
};

static const struct fault_case smbios_faults[] = {
	{"smbios.entry", NULL, AT_ENTRY, SEAL, ENTRY(length), 0xff},
	{"smbios.checksum", NULL, AT_ENTRY, AS_IS, ENTRY(minor), 9},
	{"smbios.structures", "smbios.read", AT_ENTRY, SEAL, ENTRY(table_gpa),
	 MACHINE_MEMORY},
	{"smbios.structures", NULL, AT_ENTRY, SEAL, ENTRY(table_gpa),
	 UINT64_MAX},
	{"smbios.structures", NULL, AT_ENTRY, SEAL, ENTRY(max_size), 9},
	{"smbios.structures", NULL, AT_0, AS_IS, SMBIOS_TABLES + 1, 1, 3},
	{"smbios.structures", NULL, AT_0, AS_IS, SMBIOS_TABLES + 1, 1, 200},
	{"smbios.structures", NULL, AT_0, AS_IS, SMBIOS_TABLES + 9, 1, 1},
};

static void test_root(void **state)
{
	(void)state;
	expect_each(root_faults, ARRAY_COUNT(root_faults), BL_ENTRY_64);
}

static void test_fadt(void **state)
{
	(void)state;
	expect_each(fadt_faults, ARRAY_COUNT(fadt_faults), BL_ENTRY_64);
}

static void test_madt(void **state)
{
	(void)state;
	expect_each(madt_faults, ARRAY_COUNT(madt_faults), BL_ENTRY_64);
}

static void test_smbios(void **state)
{
	(void)state;
	expect_each(smbios_faults, ARRAY_COUNT(smbios_faults), BL_ENTRY_64);
}

/* Structures inside the kernel. */
static void test_smbios_place(void **state)
{
	struct smbios3_entry *e = (void *)(memory + MACHINE_SMBIOS_ENTRY);

	(void)state;
	machine_build(&m, memory, BL_ENTRY_64);
	memcpy(memory + MACHINE_KERNEL + 0x8000, memory + SMBIOS_TABLES, 15);
	e->table_gpa = MACHINE_KERNEL + 0x8000;
	machine_seal(&m, MACHINE_SMBIOS_ENTRY, sizeof(*e), 5);
	expect("smbios.overlap", "smbios.memory");
	assert_true(was_found("smbios.memory"));
}

/* The tables of a board that nobody programmed: all of its registers are at
 * the ports of other chips. */
static void test_unprogrammed(void **state)
{
	struct acpi_fadt *fadt;

	(void)state;
	machine_build(&m, memory, BL_ENTRY_64);
	fadt = machine_at(&m, m.fadt);
	fadt->x_pm1a_event = fadt->x_pm1a_control = (struct acpi_address){0};
	fadt->pm1a_event = 0x600;
	fadt->pm1a_control = 0x604;
	fadt->pm_timer = 0x608;
	fadt->pm_timer_len = 4;
	machine_seal_table(&m, m.fadt);
	expect(NULL, NULL);
	fadt->pm1a_event = 0;
	fadt->pm1a_control = 4;
	fadt->pm_timer = 8;
	machine_seal_table(&m, m.fadt);
	expect("acpi.fadt_pm1a", "acpi.fadt_pm_timer");
	assert_true(was_found("acpi.fadt_pm_timer"));
	/* without hardware there is none of that, and no FACS */
	fadt->flags |= ACPI_FADT_HW_REDUCED;
	fadt->facs_gpa = 0;
	machine_seal_table(&m, m.fadt);
	expect(NULL, NULL);
}

/* With no address given, the RSDP is looked for; without one there is no ACPI
 * and no rule for it. */
static void test_rsdp_is_looked_for(void **state)
{
	struct boot_params *bp = (void *)(memory + BOOT_PARAMS);
	struct acpi_rsdp *rsdp = (void *)(memory + EBDA_RSDP);

	(void)state;
	machine_build(&m, memory, BL_ENTRY_64);
	bp->acpi_rsdp_addr = 0;
	rsdp->extended_sum++;
	expect(NULL, NULL);
	*(uint16_t *)(void *)(memory + BDA_EBDA_WORD) = EBDA >> 4;
	expect("acpi.rsdp_extended", NULL);
	memcpy(memory + 0xe0010, rsdp, sizeof(*rsdp));
	memset(rsdp, 0, sizeof(*rsdp));
	expect("acpi.rsdp_extended", NULL);
	/* a wrong sum is passed over while there is a right one */
	memcpy(rsdp, ACPI_RSDP_SIGNATURE, 8);
	expect("acpi.rsdp_extended", NULL);
	memset(rsdp, 0, sizeof(*rsdp));
	memory[0xe0010 + 9]++;
	expect("acpi.rsdp_checksum", "acpi.rsdp_extended");
}

/* As with the RSDP. */
static void test_smbios_anchor_of_another(void **state)
{
	uint8_t *entry = memory + MACHINE_SMBIOS_ENTRY;

	(void)state;
	machine_build(&m, memory, BL_ENTRY_64);
	memmove(entry + 0x40, entry, sizeof(struct smbios3_entry));
	entry[6] = 0xff;
	expect(NULL, NULL);
	entry[0x40 + 6] = 0;
	expect("smbios.entry", NULL);
}

/* A processor that is no processor may have any id. */
static void test_disabled_cpus(void **state)
{
	struct acpi_madt_lapic *cpu;

	(void)state;
	machine_build(&m, memory, BL_ENTRY_64);
	cpu = machine_at(&m, m.madt + sizeof(struct acpi_madt));
	cpu[1].apic_id = cpu[0].apic_id;
	cpu[1].flags = 0;
	machine_seal_table(&m, m.madt);
	expect(NULL, NULL);
	for (unsigned i = 0; i < MACHINE_CPUS; i++)
		cpu[i].flags = 0;
	machine_seal_table(&m, m.madt);
	expect("acpi.madt_cpu", NULL);
}

/* An RSDT, and the entry point of SMBIOS 2.1. */
static void test_old_tables(void **state)
{
	static const uint8_t anchor[31] = "_SM_\0\x1f";
	uint8_t *entry = memory + MACHINE_SMBIOS_ENTRY;
	struct acpi_rsdp *rsdp = (void *)(memory + EBDA_RSDP);
	uint32_t *xsdt = (void *)(memory + MACHINE_XSDT);

	(void)state;
	machine_build(&m, memory, BL_ENTRY_64);
	rsdp->revision = 0;
	rsdp->rsdt_gpa = MACHINE_XSDT;
	machine_seal_rsdp(&m);
	xsdt[0] = 0x54445352; /* "RSDT" */
	machine_seal_table(&m, MACHINE_XSDT);
	memcpy(entry, anchor, sizeof(anchor));
	memcpy(entry + 0x10, "_DMI_", 5);
	entry[0x16] = 15;
	memcpy(entry + 0x18, &(uint32_t){SMBIOS_TABLES}, 4);
	machine_seal(&m, MACHINE_SMBIOS_ENTRY + 0x10, 15, 5);
	machine_seal(&m, MACHINE_SMBIOS_ENTRY, 31, 4);
	expect(NULL, NULL);
	entry[0x1e] ^= 1;
	expect("smbios.checksum", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_root), CASE(test_fadt), CASE(test_madt),
		CASE(test_smbios), CASE(test_smbios_place),
		CASE(test_unprogrammed),
		CASE(test_rsdp_is_looked_for), CASE(test_disabled_cpus),
		CASE(test_smbios_anchor_of_another), CASE(test_disabled_cpus),
		CASE(test_old_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
