/* SPDX-License-Identifier: BSD-2-Clause */
/* boot.h - the last two stages: load what is missing, and leave. */
#ifndef FIRMWARE_BOOT_H
#define FIRMWARE_BOOT_H

#include "core/e820.h"
#include "core/gmem.h"
#include "firmware/kernel.h"

/* Loads kernel, command line and initrd as the kernel's protocol wants them,
 * and enters it. */
__attribute__((noreturn)) void boot_linux(struct kernel *k,
					  struct e820_map *map, uint32_t rsdp);
__attribute__((noreturn)) void boot_pvh(struct kernel *k, struct e820_map *map,
					uint32_t rsdp);
__attribute__((noreturn)) void boot_multiboot(struct kernel *k,
					      struct e820_map *map);

/* --- what the three share (boot.c) --- */

/* Reads the command line to CMDLINE; limit is in bytes without the NUL. */
void boot_load_cmdline(uint32_t limit);

/* Places and reads the initrd; its address, 0 without one. */
gpa_t boot_load_initrd(struct e820_map *map, uint32_t size,
		       uint32_t initrd_max, bool above_4g);

/* Last step before the kernel: the map's own marks become RAM. */
void boot_finish(struct e820_map *map);

#endif
