/* SPDX-License-Identifier: BSD-2-Clause */
/* kvm.h - the two things that are asked of /dev/kvm itself. */
#ifndef HOST_LOADER_KVM_H
#define HOST_LOADER_KVM_H

#include <stdint.h>

/* Runs a loop of ring-0 instructions in a VM of a page.  NULL and TSC ticks an
 * instruction, or why that cannot be found out (valid until the next call). */
const char *kvm_ring0_ticks(uint32_t *ticks);

/* The host's TSC rate, by KVM's word; 0: KVM does not say. */
uint32_t kvm_tsc_khz(void);

#endif
