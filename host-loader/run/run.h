/* SPDX-License-Identifier: BSD-2-Clause */
/* run.h - the two paths of `beeline run`.  Each gives the exit code: QEMU's
 * own, or 1 after a line. */
#ifndef HOST_LOADER_RUN_H
#define HOST_LOADER_RUN_H

#include "host-loader/run/options.h"

/* QEMU starts fw.bin, which starts the kernel; QEMU takes our place. */
int run_firmware(const struct options *options);

/* QEMU starts the kernel of a bundle: --bundle, or one that is baked into the
 * cache or a temporary folder. */
int run_none(const struct options *options);

#endif
