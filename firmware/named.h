/* SPDX-License-Identifier: BSD-2-Clause */
/* named.h - a kernel as a whole file: by name in fw_cfg, or a module that lies
 * in memory.  For VMMs that have no keys for one (docs/vmm.md). */
#ifndef FIRMWARE_NAMED_H
#define FIRMWARE_NAMED_H

#include "core/start_info.h"
#include "firmware/kernel.h"

/* Finds kernel, initrd and command line where this host keeps them: on QEMU in
 * its keys, else by name; on any other host by name first, since some do not
 * survive a question for a key that they have not.  k is all zero before; info
 * is NULL, or what a PVH loader has brought: its modules come behind names.  Is
 * there a kernel? */
bool payload_find(struct kernel *k, struct e820_map *map,
		  const struct start_info *info);

/* The same where there is no fw_cfg: the first module is the kernel, the second
 * its initrd. */
bool module_find(struct kernel *k, struct e820_map *map,
		 const struct start_info *info);

#endif
