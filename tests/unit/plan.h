/* SPDX-License-Identifier: BSD-2-Clause */
/* plan.h - a small kernel and a request for it, for tests of plans. */
#ifndef TESTS_UNIT_PLAN_H
#define TESTS_UNIT_PLAN_H

#include "core/abi/elf.h"
#include "host-loader/beeline.h"
#include "tests/unit/unit.h"

#define KERNEL_GPA   0x1000000
#define KERNEL_FILE  0x3000 /* bytes: headers, then two segments */
#define KERNEL_SPAN  0x600000
#define KERNEL_ENTRY (KERNEL_GPA + 0x100)
#define INITRD_SIZE  0x12345

struct fixture {
	uint8_t file[KERNEL_FILE];
	struct bl_kernel kernel;
	uint32_t apic_id[BL_CPUS_MAX];
	struct bl_board board;
	struct bl_range map[BL_RANGES_MAX];
	struct bl_request request;
	struct bl_plan plan;
	struct bl_error err;
	uint8_t *arena;
};

/* Text at KERNEL_GPA, data and bss at KERNEL_GPA + 2 MiB, as vmlinux is
 * linked; a PVH note. */
static inline void kernel_file(uint8_t *file, uint64_t map)
{
	const struct elf64_header head = {
		.ident = {.magic = ELF_MAGIC, .elf_class = ELF_CLASS64,
			  .data = ELF_DATA_LSB},
		.type = ELF_ET_EXEC, .machine = ELF_EM_X86_64,
		.entry = KERNEL_ENTRY, .phoff = sizeof(head),
		.phentsize = sizeof(struct elf64_phdr), .phnum = 3,
	};
	const struct elf64_phdr phdr[] = {
		{.type = ELF_PT_LOAD, .offset = 0x1000, .filesz = 0x1000,
		 .vaddr = map + KERNEL_GPA, .paddr = KERNEL_GPA,
		 .memsz = 0x1000},
		{.type = ELF_PT_LOAD, .offset = 0x2000, .filesz = 0xe00,
		 .vaddr = map + KERNEL_GPA + 0x200000,
		 .paddr = KERNEL_GPA + 0x200000, .memsz = 0x400000},
		{.type = ELF_PT_NOTE, .offset = 0x800, .filesz = 20},
	};
	const struct elf_note note = {4, 4, XEN_ELFNOTE_PHYS32_ENTRY};
	const uint32_t pvh = KERNEL_GPA + 0x200;

	memset(file, 0xcc, KERNEL_FILE);
	memcpy(file, &head, sizeof(head));
	memcpy(file + sizeof(head), phdr, sizeof(phdr));
	memcpy(file + 0x800, &note, sizeof(note));
	memcpy(file + 0x80c, "Xen", 4);
	memcpy(file + 0x810, &pvh, sizeof(pvh));
}

static inline void kernel_parse(struct fixture *f, uint64_t map)
{
	kernel_file(f->file, map);
	assert_int_equal(bl_kernel_parse(&f->kernel,
					 (struct bl_span){f->file, KERNEL_FILE},
					 &f->err), 0);
}

/* 512 MiB, our own tables for two CPUs, an initrd, a command line. */
static inline struct fixture *fixture_new(void)
{
	struct fixture *f = bytes_new(sizeof(*f), 0);

	kernel_parse(f, LINUX_START_KERNEL_MAP);
	f->apic_id[1] = 1;
	f->board = (struct bl_board){.apic_id = f->apic_id, .cpu_count = 2,
				     .rtc = true};
	f->map[0] = (struct bl_range){0, 512 << 20, 1};
	f->request = (struct bl_request){
		.map = f->map, .map_count = 1, .kernel = &f->kernel,
		.initrd_size = INITRD_SIZE, .cmdline = {"quiet x", 7},
		.tables = BL_TABLES_PC, .board = &f->board,
	};
	return f;
}

/* Plans with an arena of just the size that is asked for. */
static inline int fixture_plan(struct fixture *f)
{
	free(f->arena);
	f->request.arena_size = bl_arena_size(&f->request);
	f->request.arena = f->arena =
		bytes_new((size_t)f->request.arena_size, 0xa5);
	return bl_plan_build(&f->plan, &f->request, &f->err);
}

static inline void fixture_free(struct fixture *f)
{
	free(f->arena);
	free(f);
}

/* The extent that starts at gpa, or NULL. */
static inline const struct bl_extent *extent_at(const struct fixture *f,
						uint64_t gpa)
{
	for (uint32_t i = 0; i < f->plan.extent_count; i++)
		if (f->plan.extent[i].gpa == gpa)
			return &f->plan.extent[i];
	return NULL;
}

#endif
