/* SPDX-License-Identifier: BSD-2-Clause */
/* verify.c - holds a machine that is about to enter a kernel against the rules
 * of the entry and of the tables. */
#include "host-loader/lib/verify.h"

#include <string.h>

#include "core/base.h"
#include "core/sum8.h"

#define CODE_PROBE 16 /* bytes at the entry, or up to the kernel's end, of
		       * which one is not zero */

static const struct {
	const char *rule, *text;
} rules[] = {
#define VERIFY_NAME(name, rule, text) {rule, text},
	VERIFY_RULES(VERIFY_NAME)
#undef VERIFY_NAME
};

/* Rule of whoever comes later, and the words for who came first. */
static const struct {
	enum verify_rule rule;
	const char *text;
} owners[] = {
	[OWNER_KERNEL] = {RULE_KERNEL_MEMORY, "overlaps the kernel"},
	[OWNER_PARAMS] = {RULE_PARAMS_OVERLAP, "overlaps boot_params"},
	[OWNER_PVH] = {RULE_PVH_OVERLAP, "overlaps start_info or its lists"},
	[OWNER_CMDLINE] = {RULE_CMDLINE_OVERLAP, "overlaps the command line"},
	[OWNER_INITRD] = {RULE_INITRD_OVERLAP, "overlaps the initrd"},
	[OWNER_DATA] = {RULE_DATA_OVERLAP, "overlaps setup_data"},
	[OWNER_GDT] = {RULE_GDT_OVERLAP, "overlaps the GDT"},
	[OWNER_PAGES] = {RULE_PAGES_OVERLAP, "overlaps a page table"},
	[OWNER_ACPI] = {RULE_ACPI_OVERLAP, "overlaps an ACPI table"},
	[OWNER_SMBIOS] = {RULE_SMBIOS_OVERLAP, "overlaps SMBIOS structures"},
};

static void report(struct verify *v, enum verify_rule rule, const char *text,
		   uint64_t value, uint64_t limit)
{
	struct bl_finding finding = {rules[rule].rule, text, value, limit};

	v->checked[rule] = true;
	if (v->broken[rule])
		return;
	v->broken[rule] = true;
	if (v->found != NULL)
		v->found(v->ctx, &finding);
}

bool verify_rule(struct verify *v, enum verify_rule rule, bool holds,
		 uint64_t value, uint64_t limit)
{
	v->checked[rule] = true;
	if (!holds)
		report(v, rule, rules[rule].text, value, limit);
	return holds;
}

bool verify_read(struct verify *v, uint64_t gpa, void *dst, uint64_t size)
{
	return range_fits(gpa, size, UINT64_MAX) &&
	       v->view->read(v->view->ctx, gpa, dst, size) == 0;
}

/* The next bytes of [gpa, gpa + size) into v->chunk: how many, 0 if they are
 * not there. */
static uint64_t chunk_read(struct verify *v, uint64_t gpa, uint64_t size)
{
	uint64_t part = VERIFY_CHUNK - gpa % VERIFY_CHUNK;

	if (part > size)
		part = size;
	return verify_read(v, gpa, v->chunk, part) ? part : 0;
}

bool verify_sum(struct verify *v, uint64_t gpa, uint64_t size, uint8_t *sum)
{
	*sum = 0;
	while (size > 0) {
		uint64_t part = chunk_read(v, gpa, size);

		if (part == 0)
			return false;
		*sum = (uint8_t)(*sum + sum8(v->chunk, part));
		gpa += part;
		size -= part;
	}
	return true;
}

bool verify_is_zero(struct verify *v, uint64_t gpa, uint64_t size)
{
	while (size > 0) {
		uint64_t part = chunk_read(v, gpa, size);

		if (part == 0)
			return false;
		for (uint64_t i = 0; i < part; i++)
			if (v->chunk[i] != 0)
				return false;
		gpa += part;
		size -= part;
	}
	return true;
}

