/* SPDX-License-Identifier: BSD-2-Clause */
/* enter.h - the one-way doors of enter.asm.  Arguments come in registers:
 * -mregparm=3 holds for all of the ROM. */
#ifndef FIRMWARE_ENTER_H
#define FIRMWARE_ENTER_H

#include "core/base.h"

#define DOOR __attribute__((noreturn))

DOOR void enter_linux64(uint32_t entry, uint32_t boot_params, uint32_t pml4);
DOOR void enter_linux32(uint32_t entry, uint32_t boot_params);
DOOR void enter_pvh(uint32_t entry, uint32_t start_info);
DOOR void enter_multiboot(uint32_t entry, uint32_t info, uint32_t magic);

#endif
