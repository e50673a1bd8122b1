/* SPDX-License-Identifier: BSD-2-Clause */
/* bundle.h - a bundle and its plan, filled in by hand: 256 MiB below 4 GiB and
 * 64 MiB above, a kernel, an initrd above 4 GiB, tables, and zeros. */
#ifndef TESTS_UNIT_BUNDLE_H
#define TESTS_UNIT_BUNDLE_H

#include <stdlib.h>
#include <string.h>

#include "core/base.h"
#include "host-loader/bundle/bundle.h"

#define RAM_LOW      MIB(256)
#define RAM_HIGH     MIB(64)
#define HIGH_GPA     GIB(4)
#define KERNEL_GPA   MIB(16)
#define KERNEL_GAP   0x5000 /* zeros inside the kernel's bytes */
#define KERNEL_SIZE  0x9234
#define INITRD_GPA   (HIGH_GPA + 0x10000)
#define INITRD_SIZE  0x2345
#define TABLES_GPA   0x34000
#define TABLES_SIZE  0x1800
#define ZERO_SIZE    0x7000
#define DIGEST_HAND                                                            \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* The bytes that its extents come from. */
struct bundle_bytes {
	uint8_t *kernel;
	uint8_t initrd[INITRD_SIZE], tables[TABLES_SIZE];
	struct bl_sources sources;
};

/* No byte is zero but in a gap that begins KERNEL_GAP before the end of a page
 * and holds four whole pages. */
static inline void bundle_bytes_fill(struct bundle_bytes *bytes, size_t kernel)
{
	bytes->kernel = malloc(kernel);
	for (size_t i = 0; i < kernel; i++)
		bytes->kernel[i] = (uint8_t)(1 + i % 251);
	memset(bytes->kernel + 0x2800, 0, KERNEL_GAP);
	memset(bytes->initrd, 0x77, sizeof(bytes->initrd));
	memset(bytes->tables, 0x11, sizeof(bytes->tables));
	bytes->sources = (struct bl_sources){
		{bytes->kernel, kernel},
		{bytes->initrd, sizeof(bytes->initrd)},
		{bytes->tables, sizeof(bytes->tables)},
	};
}

static inline void bundle_plan_fill(struct bl_plan *plan, uint64_t kernel)
{
	const struct bl_extent extent[] = {
		{TABLES_GPA, TABLES_SIZE, BL_FROM_ARENA, 0},
		{KERNEL_GPA, kernel, BL_FROM_KERNEL, 0},
		{KERNEL_GPA + kernel, ZERO_SIZE, BL_ZERO, 0},
		{INITRD_GPA, INITRD_SIZE, BL_FROM_INITRD, 0},
	};
	const struct bl_range map[] = {
		{0, 0x9fc00, 1}, {0x9fc00, 0x400, 2},
		{MIB(1), RAM_LOW - MIB(1), 1}, {HIGH_GPA, RAM_HIGH, 1},
	};

	memcpy(plan->extent, extent, sizeof(extent));
	plan->extent_count = ARRAY_COUNT(extent);
	memcpy(plan->map, map, sizeof(map));
	plan->map_count = ARRAY_COUNT(map);
	plan->cpu = (struct bl_cpu){
		.rip = KERNEL_GPA, .rsp = 1, .rsi = 0x35000, .rbx = 2,
		.rflags = 3, .cr0 = 0x80000011, .cr3 = 0x36000, .cr4 = 0x20,
		.efer = 0x500, .gdt_gpa = 0x3b000, .gdt_limit = 31,
		.cs = 16, .ds = 24, .ss = 25, .tr = 32, .mtrr_def_type = 0x806,
	};
	plan->dma[0] = (struct bl_dma){0x2a, true, 4, 8, TABLES_GPA};
	plan->dma_count = 1;
	plan->entry = BL_ENTRY_PVH;
	plan->kernel_gpa = KERNEL_GPA;
	plan->kernel_size = kernel + ZERO_SIZE;
	plan->initrd_gpa = INITRD_GPA;
	plan->initrd_size = INITRD_SIZE;
	plan->rsdp_gpa = 0x9fc00;
	plan->smbios_gpa = 0xfff60;
	plan->cmdline_gpa = 0xf0000;
	plan->cmdline_max = 2047;
}

/* bundle_free() frees it. */
static inline void bundle_fill(struct bundle *bundle, const char *dir,
			       uint64_t kernel)
{
	*bundle = (struct bundle){
		.dir = text_make("%s", dir),
		.qemu_build = text_make("0123abcd"),
		.qemu_version = text_make("7.2.22 (by hand)"),
		.qemu_major = 7, .qemu_minor = 2,
		.vm = {.qemu = text_make("/usr/bin/qemu-system-x86_64"),
		       .machine = text_make("q35"),
		       .memory = text_make("320M"), .cpus = text_make("2"),
		       .accel = text_make("tcg,thread=single")},
		.kernel = {.path = text_make("/boot/vmlinuz"), .size = kernel,
			   .digest = DIGEST_HAND},
		.initrd = {.path = text_make("/boot/initrd"),
			   .size = INITRD_SIZE, .digest = DIGEST_HAND},
		.append = text_make("quiet \"\xc3\xa9\\ \t"),
		.machine_words = text_make(" virtio_mmio.device=1"),
		.entry = BL_ENTRY_PVH, .kaslr = true, .is_linux = true,
		.own_tables = true, .chipset = BL_CHIPSET_Q35,
		.ram_size = RAM_LOW + RAM_HIGH,
		.ram = {{0, RAM_LOW, 1}, {HIGH_GPA, RAM_HIGH, 1}},
		.ram_count = 2, .image_digest = DIGEST_HAND,
	};
	strings_add(&bundle->vm.table_args, "-device");
	strings_add(&bundle->vm.table_args, "virtio-rng-pci,id=r");
	strings_add(&bundle->vm.host_args, "-display");
	strings_add(&bundle->vm.host_args, "none");
	bundle_plan_fill(&bundle->plan, kernel);
}

#endif
