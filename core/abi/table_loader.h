/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/table_loader.h - the commands of etc/table-loader.
 * [LOADER] QEMU hw/acpi/bios-linker-loader.c, struct BiosLinkerLoaderEntry */
#ifndef CORE_ABI_TABLE_LOADER_H
#define CORE_ABI_TABLE_LOADER_H

#include "core/base.h"

#define LOADER_NAME_SIZE 56

struct loader_allocate {
	char file[LOADER_NAME_SIZE]; /* 04 */
	uint32_t align;              /* 3c bytes, a power of two */
	uint8_t zone;                /* 40 */
} PACKED;

struct loader_add_pointer {
	char dest[LOADER_NAME_SIZE]; /* 04 the file that is patched */
	char src[LOADER_NAME_SIZE];  /* 3c the file that is pointed at */
	uint32_t offset;             /* 74 in dest */
	uint8_t size;                /* 78 1, 2, 4 or 8 */
} PACKED;

struct loader_add_checksum {
	char file[LOADER_NAME_SIZE]; /* 04 */
	uint32_t offset;             /* 3c of the checksum byte */
	uint32_t start;              /* 40 of the summed range */
	uint32_t length;             /* 44 bytes */
} PACKED;

struct loader_write_pointer {
	char dest[LOADER_NAME_SIZE]; /* 04 a writable fw_cfg file */
	char src[LOADER_NAME_SIZE];  /* 3c an allocated file */
	uint32_t dest_offset;        /* 74 */
	uint32_t src_offset;         /* 78 */
	uint8_t size;                /* 7c 1, 2, 4 or 8 */
} PACKED;

struct loader_command {
	uint32_t command; /* 00 */
	union {
		struct loader_allocate allocate;
		struct loader_add_pointer pointer;
		struct loader_add_checksum checksum;
		struct loader_write_pointer write;
		uint8_t bytes[124];
	} PACKED;
} PACKED;
ASSERT_SIZE(struct loader_command, 128);
ASSERT_OFFSET(struct loader_command, pointer.offset, 0x74);
ASSERT_OFFSET(struct loader_command, checksum.length, 0x44);
ASSERT_OFFSET(struct loader_command, write.size, 0x7c);

#define LOADER_ALLOCATE      1
#define LOADER_ADD_POINTER   2
#define LOADER_ADD_CHECKSUM  3
#define LOADER_WRITE_POINTER 4

#define LOADER_ZONE_HIGH 1 /* anywhere below 4 GiB */
#define LOADER_ZONE_FSEG 2 /* for the RSDP */

#endif
