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

/* Whichever of the three it is. */
__attribute__((noreturn)) void boot(struct kernel *k, struct e820_map *map,
				    uint32_t rsdp);

/* --- what the three share (boot.c) --- */

/* Brings the command line to CMDLINE; limit is in bytes without the NUL. */
void boot_load_cmdline(const struct blob *from, uint32_t limit);

/* Places and reads the initrd, or leaves it where it lies; its address, 0
 * without one. */
gpa_t boot_load_initrd(const struct blob *from, struct e820_map *map,
		       uint32_t initrd_max, bool above_4g);

/* Last step before the kernel: the map's own marks become RAM. */
void boot_finish(struct e820_map *map);

#endif
