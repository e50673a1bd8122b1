/* SPDX-License-Identifier: BSD-2-Clause */
/* chipset.h - the few writes that must come before the ACPI files are read.
 *
 * QEMU builds its tables when one of them is first selected, from the state
 * of the chipset at that moment: no PMBASE, no PM timer and no power-off; no
 * PCIEXBAR, no MCFG. */
#ifndef FIRMWARE_CHIPSET_H
#define FIRMWARE_CHIPSET_H

#include "core/base.h"

struct chipset {
	uint32_t ecam_gpa;  /* 0: off */
	uint32_t ecam_size; /* bytes: 1 MiB a bus */
};

/* Recognises the board by its bridges and programs it.  chipset is all zero
 * before, and stays so where there is nothing to program. */
void chipset_setup(struct chipset *chipset);

#endif