uint64_t verify_string(struct verify *v, uint64_t gpa, uint64_t max)
{
	uint64_t done = 0;

	while (done < max) {
		uint64_t part = chunk_read(v, gpa + done, max - done);
		const uint8_t *end = part == 0 ? NULL :
						 memchr(v->chunk, 0, part);

		if (end != NULL)
			return done + (uint64_t)(end - v->chunk) + 1;
		if (part == 0)
			return 0;
		done += part;
	}
	return 0;
}

void verify_claim(struct verify *v, enum verify_owner owner, uint64_t gpa,
		  uint64_t size)
{
	enum verify_rule rule = owners[owner].rule;

	if (size == 0 || !range_fits(gpa, size, UINT64_MAX))
		return;
	v->checked[rule] = true;
	for (uint32_t i = 0; i < v->claim_count; i++) {
		const struct verify_claim *c = &v->claim[i];

		if (gpa < c->gpa + c->size && c->gpa < gpa + size)
			report(v, rule, owners[c->owner].text, gpa, c->gpa);
	}
	if (v->claim_count < VERIFY_CLAIMS_MAX)
		v->claim[v->claim_count++] =
			(struct verify_claim){gpa, size, owner};
}

static void kernel_claim(struct verify *v)
{
	if (v->kernel_size == 0)
		return;
	if (!verify_rule(v, RULE_KERNEL_RANGE,
			 range_fits(v->kernel_gpa, v->kernel_size, UINT64_MAX),
			 v->kernel_gpa, v->kernel_size))
		v->kernel_size = 0;
	verify_claim(v, OWNER_KERNEL, v->kernel_gpa, v->kernel_size);
}

static void kernel_verify(struct verify *v)
{
	uint64_t rip = v->cpu->rip, probe = CODE_PROBE;

	if (v->kernel_size != 0) {
		verify_rule(v, RULE_KERNEL_MEMORY,
			    verify_map_is(v, v->kernel_gpa, v->kernel_size,
					  MAP_TYPE(E820_RAM)),
			    v->kernel_gpa, v->kernel_size);
		verify_rule(v, RULE_KERNEL_ENTRY,
			    rip >= v->kernel_gpa &&
				    rip - v->kernel_gpa < v->kernel_size,
			    rip, v->kernel_gpa + v->kernel_size);
		/* memory may end where the kernel does */
		if (rip - v->kernel_gpa < v->kernel_size &&
		    probe > v->kernel_size - (rip - v->kernel_gpa))
			probe = v->kernel_size - (rip - v->kernel_gpa);
	}
	verify_rule(v, RULE_KERNEL_CODE,
		    verify_read(v, rip, v->chunk, probe) &&
			    !verify_is_zero(v, rip, probe),
		    rip, 0);
}

unsigned verify_run(const struct bl_view *view, const struct bl_cpu *cpu,
		    enum bl_entry entry, uint64_t kernel_gpa,
		    uint64_t kernel_size,
		    void (*found)(void *ctx, const struct bl_finding *finding),
		    void *ctx, unsigned *checked)
{
	struct verify v = {
		.view = view, .cpu = cpu, .entry = entry,
		.kernel_gpa = kernel_gpa, .kernel_size = kernel_size,
		.found = found, .ctx = ctx,
	};
	unsigned broken = 0;

	kernel_claim(&v);
	if (entry == BL_ENTRY_PVH)
		verify_pvh(&v);
	else
		verify_linux(&v);
	kernel_verify(&v);
	verify_cpu(&v);
	if (entry == BL_ENTRY_64)
		verify_pages(&v);
	verify_acpi(&v);
	verify_smbios(&v);
	*checked = 0;
	for (unsigned i = 0; i < RULE_COUNT; i++) {
		*checked += v.checked[i];
		broken += v.broken[i];
	}
	return broken;
}

unsigned bl_verify(const struct bl_view *view, const struct bl_cpu *cpu,
		   enum bl_entry entry, uint64_t kernel_gpa,
		   uint64_t kernel_size,
		   void (*found)(void *ctx, const struct bl_finding *finding),
		   void *ctx)
{
	unsigned checked;

	return verify_run(view, cpu, entry, kernel_gpa, kernel_size, found,
			  ctx, &checked);
}
