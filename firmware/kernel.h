/* SPDX-License-Identifier: BSD-2-Clause */
/* kernel.h - which kind of kernel the host offers, and what it needs. */
#ifndef FIRMWARE_KERNEL_H
#define FIRMWARE_KERNEL_H

#include "core/bzimage.h"
#include "core/gmem.h"

enum kernel_kind {
	KERNEL_BZIMAGE,   /* we load it; 64- or 32-bit entry */
	KERNEL_PVH,       /* the VMM has placed its segments */
	KERNEL_MULTIBOOT, /* one blob that we load */
};

struct kernel {
	enum kernel_kind kind;
	struct bzimage image;     /* KERNEL_BZIMAGE */
	struct bzimage_plan plan; /* KERNEL_BZIMAGE */
	uint32_t size;            /* bytes of KERNEL_DATA to load */
	bool size_sure;           /* size is KERNEL_SIZE, not the header's */
	uint32_t load_gpa;        /* KERNEL_MULTIBOOT */
	uint32_t entry_gpa;       /* KERNEL_PVH, KERNEL_MULTIBOOT */
	uint32_t initrd_size;     /* bytes, 0: none */
};

/* Reads the first bytes of the kernel into the zero page, decides, and marks
 * what the kernel occupies as E820_LOADED.  Panics where there is none. */
void kernel_find(struct kernel *k, struct e820_map *map);

#endif
