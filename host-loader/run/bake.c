/* SPDX-License-Identifier: BSD-2-Clause */
/* bake.c - from options to a bundle: asks QEMU, unpacks, plans, writes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "core/abi/e820.h"
#include "host-loader/run/bake.h"
#include "host-loader/bundle/cache.h"
#include "host-loader/run/cmdline.h"
#include "host-loader/file.h"
#include "host-loader/run/machine.h"
#include "host-loader/qemu/pull.h"
#include "host-loader/say.h"

/* All that a bake holds; bake_free() lets go of it. */
struct oven {
	struct pull pull;
	struct bl_span kernel_file, initrd;
	struct bl_kernel kernel; /* an ELF */
	void *unpacked;          /* its bytes, where they were packed */
	uint64_t unpacked_room;
	void *arena;
	uint64_t arena_size;
};

static void oven_free(struct oven *o)
{
	pull_free(&o->pull);
	file_unmap(&o->kernel_file);
	file_unmap(&o->initrd);
	if (o->unpacked != NULL)
		munmap(o->unpacked, o->unpacked_room);
	free(o->arena);
}

static int inputs_describe(struct bundle *b, const struct options *o)
{
	if (*o->kernel == '\0')
		return say("bake: --kernel: is empty: name a bzImage or "
			   "vmlinux");
	if (cache_digest(&b->kernel, o->kernel) != 0)
		return -1;
	return o->initrd == NULL ? 0 : cache_digest(&b->initrd, o->initrd);
}

int bake_describe(struct bundle *bundle, const struct options *o)
{
	if (machine_describe(&bundle->vm, o) != 0 ||
	    machine_bare_check(&bundle->vm) != 0)
		return -1;
	bundle->qemu_build = qemu_build_id(bundle->vm.qemu);
	if (bundle->qemu_build == NULL)
		return -1;
	bundle->append = text_make("%s", o->append != NULL ? o->append : "");
	bundle->entry = o->entry != NULL && strcmp(o->entry, "pvh") == 0
				? BL_ENTRY_PVH
				: BL_ENTRY_64;
	bundle->kaslr = !o->no_kaslr && bundle->entry == BL_ENTRY_64 &&
			!cmdline_has_word(bundle->append, "nokaslr");
	return inputs_describe(bundle, o);
}

/* A bzImage becomes the vmlinux inside it; what its header says of command
 * line and relocation goes on being true. */
