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

#define SMBIOS_TYPE_BIOS 0
#define SMBIOS_TYPE_END  127

#endif
