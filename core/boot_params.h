/* SPDX-License-Identifier: BSD-2-Clause */
/* boot_params.h - completes the zero page for the 32- and 64-bit entries.
 * Source: [BOOT] zero-page.rst, "32-bit Boot Protocol". */
#ifndef CORE_BOOT_PARAMS_H
#define CORE_BOOT_PARAMS_H

#include "core/abi/boot_params.h"
#include "core/e820.h"

/* For a page that was all zero when the first SETUP_WINDOW bytes of a kernel
 * file were put there: zeroes what of them is not header. */
void boot_params_clear(struct boot_params *bp);

struct boot_args {
	uint32_t load_gpa;
	uint32_t cmdline_gpa;
	gpa_t initrd_gpa;     /* with initrd_size 0: none */
	uint32_t initrd_size; /* bytes */
	uint32_t rsdp_gpa;    /* 0: none */
	uint32_t setup_data_gpa; /* 0: none */
	const struct e820_map *map; /* at most E820_RANGES_MAX ranges */
};

/* Fills in what the boot loader has to say. */
void boot_params_build(struct boot_params *bp, const struct boot_args *args);

#endif
