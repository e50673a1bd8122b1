/* SPDX-License-Identifier: BSD-2-Clause */
/* accel.h - which accelerator is usable. */
#ifndef HOST_LOADER_ACCEL_H
#define HOST_LOADER_ACCEL_H

/* TSC ticks an instruction of ring 0: slower than that is emulation.  Natively
 * it is some 50, with shadow page tables some 500. */
#define ACCEL_TICKS_MAX 1000

/* "kvm" or "tcg" for "auto", else wanted itself; *why is a sentence about the
 * choice (until the next call) or NULL; why itself may be NULL.  auto takes KVM
 * when /dev/kvm opens and runs ring-0 code at speed: a loop of privileged
 * instructions in a VM of a page is timed. */
const char *accel_choose(const char *wanted, const char **why);

/* The -accel value for an accelerator and a number of CPUs: TCG with more than
 * twice the host's CPUs runs them in one thread.  The caller frees it. */
char *accel_value(const char *accel, const char *cpus);

#endif
