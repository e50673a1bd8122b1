/* SPDX-License-Identifier: BSD-2-Clause */
/* boot_params.h - completes the zero page for the 32- and 64-bit entries.
 * Source: [BOOT] zero-page.rst, "32-bit Boot Protocol". */
#ifndef CORE_BOOT_PARAMS_H
#define CORE_BOOT_PARAMS_H

#include "core/abi/boot_params.h"
#include "core/gmem.h"

/* Zeroes everything but the header (which the file has at the same offset)
 * and the first keep_e820 entries of the map. */
void boot_params_clear(struct boot_params *bp, uint32_t keep_e820);

struct boot_args {
	gpa_t load_gpa;
	gpa_t cmdline_gpa;
	gpa_t initrd_gpa;     /* with initrd_size 0: none */
	uint64_t initrd_size; /* bytes */
	gpa_t rsdp_gpa;       /* 0: none */
	gpa_t setup_data_gpa; /* 0: none */
	uint32_t e820_count;
};

/* Fills in what the boot loader has to say. */
void boot_params_build(struct boot_params *bp, const struct boot_args *args);

#endif
