/* SPDX-License-Identifier: BSD-2-Clause */
/* test_verify.c - a machine without a fault has none, and each fault in its
 * processor, page tables or boot data is found under its own name. */
#include "tests/unit/fault.h"

#define PARAM(field)                                                           \
	offsetof(struct boot_params, field),                                   \
		sizeof(((struct boot_params *)0)->field)
#define HEADER(field)  PARAM(hdr.field)
#define E820(i, field) PARAM(e820[i].field)
#define INFO(field)                                                            \
	offsetof(struct hvm_start_info, field),                                \
		sizeof(((struct hvm_start_info *)0)->field)
#define PTE(gpa)       MACHINE_PAGE_TABLE + ((gpa) >> 12) * 8, 8
#define SEED(offset, size) LAUNCH_SEED + (offset), (size)

static const struct fault_case linux_faults[] = {
	{"boot_params.boot_flag", NULL, AT_PARAMS, AS_IS, HEADER(boot_flag), 0},
	{"boot_params.header", NULL, AT_PARAMS, AS_IS, HEADER(header), 1},
	{"boot_params.version", NULL, AT_PARAMS, AS_IS, HEADER(version), 0x20b},
	{"boot_params.loadflags", NULL, AT_PARAMS, AS_IS, HEADER(loadflags), 2},
	{"boot_params.type_of_loader", NULL, AT_PARAMS, AS_IS,
	 HEADER(type_of_loader), 0},
	{"boot_params.sentinel", NULL, AT_PARAMS, AS_IS, 0x1ef, 1, 0xff},
	{"boot_params.kernel_alignment", NULL, AT_PARAMS, AS_IS,
	 HEADER(kernel_alignment), 0x300000},
	{"boot_params.ramdisk", NULL, AT_PARAMS, AS_IS, HEADER(ramdisk_image),
	 0},
	{"initrd.memory", NULL, AT_PARAMS, AS_IS, PARAM(ext_ramdisk_image), 1},
	{"initrd.memory", "acpi.overlap", AT_PARAMS, AS_IS,
	 HEADER(ramdisk_image), MACHINE_TABLES - 4096},
	{"initrd.memory", "acpi.overlap", AT_PARAMS, AS_IS,
	 PARAM(ext_ramdisk_size), 1},
	{"initrd.overlap", NULL, AT_PARAMS, AS_IS, HEADER(ramdisk_image),
	 MACHINE_KERNEL + MACHINE_KERNEL_SIZE - 1},
	{"initrd.overlap", "page_tables.overlap", AT_PARAMS, AS_IS,
	 HEADER(ramdisk_image), BOOT_PARAMS},
	{"cmdline.end", NULL, AT_PARAMS, AS_IS, HEADER(cmdline_size), 3},
	{"cmdline.end", NULL, AT_PARAMS, AS_IS, PARAM(ext_cmd_line_ptr), 1},
	{"cmdline.overlap", NULL, AT_PARAMS, AS_IS, HEADER(cmd_line_ptr),
	 BOOT_PARAMS + 4},
	{"cmdline.overlap", NULL, AT_PARAMS, AS_IS, HEADER(cmd_line_ptr),
	 MACHINE_KERNEL + 16},
	{"setup_data.read", NULL, AT_PARAMS, AS_IS, HEADER(setup_data),
	 MACHINE_MEMORY - 8},
	{"setup_data.memory", NULL, AT_PARAMS, AS_IS, HEADER(setup_data),
	 EBDA + 0x80},
	{"setup_data.cycle", NULL, AT_0, AS_IS, SEED(0, 8), LAUNCH_SEED},
	{"setup_data.overlap", NULL, AT_0, AS_IS, SEED(0, 8),
	 BOOT_PARAMS + 0x100},
	{"setup_data.type", NULL, AT_0, AS_IS, SEED(8, 4), 77},
	{"setup_data.length", "setup_data.memory", AT_0, AS_IS, SEED(12, 4),
	 5000},
	{"setup_data.length", "setup_data.memory", AT_0, AS_IS, SEED(12, 4),
	 UINT32_MAX},
	{"acpi.rsdp", NULL, AT_PARAMS, AS_IS, PARAM(acpi_rsdp_addr), EBDA + 64},
	{"kernel.code", NULL, AT_0, AS_IS, MACHINE_ENTRY, 8, 0},
};