static int kernel_unpack(struct oven *o, const char *path)
{
	struct bl_kernel packed = o->kernel;
	uint64_t room = packed.payload_unpacked, size;
	struct bl_error err;

	if (packed.payload.size == 0)
		return say("%s: compressed payload: is not described: a kernel "
			   "before 2.6.26: give its vmlinux", path);
	if (room == 0 || room > BL_UNPACKED_MAX)
		return say("%s: compressed payload: claims to unpack to %llu "
			   "bytes", path, (unsigned long long)room);
	o->unpacked = mmap(NULL, room, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (o->unpacked == MAP_FAILED) {
		o->unpacked = NULL;
		return say_errno(path, "memory to unpack it");
	}
	o->unpacked_room = room;
	if (bl_payload_unpack(&packed, o->unpacked, room, &size, &err) != 0 ||
	    bl_kernel_parse(&o->kernel, (struct bl_span){o->unpacked, size},
			    &err) != 0)
		return say_error(path, &err);
	o->kernel.relocatable &= packed.relocatable;
	if (packed.relocatable && packed.alignment > o->kernel.alignment)
		o->kernel.alignment = packed.alignment;
	o->kernel.cmdline_max = packed.cmdline_max;
	return 0;
}

static int kernel_load(struct oven *o, const char *path)
{
	struct bl_error err;

	if (file_map(&o->kernel_file, path) != 0)
		return -1;
	if (bl_kernel_parse(&o->kernel, o->kernel_file, &err) != 0)
		return say_error(path, &err);
	return o->kernel.format == BL_FORMAT_BZIMAGE ? kernel_unpack(o, path)
						     : 0;
}

static int entry_check(const struct bl_kernel *k, enum bl_entry entry,
		       const char *path)
{
	const bool has_64 = k->is64 && k->entry != 0;

	if (entry == BL_ENTRY_PVH ? k->entry_pvh != 0 : has_64)
		return 0;
	if (k->entry_pvh != 0)
		return say("%s: starts by PVH only: give --entry pvh", path);
	if (has_64)
		return say("%s: has no PVH entry (CONFIG_PVH): leave --entry "
			   "pvh away", path);
	return say("%s: has neither a 64-bit nor a PVH entry", path);
}

static void request_fill(struct bl_request *r, const struct oven *o,
			 const struct bundle *b)
{
	const bool script = o->pull.blob_count != 0;

	*r = (struct bl_request){
		.map = o->pull.map,
		.map_count = o->pull.map_count,
		.kernel = &o->kernel,
		.initrd_size = o->initrd.size,
		.entry = b->entry,
		.slide = b->kaslr,
		.kaslr = b->kaslr,
		.launch_rom = true,
		.tables = script ? BL_TABLES_SCRIPT : BL_TABLES_PC,
		.blob = o->pull.blob,
		.blob_count = o->pull.blob_count,
		.board = &o->pull.board,
		.smbios = o->pull.smbios,
		.ecam_gpa = o->pull.ecam_gpa,
		.ecam_size = o->pull.ecam_size,
	};
}

static int plan_make(struct oven *o, struct bundle *b)
{
	char *cmdline = text_make("%s%s", b->append, b->machine_words);
	struct bl_request r;
	struct bl_error err;
	int code;

	request_fill(&r, o, b);
	r.cmdline = (struct bl_span){cmdline, strlen(cmdline)};
	if (r.slide && getrandom(&r.slide_seed, sizeof(r.slide_seed), 0) < 0) {
		free(cmdline);
		return say_errno("getrandom", "no random base");
	}
	o->arena_size = r.arena_size = bl_arena_size(&r);
	o->arena = r.arena = malloc(r.arena_size);
	if (o->arena == NULL) {
		free(cmdline);
		return say_errno(b->kernel.path, "memory to plan");
	}
	code = bl_plan_build(&b->plan, &r, &err);
	free(cmdline);
	if (code != 0)
		return say_error(err.stage == BL_STAGE_INITRD ? b->initrd.path
							      : b->kernel.path,
				 &err);
	return 0;
}

/* The machine's RAM, as QEMU lays it out in its backend: by rising address. */
static int ram_describe(struct bundle *b, const struct pull *pull)
{
	for (uint32_t i = 0; i < pull->map_count; i++) {
		const struct bl_range *from = &pull->map[i];
		uint32_t at = b->ram_count;

		if (from->type != E820_RAM)
			continue;
		if (at == BUNDLE_RAM_MAX)
			return say("%s: etc/e820: more than %d ranges of RAM",
				   b->vm.qemu, BUNDLE_RAM_MAX);
		for (; at > 0 && b->ram[at - 1].gpa > from->gpa; at--)
			b->ram[at] = b->ram[at - 1];
		b->ram[at] = *from;
		b->ram_count++;
		b->ram_size += from->size;
	}
	if (b->ram_size != vm_memory_bytes(b->vm.memory))
		return say("%s: etc/e820: %llu bytes of RAM where --memory %s "
			   "asked for others", b->vm.qemu,
			   (unsigned long long)b->ram_size, b->vm.memory);
	return 0;
}

static void pulled_describe(struct bundle *b, const struct oven *o)
{
	const struct pull *pull = &o->pull;

	b->qemu_version = text_make("%s", pull->version);
	b->qemu_major = pull->version_major;
	b->qemu_minor = pull->version_minor;
	b->machine_words = text_make("%s", pull->virtio_words);
	b->chipset = pull->chipset;
	b->own_tables = pull->blob_count == 0;
	b->is_linux = cmdline_for_linux(o->kernel_file);
}

static int bundle_make(const struct oven *o, const struct bundle *b)
{
	const struct bl_span elf = o->kernel.bytes;
	const struct bl_sources sources = {
		.kernel = elf,
		.initrd = o->initrd,
		.arena = {o->arena, o->arena_size},
	};
	char *cmdline = text_make("%s%s", b->append, b->machine_words);
	uint8_t *rom = malloc(BL_ROM_SIZE);
	struct bl_error err;
	int code = -1;

	if (rom == NULL)
		say_errno(b->dir, "memory for the ROM");
	else if (bl_rom_build(rom, &b->plan, b->chipset,
			      (struct bl_span){cmdline, strlen(cmdline)},
			      (struct bl_span){NULL, 0}, &err) != 0)
		say_error(b->kernel.path, &err);
	else
		code = bundle_write(b, &sources, rom);
	free(rom);
	free(cmdline);
	return code;
}

int bake(struct bundle *bundle)
{
	struct oven o = {.unpacked = NULL};
	int code = kernel_load(&o, bundle->kernel.path);

	if (code == 0)
		code = entry_check(&o.kernel, bundle->entry,
				   bundle->kernel.path);
	if (code == 0 && bundle->initrd.path != NULL)
		code = file_map(&o.initrd, bundle->initrd.path);
	if (code == 0)
		code = pull_machine(&o.pull, &bundle->vm);
	if (code == 0) {
		pulled_describe(bundle, &o);
		code = ram_describe(bundle, &o.pull);
	}
	if (code == 0)
		code = plan_make(&o, bundle);
	if (code == 0)
		code = bundle_make(&o, bundle);
	oven_free(&o);
	return code;
}
