/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/smbios.h - SMBIOS entry point and structure header.
 * [SMBIOS] DSP0134 3.6.0 */
#ifndef CORE_ABI_SMBIOS_H
#define CORE_ABI_SMBIOS_H

#include "core/base.h"

/* [SMBIOS] 5.2.2 64-bit Entry Point; the ROM's own stands in firmware/
 * start.asm and has exactly this shape. */
struct smbios3_entry {
	char anchor[5];       /* 00 "_SM3_" */
	uint8_t checksum;     /* 05 */
	uint8_t length;       /* 06 0x18 */
	uint8_t major;        /* 07 */
	uint8_t minor;        /* 08 */
	uint8_t docrev;       /* 09 */
	uint8_t revision;     /* 0a 1 */
	uint8_t reserved;     /* 0b */
	uint32_t max_size;    /* 0c bytes the tables may take */
	uint64_t table_gpa;   /* 10 */
} PACKED;
ASSERT_SIZE(struct smbios3_entry, 0x18);

/* [SMBIOS] 6.1.2 Structure header format */
struct smbios_header {
	uint8_t type;    /* 00 */
	uint8_t length;  /* 01 of the formatted part */
	uint16_t handle; /* 02 */
} PACKED;
ASSERT_SIZE(struct smbios_header, 4);

/* [SMBIOS] 7.1 BIOS Information (Type 0); strings follow, numbered from 1 */
struct smbios_bios {
	struct smbios_header header; /* 00 */
	uint8_t vendor;              /* 04 a string */
	uint8_t version;             /* 05 a string */
	uint16_t segment;            /* 06 of the copy below 1 MiB */
	uint8_t date;                /* 08 a string */
	uint8_t rom_size;            /* 09 KiB / 64 - 1 */
	uint64_t features;           /* 0a */
	uint8_t extended[2];         /* 12 */
	uint8_t release[2];          /* 14 0xff: not said */
	uint8_t controller[2];       /* 16 0xff: not said */
} PACKED;
ASSERT_SIZE(struct smbios_bios, 0x18);

#define SMBIOS_SEGMENT          0xf000 /* the last 64 KiB below 1 MiB */
#define SMBIOS_FEATURES_UNKNOWN 0x08   /* 7.1.1: bit 3 */
#define SMBIOS_EXTENDED_VIRTUAL 0x10   /* 7.1.2.2: bit 4 of byte 2 */

#define SMBIOS_TYPE_BIOS   0
#define SMBIOS_TYPE_SYSTEM 1
#define SMBIOS_TYPE_END    127

/* [QEMU] hw/smbios/smbios.c: QEMU's own type 1 has this handle; its own type 0
 * would stand before it, and so would all that the user gave as a file. */
#define SMBIOS_QEMU_SYSTEM 0x0100

#endif