/* Entries of the map: 0 low RAM, 1 SMBIOS, 2 low RAM, 3 EBDA, 4 kernel, 5 ACPI,
 * 6 RAM, 7 ECAM. */
static const struct fault_case map_faults[] = {
	{"map.count",
	 "map.low map.high kernel.memory initrd.memory setup_data.memory "
	 "acpi.memory acpi.mcfg_reserved smbios.memory",
	 AT_PARAMS, AS_IS, PARAM(e820_entries), 0},
	{"map.count", "map.type map.empty", AT_PARAMS, AS_IS,
	 PARAM(e820_entries), 129},
	{"map.wrap", "acpi.mcfg_reserved", AT_PARAMS, AS_IS, E820(7, len),
	 UINT64_MAX},
	{"map.empty", "acpi.mcfg_reserved", AT_PARAMS, AS_IS, E820(7, len), 0},
	{"map.type", "acpi.mcfg_reserved", AT_PARAMS, AS_IS, E820(7, type), 0},
	{"map.overlap", "acpi.memory acpi.fadt_pm1a", AT_PARAMS, AS_IS,
	 E820(4, len), MACHINE_TABLES},
	{"map.hole", "acpi.rsdp_memory map.overlap smbios.memory", AT_PARAMS,
	 AS_IS, E820(2, len), 0x60000},
	{"acpi.memory", "acpi.fadt_pm1a", AT_PARAMS, AS_IS, E820(5, type), 1},
	{"acpi.memory", NULL, AT_PARAMS, AS_IS, E820(5, len), 0x8000},
	{"acpi.rsdp_memory", NULL, AT_PARAMS, AS_IS, E820(3, type), 1},
	{"acpi.mcfg_ram", "acpi.mcfg_reserved", AT_PARAMS, AS_IS, E820(7, type),
	 1},
	{"acpi.mcfg_reserved", NULL, AT_PARAMS, AS_IS, E820(7, len), 0x100000},
	{"smbios.memory", NULL, AT_PARAMS, AS_IS, E820(1, type), 1},
};

static const struct fault_case page_faults[] = {
	{"cpu.code", NULL, AT_0, AS_IS, SEL_CODE64, 8, 0x00cf9b000000ffff},
	{"cpu.code", NULL, AT_0, AS_IS, SEL_CODE64, 8, 0x00af1b000000ffff},
	{"cpu.data", NULL, AT_0, AS_IS, SEL_DATA, 8, 0x00cf91000000ffff},
	{"page_tables.entry", "page_tables.kernel", AT_0, AS_IS,
	 PTE(MACHINE_ENTRY), 0},
	{"page_tables.kernel", NULL, AT_0, AS_IS, PTE(MACHINE_KERNEL + 0x9000),
	 0x102003},
	{"page_tables.kernel", NULL, AT_0, AS_IS,
	 PTE(MACHINE_KERNEL + MACHINE_KERNEL_SIZE - 1), 0},
	{"page_tables.reserved", "page_tables.kernel", AT_0, AS_IS,
	 PTE(MACHINE_KERNEL), UINT64_C(1) << 63 | MACHINE_KERNEL | 3},
	{"page_tables.boot_params", NULL, AT_0, AS_IS, PTE(BOOT_PARAMS), 0},
	{"page_tables.cmdline", NULL, AT_0, AS_IS, PTE(CMDLINE), 0},
	{"page_tables.self", NULL, AT_0, AS_IS, PTE(PDPT), 0},
	{"page_tables.table",
	 "page_tables.entry page_tables.kernel page_tables.boot_params "
	 "page_tables.cmdline page_tables.self",
	 AT_0, AS_IS, PAGE_DIRECTORY, 8, MACHINE_MEMORY | 3},
};

