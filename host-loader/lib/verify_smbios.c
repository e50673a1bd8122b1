/* SPDX-License-Identifier: BSD-2-Clause */
/* verify_smbios.c - the SMBIOS entry point and its structures, where there are
 * any.
 * Source: [SMBIOS] 5.2.1 (2.1) and 5.2.2 (3.0) Entry Point, 6.1 structures. */
#include "host-loader/lib/verify.h"

#include <string.h>

#include "core/abi/smbios.h"
#include "core/base.h"
#include "core/layout.h"
#include "core/sum8.h"

#define AREA       0x000f0000 /* [SMBIOS] 5.2: to the end of the first MiB */
#define AREA_STEP  16
#define ENTRY_MAX  0x20   /* bytes of an entry point */
#define TABLES_MAX 0x40000 /* bytes of structures that are followed */

/* [SMBIOS] 5.2.1 SMBIOS 2.1 (32-bit) Entry Point */
struct smbios2_entry {
	char anchor[4];        /* 00 "_SM_" */
	uint8_t checksum;      /* 04 */
	uint8_t length;        /* 05 0x1f; 0x1e by a mistake of 2.1 */
	uint8_t version[10];   /* 06 */
	char middle_anchor[5]; /* 10 "_DMI_" */
	uint8_t middle_sum;    /* 15 */
	uint16_t table_size;   /* 16 bytes */
	uint32_t table_gpa;    /* 18 */
	uint16_t table_count;  /* 1c */
	uint8_t bcd_revision;  /* 1e */
} PACKED;
ASSERT_SIZE(struct smbios2_entry, 0x1f);

#define MIDDLE       0x10 /* of the second checksum */
#define MIDDLE_SIZE  0x0f
#define LENGTH_V21   0x1e

struct table {
	uint64_t gpa;
	uint32_t size;
};

static bool anchor_is(const uint8_t *entry, const char *anchor)
{
	return memcmp(entry, anchor, strlen(anchor)) == 0;
}

/* Its length stands behind the checksum. */
static bool entry_adds_up(const uint8_t *entry)
{
	uint8_t length = entry[anchor_is(entry, "_SM3_") ? 6 : 5];

	return length >= sizeof(struct smbios3_entry) && length <= ENTRY_MAX &&
	       sum8(entry, length) == 0;
}

/* Finds the entry point in the F segment; one of 3.0 wins, as in Linux.  sum:
 * an anchor alone is none. */
static bool entry_search(struct verify *v, uint64_t *found, uint8_t *entry,
			 bool sum)
{
	bool any = false;

	for (uint64_t gpa = AREA; gpa < HIGH_START; gpa += AREA_STEP) {
		uint64_t left = HIGH_START - gpa;
		uint8_t bytes[ENTRY_MAX] = {0};

		if (!verify_read(v, gpa, bytes,
				 left < ENTRY_MAX ? left : ENTRY_MAX))
			continue;
		if (!anchor_is(bytes, "_SM3_") &&
		    (any || !anchor_is(bytes, "_SM_")))
			continue;
		if (sum && !entry_adds_up(bytes))
			continue;
		any = true;
		*found = gpa;
		memcpy(entry, bytes, ENTRY_MAX);
		if (anchor_is(bytes, "_SM3_"))
			break;
	}
	return any;
}

/* As with the RSDP: a right one, or the first, so that it is told. */
static bool entry_find(struct verify *v, uint64_t *found, uint8_t *entry)
{
	return entry_search(v, found, entry, true) ||
	       entry_search(v, found, entry, false);
}

static bool entry3_parse(struct verify *v, const uint8_t *entry, uint64_t gpa,
			 struct table *t)
{
	const struct smbios3_entry *e = (const void *)entry;

	*t = (struct table){e->table_gpa, e->max_size};
	return verify_rule(v, RULE_SMBIOS_ENTRY, e->length == sizeof(*e), gpa,
			   e->length) &&
	       verify_rule(v, RULE_SMBIOS_SUM, sum8(entry, e->length) == 0,
			   gpa, 0);
}

static bool entry2_parse(struct verify *v, const uint8_t *entry, uint64_t gpa,
			 struct table *t)
{
	const struct smbios2_entry *e = (const void *)entry;

	*t = (struct table){e->table_gpa, e->table_size};
	return verify_rule(v, RULE_SMBIOS_ENTRY,
			   (e->length == sizeof(*e) ||
			    e->length == LENGTH_V21) &&
				   anchor_is(entry + MIDDLE, "_DMI_"),
			   gpa, e->length) &&
	       verify_rule(v, RULE_SMBIOS_SUM,
			   sum8(entry, e->length) == 0 &&
				   sum8(entry + MIDDLE, MIDDLE_SIZE) == 0,
			   gpa, 0);
}

/* Bytes of the string set at gpa, with the two NULs at its end; 0: no end. */
static uint64_t strings_size(struct verify *v, uint64_t gpa, uint64_t left)
{
	uint64_t done = 0, size;

	if (left >= 2 && verify_is_zero(v, gpa, 2))
		return 2;
	do {
		size = verify_string(v, gpa + done, left - done);
		done += size;
	} while (size > 1);
	return size == 1 ? done : 0;
}

/* Bytes up to and with the structure of type 127; 0: there is none. */
static uint64_t structures_size(struct verify *v, const struct table *t)
{
	uint64_t done = 0;

	while (range_fits(done, sizeof(struct smbios_header) + 2, t->size)) {
		struct smbios_header h;
		uint64_t strings;

		if (!verify_rule(v, RULE_SMBIOS_READ,
				 verify_read(v, t->gpa + done, &h, sizeof(h)),
				 t->gpa + done, t->size) ||
		    h.length < sizeof(h) ||
		    !range_fits(done, h.length, t->size))
			return 0;
		strings = strings_size(v, t->gpa + done + h.length,
				       t->size - done - h.length);
		if (strings == 0)
			return 0;
		done += h.length + strings;
		if (h.type == SMBIOS_TYPE_END)
			return done;
	}
	return 0;
}

void verify_smbios(struct verify *v)
{
	uint8_t entry[ENTRY_MAX];
	struct table t;
	uint64_t gpa = 0, size;
	bool good;

	if (!entry_find(v, &gpa, entry))
		return;
	good = anchor_is(entry, "_SM3_") ? entry3_parse(v, entry, gpa, &t) :
					   entry2_parse(v, entry, gpa, &t);
	if (!good)
		return;
	if (t.size > TABLES_MAX)
		t.size = TABLES_MAX;
	size = range_fits(t.gpa, t.size, UINT64_MAX) ? structures_size(v, &t) :
						       0;
	if (!verify_rule(v, RULE_SMBIOS_WALK, size != 0, t.gpa, t.size))
		return;
	verify_claim(v, OWNER_SMBIOS, t.gpa, size);
	verify_rule(v, RULE_SMBIOS_MEMORY,
		    verify_map_is(v, t.gpa, size,
				  MAP_TYPE(E820_RESERVED) | MAP_TYPE(E820_NVS) |
					  MAP_TYPE(E820_ACPI)),
		    t.gpa, size);
}
