/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/multiboot.h - Multiboot 1.  [MB] Multiboot Specification 0.6.96 */
#ifndef CORE_ABI_MULTIBOOT_H
#define CORE_ABI_MULTIBOOT_H

#include "core/base.h"

#define MULTIBOOT_BOOT_MAGIC 0x2badb002 /* [MB] 3.2: in EAX */

#define MULTIBOOT_INFO_MEMORY  0x01 /* mem_lower, mem_upper */
#define MULTIBOOT_INFO_CMDLINE 0x04
#define MULTIBOOT_INFO_MODS    0x08
#define MULTIBOOT_INFO_MMAP    0x40

/* [MB] 3.3 Boot information format, up to the fields we touch */
struct multiboot_info {
	uint32_t flags;       /* 00 */
	uint32_t mem_lower;   /* 04 KiB from 0 */
	uint32_t mem_upper;   /* 08 KiB from 1 MiB */
	uint32_t boot_device; /* 0c */
	uint32_t cmdline;     /* 10 */
	uint32_t mods_count;  /* 14 */
	uint32_t mods_addr;   /* 18 */
	uint32_t syms[4];     /* 1c */
	uint32_t mmap_length; /* 2c bytes */
	uint32_t mmap_addr;   /* 30 */
} PACKED;
ASSERT_SIZE(struct multiboot_info, 0x34);

struct multiboot_mmap {
	uint32_t size; /* 00 of what follows */
	uint64_t addr; /* 04 */
	uint64_t len;  /* 0c */
	uint32_t type; /* 14 */
} PACKED;
ASSERT_SIZE(struct multiboot_mmap, 0x18);

#endif
