/* SPDX-License-Identifier: BSD-2-Clause */
/* pull_args.h - a machine's arguments, as a pull may use them. */
#ifndef HOST_LOADER_PULL_ARGS_H
#define HOST_LOADER_PULL_ARGS_H

#include "host-loader/qemu/vm.h"

/* Makes a copy of vm that has the same tables and touches nothing that is the
 * run's: of the host's arguments only backends are kept (devices name them), a
 * chardev or port that would read, write or listen becomes a null one, a netdev
 * one that goes nowhere, and filters are left out.  A socket that connects
 * stays: vhost-user and TPM devices speak over it at once.
 * vm_free() frees it. */
void pull_args(struct vm *out, const struct vm *vm);

#endif