static const struct fault_case pvh_faults[] = {
	{"pvh.magic", NULL, AT_PVH, AS_IS, INFO(magic), 0},
	{"pvh.version", NULL, AT_PVH, AS_IS, INFO(version), 0},
	{"pvh.memmap",
	 "map.low map.high kernel.memory initrd.memory acpi.memory "
	 "acpi.mcfg_reserved smbios.memory",
	 AT_PVH, AS_IS, INFO(memmap_paddr), MACHINE_MEMORY},
	{"map.count", "map.empty map.type", AT_PVH, AS_IS, INFO(memmap_entries),
	 128},
	{"pvh.modules", NULL, AT_PVH, AS_IS, INFO(modlist_paddr), UINT64_MAX},
	{"pvh.module_low", "initrd.memory", AT_PVH, AS_IS,
	 sizeof(struct hvm_start_info) + 4, 4, 1},
	{"pvh.cmdline_low", "cmdline.end", AT_PVH, AS_IS, INFO(cmdline_paddr),
	 UINT64_C(1) << 32},
	{"cmdline.end", NULL, AT_PVH, AS_IS, INFO(cmdline_paddr),
	 MACHINE_MEMORY},
	{"acpi.rsdp", NULL, AT_PVH, AS_IS, INFO(rsdp_paddr), EBDA + 64},
	{"cpu.tr", NULL, AT_0, AS_IS, SEL_TSS, 8, 0x0000890000000066},
	{"cpu.tr", NULL, AT_0, AS_IS, SEL_TSS, 8, 0x0000090000000067},
	{"cpu.code", NULL, AT_0, AS_IS, SEL_CODE32, 8, 0x00af9b000000ffff},
	{"cpu.code", NULL, AT_0, AS_IS, SEL_CODE32, 8, 0x00cf9b010000ffff},
	{"cpu.data", NULL, AT_0, AS_IS, SEL_DATA, 8, 0x00cf93000000fffe},
};

/* A register of struct bl_cpu and what it becomes. */
#define REG(field)                                                             \
	offsetof(struct bl_cpu, field), sizeof(((struct bl_cpu *)0)->field)

#define NO_PAGES                                                               \
	"page_tables.entry page_tables.kernel page_tables.boot_params "        \
	"page_tables.cmdline page_tables.self "

static const struct cpu_case {
	const char *rule, *also;
	enum bl_entry entry;
	size_t offset, size;
	uint64_t value;
} cpu_faults[] = {
	{"cpu.cr0", NULL, BL_ENTRY_64, REG(cr0), CR0_PE},
	{"cpu.cr4", NULL, BL_ENTRY_64, REG(cr4), 0},
	{"cpu.la57", NULL, BL_ENTRY_64, REG(cr4), 0x1020},
	{"cpu.efer", NULL, BL_ENTRY_64, REG(efer), 0},
	{"cpu.interrupts", NULL, BL_ENTRY_64, REG(rflags), 0x202},
	{"cpu.flags", NULL, BL_ENTRY_64, REG(rflags), 0x402},
	{"cpu.cs", "cpu.code", BL_ENTRY_64, REG(cs), SEL_CODE32},
	{"cpu.ds", "cpu.data cpu.gdt", BL_ENTRY_64, REG(ds), 0},
	{"cpu.ss", "cpu.data cpu.gdt", BL_ENTRY_64, REG(ss), 0x40},
	{"cpu.gdt", "cpu.code cpu.data", BL_ENTRY_64, REG(gdt_limit), 0x16},
	{"cpu.gdt", "cpu.code cpu.data", BL_ENTRY_64, REG(gdt_gpa),
	 UINT64_MAX},
	{"gdt.overlap", "cpu.code cpu.data", BL_ENTRY_64, REG(gdt_gpa),
	 MACHINE_KERNEL + MACHINE_KERNEL_SIZE - 8},
	{"cpu.mtrr", NULL, BL_ENTRY_64, REG(mtrr_def_type), 0x800},
	{"cpu.mtrr", NULL, BL_ENTRY_64, REG(mtrr_def_type), 0x006},
	{"boot_params.read",
	 "kernel.memory acpi.memory acpi.mcfg_reserved smbios.memory "
	 "page_tables.boot_params",
	 BL_ENTRY_64, REG(rsi), MACHINE_MEMORY - 8},
	{"kernel.entry", "kernel.code", BL_ENTRY_64, REG(rip),
	 MACHINE_KERNEL - 1},
	{"kernel.code", "kernel.entry page_tables.entry", BL_ENTRY_64, REG(rip),
	 UINT64_MAX},
	{"page_tables.table", NO_PAGES, BL_ENTRY_64, REG(cr3), MACHINE_MEMORY},
	{"cpu.cr0", NULL, BL_ENTRY_PVH, REG(cr0), CR0_PE | CR0_PG},
	{"cpu.cr0", NULL, BL_ENTRY_PVH, REG(cr0), 0x60000011},
	{"cpu.cr4", NULL, BL_ENTRY_PVH, REG(cr4), CR4_PAE},
	{"cpu.efer", NULL, BL_ENTRY_PVH, REG(efer), EFER_LME},
	{"cpu.interrupts", NULL, BL_ENTRY_PVH, REG(rflags), 0x202},
	{"cpu.tr", "cpu.gdt", BL_ENTRY_PVH, REG(tr), 0},
	{"pvh.start_info",
	 "kernel.memory acpi.memory acpi.mcfg_reserved smbios.memory",
	 BL_ENTRY_PVH, REG(rbx), UINT64_C(1) << 32 | START_INFO},
};

