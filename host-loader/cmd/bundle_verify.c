/* SPDX-License-Identifier: BSD-2-Clause */
/* bundle_verify.c - a bundle as its manifest says that it is. */
#include "host-loader/cmd/bundle_verify.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/abi/boot_params.h"
#include "core/abi/fw_cfg.h"
#include "core/abi/pvh.h"
#include "core/abi/x86.h"
#include "core/base.h"
#include "core/layout.h"
#include "host-loader/cmd/bundle_view.h"
#include "host-loader/bundle/digest.h"
#include "host-loader/file.h"
#include "host-loader/bundle/image.h"
#include "host-loader/lib/plan.h"
#include "host-loader/lib/rom.h"
#include "host-loader/lib/verify.h"

/* X(name, rule, sentence) */
#define BUNDLE_RULES(X)                                                        \
	X(ROM, "bundle.rom", "rom.bin is not a ROM that this version makes")   \
	X(ENTRY, "bundle.rom_entry",                                           \
	  "rom.bin enters the kernel elsewhere than the plan says")            \
	X(PROTOCOL, "bundle.rom_protocol",                                     \
	  "rom.bin enters the kernel by another protocol than the plan's")     \
	X(CHIPSET, "bundle.rom_chipset",                                       \
	  "rom.bin programs another chipset than the bundle's")                \
	X(DMA, "bundle.rom_dma",                                               \
	  "rom.bin makes another number of launch requests than the plan")     \
	X(ROM_SEED, "bundle.rom_seed",                                         \
	  "rom.bin holds a seed: VMs would share it")                          \
	X(CPU, "bundle.cpu", "the plan's CPU state is not what rom.bin sets")  \
	X(IMAGE_SEED, "bundle.image_seed",                                     \
	  "the image holds a seed: VMs would share it")                        \
	X(MARKER, "bundle.marker", "the image says that it was launched")      \
	X(REQUESTS, "bundle.launch_dma",                                       \
	  "the image's launch requests are not the plan's")                    \
	X(RSDP, "bundle.rsdp", "the kernel is told of another RSDP")           \
	X(DIGEST, "bundle.image_digest",                                       \
	  "the image's bytes are not those that were baked")                   \
	X(ZERO, "bundle.zero", "a byte is set that the plan wants zero")       \
	X(STRAY, "bundle.stray", "a byte is set that no plan put there")

enum bundle_rule {
#define BUNDLE_ENUM(name, rule, text) BUNDLE_RULE_##name,
	BUNDLE_RULES(BUNDLE_ENUM)
#undef BUNDLE_ENUM
	BUNDLE_RULE_COUNT
};

static const struct {
	const char *rule, *text;
} rules[] = {
#define BUNDLE_NAME(name, rule, text) {rule, text},
	BUNDLE_RULES(BUNDLE_NAME)
#undef BUNDLE_NAME
};

struct check {
	struct bundle_view view;
	struct bundle_report *report;
	bool checked[BUNDLE_RULE_COUNT], broken[BUNDLE_RULE_COUNT];
};

