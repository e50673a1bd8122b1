/* SPDX-License-Identifier: BSD-2-Clause */
/* machine.h - a small machine that breaks no rule of bl_verify(), made with
 * core/'s builders: what test_verify.c breaks and fuzz_verify.c changes.
 *
 *   0x000000 GDT                      0x100000 kernel
 *   0x035000 boot_params, page tables 0x200000 initrd
 *   0x039000 start_info               0x300000 ACPI tables
 *   0x03b010 the seed                 0xb0000000 ECAM window
 *   0x040000 command line             0x050000 SMBIOS structures */
#ifndef TESTS_UNIT_MACHINE_H
#define TESTS_UNIT_MACHINE_H

#include <stdlib.h>
#include <string.h>

#include "core/abi/x86.h"
#include "core/acpi_tables.h"
#include "core/boot_params.h"
#include "core/layout.h"
#include "core/pvh.h"
#include "core/smbios.h"
#include "core/sum8.h"
#include "host-loader/beeline.h"

#define MACHINE_MEMORY  0x400000
#define MACHINE_RAM_END 0x1000000
#define MACHINE_KERNEL  0x100000
#define MACHINE_KERNEL_SIZE 0x80000
#define MACHINE_ENTRY   0x101000
#define MACHINE_INITRD  0x200000
#define MACHINE_INITRD_SIZE 0x5432
#define MACHINE_TABLES  0x300000
#define MACHINE_TABLES_SIZE 0x10000
#define MACHINE_MCFG    0x308000
#define MACHINE_XSDT    0x309000
#define MACHINE_ECAM_SIZE 0x4000000
#define MACHINE_SEED_SIZE 32
#define MACHINE_SMBIOS_ENTRY 0x000f0040
#define MACHINE_CPUS    4
#define MACHINE_PAGE_TABLE 0x60000 /* of the first 2 MiB, by 4 KiB */

struct machine {
	uint8_t *memory; /* MACHINE_MEMORY bytes from 0 on */
	struct bl_cpu cpu;
	enum bl_entry entry;
	uint64_t kernel_gpa, kernel_size;
	uint64_t fadt, madt, dsdt, facs; /* where they came to stand */
};

static inline int machine_read(void *ctx, uint64_t gpa, void *dst,
			       uint64_t len)
{
	const struct machine *m = ctx;

	if (!range_fits(gpa, len, MACHINE_MEMORY))
		return -1;
	memcpy(dst, m->memory + gpa, len);
	return 0;
}

static inline void *machine_at(const struct machine *m, uint64_t gpa)
{
	if (gpa >= MACHINE_MEMORY)
		abort();
	return m->memory + gpa;
}

/* Sets the byte at `at` so that all of [gpa, gpa + size) adds up to 0. */
static inline void machine_seal(const struct machine *m, uint64_t gpa,
				uint32_t size, uint32_t at)
{
	uint8_t *bytes = machine_at(m, gpa);

	bytes[at] = 0;
	bytes[at] = (uint8_t)-sum8(bytes, size);
}

/* The same for an ACPI table, by its own length. */
static inline void machine_seal_table(const struct machine *m, uint64_t gpa)
{
	const struct acpi_header *h = machine_at(m, gpa);

	machine_seal(m, gpa, h->length, offsetof(struct acpi_header, checksum));
}

static inline void machine_seal_rsdp(const struct machine *m)
{
	machine_seal(m, EBDA_RSDP, ACPI_RSDP_V1_SIZE,
		     offsetof(struct acpi_rsdp, checksum));
	machine_seal(m, EBDA_RSDP, sizeof(struct acpi_rsdp),
		     offsetof(struct acpi_rsdp, extended_sum));
}

/* An XSDT with a third entry takes the place of core's, for an MCFG. */
static inline void machine_add_mcfg(const struct machine *m)
{
	struct acpi_rsdp *rsdp = machine_at(m, EBDA_RSDP);
	struct acpi_xsdt *xsdt = machine_at(m, MACHINE_XSDT);
	struct acpi_mcfg *mcfg = machine_at(m, MACHINE_MCFG);

	memcpy(xsdt, machine_at(m, rsdp->xsdt_gpa), sizeof(*xsdt) + 16);
	xsdt->head.length += 8;
	xsdt->entry[2] = MACHINE_MCFG;
	mcfg->head = xsdt->head;
	mcfg->head.signature = ACPI_SIG_MCFG;
	mcfg->head.length = sizeof(*mcfg);
	mcfg->ecam_gpa = ECAM_BASE;
	mcfg->last_bus = MACHINE_ECAM_SIZE / 0x100000 - 1;
	machine_seal_table(m, MACHINE_XSDT);
	machine_seal_table(m, MACHINE_MCFG);
	rsdp->xsdt_gpa = MACHINE_XSDT;
	machine_seal_rsdp(m);
}

