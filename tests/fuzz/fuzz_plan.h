/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_plan.h - bytes as a request: flags and numbers first, then a map, a
 * board, blobs, a kernel. */
#ifndef TESTS_FUZZ_FUZZ_PLAN_H
#define TESTS_FUZZ_FUZZ_PLAN_H

#include "tests/fuzz/plan_case.h"

#include "core/abi/elf.h"
#include "core/abi/table_loader.h"

/* One segment behind the other, with bytes from anywhere in the file. */
static inline void plan_segments(uint8_t *file, struct input *in,
				 uint32_t flags, uint32_t count, uint64_t gpa)
{
	const uint64_t map = flags & PLAN_LINUX ? LINUX_START_KERNEL_MAP : 0;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t size = plan_number(in);
		uint64_t file_size = take(in, 2);
		uint64_t offset = take(in, 2) % PLAN_FILE;
		const struct elf64_phdr p64 = {
			.type = ELF_PT_LOAD, .offset = offset,
			.vaddr = gpa + map, .paddr = gpa, .filesz = file_size,
			.memsz = size};
		const struct elf32_phdr p32 = {
			.type = ELF_PT_LOAD, .offset = (uint32_t)offset,
			.vaddr = (uint32_t)gpa, .paddr = (uint32_t)gpa,
			.filesz = (uint32_t)file_size, .memsz = (uint32_t)size};

		if (flags & PLAN_CLASS32)
			memcpy(file + sizeof(struct elf32_header) +
				       i * sizeof(p32), &p32, sizeof(p32));
		else
			memcpy(file + sizeof(struct elf64_header) +
				       i * sizeof(p64), &p64, sizeof(p64));
		gpa += size + (take(in, 1) << 8);
	}
}

/* The program header with a PVH note; where it stands is part of the file. */
static inline void plan_note(uint8_t *file, uint32_t flags, uint32_t at,
			     uint32_t entry)
{
	const uint32_t words[] = {4, 4, XEN_ELFNOTE_PHYS32_ENTRY,
				  0x006e6558 /* "Xen" */, entry};
	const uint32_t offset = PLAN_FILE - sizeof(words);
	const struct elf64_phdr p64 = {.type = ELF_PT_NOTE, .offset = offset,
				       .filesz = sizeof(words)};
	const struct elf32_phdr p32 = {.type = ELF_PT_NOTE, .offset = offset,
				       .filesz = sizeof(words)};

	memcpy(file + offset, words, sizeof(words));
	if (flags & PLAN_CLASS32)
		memcpy(file + sizeof(struct elf32_header) + at * sizeof(p32),
		       &p32, sizeof(p32));
	else
		memcpy(file + sizeof(struct elf64_header) + at * sizeof(p64),
		       &p64, sizeof(p64));
}

static inline void plan_kernel_make(uint8_t *file, struct input *in,
				    uint32_t flags)
{
	uint16_t count = (uint16_t)(1 + take(in, 1) % 66);
	uint64_t gpa = HIGH_START + (take(in, 2) << PAGE_SHIFT);
	uint64_t entry = gpa + take(in, 2);
	struct elf64_header h64 = {
		.ident = {.magic = ELF_MAGIC, .elf_class = ELF_CLASS64,
			  .data = ELF_DATA_LSB},
		.type = ELF_ET_EXEC, .machine = ELF_EM_X86_64, .entry = entry,
		.phoff = sizeof(h64), .phentsize = sizeof(struct elf64_phdr)};
	struct elf32_header h32 = {
		.ident = {.magic = ELF_MAGIC, .elf_class = ELF_CLASS32,
			  .data = ELF_DATA_LSB},
		.type = ELF_ET_EXEC, .machine = ELF_EM_386,
		.entry = (uint32_t)entry, .phoff = sizeof(h32),
		.phentsize = sizeof(struct elf32_phdr)};

	memset(file, 0xcc, PLAN_FILE);
	plan_segments(file, in, flags, count, gpa);
	if (!(flags & PLAN_NO_NOTE))
		plan_note(file, flags, count++, (uint32_t)(gpa + take(in, 1)));
	h64.phnum = h32.phnum = count;
	if (flags & PLAN_CLASS32)
		memcpy(file, &h32, sizeof(h32));
	else
		memcpy(file, &h64, sizeof(h64));
}

static inline void plan_name(char *field, uint64_t which)
{
	strcpy(field, which % 8 < PLAN_BLOBS ? plan_names[which % 8] : "f");
}

/* Twelve bytes become a command, as in fuzz_acpi_script.c. */
static inline void plan_command(struct loader_command *c, struct input *in)
{
	uint64_t what = take(in, 1), one = take(in, 1), two = take(in, 1);
	uint32_t size = (uint32_t)take(in, 1), x = (uint32_t)take(in, 4);
	uint32_t y = (uint32_t)take(in, 4);

	memset(c, 0, sizeof(*c));
	c->command = what % 5;
	plan_name(c->allocate.file, one);
	switch (c->command) {
	case LOADER_ALLOCATE:
		c->allocate.align = 1u << (size % 22);
		c->allocate.zone = (uint8_t)(1 + two % 2);
		break;
	case LOADER_ADD_POINTER:
		plan_name(c->pointer.src, two);
		c->pointer.offset = x;
		c->pointer.size = (uint8_t)(1u << (size & 3));
		break;
	case LOADER_ADD_CHECKSUM:
		c->checksum.offset = x;
		c->checksum.start = size;
		c->checksum.length = y;
		break;
	case LOADER_WRITE_POINTER:
		plan_name(c->write.src, two);
		c->write.dest_offset = x;
		c->write.src_offset = y;
		c->write.size = (uint8_t)(1u << (size & 3));
		break;
	}
}

