/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_bundle.c - a right bundle with numbers of its plan and bytes of image
 * and ROM changed: reading and verifying it ends, tells of each rule once, and
 * finds a byte of the image that was changed.
 *
 * Input: the entry, changes to the plan, to the image, to the ROM. */
#include "tests/fuzz/fuzz_plan.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "host-loader/bundle/image.h"
#include "host-loader/bundle/manifest.h"
#include "host-loader/cmd/bundle_verify.h"
#include "tests/unit/bundle.h"

#define RULES_MAX  200
#define RAM_SIZE   MIB(32)
#define PATCHES    16

extern const uint32_t replay_rounds; /* replay.c */
const uint32_t replay_rounds = 5;

struct right { /* as it was baked */
	bool built;
	char *dir;
	struct bundle bundle;
	int image, rom, manifest;
};

struct found {
	uint32_t count;
	const char *rule[RULES_MAX];
};

struct patch { /* of a file's byte */
	uint64_t at;
	uint8_t before, after;
};

static struct right rights[2];

/* One segment of 16 KiB at 16 MiB, a quarter of it in the file. */
static const uint8_t kernel_bytes[] = {0, 0x00, 0x0f, 0, 0, 0x00, 0x40, 0x00,
				       0x00, 0x10, 0x00, 0x10, 0x00, 0x10};

static int file_make(const char *dir, const char *name)
{
	char *path = text_make("%s/%s", dir, name);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	PROPERTY(fd >= 0);
	free(path);
	return fd;
}

/* The folders of this process go when it ends as it should. */
__attribute__((destructor)) static void folders_remove(void)
{
	for (int i = 0; i < 2; i++)
		if (rights[i].built)
			bundle_remove(rights[i].dir);
}

static void plan_make(struct bl_plan *plan, struct bl_sources *sources,
		      enum bl_entry entry, uint8_t *rom)
{
	static uint8_t file[PLAN_FILE], initrd[0x3000];
	static const uint32_t ids[] = {0, 1};
	static struct bl_kernel kernel;
	struct input in = {kernel_bytes, sizeof(kernel_bytes)};
	const struct bl_range map[] = {{0, RAM_SIZE, E820_RAM}};
	const struct bl_board board = {.apic_id = ids, .cpu_count = 2};
	struct bl_request r = {
		.map = map, .map_count = 1, .kernel = &kernel, .entry = entry,
		.initrd_size = sizeof(initrd), .launch_rom = true,
		.tables = BL_TABLES_PC, .board = &board,
	};
	struct bl_error err;

	memset(initrd, 0x77, sizeof(initrd));
	plan_kernel_make(file, &in, 0);
	PROPERTY(bl_kernel_parse(&kernel, (struct bl_span){file, PLAN_FILE},
				 &err) == 0);
	r.arena_size = bl_arena_size(&r);
	r.arena = malloc(r.arena_size);
	PROPERTY(bl_plan_build(plan, &r, &err) == 0);
	PROPERTY(bl_rom_build(rom, plan, BL_CHIPSET_Q35, r.cmdline, r.seed,
			      &err) == 0);
	*sources = (struct bl_sources){{file, PLAN_FILE},
				       {initrd, sizeof(initrd)},
				       {r.arena, r.arena_size}};
}

static void right_make(struct right *r, enum bl_entry entry)
{
	static uint8_t rom[BL_ROM_SIZE];
	const char *top = getenv("TMPDIR");
	struct bl_sources sources;

	r->dir = text_make("%s/fuzz-bundle-XXXXXX", top ? top : "/tmp");
	PROPERTY(mkdtemp(r->dir) != NULL);
	r->built = true;
	bundle_fill(&r->bundle, r->dir, PLAN_FILE);
	r->bundle.initrd.size = 0x3000;
	r->bundle.entry = entry;
	r->bundle.ram_size = RAM_SIZE;
	r->bundle.ram[0] = (struct bl_range){0, RAM_SIZE, E820_RAM};
	r->bundle.ram_count = 1;
	plan_make(&r->bundle.plan, &sources, entry, rom);
	PROPERTY(image_digest(r->bundle.image_digest, &r->bundle.plan,
			      &sources) == 0);
	r->image = file_make(r->dir, BUNDLE_IMAGE);
	r->rom = file_make(r->dir, BUNDLE_ROM);
	r->manifest = file_make(r->dir, BUNDLE_MANIFEST);
	PROPERTY(image_write(r->image, &r->bundle, &sources) == 0);
	PROPERTY(pwrite(r->rom, rom, sizeof(rom), 0) == sizeof(rom));
	free((void *)(uintptr_t)sources.arena.bytes);
}

