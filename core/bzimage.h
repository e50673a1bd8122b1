/* SPDX-License-Identifier: BSD-2-Clause */
/* bzimage.h - reads a bzImage's setup header and plans where things go.
 * Source: [BOOT] "The Real-Mode Kernel Header", "Loading the rest of the
 * kernel", "The 32-bit / 64-bit Boot Protocol". */
#ifndef CORE_BZIMAGE_H
#define CORE_BZIMAGE_H

#include "core/abi/boot_params.h"
#include "core/e820.h"
#include "core/err.h"

struct bzimage {
	uint16_t version;         /* of the boot protocol, 0x20c is 2.12 */
	uint32_t setup_size;      /* bytes before the protected-mode part */
	uint32_t body_size;       /* bytes of it by syssize, 0 where not told */
	uint32_t pref_address;    /* where it wants to run */
	uint32_t alignment;       /* for a relocatable kernel */
	uint32_t init_size;       /* bytes it needs from its runtime start */
	uint32_t initrd_max;      /* last address that the initrd may take */
	uint32_t cmdline_max;     /* bytes without the NUL */
	bool relocatable;
	bool entry64;             /* XLF_KERNEL_64 */
	bool above_4g;            /* XLF_CAN_BE_LOADED_ABOVE_4G */
};

/* Reads the header from a kernel file's first bytes (or from a zero page:
 * the offsets are the same); len of them are there, SETUP_WINDOW suffice.
 * ERR_TRUNCATED: too few bytes for the header it announces.  ERR_MAGIC: no
 * boot flag or no "HdrS".  ERR_VERSION: below 2.00, or not loaded high.
 * ERR_ALIGN: kernel_alignment is no power of two, or above 1 GiB.
 * ERR_SIZE: syssize says 4 GiB or more.  A pref_address above 4 GiB becomes the
 * last one below, where nothing fits. */
int bzimage_parse(struct bzimage *k, const void *bytes, uint32_t len,
		  struct fault *fault);

struct bzimage_plan {
	uint32_t load_gpa;  /* of the protected-mode part */
	uint32_t entry_gpa; /* 64-bit or 32-bit entry, see struct bzimage */
	uint32_t run_gpa;   /* [run_gpa, + run_size) is the kernel's to use */
	uint32_t run_size;
};

/* Chooses where a protected-mode part of body_size bytes goes and marks that
 * range E820_LOADED.  Nothing below HIGH_START or at and above limit (at most
 * PFN_4G) is used.
 * ERR_NO_ROOM: fault->value is the size, fault->limit the preferred start. */
int bzimage_place(const struct bzimage *k, uint32_t body_size,
		  struct e820_map *map, pfn_t limit, struct bzimage_plan *plan,
		  struct fault *fault);

/* Chooses the place of an initrd of size bytes (not 0): as high as kernel and
 * map allow below 4 GiB, else above if the kernel can take it there.  Marks it
 * E820_LOADED.  initrd_max: last address that it may take, unless above_4g.
 * ERR_NO_ROOM: fault->value is the size, fault->limit the last address. */
int initrd_place(struct e820_map *map, uint32_t size, uint32_t initrd_max,
		 bool above_4g, gpa_t *gpa, struct fault *fault);

#endif
