/* SPDX-License-Identifier: BSD-2-Clause */
/* kernel.h - which kind of kernel the host offers, and what it needs. */
#ifndef FIRMWARE_KERNEL_H
#define FIRMWARE_KERNEL_H

#include "core/bzimage.h"
#include "core/gmem.h"

enum kernel_kind {
	KERNEL_BZIMAGE,   /* we load it; 64- or 32-bit entry */
	KERNEL_PVH,       /* its segments are in place */
	KERNEL_MULTIBOOT, /* one blob that we load */
};

/* Bytes that the host offers: a fw_cfg item, or memory that it has filled. */
struct blob {
	uint16_t key;  /* selector of the item */
	uint32_t gpa;  /* where they lie already; 0: in the item */
	uint32_t size; /* bytes, 0: none */
};

struct kernel {
	enum kernel_kind kind;
	struct bzimage image;     /* KERNEL_BZIMAGE */
	struct bzimage_plan plan; /* KERNEL_BZIMAGE */
	uint32_t size;            /* bytes to load */
	bool size_sure;           /* size is the file's, not the header's */
	uint32_t body_gpa;        /* where they lie; 0: in KERNEL_DATA */
	uint32_t load_gpa;        /* KERNEL_MULTIBOOT */
	uint32_t entry_gpa;       /* KERNEL_PVH, KERNEL_MULTIBOOT */
	bool module;              /* a PVH loader's first module */
	struct blob initrd;
	struct blob cmdline;      /* in an item of unknown length: size 0 */
};

/* Reads the first bytes of the kernel that QEMU's keys hold into the zero page,
 * decides, and marks what the kernel occupies as E820_LOADED.  k is all zero
 * before.  Is there one? */
bool kernel_find(struct kernel *k, struct e820_map *map);

/* --- what a kernel that comes otherwise needs too (named.c) --- */

/* Places image and size of k.  Panics where there is no room. */
void kernel_place(struct kernel *k, struct e820_map *map);

/* Marks [start, start + size) as the kernel's; panics where that is not RAM. */
void kernel_claim(struct e820_map *map, const char *what, uint32_t start,
		  uint32_t size);

#endif
