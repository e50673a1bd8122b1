/* SPDX-License-Identifier: BSD-2-Clause */
/* verify_rules.h - the rules of bl_verify(): name and what is wrong when one
 * is broken. */
#ifndef HOST_LOADER_VERIFY_RULES_H
#define HOST_LOADER_VERIFY_RULES_H

/* X(name, rule, sentence).  The value of a finding is the offending number, or
 * the address of what is wrong. */
#define VERIFY_RULES_CPU(X)                                                    \
	X(CPU_CR0, "cpu.cr0", "CR0 is not what the entry asks for")            \
	X(CPU_CR4, "cpu.cr4", "CR4 is not what the entry asks for")            \
	X(CPU_LA57, "cpu.la57", "five-level paging is on in CR4")              \
	X(CPU_EFER, "cpu.efer", "EFER is not what the entry asks for")         \
	X(CPU_INTERRUPTS, "cpu.interrupts", "interrupts are on in RFLAGS")     \
	X(CPU_FLAGS, "cpu.flags", "TF, DF, NT or VM is set in RFLAGS")         \
	X(CPU_GDT, "cpu.gdt", "a descriptor in use cannot be read")            \
	X(CPU_CS, "cpu.cs", "CS is not __BOOT_CS")                             \
	X(CPU_DS, "cpu.ds", "DS and ES are not __BOOT_DS")             \
	X(CPU_SS, "cpu.ss", "SS is not __BOOT_DS")                             \
	X(CPU_CODE, "cpu.code", "CS names no code segment of the right mode")  \
	X(CPU_DATA, "cpu.data", "DS or SS names no flat writable data segment")\
	X(CPU_TR, "cpu.tr", "TR names no 32-bit TSS at 0 of 0x68 bytes")       \
	X(CPU_MTRR, "cpu.mtrr", "MTRRdefType is not enabled and write-back")   \
	X(PAGES_TABLE, "page_tables.table", "a page table cannot be read")     \
	X(PAGES_RESERVED, "page_tables.reserved",                              \
	  "a reserved bit is set in a page table's entry")                     \
	X(PAGES_ENTRY, "page_tables.entry", "the entry is not identity-mapped")\
	X(PAGES_EXECUTE, "page_tables.execute", "the entry is not executable") \
	X(PAGES_KERNEL, "page_tables.kernel",                                  \
	  "the kernel is not all identity-mapped")                             \
	X(PAGES_WRITE, "page_tables.write",                                    \
	  "the kernel is not all writable, and CR0.WP is set")                 \
	X(PAGES_PARAMS, "page_tables.boot_params",                             \
	  "boot_params is not identity-mapped")                                \
	X(PAGES_CMDLINE, "page_tables.cmdline",                                \
	  "the command line is not identity-mapped")                           \
	X(PAGES_SELF, "page_tables.self",                                      \
	  "the page tables are not identity-mapped")                           \
	X(PAGES_COUNT, "page_tables.count",                                    \
	  "the kernel takes more pages than are followed")

