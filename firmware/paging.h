/* SPDX-License-Identifier: BSD-2-Clause */
/* paging.h - the page tables of the 64-bit entry. */
#ifndef FIRMWARE_PAGING_H
#define FIRMWARE_PAGING_H

#include "core/base.h"
#include "core/layout.h"

/* Maps [0, IDENTITY_MAP) to itself in 2 MiB pages, in RAM: some hosts take a
 * walk for a write, and some advertise 1 GiB pages and fault on them.  PML4
 * and PDPT are clear before (firmware/fwcfg.h).  The address for CR3. */
uint32_t paging_build(void);

#endif