static inline void machine_add_acpi(struct machine *m)
{
	static const uint32_t ids[MACHINE_CPUS] = {0, 1, 2, 3};
	struct {
		struct acpi_header head;
		uint8_t aml[40];
	} dsdt = {.head = {ACPI_SIG_DSDT, sizeof(dsdt), .revision = 2},
		  .aml = {0xa3, 0xa3}};
	const struct acpi_machine machine = {
		.apic_id = ids, .cpu_count = MACHINE_CPUS,
		.lapic_gpa = 0xfee00000, .ioapic_gpa = 0xfec00000,
		.sci_irq = 13, .dsdt = (const uint8_t *)&dsdt,
		.dsdt_size = sizeof(dsdt),
	};
	struct table_block block = {machine_at(m, MACHINE_TABLES),
				    MACHINE_TABLES, 0x8000, 0};
	struct acpi_rsdp *rsdp = machine_at(m, EBDA_RSDP);
	const struct acpi_xsdt *xsdt;
	const struct acpi_fadt *fadt;
	struct fault fault;

	if (acpi_tables_build(&machine, &block, rsdp, &fault) != 0)
		abort();
	xsdt = machine_at(m, rsdp->xsdt_gpa);
	m->fadt = xsdt->entry[0];
	m->madt = xsdt->entry[1];
	fadt = machine_at(m, m->fadt);
	m->dsdt = fadt->x_dsdt_gpa;
	m->facs = fadt->facs_gpa;
	machine_add_mcfg(m);
}

static inline void machine_map(struct e820_map *map)
{
	const struct e820_entry entries[] = {
		{0, 0x50000, E820_RAM},
		{SMBIOS_TABLES, 0x1000, E820_RESERVED},
		{0x51000, 0x4e000, E820_RAM},
		{0x9f000, 0x1000, E820_RESERVED},
		{HIGH_START, MACHINE_TABLES - HIGH_START, E820_RAM},
		{MACHINE_TABLES, MACHINE_TABLES_SIZE, E820_NVS},
		{MACHINE_TABLES + MACHINE_TABLES_SIZE,
		 MACHINE_RAM_END - MACHINE_TABLES - MACHINE_TABLES_SIZE,
		 E820_RAM},
		{ECAM_BASE, MACHINE_ECAM_SIZE, E820_RESERVED},
	};
	struct fault fault;

	if (e820_parse(map, entries, sizeof(entries), &fault) != 0)
		abort();
}

static inline void machine_add_seed(const struct machine *m)
{
	struct setup_data *seed = machine_at(m, LAUNCH_SEED);

	*seed = (struct setup_data){0, SETUP_RNG_SEED, MACHINE_SEED_SIZE};
	memset(seed + 1, 0x5a, MACHINE_SEED_SIZE);
}

static inline void machine_add_linux(const struct machine *m,
				     const struct e820_map *map)
{
	struct boot_params *bp = machine_at(m, BOOT_PARAMS);
	const struct boot_args args = {
		.load_gpa = MACHINE_KERNEL, .cmdline_gpa = CMDLINE,
		.initrd_gpa = MACHINE_INITRD,
		.initrd_size = MACHINE_INITRD_SIZE, .rsdp_gpa = EBDA_RSDP,
		.setup_data_gpa = LAUNCH_SEED, .map = map,
	};

	bp->hdr.boot_flag = SETUP_BOOT_FLAG;
	bp->hdr.header = SETUP_HEADER_MAGIC;
	bp->hdr.version = 0x20f;
	bp->hdr.loadflags = LOADED_HIGH;
	bp->hdr.kernel_alignment = 0x200000;
	bp->hdr.cmdline_size = 255;
	boot_params_build(bp, &args);
	machine_add_seed(m);
}

