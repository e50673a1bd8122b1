/* SPDX-License-Identifier: BSD-2-Clause */
/* stage.h - the stages of a boot: their names, POST codes and time marks. */
#ifndef FIRMWARE_STAGE_H
#define FIRMWARE_STAGE_H

#include "core/base.h"

/* X(name, POST code, word in messages) */
#define STAGE_LIST(X)                                                          \
	X(FWCFG, 0x01, "fw_cfg")                                               \
	X(CHIPSET, 0x02, "chipset")                                            \
	X(MEMORY, 0x03, "memory")                                              \
	X(KERNEL, 0x04, "kernel")                                              \
	X(ACPI, 0x05, "acpi")                                                  \
	X(SMBIOS, 0x06, "smbios")                                              \
	X(LOAD, 0x07, "load")                                                  \
	X(ENTER, 0x08, "enter")

enum stage {
#define STAGE_ENUM(name, code, word) STAGE_##name = code,
	STAGE_LIST(STAGE_ENUM)
#undef STAGE_ENUM
};

/* The stage we are in.  A POST code (port 0x80) is written in a build with
 * MARKS=1 alone: it is an exit. */
void stage_set(enum stage stage);
enum stage stage_now(void);
const char *stage_word(enum stage stage);

/* Time marks of MARKS=1 builds, values of the qemu-boot-time convention. */
#define MARK_FIRMWARE_START 1
#define MARK_FIRMWARE_DONE  2
void stage_mark(uint8_t mark);

#endif
