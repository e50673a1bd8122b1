/* SPDX-License-Identifier: BSD-2-Clause */
/* own_tables.c - the machine as CPUID and fw_cfg describe it: microvm without
 * ACPI, or any VMM whose board is like that. */
#include "firmware/own_tables.h"
#include "core/acpi_tables.h"
#include "core/layout.h"
#include "core/mptable.h"
#include "core/topology.h"
#include "firmware/cpu.h"
#include "firmware/fwcfg.h"
#include "firmware/io.h"
#include "firmware/log.h"
#include "firmware/memory.h"
#include "firmware/panic.h"

/* [LINUX] arch/x86/include/asm/apicdef.h, QEMU hw/i386/x86.c: where they are
 * on every PC. */
#define LAPIC_GPA      0xfee00000
#define LAPIC_VERSION  0x14
#define IOAPIC_GPA     0xfec00000
#define IOAPIC_VERSION 0x20
#define TIMER_PIN      2  /* QEMU wires ISA interrupt 0 there */
#define SCI_IRQ        13 /* the coprocessor's: virtio-mmio has 5 to 12 */
#define CPUID_TOPOLOGY 0x0b
#define PORT_FLOATING  0xff

extern const uint8_t aml_dsdt[]; /* from acpi/dsdt.asl */
extern const uint32_t aml_dsdt_size;

/* A guest that switched itself off comes by twice: to be reset for good, which
 * ends QEMU with -no-reboot, and without that to stay off. */
static void mailbox_check(void)
{
	volatile uint32_t *mailbox = (volatile uint32_t *)MAILBOX;

	if (*mailbox == MAILBOX_OFF) {
		*mailbox = MAILBOX_DONE;
		cpu_triple_fault();
	}
	if (*mailbox == MAILBOX_DONE) {
		*mailbox = 0;
		log_line("the guest has switched itself off");
		cpu_halt();
	}
}

static bool rtc_answers(void)
{
	if (io_in8(PORT_CMOS_DATA) != PORT_FLOATING)
		return true;
	io_out8(PORT_CMOS_INDEX, CMOS_STATUS_D);
	return io_in8(PORT_CMOS_DATA) != PORT_FLOATING;
}

static uint32_t cpus_list(uint32_t *apic_id)
{
	uint32_t count =
		fwcfg_number("CPU count", FW_CFG_NB_CPUS, 2);
	struct topology t = {1, 1, 0, 0};

	if (count > ACPI_CPU_MAX)
		panic_limit("CPU count", ERR_TOO_MANY, count, ACPI_CPU_MAX);
	if (count == 0)
		count = 1;
	if (count > 1 && cpu_id(0, 0).eax >= CPUID_TOPOLOGY) {
		struct cpuid thread = cpu_id(CPUID_TOPOLOGY, 0);
		struct cpuid core = cpu_id(CPUID_TOPOLOGY, 1);

		t = topology_of(thread.eax, thread.ebx, core.eax, core.ebx);
	}
	for (uint32_t i = 0; i < count; i++)
		apic_id[i] = topology_apic_id(&t, i);
	return count;
}

static void acpi_build(struct table_block *block, const uint32_t *apic_id,
		       uint32_t cpu_count)
{
	struct acpi_machine m = {
		.apic_id = apic_id,
		.cpu_count = cpu_count,
		.lapic_gpa = LAPIC_GPA,
		.ioapic_gpa = IOAPIC_GPA,
		.timer_gsi = TIMER_PIN,
		.sci_irq = SCI_IRQ,
		.pic = true,
		.boot_arch = ACPI_BOOT_LEGACY_DEVICES | ACPI_BOOT_NO_VGA,
		.dsdt = aml_dsdt,
		.dsdt_size = aml_dsdt_size,
	};
	struct fault fault;

	if (!rtc_answers())
		m.boot_arch |= ACPI_BOOT_NO_RTC;
	if (acpi_tables_build(&m, block, (struct acpi_rsdp *)EBDA_RSDP,
			      &fault) != 0)
		panic_fault("own tables", &fault);
}

static void mp_build(struct table_block *block, const uint32_t *apic_id,
		     uint32_t cpu_count)
{
	struct cpuid cpu = cpu_id(1, 0);
	const struct mp_machine m = {
		.apic_id = apic_id,
		.cpu_count = cpu_count,
		.cpu_signature = cpu.eax,
		.cpu_features = cpu.edx,
		.lapic_gpa = LAPIC_GPA,
		.ioapic_gpa = IOAPIC_GPA,
		.lapic_version = LAPIC_VERSION,
		.ioapic_version = IOAPIC_VERSION,
		.timer_pin2 = true,
	};
	struct fault fault;

	if (mptable_build(&m, block, (struct mp_floating *)EBDA_MP, &fault) !=
	    0)
		panic_fault("MP table", &fault);
}

uint32_t own_tables_build(struct e820_map *map)
{
	static uint32_t apic_id[ACPI_CPU_MAX] NOINIT;
	struct table_block block = {(uint8_t *)OWN_TABLES, OWN_TABLES,
				    OWN_TABLES_SIZE, 0};
	uint32_t cpu_count;

	mailbox_check();
	cpu_count = cpus_list(apic_id);
	acpi_build(&block, apic_id, cpu_count);
	mp_build(&block, apic_id, cpu_count);
	/* The kernel goes on writing to the PM1 registers in there. */
	memory_reserve(map, OWN_TABLES, OWN_TABLES_SIZE, E820_NVS);
	log_numbers("our own tables, % CPUs", cpu_count, 0);
	return EBDA_RSDP;
}
