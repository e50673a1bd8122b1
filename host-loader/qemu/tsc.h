/* SPDX-License-Identifier: BSD-2-Clause */
/* tsc.h - how fast the host's TSC runs, which is what a TCG guest reads. */
#ifndef HOST_LOADER_TSC_H
#define HOST_LOADER_TSC_H

#include <stdint.h>

/* In kHz; 0: unknown.  The processor's, the kernel's or KVM's word, else a
 * measurement of 20 ms that is remembered in the cache until the host boots
 * again. */
uint32_t tsc_khz(void);

#endif
