/* SPDX-License-Identifier: BSD-2-Clause */
/* machine.h - the machine that the options ask for. */
#ifndef HOST_LOADER_MACHINE_H
#define HOST_LOADER_MACHINE_H

#include "host-loader/run/options.h"
#include "host-loader/qemu/vm.h"

/* Fills in all of vm: the QEMU program, machine, memory, CPUs and accelerator
 * (defaults where an option is missing), the arguments behind "--" and the
 * console.  -1 after a line. */
int machine_describe(struct vm *vm, const struct options *options);

/* May this machine run without firmware?  -1 after a line: for arguments that
 * would change the image, that QEMU does not take beside the image, or by
 * which it would not end at a reset. */
int machine_bare_check(const struct vm *vm);

/* Does the user want a guest that resets itself to go on?  "-no-reboot" and
 * "-action reboot=shutdown" say no. */
bool machine_reboots(const struct vm *vm);

/* The -accel value for a number of CPUs.  When auto took TCG, a line says
 * why.  The caller frees it. */
char *machine_accel(const struct options *options, const char *cpus);

#endif