static void test_right_machines(void **state)
{
	(void)state;
	machine_build(&m, memory, BL_ENTRY_64);
	verify();
	expect(NULL, NULL);
	machine_build(&m, memory, BL_ENTRY_PVH);
	expect(NULL, NULL);
	/* a kernel whose place is not known */
	m.kernel_gpa = m.kernel_size = 0;
	expect(NULL, NULL);
}

static void test_linux(void **state)
{
	(void)state;
	expect_each(linux_faults, ARRAY_COUNT(linux_faults), BL_ENTRY_64);
	expect_each(map_faults, ARRAY_COUNT(map_faults), BL_ENTRY_64);
}

static void test_pages(void **state)
{
	(void)state;
	expect_each(page_faults, ARRAY_COUNT(page_faults), BL_ENTRY_64);
}

static void test_pvh(void **state)
{
	(void)state;
	expect_each(pvh_faults, ARRAY_COUNT(pvh_faults), BL_ENTRY_PVH);
}

static void test_cpu(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cpu_faults); i++) {
		const struct cpu_case *c = &cpu_faults[i];

		machine_build(&m, memory, c->entry);
		memcpy((uint8_t *)&m.cpu + c->offset, &c->value, c->size);
		expect(c->rule, c->also);
	}
}

/* What takes two changes. */
static void test_pairs(void **state)
{
	struct boot_params *bp = (void *)(memory + BOOT_PARAMS);
	uint64_t *entry = (uint64_t *)(void *)(memory + MACHINE_PAGE_TABLE) +
			  (MACHINE_ENTRY >> 12);

	(void)state;
	machine_build(&m, memory, BL_ENTRY_64);
	*entry ^= PTE_WRITE;
	expect(NULL, NULL);
	m.cpu.cr0 |= 0x10000; /* WP */
	expect("page_tables.write", NULL);
	machine_build(&m, memory, BL_ENTRY_64);
	*entry |= UINT64_C(1) << 63;
	m.cpu.efer |= 0x800; /* NXE */
	expect("page_tables.execute", NULL);
	machine_build(&m, memory, BL_ENTRY_64);
	memset(memory + LAUNCH_SEED + 16, 0, MACHINE_SEED_SIZE);
	expect("setup_data.seed", NULL);
	m.kernel_size = UINT64_MAX;
	expect("kernel.range", "setup_data.seed");
	machine_build(&m, memory, BL_ENTRY_64);
	bp->e820[0].type = bp->e820[2].type = E820_UNUSABLE;
	expect("map.low", "setup_data.memory");
	machine_build(&m, memory, BL_ENTRY_64);
	bp->e820[4].addr += 4096;
	bp->e820[4].len -= 4096;
	expect("kernel.memory", NULL);
	m.kernel_size = MACHINE_TABLES - MACHINE_KERNEL;
	expect("initrd.overlap", "kernel.memory");
}

/* A chain that is longer than anybody follows. */
static void test_long_chain(void **state)
{
	struct setup_data *d = (void *)(memory + LAUNCH_SEED);

	(void)state;
	machine_build(&m, memory, BL_ENTRY_64);
	for (uint32_t i = 0; i < 33; i++)
		d[i] = (struct setup_data){
			i < 32 ? LAUNCH_SEED + 16 * (i + 1) : 0, 0, 0};
	expect("setup_data.count", NULL);
	d[31].next = 0;
	expect(NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_right_machines), CASE(test_linux), CASE(test_pages),
		CASE(test_pvh), CASE(test_cpu), CASE(test_pairs),
		CASE(test_long_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
