/* SPDX-License-Identifier: BSD-2-Clause */
/* bake.h - from options to a bundle. */
#ifndef HOST_LOADER_BAKE_H
#define HOST_LOADER_BAKE_H

#include "host-loader/bundle/bundle.h"
#include "host-loader/run/options.h"

/* Fills in what is known before QEMU is asked: the QEMU program and its build,
 * the machine, the inputs and their digests.  -1 after a line. */
int bake_describe(struct bundle *bundle, const struct options *options);

/* Pulls the tables, unpacks the kernel, plans, and writes bundle->dir, which
 * the caller has set.  -1 after a line. */
int bake(struct bundle *bundle);

#endif
