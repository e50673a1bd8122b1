/* SPDX-License-Identifier: BSD-2-Clause */
/* verify_acpi.c - from the RSDP to each table's header.
 * Source: [ACPI] 5.2.5 RSDP, 5.2.6 System Description Table Header, 5.2.7
 * RSDT, 5.2.8 XSDT, 15 memory types of tables. */
#include "host-loader/lib/verify.h"

#include <string.h>

#include "core/abi/acpi.h"
#include "core/base.h"
#include "core/layout.h"
#include "core/sum8.h"

#define SIG_RSDT      0x54445352 /* "RSDT" */
#define TABLE_MAX     0x100000   /* bytes; the largest that are known take a
				  * half */
#define TABLES_MAX    64         /* entries of the root that are followed */
#define RSDP_STEP     16         /* [ACPI] 5.2.5.1: boundary that it is at */
#define BIOS_AREA     0x000e0000 /* ... and where, but for the EBDA */

static bool rsdp_is_at(struct verify *v, uint64_t gpa)
{
	char signature[8];

	return verify_read(v, gpa, signature, sizeof(signature)) &&
	       memcmp(signature, ACPI_RSDP_SIGNATURE, sizeof(signature)) == 0;
}

static bool rsdp_adds_up(struct verify *v, uint64_t gpa)
{
	uint8_t bytes[ACPI_RSDP_V1_SIZE];

	return verify_read(v, gpa, bytes, sizeof(bytes)) &&
	       sum8(bytes, sizeof(bytes)) == 0;
}

/* 0: not in [gpa, end).  sum: a signature alone is none. */
static uint64_t rsdp_scan(struct verify *v, uint64_t gpa, uint64_t end,
			  bool sum)
{
	for (; gpa < end; gpa += RSDP_STEP)
		if (rsdp_is_at(v, gpa) && (!sum || rsdp_adds_up(v, gpa)))
			return gpa;
	return 0;
}

/* [ACPI] 5.2.5.1: the EBDA's first KiB, then the BIOS area.  0: none, and then
 * the machine has no ACPI. */
static uint64_t rsdp_search(struct verify *v, bool sum)
{
	uint16_t segment = 0;
	uint64_t gpa = 0;

	if (verify_read(v, BDA_EBDA_WORD, &segment, sizeof(segment)) &&
	    segment != 0)
		gpa = rsdp_scan(v, (uint64_t)segment << 4,
				((uint64_t)segment << 4) + EBDA_SIZE, sum);
	return gpa != 0 ? gpa : rsdp_scan(v, BIOS_AREA, HIGH_START, sum);
}

/* Kernels pass over a wrong sum; where there is no right one, the first is
 * taken, so that it is told. */
static uint64_t rsdp_find(struct verify *v)
{
	uint64_t gpa = rsdp_search(v, true);

	return gpa != 0 ? gpa : rsdp_search(v, false);
}

static bool rsdp_read(struct verify *v, struct acpi_rsdp *r)
{
	uint64_t size = ACPI_RSDP_V1_SIZE;
	uint8_t sum;

	memset(r, 0, sizeof(*r));
	if (!verify_rule(v, RULE_RSDP_READ,
			 rsdp_is_at(v, v->rsdp_gpa) &&
				 verify_read(v, v->rsdp_gpa, r, size),
			 v->rsdp_gpa, 0))
		return false;
	verify_rule(v, RULE_RSDP_SUM, sum8(r, size) == 0, v->rsdp_gpa, 0);
	verify_rule(v, RULE_RSDP_REVISION,
		    r->revision == 0 || r->revision == 2, r->revision, 2);
	if (r->revision >= 2) {
		size = sizeof(*r);
		if (!verify_rule(v, RULE_RSDP_EXTENDED,
				 verify_read(v, v->rsdp_gpa, r, size) &&
					 r->length == size,
				 r->length, size))
			return false;
		verify_rule(v, RULE_RSDP_EXTENDED,
			    verify_sum(v, v->rsdp_gpa, size, &sum) && sum == 0,
			    v->rsdp_gpa, 0);
	}
	verify_claim(v, OWNER_ACPI, v->rsdp_gpa, size);
	verify_rule(v, RULE_RSDP_MEMORY,
		    !verify_map_touches(v, v->rsdp_gpa, size,
					MAP_TYPE(E820_RAM)),
		    v->rsdp_gpa, 0);
	return true;
}

