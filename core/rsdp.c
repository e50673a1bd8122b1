/* SPDX-License-Identifier: BSD-2-Clause */
/* rsdp.c - a signature on a 16-byte boundary, and its sums. */
#include "core/rsdp.h"
#include "core/layout.h"
#include "core/le.h"
#include "core/sum8.h"

#define STEP       16
#define AREA_SHORT 1024

static bool rsdp_good(const struct gmem *mem, uint32_t gpa)
{
	const struct acpi_rsdp *p = gmem_at(mem, gpa, ACPI_RSDP_V1_SIZE);

	if (p == NULL ||
	    word_at(p->signature) != word_at(ACPI_RSDP_SIGNATURE) ||
	    word_at(p->signature + 4) != word_at(ACPI_RSDP_SIGNATURE + 4) ||
	    sum8(p, ACPI_RSDP_V1_SIZE) != 0)
		return false;
	if (p->revision < 2)
		return true;
	p = gmem_at(mem, gpa, sizeof(*p));
	return p != NULL && sum8(p, sizeof(*p)) == 0;
}

static uint32_t area_search(const struct gmem *mem, uint32_t gpa,
			    uint32_t size)
{
	for (uint32_t end = gpa + size; gpa < end; gpa += STEP)
		if (rsdp_good(mem, gpa))
			return gpa;
	return 0;
}

uint32_t rsdp_find(const struct gmem *mem)
{
	const uint8_t *word = gmem_at(mem, BDA_EBDA_WORD, 2);
	uint32_t ebda = word == NULL ? 0 : le_get(word, 2) << 4;
	const struct {
		uint32_t gpa, size;
	} area[] = {
		{ebda, ebda == 0 ? 0 : AREA_SHORT},
		{RSDP_LOW, AREA_SHORT},
		{LEGACY_HOLE, AREA_SHORT},
		{RSDP_BIOS, HIGH_START - RSDP_BIOS},
	};
	uint32_t found = 0;

	for (uint32_t i = 0; i < ARRAY_COUNT(area) && found == 0; i++)
		found = area_search(mem, area[i].gpa, area[i].size);
	return found;
}
