/* SPDX-License-Identifier: BSD-2-Clause */
/* chipset.h - the few writes that must come before the ACPI files are read.
 *
 * QEMU builds its tables when one of them is first selected, from the state
 * of the chipset at that moment: no PMBASE, no PM timer and no power-off; no
 * PCIEXBAR, no MCFG. */
#ifndef FIRMWARE_CHIPSET_H
#define FIRMWARE_CHIPSET_H

#include "core/gmem.h"

enum board {
	BOARD_OTHER, /* microvm, or a VMM that needs nothing from us */
	BOARD_PC,    /* i440FX with PIIX3 and PIIX4 PM */
	BOARD_Q35,   /* Q35 with ICH9 */
};

struct chipset {
	enum board board;
	gpa_t ecam_gpa;     /* 0: off */
	uint64_t ecam_size; /* bytes: 1 MiB a bus */
};

/* Recognises the board by both its bridges and programs it. */
void chipset_setup(struct chipset *chipset);

#endif