/* [ACPI] 5.2.6: four letters, digits or the like */
static bool is_name(uint32_t signature)
{
	for (unsigned i = 0; i < 4; i++, signature >>= 8) {
		uint8_t c = (uint8_t)signature;

		if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '_'))
			return false;
	}
	return true;
}

/* signature 0: any.  False: nothing in it can be relied upon. */
bool verify_acpi_table(struct verify *v, uint64_t gpa, uint32_t signature,
		       struct verify_table *table)
{
	struct acpi_header h;
	uint8_t sum;

	if (!verify_rule(v, RULE_ACPI_READ,
			 verify_read(v, gpa, &h, sizeof(h)), gpa, 0))
		return false;
	if (!verify_rule(v, RULE_ACPI_SIGNATURE,
			 signature == 0 ? is_name(h.signature) :
					  h.signature == signature,
			 gpa, signature) ||
	    !verify_rule(v, RULE_ACPI_LENGTH,
			 h.length >= sizeof(h) && h.length <= TABLE_MAX, gpa,
			 h.length) ||
	    !verify_rule(v, RULE_ACPI_READ,
			 verify_sum(v, gpa, h.length, &sum), gpa, h.length))
		return false;
	verify_rule(v, RULE_ACPI_SUM, sum == 0, gpa, h.length);
	verify_rule(v, RULE_ACPI_MEMORY,
		    verify_map_is(v, gpa, h.length, MAP_TABLES), gpa,
		    h.length);
	verify_claim(v, OWNER_ACPI, gpa, h.length);
	*table = (struct verify_table){gpa, h.signature, h.length};
	return true;
}

struct tables {
	uint32_t fadt_count, madt_count, mcfg_count;
	struct verify_table fadt, madt, mcfg;
};

static void table_note(struct tables *tables, const struct verify_table *t)
{
	switch (t->signature) {
	case ACPI_SIG_FADT:
		tables->fadt_count++;
		tables->fadt = *t;
		break;
	case ACPI_SIG_MADT:
		tables->madt_count++;
		tables->madt = *t;
		break;
	case ACPI_SIG_MCFG:
		tables->mcfg_count++;
		tables->mcfg = *t;
		break;
	default:
		break;
	}
}

/* The tables that an RSDT (width 4) or XSDT (width 8) names; empty entries are
 * passed over, as Linux does. */
static void root_walk(struct verify *v, const struct verify_table *root,
		      uint32_t width, struct tables *tables)
{
	uint32_t bytes = root->length - (uint32_t)sizeof(struct acpi_header);
	uint64_t at = root->gpa + sizeof(struct acpi_header);
	struct verify_table t;

	verify_rule(v, RULE_ACPI_ENTRIES,
		    bytes % width == 0 && bytes / width >= 1 &&
			    bytes / width <= TABLES_MAX,
		    root->length, TABLES_MAX);
	for (uint32_t i = 0; i < bytes / width && i < TABLES_MAX; i++) {
		uint64_t gpa = 0;

		if (!verify_read(v, at + i * width, &gpa, width) || gpa == 0)
			continue;
		if (verify_acpi_table(v, gpa, 0, &t))
			table_note(tables, &t);
	}
}

void verify_acpi(struct verify *v)
{
	struct tables tables = {0};
	struct verify_table root;
	struct acpi_rsdp r;
	bool x;

	if (v->rsdp_gpa == 0)
		v->rsdp_gpa = rsdp_find(v);
	if (v->rsdp_gpa == 0 || !rsdp_read(v, &r))
		return;
	x = r.revision >= 2 && r.xsdt_gpa != 0;
	if (!verify_rule(v, RULE_ACPI_ROOT, x || r.rsdt_gpa != 0, v->rsdp_gpa,
			 0) ||
	    !verify_rule(v, RULE_ACPI_ROOT,
			 verify_acpi_table(v, x ? r.xsdt_gpa : r.rsdt_gpa,
					   x ? ACPI_SIG_XSDT : SIG_RSDT, &root),
			 x ? r.xsdt_gpa : r.rsdt_gpa, 0))
		return;
	root_walk(v, &root, x ? 8 : 4, &tables);
	if (verify_rule(v, RULE_FADT_THERE, tables.fadt_count == 1,
			tables.fadt_count, 1))
		verify_fadt(v, &tables.fadt);
	if (verify_rule(v, RULE_MADT_THERE, tables.madt_count == 1,
			tables.madt_count, 1))
		verify_madt(v, &tables.madt);
	if (tables.mcfg_count != 0)
		verify_mcfg(v, &tables.mcfg);
}
