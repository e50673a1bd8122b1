/* SPDX-License-Identifier: BSD-2-Clause */
/* pull_parts.h - the steps of a pull, in the order in which they have to be
 * done.  Each returns 0, or -1 and a reason in the peer. */
#ifndef HOST_LOADER_PULL_PARTS_H
#define HOST_LOADER_PULL_PARTS_H

#include "core/fwcfg_dir.h"
#include "host-loader/qemu/peer.h"
#include "host-loader/qemu/pull.h"

/* Programs what QEMU's tables depend on, as firmware/chipset.c does. */
int chipset_pull(struct pull *pull, struct peer *qtest);

/* The map, the SMBIOS structures, and the script with its files. */
int fwcfg_pull(struct pull *pull, struct peer *qtest);

/* What tables of ours have to describe, for a machine without a script. */
int board_pull(struct pull *pull, struct peer *qtest, struct peer *qmp);

/* The directory of fw_cfg files, whose names point into bytes: the caller
 * frees those, on failure too. */
int fwcfg_directory_read(struct fwcfg_dir *dir, void **bytes,
			 struct peer *qtest);

#endif
