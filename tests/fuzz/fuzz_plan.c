/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_plan.c - any kernel for any machine: what bl_plan_build() accepts is in
 * RAM and in its sources, can be copied, and passes bl_verify() but for what
 * others wrote. */
#include "tests/fuzz/fuzz_plan.h"

#define PROBE 16 /* bytes at the entry that bl_verify() looks at */

static uint8_t memory[PLAN_MEMORY];
static uint8_t rom[BL_ROM_SIZE];
static struct plan_case c;

static bool is_ram(uint64_t gpa)
{
	for (uint32_t i = 0; i < c.request.map_count; i++)
		if (c.map[i].type == E820_RAM &&
		    gpa - c.map[i].gpa < c.map[i].size)
			return true;
	return false;
}

/* Ranges are whole or end in the middle of nothing: where each of them begins,
 * and at both ends, there must be RAM. */
static bool in_ram(uint64_t gpa, uint64_t size)
{
	for (uint32_t i = 0; i < c.request.map_count; i++) {
		uint64_t end = c.map[i].gpa + c.map[i].size;

		if (end - gpa < size && !is_ram(end))
			return false;
	}
	return is_ram(gpa) && is_ram(gpa + size - 1);
}

/* A ROM shows itself below 1 MiB; else nothing is there. */
static int view_read(void *ctx, uint64_t gpa, void *dst, uint64_t len)
{
	const uint64_t low = HIGH_START - BL_ROM_SIZE;

	(void)ctx;
	if (gpa >= low && gpa < HIGH_START) {
		if (!c.request.launch_rom ||
		    !range_fits(gpa - low, len, BL_ROM_SIZE))
			return -1;
		memcpy(dst, rom + (gpa - low), len);
		return 0;
	}
	if (!range_fits(gpa, len, sizeof(memory)) || len == 0 ||
	    !in_ram(gpa, len))
		return -1;
	memcpy(dst, memory + gpa, len);
	return 0;
}

static bool entry_is_blank(const struct bl_plan *p)
{
	uint64_t left = p->kernel_gpa + p->kernel_size - p->cpu.rip;

	for (uint64_t i = 0; i < PROBE && i < left; i++)
		if (memory[p->cpu.rip + i] != 0)
			return false;
	return true;
}

static bool rule_is(const struct bl_finding *f, const char *group)
{
	return strncmp(f->rule, group, strlen(group)) == 0;
}

/* Contents of others: tables and structures of the VMM, the kernel's code, a
 * seed. */
static void on_found(void *ctx, const struct bl_finding *f)
{
	const struct bl_request *r = &c.request;
	bool theirs = r->tables == BL_TABLES_SCRIPT ||
		      r->tables == BL_TABLES_NONE;

	if ((theirs && rule_is(f, "acpi.")) ||
	    ((theirs || r->smbios.size != 0) && rule_is(f, "smbios.")) ||
	    (c.seed[0] == 0 && rule_is(f, "setup_data.seed")) ||
	    (rule_is(f, "kernel.code") && entry_is_blank(ctx)))
		return;
	fprintf(stderr, "%s: %s (%#llx, %#llx)\n", f->rule, f->text,
		(unsigned long long)f->value, (unsigned long long)f->limit);
	abort();
}

static void extents_check(const struct bl_plan *p)
{
	const uint64_t sizes[] = {
		[BL_FROM_KERNEL] = c.kernel.bytes.size,
		[BL_FROM_INITRD] = c.request.initrd_size,
		[BL_FROM_ARENA] = c.request.arena_size,
		[BL_ZERO] = UINT64_MAX,
	};

	PROPERTY(p->extent_count > 0 && p->extent_count <= BL_EXTENTS_MAX);
	for (uint32_t i = 0; i < p->extent_count; i++) {
		const struct bl_extent *x = &p->extent[i];

		PROPERTY(x->size != 0 && x->source <= BL_ZERO);
		PROPERTY(range_fits(x->offset, x->size, sizes[x->source]));
		PROPERTY(in_ram(x->gpa, x->size));
		PROPERTY(i == 0 || x[-1].gpa + x[-1].size <= x->gpa);
	}
}

static bool in_extent(const struct bl_plan *p, uint64_t gpa, uint64_t size)
{
	for (uint32_t i = 0; i < p->extent_count; i++)
		if (range_fits(gpa - p->extent[i].gpa, size, p->extent[i].size))
			return true;
	return false;
}

/* A blob that is read again at the launch goes where its extent is, and so
 * does a pointer that is written. */
static void dma_check(const struct bl_plan *p)
{
	PROPERTY(p->dma_count <= BL_DMA_MAX);
	for (uint32_t i = 0; i < p->dma_count; i++) {
		const struct bl_dma *d = &p->dma[i];
		uint64_t pointer = 0;

		PROPERTY(in_extent(p, d->gpa, d->size));
		if (!d->write)
			continue;
		PROPERTY(d->size <= sizeof(pointer));
		memcpy(&pointer, (uint8_t *)c.request.arena + d->gpa, d->size);
		PROPERTY(in_extent(p, pointer, 1));
	}
}

