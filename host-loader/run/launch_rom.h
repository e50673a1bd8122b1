/* SPDX-License-Identifier: BSD-2-Clause */
/* launch_rom.h - the ROM of one launch, made from a bundle's. */
#ifndef HOST_LOADER_LAUNCH_ROM_H
#define HOST_LOADER_LAUNCH_ROM_H

#include "host-loader/bundle/bundle.h"

/* A memfd with this command line and a seed that no other launch has; close on
 * exec.  -1 after a line. */
int launch_rom_open(const struct bundle *bundle, const char *cmdline);

/* A file with this command line and no seed, so that it can be used again: the
 * bundle's own, or one in the cache that is named by its content.  The caller
 * frees the path.  NULL after a line. */
char *launch_rom_path(const struct bundle *bundle, const char *cmdline);

#endif
