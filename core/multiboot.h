/* SPDX-License-Identifier: BSD-2-Clause */
/* multiboot.h - completes the Multiboot information that QEMU prepares.
 * Source: [MB] 3.3.  QEMU fills in command line and modules and leaves the
 * memory map to whoever runs in the guest. */
#ifndef CORE_MULTIBOOT_H
#define CORE_MULTIBOOT_H

#include "core/abi/multiboot.h"
#include "core/e820.h"
#include "core/gmem.h"

/* info: the structure, len bytes of it and what follows.  mmap: room for the
 * memory map, at mmap_gpa.  Sets the memory fields and flags.
 * ERR_TRUNCATED: len is too small.  ERR_NO_ROOM. */
int multiboot_build(void *info, uint32_t len, void *mmap, uint32_t mmap_gpa,
		    uint32_t mmap_size, const struct e820_map *map);

#endif