/* What we make up above 1 MiB is for ever. */
static bool is_table(const struct bl_extent *x)
{
	return x->source == BL_FROM_ARENA && x->gpa >= HIGH_START;
}

static void map_told_check(const struct bl_plan *p)
{
	PROPERTY(p->map_count > 0 && p->map_count <= BL_RANGES_MAX);
	for (uint32_t i = 0; i < p->map_count; i++) {
		const struct bl_range *r = &p->map[i];

		PROPERTY(r->size != 0 && r->type != E820_HOLE);
		PROPERTY(r->type != E820_LOADED);
		PROPERTY(i == 0 || r[-1].gpa + r[-1].size <= r->gpa);
		PROPERTY(r->type != E820_RAM || in_ram(r->gpa, r->size));
		for (uint32_t k = 0; k < p->extent_count; k++)
			PROPERTY(r->type != E820_RAM ||
				 !is_table(&p->extent[k]) ||
				 p->extent[k].gpa - r->gpa >= r->size);
	}
}

static void rom_make(const struct bl_plan *p)
{
	struct bl_rom_facts facts;
	struct bl_error err;

	PROPERTY(bl_rom_build(rom, p, c.chipset, c.request.cmdline,
			      c.request.seed, &err) == 0);
	PROPERTY(bl_rom_parse(&facts, (struct bl_span){rom, sizeof(rom)},
			      &err) == 0);
	PROPERTY(facts.kernel_entry == p->cpu.rip);
	PROPERTY(strlen(facts.cmdline) == c.request.cmdline.size);
}

/* As if it were loaded, and then as it was. */
static void machine_check(const struct bl_plan *p)
{
	static const uint8_t initrd[PLAN_MEMORY];
	const struct bl_extent *last = &p->extent[p->extent_count - 1];
	const struct bl_sources sources = {
		c.kernel.bytes, {initrd, c.request.initrd_size},
		{c.request.arena, c.request.arena_size},
	};
	const struct bl_view view = {view_read, NULL};
	struct bl_error err;

	if (last->gpa + last->size > sizeof(memory))
		return;
	PROPERTY(bl_plan_copy(p, &sources, memory, 0, sizeof(memory), &err) ==
		 0);
	if (c.request.launch_rom)
		rom_make(p);
	bl_verify(&view, &p->cpu, p->entry, p->kernel_gpa, p->kernel_size,
		  on_found, (void *)(uintptr_t)p);
	for (uint32_t i = 0; i < p->extent_count; i++)
		memset(memory + p->extent[i].gpa, 0, p->extent[i].size);
}

/* The same again, into an arena of other bytes; padding does not count. */
static void twice_check(const struct bl_plan *p)
{
	static struct bl_plan again;
	struct bl_request r = c.request;
	struct bl_error err;

	r.arena = malloc(r.arena_size);
	PROPERTY(r.arena != NULL && bl_plan_build(&again, &r, &err) == 0);
	PROPERTY(again.extent_count == p->extent_count);
	for (uint32_t i = 0; i < p->extent_count; i++) {
		const struct bl_extent *a = &p->extent[i];
		const struct bl_extent *b = &again.extent[i];

		PROPERTY(a->gpa == b->gpa && a->size == b->size &&
			 a->source == b->source && a->offset == b->offset);
		if (a->source == BL_FROM_ARENA)
			PROPERTY(memcmp((uint8_t *)r.arena + a->offset,
					(uint8_t *)c.request.arena + a->offset,
					a->size) == 0);
	}
	PROPERTY(again.cpu.rip == p->cpu.rip && again.cpu.rsi == p->cpu.rsi);
	PROPERTY(again.map_count == p->map_count);
	PROPERTY(again.dma_count == p->dma_count);
	free(r.arena);
}

static void plan_check(void)
{
	static struct bl_plan plan;
	struct bl_error err = {0};
	int code = bl_plan_build(&plan, &c.request, &err);
	char text[128];

	if (code != 0) {
		PROPERTY(code < 0 && err.code == code);
		bl_error_format(text, sizeof(text), &err);
		return;
	}
	extents_check(&plan);
	dma_check(&plan);
	map_told_check(&plan);
	PROPERTY(plan.cpu.rip - plan.kernel_gpa < plan.kernel_size);
	PROPERTY(plan.cmdline_max >= c.request.cmdline.size);
	machine_check(&plan);
	if (c.twice)
		twice_check(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};

	if (plan_case_take(&c, &in) == 0) {
		c.request.arena_size = bl_arena_size(&c.request);
		PROPERTY(c.request.arena_size <= PLAN_ARENA_MAX);
		if (c.request.arena_size <= PLAN_MEMORY) {
			c.request.arena = malloc(c.request.arena_size);
			plan_check();
			free(c.request.arena);
		}
	}
	plan_case_free(&c);
	return 0;
}
