/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/fw_cfg.h - QEMU's fw_cfg device.  [FWCFG] docs/specs/fw_cfg.rst */
#ifndef CORE_ABI_FW_CFG_H
#define CORE_ABI_FW_CFG_H

#include "core/base.h"

/* [FWCFG] "Register Locations", x86 */
#define FW_CFG_PORT_SELECTOR 0x510 /* 16-bit write */
#define FW_CFG_PORT_DATA     0x511 /* 8-bit read */
#define FW_CFG_PORT_DMA_HIGH 0x514 /* 32-bit, big-endian */
#define FW_CFG_PORT_DMA_LOW  0x518 /* 32-bit, big-endian: the write starts it */

/* [FWCFG] "Register Locations", in memory: offsets, all big-endian */
#define FW_CFG_MMIO_DATA     0x00 /* bytes in the item's order */
#define FW_CFG_MMIO_SELECTOR 0x08 /* 16-bit write */
#define FW_CFG_MMIO_DMA_HIGH 0x10
#define FW_CFG_MMIO_DMA_LOW  0x14 /* the write starts it */

/* [FWCFG] "Firmware Configuration Items": selector keys */
#define FW_CFG_SIGNATURE    0x00 /* "QEMU" */
#define FW_CFG_ID           0x01 /* u32: bit 0 always, bit 1 DMA */
#define FW_CFG_RAM_SIZE     0x03 /* u64 */
#define FW_CFG_NB_CPUS      0x05 /* u16 */
#define FW_CFG_KERNEL_ADDR  0x07 /* u32 */
#define FW_CFG_KERNEL_SIZE  0x08 /* u32 */
#define FW_CFG_INITRD_ADDR  0x0a /* u32 */
#define FW_CFG_INITRD_SIZE  0x0b /* u32 */
#define FW_CFG_KERNEL_ENTRY 0x10 /* u32 */
#define FW_CFG_KERNEL_DATA  0x11
#define FW_CFG_INITRD_DATA  0x12
#define FW_CFG_CMDLINE_SIZE 0x14 /* u32, NUL included */
#define FW_CFG_CMDLINE_DATA 0x15
#define FW_CFG_SETUP_SIZE   0x17 /* u32 */
#define FW_CFG_SETUP_DATA   0x18
#define FW_CFG_FILE_DIR     0x19

#define FW_CFG_ID_DMA 0x02

/* What the DMA address register reads as: "QEMU CFG" in memory order. */
#define FW_CFG_DMA_MARK_HIGH 0x554d4551 /* "QEMU" read at 0x514 */
#define FW_CFG_DMA_MARK_LOW  0x47464320 /* " CFG" read at 0x518 */

/* [FWCFG] "Guest-side DMA Interface": all fields big-endian */
struct fw_cfg_dma {
	uint32_t control; /* 00 */
	uint32_t length;  /* 04 bytes */
	uint64_t address; /* 08 guest-physical */
} PACKED;
ASSERT_SIZE(struct fw_cfg_dma, 16);

#define FW_CFG_DMA_ERROR  0x01
#define FW_CFG_DMA_READ   0x02
#define FW_CFG_DMA_SKIP   0x04
#define FW_CFG_DMA_SELECT 0x08 /* selector in the upper 16 bits */
#define FW_CFG_DMA_WRITE  0x10
#define FW_CFG_DMA_SELECTOR_SHIFT 16

/* [FWCFG] "File Directory": u32 count, then count entries, big-endian */
struct fw_cfg_file {
	uint32_t size;     /* 00 */
	uint16_t select;   /* 04 */
	uint16_t reserved; /* 06 */
	char name[56];     /* 08 NUL-terminated */
} PACKED;
ASSERT_SIZE(struct fw_cfg_file, 64);

#endif