static bool must(struct check *c, enum bundle_rule rule, bool holds,
		 uint64_t value, uint64_t limit)
{
	struct bl_finding finding = {rules[rule].rule, rules[rule].text, value,
				     limit};

	c->checked[rule] = true;
	if (!holds && !c->broken[rule]) {
		c->broken[rule] = true;
		c->report->found(c->report->ctx, &finding);
	}
	return holds;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

static void rom_verify(struct check *c)
{
	const struct bundle *b = c->view.bundle;
	const uint8_t *rom = c->view.rom.bytes;
	struct bl_rom_facts facts;
	struct bl_error err = {0};
	struct rom_slots slots;

	if (!must(c, BUNDLE_RULE_ROM,
		  bl_rom_parse(&facts, c->view.rom, &err) == 0, err.value,
		  err.limit))
		return;
	memcpy(&slots, rom + (STUB_SLOTS - STUB_CMDLINE), sizeof(slots));
	must(c, BUNDLE_RULE_ENTRY, facts.kernel_entry == b->plan.cpu.rip,
	     facts.kernel_entry, b->plan.cpu.rip);
	must(c, BUNDLE_RULE_PROTOCOL, facts.entry == b->plan.entry, facts.entry,
	     b->plan.entry);
	must(c, BUNDLE_RULE_CHIPSET, facts.chipset == b->chipset, facts.chipset,
	     b->chipset);
	must(c, BUNDLE_RULE_DMA, facts.dma_count == dma_requests(&b->plan),
	     facts.dma_count, dma_requests(&b->plan));
	must(c, BUNDLE_RULE_ROM_SEED,
	     !facts.has_seed && is_zero(slots.seed_bytes, BL_SEED_MAX),
	     STUB_SLOTS + offsetof(struct rom_slots, seed_bytes), 0);
}

/* What stub.asm leaves in the registers, whatever the plan says. */
static void cpu_verify(struct check *c)
{
	const struct bl_plan *plan = &c->view.bundle->plan;
	const struct bl_cpu *cpu = &plan->cpu;
	const bool pvh = plan->entry == BL_ENTRY_PVH;

	must(c, BUNDLE_RULE_CPU,
	     cpu->cr0 == (CR0_PE | CR0_ET | (pvh ? 0 : CR0_PG)) &&
		     cpu->cr3 == (pvh ? 0 : PML4) &&
		     cpu->cr4 == (pvh ? 0 : CR4_PAE) &&
		     (cpu->efer & EFER_LME) == (pvh ? 0 : EFER_LME),
	     cpu->cr0, cpu->cr3);
	must(c, BUNDLE_RULE_CPU,
	     cpu->cs == (pvh ? SEL_CODE32 : SEL_CODE64) &&
		     cpu->ds == SEL_DATA && cpu->ss == SEL_DATA &&
		     cpu->tr == (pvh ? SEL_TSS : 0) && cpu->gdt_gpa == STUB_GDT,
	     cpu->cs, cpu->ds);
	must(c, BUNDLE_RULE_CPU,
	     (pvh ? cpu->rbx == START_INFO : cpu->rsi == BOOT_PARAMS) &&
		     cpu->mtrr_def_type == MTRR_DEF_WB_ON,
	     pvh ? cpu->rbx : cpu->rsi, cpu->mtrr_def_type);
}

/* The page that image and ROM share. */
static void launch_verify(struct check *c)
{
	struct fw_cfg_dma want[LAUNCH_DMA_MAX], have[LAUNCH_DMA_MAX];
	uint8_t seed[LAUNCH_SEED_SIZE - sizeof(struct setup_data)];
	uint32_t marker = 0;

	memset(want, 0, sizeof(want));
	memset(have, 0xff, sizeof(have));
	memset(seed, 0xff, sizeof(seed));
	bundle_view_read(&c->view, LAUNCH_MARKER, &marker, sizeof(marker));
	bundle_view_read(&c->view, LAUNCH_SEED + sizeof(struct setup_data),
			 seed, sizeof(seed));
	bundle_view_read(&c->view, LAUNCH_DMA, have, sizeof(have));
	must(c, BUNDLE_RULE_MARKER, marker == LAUNCH_CLEAN, marker,
	     LAUNCH_CLEAN);
	must(c, BUNDLE_RULE_IMAGE_SEED, is_zero(seed, sizeof(seed)),
	     LAUNCH_SEED, 0);
	dma_build(want, &c->view.bundle->plan);
	must(c, BUNDLE_RULE_REQUESTS, memcmp(want, have, sizeof(want)) == 0,
	     LAUNCH_DMA, 0);
}

static void rsdp_verify(struct check *c)
{
	const struct bl_plan *plan = &c->view.bundle->plan;
	uint64_t gpa = plan->entry == BL_ENTRY_PVH ?
		START_INFO + offsetof(struct hvm_start_info, rsdp_paddr) :
		BOOT_PARAMS + offsetof(struct boot_params, acpi_rsdp_addr);
	uint64_t rsdp = UINT64_MAX;

	bundle_view_read(&c->view, gpa, &rsdp, sizeof(rsdp));
	must(c, BUNDLE_RULE_RSDP, rsdp == plan->rsdp_gpa, rsdp, plan->rsdp_gpa);
}

/* Everything between the extents is as it was made: empty. */
static void gaps_verify(struct check *c)
{
	const struct bundle *b = c->view.bundle;
	uint32_t x = 0;

	for (uint32_t i = 0; i < b->ram_count; i++) {
		uint64_t at = b->ram[i].gpa, end = at + b->ram[i].size;

		while (at < end) {
			bool last = x == b->plan.extent_count ||
				    b->plan.extent[x].gpa >= end;
			uint64_t next = last ? end : b->plan.extent[x].gpa;
			uint64_t bad = bundle_view_nonzero(&c->view, at,
							   next - at);

			must(c, BUNDLE_RULE_STRAY, bad == UINT64_MAX, bad, 0);
			at = last ? end : next + b->plan.extent[x++].size;
		}
	}
}

static void image_verify(struct check *c)
{
	const struct bundle *b = c->view.bundle;
	char digest[DIGEST_TEXT] = "";

	for (uint32_t i = 0; i < b->plan.extent_count; i++) {
		const struct bl_extent *x = &b->plan.extent[i];
		uint64_t bad = x->source != BL_ZERO ? UINT64_MAX :
			bundle_view_nonzero(&c->view, x->gpa, x->size);

		must(c, BUNDLE_RULE_ZERO, bad == UINT64_MAX, bad, x->gpa);
	}
	gaps_verify(c);
	must(c, BUNDLE_RULE_DIGEST,
	     image_digest_read(digest, b, c->view.image) == 0 &&
		     strcmp(digest, b->image_digest) == 0,
	     0, 0);
}

static void input_verify(struct check *c, const struct bundle_input *input)
{
	struct bundle_report *report = c->report;
	char digest[DIGEST_TEXT];
	struct bl_span file;

	if (input->path == NULL)
		return;
	if (access(input->path, R_OK) != 0 ||
	    file_map(&file, input->path) < 0) {
		report->warn(report->ctx, input->path, "is not there any more");
		return;
	}
	digest_bytes(digest, file);
	file_unmap(&file);
	if (strcmp(digest, input->digest) != 0)
		report->warn(report->ctx, input->path,
			     "has changed since the bundle was baked");
}

static void qemu_verify(struct check *c)
{
	const struct bundle *b = c->view.bundle;
	struct bundle_report *report = c->report;
	char *build = NULL;

	if (access(b->vm.qemu, R_OK) == 0)
		build = qemu_build_id(b->vm.qemu);
	if (build == NULL)
		report->warn(report->ctx, b->vm.qemu, "is not there any more");
	else if (strcmp(build, b->qemu_build) != 0)
		report->warn(report->ctx, b->vm.qemu,
			     "is another build than the one that was asked for "
			     "its tables");
	free(build);
}

int bundle_verify(const struct bundle *bundle, struct bundle_report *report)
{
	const struct bl_plan *plan = &bundle->plan;
	struct check c = {.report = report};
	const struct bl_view view = {bundle_view_read, &c.view};

	if (bundle_view_open(&c.view, bundle) < 0)
		return -1;
	report->broken = verify_run(&view, &plan->cpu, plan->entry,
				    plan->kernel_gpa, plan->kernel_size,
				    report->found, report->ctx,
				    &report->checked);
	rom_verify(&c);
	cpu_verify(&c);
	launch_verify(&c);
	rsdp_verify(&c);
	image_verify(&c);
	input_verify(&c, &bundle->kernel);
	input_verify(&c, &bundle->initrd);
	qemu_verify(&c);
	for (unsigned i = 0; i < BUNDLE_RULE_COUNT; i++) {
		report->checked += c.checked[i];
		report->broken += c.broken[i];
	}
	bundle_view_close(&c.view);
	return 0;
}
