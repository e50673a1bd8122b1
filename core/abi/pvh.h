/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/pvh.h - the PVH start of day.
 * [PVH] xen/include/public/arch-x86/hvm/start_info.h, docs/misc/pvh.pandoc */
#ifndef CORE_ABI_PVH_H
#define CORE_ABI_PVH_H

#include "core/base.h"

#define HVM_START_MAGIC 0x336ec578

struct hvm_start_info {
	uint32_t magic;           /* 00 */
	uint32_t version;         /* 04 1: with a memory map */
	uint32_t flags;           /* 08 */
	uint32_t nr_modules;      /* 0c */
	uint64_t modlist_paddr;   /* 10 */
	uint64_t cmdline_paddr;   /* 18 */
	uint64_t rsdp_paddr;      /* 20 */
	uint64_t memmap_paddr;    /* 28 */
	uint32_t memmap_entries;  /* 30 */
	uint32_t reserved;        /* 34 */
} PACKED;
ASSERT_SIZE(struct hvm_start_info, 0x38);

struct hvm_modlist_entry {
	uint64_t paddr;         /* 00 */
	uint64_t size;          /* 08 bytes */
	uint64_t cmdline_paddr; /* 10 */
	uint64_t reserved;      /* 18 */
} PACKED;
ASSERT_SIZE(struct hvm_modlist_entry, 0x20);

struct hvm_memmap_entry {
	uint64_t addr;     /* 00 */
	uint64_t size;     /* 08 bytes */
	uint32_t type;     /* 10 as in e820 */
	uint32_t reserved; /* 14 */
} PACKED;
ASSERT_SIZE(struct hvm_memmap_entry, 0x18);

#endif