#define VERIFY_RULES_MEMORY(X)                                                 \
	X(KERNEL_RANGE, "kernel.range", "the kernel's extent wraps around")    \
	X(KERNEL_MEMORY, "kernel.memory", "the kernel is not all in RAM")      \
	X(KERNEL_ENTRY, "kernel.entry", "the entry is outside the kernel")     \
	X(KERNEL_CODE, "kernel.code", "there is no code at the entry")         \
	X(MAP_COUNT, "map.count", "the memory map has no entry or too many")   \
	X(MAP_WRAP, "map.wrap", "a range of the memory map wraps around")      \
	X(MAP_EMPTY, "map.empty", "a range of the memory map is empty")        \
	X(MAP_TYPE, "map.type", "a range of the memory map has type 0")        \
	X(MAP_OVERLAP, "map.overlap", "ranges of the memory map overlap")      \
	X(MAP_LOW, "map.low", "the memory map has no RAM below 1 MiB")         \
	X(MAP_HIGH, "map.high", "the memory map has no RAM above 1 MiB")       \
	X(MAP_HOLE, "map.hole", "there is RAM in 0xa0000-0xfffff")             \
	X(INITRD_MEMORY, "initrd.memory", "the initrd is not all in RAM")      \
	X(CMDLINE_END, "cmdline.end",                                          \
	  "the command line has no end in the length allowed")                 \
	X(INITRD_OVERLAP, "initrd.overlap", "the initrd overlaps")             \
	X(CMDLINE_OVERLAP, "cmdline.overlap", "the command line overlaps")     \
	X(PARAMS_OVERLAP, "boot_params.overlap", "boot_params overlaps")       \
	X(GDT_OVERLAP, "gdt.overlap", "the GDT overlaps")                      \
	X(PAGES_OVERLAP, "page_tables.overlap", "a page table overlaps")       \
	X(DATA_OVERLAP, "setup_data.overlap", "setup_data overlaps")           \
	X(PVH_OVERLAP, "pvh.overlap", "start_info or a list of it overlaps")   \
	X(ACPI_OVERLAP, "acpi.overlap", "an ACPI table overlaps")              \
	X(SMBIOS_OVERLAP, "smbios.overlap", "the SMBIOS structures overlap")

#define VERIFY_RULES_BOOT(X)                                                   \
	X(PARAMS_READ, "boot_params.read",                                     \
	  "there is no readable boot_params where RSI points")                 \
	X(PARAMS_FLAG, "boot_params.boot_flag", "boot_flag is not 0xaa55")     \
	X(PARAMS_HEADER, "boot_params.header", "the header is not \"HdrS\"")   \
	X(PARAMS_VERSION, "boot_params.version",                               \
	  "the protocol is older than 2.12: it has no 64-bit entry")           \
	X(PARAMS_LOADFLAGS, "boot_params.loadflags", "LOADED_HIGH is not set") \
	X(PARAMS_LOADER, "boot_params.type_of_loader",                         \
	  "type_of_loader is 0: the kernel takes no initrd from it")           \
	X(PARAMS_SENTINEL, "boot_params.sentinel",                             \
	  "the sentinel at 0x1ef is not 0: the kernel wipes fields")           \
	X(PARAMS_ALIGNMENT, "boot_params.kernel_alignment",                    \
	  "kernel_alignment is no power of two from 4096 on")                  \
	X(PARAMS_INITRD, "boot_params.ramdisk",                                \
	  "ramdisk_size without ramdisk_image, or beyond 2^64")                \
	X(DATA_READ, "setup_data.read", "a record cannot be read")             \
	X(DATA_MEMORY, "setup_data.memory", "a record is not all in RAM")      \
	X(DATA_CYCLE, "setup_data.cycle", "the chain comes back to a record")  \
	X(DATA_COUNT, "setup_data.count", "the chain has too many records")    \
	X(DATA_TYPE, "setup_data.type", "a record has an unknown type")        \
	X(DATA_LENGTH, "setup_data.length",                                    \
	  "a record's length does not suit its type")                          \
	X(DATA_SEED, "setup_data.seed", "the RNG seed is nothing but zeros")   \
	X(PVH_INFO, "pvh.start_info",                                          \
	  "there is no readable start_info where EBX points")                  \
	X(PVH_MAGIC, "pvh.magic", "start_info has another magic")              \
	X(PVH_VERSION, "pvh.version",                                          \
	  "start_info has version 0, without a memory map")                    \
	X(PVH_MAP, "pvh.memmap", "the memory map cannot be read")              \
	X(PVH_MODULES, "pvh.modules", "the module list cannot be read")        \
	X(PVH_MODULE_LOW, "pvh.module_low",                                    \
	  "the initrd is not below 4 GiB")                                     \
	X(PVH_CMDLINE_LOW, "pvh.cmdline_low",                                  \
	  "the command line is not below 4 GiB")