/* The script first, since all else can be empty. */
static inline void plan_blobs_take(struct plan_case *c, struct input *in)
{
	struct loader_command script[PLAN_COMMANDS];
	size_t count = take(in, 1) % (PLAN_COMMANDS + 1);
	size_t torn = take(in, 1) & 1;

	for (uint32_t i = 1; i < PLAN_BLOBS; i++) {
		size_t size = take(in, 2);

		c->bytes[i] = calloc(1, size + 1);
		if (i == 1 && size >= 8) /* one may be an RSDP */
			memcpy(c->bytes[i], "RSD PTR ", 8);
		c->blob[i] = (struct bl_blob){plan_names[i], (uint16_t)i,
					      {c->bytes[i], size}};
	}
	for (size_t i = 0; i < count; i++)
		plan_command(&script[i], in);
	if (count == 0)
		torn = 0;
	c->bytes[0] = exact_copy((const uint8_t *)script,
				 count * sizeof(script[0]) - torn);
	c->blob[0] = (struct bl_blob){plan_names[0], 0,
				      {c->bytes[0],
				       count * sizeof(script[0]) - torn}};
	c->request.blob = c->blob;
	c->request.blob_count = PLAN_BLOBS;
}

static inline void plan_smbios_take(struct plan_case *c, struct input *in,
				    uint32_t flags)
{
	static const uint8_t usual[] = {1, 4, 1, 0, 'B', 0, 0};
	size_t size = plan_number(in) % 0x31000;

	c->smbios = calloc(1, size + 1);
	for (size_t i = 0; flags & PLAN_SMBIOS_RAW && i < size; i++)
		c->smbios[i] = in->left > 0 ? in->at[i % in->left] : 0;
	if (!(flags & PLAN_SMBIOS_RAW))
		for (size_t i = 0; i < size; i++)
			c->smbios[i] = usual[i % sizeof(usual)];
	c->request.smbios = (struct bl_span){c->smbios, size};
}

static inline void plan_launch_take(struct plan_case *c, struct input *in,
				    uint32_t flags)
{
	size_t len = take(in, 2) % sizeof(c->cmdline);
	size_t seed = take(in, 1) % (sizeof(c->seed) + 1);

	memset(c->cmdline, 'x', sizeof(c->cmdline));
	if (flags & PLAN_NUL && len > 0)
		c->cmdline[take(in, 2) % len] = '\0';
	c->seed[0] = (uint8_t)take(in, 1);
	c->request.cmdline = (struct bl_span){c->cmdline, len};
	c->request.seed = (struct bl_span){c->seed, seed};
	c->request.initrd_size = plan_number(in);
	c->request.slide_seed = take(in, 4);
	c->request.rsdp_gpa = plan_number(in);
	if (flags & PLAN_ECAM) {
		c->request.ecam_gpa = plan_number(in);
		c->request.ecam_size = plan_number(in);
	}
}

/* 0, or the kernel's refusal. */
static inline int plan_case_take(struct plan_case *c, struct input *in)
{
	uint32_t flags = (uint32_t)take(in, 2);
	uint32_t kind = (uint32_t)take(in, 1);
	size_t size = PLAN_FILE;
	struct bl_error err;

	memset(c, 0, sizeof(*c));
	c->chipset = kind / 8 % 3;
	c->twice = flags & PLAN_TWICE;
	c->request.kernel = &c->kernel;
	c->request.tables = (enum bl_tables)(kind % 8 % 5);
	c->request.entry = flags & PLAN_PVH ? BL_ENTRY_PVH : BL_ENTRY_64;
	if (flags & PLAN_WRONG_ENTRY)
		c->request.entry = (enum bl_entry)(kind / 64);
	c->request.slide = flags & PLAN_SLIDE;
	c->request.launch_rom = flags & PLAN_ROM;
	c->request.kaslr = flags & PLAN_KASLR;
	plan_launch_take(c, in, flags);
	plan_map_take(c, in, flags);
	plan_board_take(c, in, flags);
	plan_blobs_take(c, in);
	plan_smbios_take(c, in, flags);
	if (flags & PLAN_RAW_KERNEL)
		size = in->left;
	c->file = flags & PLAN_RAW_KERNEL ? exact_copy(in->at, size)
					  : malloc(size);
	if (!(flags & PLAN_RAW_KERNEL))
		plan_kernel_make(c->file, in, flags);
	return bl_kernel_parse(&c->kernel, (struct bl_span){c->file, size},
			       &err);
}

static inline void plan_case_free(struct plan_case *c)
{
	free(c->file);
	free(c->smbios);
	for (uint32_t i = 0; i < PLAN_BLOBS; i++)
		free(c->bytes[i]);
}

#endif
