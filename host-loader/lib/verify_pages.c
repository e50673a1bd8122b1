/* SPDX-License-Identifier: BSD-2-Clause */
/* verify_pages.c - the page tables, walked as the processor does.
 * Source: [SDM] 3A 4.5 4-Level Paging; [BOOT] "64-bit Boot Protocol": kernel,
 * zero page and command line are mapped to themselves. */
#include "host-loader/lib/verify.h"

#include "core/abi/x86.h"
#include "core/base.h"
#include "core/layout.h"

#define LEVELS      4
#define CR0_WP      0x00010000
#define EFER_NXE    0x00000800
#define ADDRESS     UINT64_C(0x000ffffffffff000)
#define PTE_NX      (UINT64_C(1) << 63)
#define PTE_PAT     0x1000        /* in an entry for a large page */
#define LOW_HALF    (UINT64_C(1) << 47)
#define PAGES_MAX   (UINT32_C(1) << 19) /* followed in one extent */

struct walk {
	uint64_t table[LEVELS]; /* of PML4, PDPT and so on; 0: not reached */
	uint64_t gpa;           /* where the address leads */
	uint64_t size;          /* of the page */
	bool writable, executable;
};

/* Is an entry that is present one that the processor takes? */
static bool entry_is_valid(const struct verify *v, uint64_t entry, int level)
{
	uint64_t size = UINT64_C(1) << (12 + 9 * level);

	if ((entry & PTE_NX) != 0 && (v->cpu->efer & EFER_NXE) == 0)
		return false;
	if (level == 0 || (entry & PTE_LARGE) == 0)
		return true;
	return level < LEVELS - 1 &&
	       (entry & ADDRESS & (size - 1) & ~(uint64_t)PTE_PAT) == 0;
}

static bool walk(struct verify *v, uint64_t address, struct walk *w)
{
	uint64_t entry = v->cpu->cr3;

	*w = (struct walk){.writable = true, .executable = true};
	if (address >= LOW_HALF)
		return false;
	for (int level = LEVELS - 1; level >= 0; level--) {
		unsigned shift = 12 + 9 * (unsigned)level;
		uint64_t table = entry & ADDRESS;

		w->table[LEVELS - 1 - level] = table;
		if (!verify_rule(v, RULE_PAGES_TABLE,
				 verify_read(v, table + (address >> shift &
							 511) * 8,
					     &entry, sizeof(entry)),
				 table, 0) ||
		    (entry & PTE_PRESENT) == 0)
			return false;
		if (!verify_rule(v, RULE_PAGES_RESERVED,
				 entry_is_valid(v, entry, level), address,
				 entry))
			return false;
		w->writable &= (entry & PTE_WRITE) != 0;
		w->executable &= (entry & PTE_NX) == 0;
		w->size = UINT64_C(1) << shift;
		if ((entry & PTE_LARGE) != 0 && level > 0)
			break;
	}
	w->gpa = (entry & ADDRESS & ~(w->size - 1)) |
		 (address & (w->size - 1));
	return w->gpa == address;
}

static bool table_is_known(const struct verify *v, uint64_t gpa)
{
	for (uint32_t i = 0; i < v->claim_count; i++)
		if (v->claim[i].owner == OWNER_PAGES && v->claim[i].gpa == gpa)
			return true;
	return false;
}

/* Claims the tables of a walk that the last one did not use, and looks that
 * they are mapped as well. */
static void tables_claim(struct verify *v, const struct walk *w,
			 const struct walk *last)
{
	struct walk own;

	for (int i = 0; i < LEVELS; i++) {
		uint64_t gpa = w->table[i];

		if (gpa == last->table[i] || (gpa == 0 && i > 0) ||
		    table_is_known(v, gpa))
			continue;
		verify_claim(v, OWNER_PAGES, gpa, VERIFY_CHUNK);
		verify_rule(v, RULE_PAGES_SELF, walk(v, gpa, &own), gpa, 0);
	}
}

/* Is all of [gpa, gpa + size) mapped to itself?  Says in *writable whether it
 * can all be written. */
static void extent_verify(struct verify *v, enum verify_rule rule, uint64_t gpa,
			  uint64_t size, bool *writable)
{
	struct walk w, last = {.table = {UINT64_MAX}};
	uint64_t at = gpa;

	*writable = true;
	if (!range_fits(gpa, size, UINT64_MAX))
		return;
	for (uint32_t pages = 0; at < gpa + size; pages++) {
		if (!verify_rule(v, RULE_PAGES_COUNT, pages < PAGES_MAX, at,
				 gpa + size) ||
		    !verify_rule(v, rule, walk(v, at, &w), at, 0))
			return;
		*writable &= w.writable;
		tables_claim(v, &w, &last);
		last = w;
		at = align_down(at, w.size) + w.size;
	}
}

void verify_pages(struct verify *v)
{
	bool writable;
	struct walk w;

	verify_rule(v, RULE_PAGES_ENTRY, walk(v, v->cpu->rip, &w), v->cpu->rip,
		    0);
	verify_rule(v, RULE_PAGES_EXECUTE, w.executable, v->cpu->rip, 0);
	extent_verify(v, RULE_PAGES_KERNEL, v->kernel_gpa, v->kernel_size,
		      &writable);
	verify_rule(v, RULE_PAGES_WRITE,
		    writable || (v->cpu->cr0 & CR0_WP) == 0, v->kernel_gpa,
		    v->kernel_size);
	extent_verify(v, RULE_PAGES_PARAMS, v->cpu->rsi, VERIFY_CHUNK,
		      &writable);
	extent_verify(v, RULE_PAGES_CMDLINE, v->cmdline_gpa, v->cmdline_size,
		      &writable);
}
