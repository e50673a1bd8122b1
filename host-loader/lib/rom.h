/* SPDX-License-Identifier: BSD-2-Clause */
/* rom.h - what a launch ROM's code finds beside itself, and the code. */
#ifndef HOST_LOADER_ROM_H
#define HOST_LOADER_ROM_H

#include "core/abi/boot_params.h"
#include "core/layout.h"
#include "host-loader/beeline.h"

/* At STUB_SLOTS; stub.asm has the offsets. */
struct rom_slots {
	char magic[8];            /* 00 ROM_MAGIC */
	uint64_t entry;           /* 08 gpa of the kernel's entry */
	uint32_t dma_count;       /* 10 requests at LAUNCH_DMA */
	uint32_t chipset;         /* 14 enum bl_chipset */
	uint32_t entry_kind;      /* 18 enum bl_entry */
	uint32_t cmdline_max;     /* 1c bytes without the NUL */
	uint8_t reserved[0x20];   /* 20 */
	struct setup_data seed;   /* 40 of type SETUP_NONE when there is none */
	uint8_t seed_bytes[BL_SEED_MAX]; /* 50 */
} PACKED;
ASSERT_SIZE(struct rom_slots, 0x70);
ASSERT_OFFSET(struct rom_slots, seed, 0x40);

#define ROM_MAGIC "BLSTUB1"

/* From stub.asm, one for each chipset and entry. */
#define STUB_LIST(X)                                                           \
	X(BL_CHIPSET_NONE, BL_ENTRY_64, none_64)                               \
	X(BL_CHIPSET_I440FX, BL_ENTRY_64, i440fx_64)                           \
	X(BL_CHIPSET_Q35, BL_ENTRY_64, q35_64)                                 \
	X(BL_CHIPSET_NONE, BL_ENTRY_PVH, none_pvh)                             \
	X(BL_CHIPSET_I440FX, BL_ENTRY_PVH, i440fx_pvh)                         \
	X(BL_CHIPSET_Q35, BL_ENTRY_PVH, q35_pvh)

#define STUB_DECLARE(chipset, entry, name)                                     \
	extern const uint8_t stub_##name[];                                    \
	extern const uint32_t stub_##name##_size;
STUB_LIST(STUB_DECLARE)
#undef STUB_DECLARE

#endif
