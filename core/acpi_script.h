/* SPDX-License-Identifier: BSD-2-Clause */
/* acpi_script.h - runs QEMU's table-loader script: ACPI tables from files to
 * guest memory, linked and summed.
 *
 * Source: [LOADER].  Files are known by the names in the script alone.  Every
 * number of the script is checked against the file it speaks of before a byte
 * is written, so a lying script costs itself, not the guest. */
#ifndef CORE_ACPI_SCRIPT_H
#define CORE_ACPI_SCRIPT_H

#include "core/abi/table_loader.h"
#include "core/e820.h"
#include "core/gmem.h"
#include "core/items.h"

#define ACPI_SCRIPT_FILES 32 /* files one script may ALLOCATE */
#define ACPI_ALIGN_MAX    0x100000 /* 1 MiB */

struct acpi_file {
	const char *name; /* inside the script's bytes */
	uint8_t *bytes;
	uint32_t gpa;     /* 0: the item is missing or empty */
	uint32_t size;
};

/* Where the script's files go. */
struct acpi_place {
	const struct gmem *mem;
	struct e820_map *map;    /* zone HIGH: taken from its RAM, top down */
	pfn_t high_floor, high_limit; /* ... inside [floor, limit), below
				  * 4 GiB; each file has pages of its own */
	uint32_t fseg_gpa;       /* zone FSEG: bump allocation from here ... */
	uint32_t fseg_end;       /* ... to here, else as HIGH; it is the
				  * caller's to reserve */
};

struct acpi_result {
	uint32_t rsdp_gpa;     /* 0: the script brought none */
	uint32_t rsdp_size;    /* 20 or 36 */
	uint32_t skipped;      /* ALLOCATEs of missing or empty files */
	uint32_t file_count;
	struct acpi_file file[ACPI_SCRIPT_FILES];
};

/* Runs script[0 .. len).  Unknown commands and a command 0 are passed over,
 * as QEMU pads and other VMMs extend; so are commands that name a file whose
 * item is missing or empty.
 *
 * ERR_SIZE: len is no multiple of 128, or a pointer size is not 1, 2, 4 or 8.
 * ERR_NAME: a name without NUL.  ERR_ALIGN, ERR_ZONE.  ERR_DUPLICATE: two
 * ALLOCATEs of one file.  ERR_ABSENT: a file that was never ALLOCATEd.
 * ERR_RANGE: an offset or range outside its file, or an address that does not
 * fit its field.  ERR_NO_ROOM, ERR_TOO_MANY, ERR_UNSUPPORTED (WRITE_POINTER
 * to a source that cannot be written), or what items->read and ->write say.
 * The fault's record is the index of the command. */
int acpi_script_run(const void *script, uint32_t len, const struct items *items,
		    struct acpi_place *place, struct acpi_result *result,
		    struct fault *fault);

#endif
