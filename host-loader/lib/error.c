/* SPDX-License-Identifier: BSD-2-Clause */
/* error.c - an error as a sentence. */
#include <stdio.h>

#include "version.h"

#include "core/err.h"
#include "host-loader/beeline.h"

/* What a stage works on, and what its records count (NULL: nothing). */
static const struct {
	const char *name, *record;
} stages[] = {
	[BL_STAGE_KERNEL] = {"kernel", "program header"},
	[BL_STAGE_PAYLOAD] = {"compressed payload", NULL},
	[BL_STAGE_MAP] = {"memory map", "range"},
	[BL_STAGE_TABLES] = {"ACPI tables", "entry"},
	[BL_STAGE_SMBIOS] = {"SMBIOS tables", NULL},
	[BL_STAGE_PLACE] = {"kernel in memory", NULL},
	[BL_STAGE_INITRD] = {"initrd", NULL},
	[BL_STAGE_CMDLINE] = {"command line", NULL},
	[BL_STAGE_ARENA] = {"arena", NULL},
	[BL_STAGE_ROM] = {"launch ROM", NULL},
};

const char *bl_error_text(int code)
{
	return err_text(code);
}

char *bl_error_format(char *text, size_t size, const struct bl_error *err)
{
	const char *name = "request", *record = NULL;
	char numbers[64] = "", where[48] = "";

	if ((size_t)err->stage < ARRAY_COUNT(stages)) {
		name = stages[err->stage].name;
		record = stages[err->stage].record;
	}
	if (record != NULL)
		snprintf(where, sizeof(where), ": %s %u", record, err->record);
	if (err->limit != 0)
		snprintf(numbers, sizeof(numbers), " (%#llx, limit %#llx)",
			 (unsigned long long)err->value,
			 (unsigned long long)err->limit);
	else if (err->value != 0)
		snprintf(numbers, sizeof(numbers), " (%#llx)",
			 (unsigned long long)err->value);
	snprintf(text, size, "%s%s: %s%s", name, where,
		 bl_error_text(err->code), numbers);
	return text;
}

const char *bl_version(void)
{
	return BEELINE_VERSION;
}
