/* SPDX-License-Identifier: BSD-2-Clause */
/* own_tables.c - the machine as CPUID and fw_cfg describe it: microvm without
 * ACPI, or any VMM whose board is like that. */
#include "firmware/own_tables.h"
#include "core/layout.h"
#include "core/pc_tables.h"
#include "core/topology.h"
#include "firmware/cpu.h"
#include "firmware/fwcfg.h"
#include "firmware/io.h"
#include "firmware/log.h"
#include "firmware/memory.h"
#include "firmware/panic.h"

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

uint32_t own_tables_build(struct e820_map *map)
{
	static uint32_t apic_id[ACPI_CPU_MAX] NOINIT;
	struct table_block block = {(uint8_t *)OWN_TABLES, OWN_TABLES,
				    OWN_TABLES_SIZE, 0};
	struct cpuid cpu = cpu_id(1, 0);
	struct pc_board board = {
		.apic_id = apic_id,
		.cpu_signature = cpu.eax,
		.cpu_features = cpu.edx,
		.dsdt = aml_dsdt,
		.dsdt_size = aml_dsdt_size,
	};
	struct fault fault;

	mailbox_check();
	board.cpu_count = cpus_list(apic_id);
	board.no_rtc = !rtc_answers();
	if (pc_tables_build(&board, &block, (struct acpi_rsdp *)EBDA_RSDP,
			    (struct mp_floating *)EBDA_MP, &fault) != 0)
		panic_fault("own tables", &fault);
	/* The kernel goes on writing to the PM1 registers in there. */
	memory_reserve(map, OWN_TABLES, OWN_TABLES_SIZE, E820_NVS);
	log_numbers("our own tables, % CPUs", board.cpu_count, 0);
	return EBDA_RSDP;
}
