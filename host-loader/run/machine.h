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

/* The -accel value for a number of CPUs.  When auto took TCG, a line says
 * why.  The caller frees it. */
char *machine_accel(const struct options *options, const char *cpus);

#endif
