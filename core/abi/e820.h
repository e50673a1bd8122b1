/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/e820.h - memory map entries.  [LINUX] arch/x86/include/uapi/asm/
 * bootparam.h struct boot_e820_entry; also the record of QEMU's etc/e820. */
#ifndef CORE_ABI_E820_H
#define CORE_ABI_E820_H

#include "core/base.h"

struct e820_entry {
	uint64_t addr; /* 00 */
	uint64_t len;  /* 08 bytes */
	uint32_t type; /* 10 */
} PACKED;
ASSERT_SIZE(struct e820_entry, 20);

/* [ACPI] 15 Table 15.3 Address Range Types */
#define E820_RAM      1
#define E820_RESERVED 2
#define E820_ACPI     3 /* reclaimable */
#define E820_NVS      4
#define E820_UNUSABLE 5

#endif
