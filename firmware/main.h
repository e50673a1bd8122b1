/* SPDX-License-Identifier: BSD-2-Clause */
/* main.h - where start.asm goes on in C; fw.bin and fw.elf have one each. */
#ifndef FIRMWARE_MAIN_H
#define FIRMWARE_MAIN_H

#include "core/base.h"

/* cpuid1_edx: EDX of CPUID leaf 1.  start_info: what EBX was when a PVH loader
 * called; nothing after a reset. */
__attribute__((noreturn)) void fw_main(uint32_t cpuid1_edx,
				       uint32_t start_info);

#endif