static void number_change(void *at, size_t size, struct input *in)
{
	uint64_t value = 0, by = plan_number(in);

	memcpy(&value, at, size);
	value = take(in, 1) & 1 ? by : value + by;
	memcpy(at, &value, size);
}

/* Numbers only: texts are fuzz_manifest.c's. */
static void plan_change(struct bundle *b, struct input *in)
{
	struct bl_plan *p = &b->plan;
	uint32_t what = (uint32_t)take(in, 1);
	uint32_t i = (uint32_t)take(in, 1);
	uint64_t *const numbers[] = {
		&p->kernel_gpa, &p->kernel_size, &p->initrd_gpa,
		&p->initrd_size, &p->rsdp_gpa, &p->smbios_gpa, &p->cmdline_gpa,
		&b->ram_size, &b->ram[0].gpa, &b->ram[0].size, &b->ram[1].gpa,
		&b->ram[1].size, &p->extent[i % BL_EXTENTS_MAX].gpa,
		&p->extent[i % BL_EXTENTS_MAX].size,
		&p->extent[i % BL_EXTENTS_MAX].offset, &p->map[i % 8].gpa,
		&p->map[i % 8].size, &p->dma[i % BL_DMA_MAX].gpa,
		&p->cpu.rip, &p->cpu.rsp, &p->cpu.rsi, &p->cpu.rbx,
		&p->cpu.rflags, &p->cpu.cr0, &p->cpu.cr3, &p->cpu.cr4,
		&p->cpu.efer, &p->cpu.gdt_gpa, &p->cpu.mtrr_def_type,
	};
	uint32_t *const small[] = {
		&p->extent_count, &p->map_count, &p->dma_count, &b->ram_count,
		&p->cmdline_max, &p->map[i % 8].type, &b->ram[i % 2].type,
		&p->dma[i % BL_DMA_MAX].skip, &p->dma[i % BL_DMA_MAX].size,
		&p->extent[i % BL_EXTENTS_MAX].source, &p->entry, &b->entry,
		&b->chipset,
	};

	if (what < 0xa0)
		number_change(numbers[what % ARRAY_COUNT(numbers)], 8, in);
	else
		number_change(small[what % ARRAY_COUNT(small)], 4, in);
}

/* A byte of the file that is then another; where a patch goes that nothing is
 * at is as good as another place. */
static struct patch byte_change(int fd, uint64_t size, struct input *in)
{
	struct patch p = {plan_number(in) % size, 0, 0};

	PROPERTY(pread(fd, &p.before, 1, (off_t)p.at) == 1);
	p.after = (uint8_t)take(in, 1);
	PROPERTY(pwrite(fd, &p.after, 1, (off_t)p.at) == 1);
	return p;
}

/* A page of zeros is a hole again: else the image would fill up. */
static void byte_restore(int fd, const struct patch *p)
{
	static const uint8_t zeros[PAGE_SIZE];
	uint8_t page[PAGE_SIZE];
	off_t start = (off_t)align_down(p->at, PAGE_SIZE);

	PROPERTY(pwrite(fd, &p->before, 1, (off_t)p->at) == 1);
	PROPERTY(pread(fd, page, sizeof(page), start) == sizeof(page));
	if (memcmp(page, zeros, sizeof(page)) == 0)
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			  start, sizeof(page));
}