#define VERIFY_RULES_ACPI(X)                                                   \
	X(RSDP_READ, "acpi.rsdp", "there is no RSDP where it should be")       \
	X(RSDP_SUM, "acpi.rsdp_checksum", "the RSDP has a wrong checksum")     \
	X(RSDP_EXTENDED, "acpi.rsdp_extended",                                 \
	  "the RSDP has a wrong length or extended checksum")                  \
	X(RSDP_REVISION, "acpi.rsdp_revision",                                 \
	  "the RSDP's revision is neither 0 nor 2")                            \
	X(RSDP_MEMORY, "acpi.rsdp_memory", "the RSDP is in RAM")               \
	X(ACPI_ROOT, "acpi.root", "there is no XSDT or RSDT")                  \
	X(ACPI_ENTRIES, "acpi.root_entries",                                   \
	  "the XSDT or RSDT has a length that no entries make, or too many")   \
	X(ACPI_READ, "acpi.read", "a table cannot be read")                    \
	X(ACPI_SIGNATURE, "acpi.signature", "a table has no or a wrong name")  \
	X(ACPI_LENGTH, "acpi.length", "a table has an absurd length")          \
	X(ACPI_SUM, "acpi.checksum", "a table has a wrong checksum")           \
	X(ACPI_MEMORY, "acpi.memory",                                          \
	  "a table is not in memory of type ACPI, NVS or reserved")            \
	X(FADT_THERE, "acpi.fadt", "there is no FADT, or more than one")       \
	X(FADT_LENGTH, "acpi.fadt_length", "the FADT is too short")            \
	X(FADT_DSDT, "acpi.dsdt", "the FADT names no DSDT")                    \
	X(FADT_FACS, "acpi.facs", "the FADT names no FACS")                    \
	X(FADT_AGREE, "acpi.fadt_agree",                                       \
	  "a field of the FADT and its X_ twin disagree")                      \
	X(FADT_PM1A, "acpi.fadt_pm1a",                                         \
	  "the FADT names no usable PM1a registers")                           \
	X(FADT_TIMER, "acpi.fadt_pm_timer",                                    \
	  "the FADT's PM timer has no usable address or length")               \
	X(MADT_THERE, "acpi.madt", "there is no MADT, or more than one")       \
	X(MADT_WALK, "acpi.madt_entries",                                      \
	  "the MADT's entries do not end where it ends")                       \
	X(MADT_SIZE, "acpi.madt_size",                                         \
	  "an entry of the MADT has a length that its type has not")           \
	X(MADT_CPU, "acpi.madt_cpu", "the MADT has no enabled processor")      \
	X(MADT_CPUS, "acpi.madt_cpus",                                         \
	  "the MADT has more processors than are followed")                    \
	X(MADT_ID, "acpi.madt_apic_id", "two processors have one APIC id")     \
	X(MADT_IOAPIC, "acpi.madt_ioapic", "the MADT has no IOAPIC")           \
	X(MADT_MMIO, "acpi.madt_mmio", "a local APIC or IOAPIC is in RAM")     \
	X(MCFG_WINDOWS, "acpi.mcfg", "the MCFG has a wrong length or window")  \
	X(MCFG_RESERVED, "acpi.mcfg_reserved",                                 \
	  "an ECAM window is not reserved: the kernel will not use it")        \
	X(MCFG_RAM, "acpi.mcfg_ram", "an ECAM window overlaps RAM")            \
	X(SMBIOS_ENTRY, "smbios.entry", "the entry point has a wrong length")  \
	X(SMBIOS_SUM, "smbios.checksum",                                       \
	  "the entry point has a wrong checksum")                              \
	X(SMBIOS_READ, "smbios.read", "the structures cannot be read")         \
	X(SMBIOS_WALK, "smbios.structures",                                    \
	  "the structures do not lead to a type 127")                          \
	X(SMBIOS_MEMORY, "smbios.memory",                                      \
	  "the structures are not in reserved memory")

#define VERIFY_RULES(X)                                                        \
	VERIFY_RULES_CPU(X)                                                    \
	VERIFY_RULES_MEMORY(X)                                                 \
	VERIFY_RULES_BOOT(X)                                                   \
	VERIFY_RULES_ACPI(X)

enum verify_rule {
#define VERIFY_ENUM(name, rule, text) RULE_##name,
	VERIFY_RULES(VERIFY_ENUM)
#undef VERIFY_ENUM
	RULE_COUNT
};

#endif
