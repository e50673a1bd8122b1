/* SPDX-License-Identifier: BSD-2-Clause */
/* plan.h - what a plan and the launch ROM's code agree on; the rest is in
 * beeline.h. */
#ifndef HOST_LOADER_PLAN_H
#define HOST_LOADER_PLAN_H

#include "host-loader/beeline.h"

/* Number of fw_cfg DMA requests that a plan's launch commands become: those
 * that skip take two. */
uint32_t dma_requests(const struct bl_plan *plan);

/* Writes them, [FWCFG] "Guest-side DMA Interface", 16 bytes each. */
void dma_build(void *requests, const struct bl_plan *plan);

#endif