static void on_found(void *ctx, const struct bl_finding *finding)
{
	struct found *f = ctx;

	PROPERTY(f->count < RULES_MAX && finding->text != NULL);
	for (uint32_t i = 0; i < f->count; i++)
		PROPERTY(strcmp(f->rule[i], finding->rule) != 0);
	f->rule[f->count++] = finding->rule;
}

static void on_warned(void *ctx, const char *file, const char *why)
{
	PROPERTY(ctx != NULL && file != NULL && why != NULL);
}

static bool told(const struct found *f, const char *rule)
{
	for (uint32_t i = 0; i < f->count; i++)
		if (strcmp(f->rule[i], rule) == 0)
			return true;
	return false;
}

/* A byte of the image was changed and the plan was not. */
static void image_told(const struct bundle *b, const struct found *f,
		       const struct patch *p)
{
	const struct bl_plan *plan = &b->plan;

	if (p->before == p->after)
		return;
	for (uint32_t i = 0; i < plan->extent_count; i++)
		if (p->at - plan->extent[i].gpa < plan->extent[i].size) {
			PROPERTY(told(f, plan->extent[i].source == BL_ZERO
						 ? "bundle.zero"
						 : "bundle.image_digest"));
			return;
		}
	PROPERTY(told(f, "bundle.stray"));
}

static bool look(const struct right *r, struct found *f)
{
	struct bundle_report report = {on_found, on_warned, f, 0, 0};
	struct bundle bundle;
	int err;

	f->count = 0;
	if (bundle_read(&bundle, r->dir) != 0)
		return false;
	for (uint32_t i = 0; i < bundle.plan.extent_count; i++)
		PROPERTY(bundle_in_ram(&bundle, bundle.plan.extent[i].gpa,
				       bundle.plan.extent[i].size));
	err = bundle_verify(&bundle, &report);
	bundle_free(&bundle);
	PROPERTY(err == 0 && report.broken == f->count);
	PROPERTY(report.broken <= report.checked);
	return true;
}

static void files_check(struct right *r, struct input *in, bool plan_changed)
{
	uint32_t images = (uint32_t)take(in, 1) % PATCHES;
	uint32_t roms = (uint32_t)take(in, 1) % PATCHES;
	struct patch image[PATCHES], rom[PATCHES];
	struct found f;

	for (uint32_t i = 0; i < images; i++)
		image[i] = byte_change(r->image, RAM_SIZE, in);
	for (uint32_t i = 0; i < roms; i++)
		rom[i] = byte_change(r->rom, BL_ROM_SIZE, in);
	if (look(r, &f) && !plan_changed) {
		PROPERTY(images + roms != 0 || f.count == 0);
		if (images == 1) /* of several one may undo another */
			image_told(&r->bundle, &f, &image[0]);
	} else {
		PROPERTY(plan_changed);
	}
	while (images > 0)
		byte_restore(r->image, &image[--images]);
	while (roms > 0)
		byte_restore(r->rom, &rom[--roms]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bundle changed;
	struct input in = {data, size};
	uint32_t kind = (uint32_t)take(&in, 1), plans = kind >> 1 & 15;
	struct right *r = &rights[kind & 1];
	char why[MANIFEST_WHY] = "";
	char *text;

	if (!r->built)
		right_make(r, kind & 1 ? BL_ENTRY_PVH : BL_ENTRY_64);
	changed = r->bundle; /* its texts stay the right one's */
	for (uint32_t i = 0; i < plans; i++)
		plan_change(&changed, &in);
	text = manifest_make(&changed, why);
	if (text == NULL) {
		PROPERTY(plans != 0 && why[0] != '\0');
		return 0;
	}
	PROPERTY(ftruncate(r->manifest, 0) == 0);
	PROPERTY(pwrite(r->manifest, text, strlen(text), 0) ==
		 (ssize_t)strlen(text));
	free(text);
	files_check(r, &in, plans != 0);
	return 0;
}