static inline void machine_add_pvh(const struct machine *m,
				   const struct e820_map *map)
{
	const struct pvh_args args = {
		.cmdline_gpa = CMDLINE, .initrd_gpa = MACHINE_INITRD,
		.initrd_size = MACHINE_INITRD_SIZE, .rsdp_gpa = EBDA_RSDP,
	};

	if (pvh_build(machine_at(m, START_INFO), START_INFO, START_INFO_SIZE,
		      map, &args) != 0)
		abort();
}

static inline void machine_add_smbios(const struct machine *m)
{
	static const uint8_t bios[] = {0, 4, 0, 0, 'B', 0, 'C', 0, 0};
	struct smbios3_entry *e = machine_at(m, MACHINE_SMBIOS_ENTRY);
	uint8_t *tables = machine_at(m, SMBIOS_TABLES);
	int size;

	memcpy(tables, bios, sizeof(bios));
	size = smbios_close(tables, sizeof(bios), 0x1000);
	memcpy(e->anchor, "_SM3_", sizeof(e->anchor));
	e->length = sizeof(*e);
	e->major = 3;
	e->revision = 1;
	e->max_size = (uint32_t)size;
	e->table_gpa = SMBIOS_TABLES;
	machine_seal(m, MACHINE_SMBIOS_ENTRY, sizeof(*e),
		     offsetof(struct smbios3_entry, checksum));
}

/* 1 GiB by pages of 2 MiB, the first of which is one table more. */
static inline void machine_add_pages(const struct machine *m)
{
	uint64_t *directory = machine_at(m, PAGE_DIRECTORY);
	uint64_t *pages = machine_at(m, MACHINE_PAGE_TABLE);
	const uint64_t flags = PTE_PRESENT | PTE_WRITE;

	*(uint64_t *)machine_at(m, PML4) = PDPT | flags;
	*(uint64_t *)machine_at(m, PDPT) = PAGE_DIRECTORY | flags;
	for (uint64_t i = 0; i < 512; i++) {
		directory[i] = i << 21 | flags | PTE_LARGE;
		pages[i] = i << 12 | flags;
	}
	directory[0] = MACHINE_PAGE_TABLE | flags;
}

/* GDT and registers. */
static inline void machine_add_cpu(struct machine *m)
{
	static const uint64_t gdt[] = {0, 0, 0x00af9b000000ffff,
				       0x00cf93000000ffff, 0x00cf9b000000ffff,
				       0x0000890000000067};
	const bool pvh = m->entry == BL_ENTRY_PVH;

	memcpy(machine_at(m, STUB_GDT), gdt, sizeof(gdt));
	m->cpu = (struct bl_cpu){
		.rip = MACHINE_ENTRY, .rflags = 2, .gdt_gpa = STUB_GDT,
		.rsi = pvh ? 0 : BOOT_PARAMS, .rbx = pvh ? START_INFO : 0,
		.cr0 = CR0_PE | CR0_ET | (pvh ? 0 : CR0_PG),
		.cr3 = pvh ? 0 : PML4, .cr4 = pvh ? 0 : CR4_PAE,
		.efer = pvh ? 0 : EFER_LME, .gdt_limit = sizeof(gdt) - 1,
		.cs = pvh ? SEL_CODE32 : SEL_CODE64, .ds = SEL_DATA,
		.ss = SEL_DATA, .tr = pvh ? SEL_TSS : 0,
		.mtrr_def_type = MTRR_DEF_WB_ON,
	};
}

/* memory: MACHINE_MEMORY bytes. */
static inline void machine_build(struct machine *m, uint8_t *memory,
				 enum bl_entry entry)
{
	struct e820_map map;

	*m = (struct machine){.memory = memory, .entry = entry,
			      .kernel_gpa = MACHINE_KERNEL,
			      .kernel_size = MACHINE_KERNEL_SIZE};
	memset(memory, 0, MACHINE_MEMORY);
	memset(machine_at(m, MACHINE_ENTRY), 0x90, 8);
	strcpy(machine_at(m, CMDLINE), "console=ttyS0 quiet");
	machine_map(&map);
	machine_add_acpi(m);
	machine_add_smbios(m);
	machine_add_pages(m);
	machine_add_cpu(m);
	if (entry == BL_ENTRY_PVH)
		machine_add_pvh(m, &map);
	else
		machine_add_linux(m, &map);
}

#endif
