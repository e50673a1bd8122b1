/* SPDX-License-Identifier: BSD-2-Clause */
/* fwcfg_regs.h - the device's three registers, by port or, in a build with
 * FW_CFG_MMIO=0x..., in memory.  Each call is an exit.
 * Source: [FWCFG] "Register Locations". */
#ifndef FIRMWARE_FWCFG_REGS_H
#define FIRMWARE_FWCFG_REGS_H

#include "core/abi/fw_cfg.h"
#include "core/le.h"
#include "firmware/io.h"

#if FW_CFG_MMIO

static inline void fwcfg_reg_select(uint16_t key)
{
	mmio_write16(FW_CFG_MMIO + FW_CFG_MMIO_SELECTOR, be16(key));
}

static inline void fwcfg_reg_bytes(void *dst, uint32_t len)
{
	uint8_t *d = dst;

	for (; len > 0; len--)
		*d++ = mmio_read8(FW_CFG_MMIO + FW_CFG_MMIO_DATA);
}

static inline uint32_t fwcfg_reg_mark(void)
{
	return mmio_read32(FW_CFG_MMIO + FW_CFG_MMIO_DMA_LOW);
}

static inline void fwcfg_reg_dma_high(uint32_t half)
{
	mmio_write32(FW_CFG_MMIO + FW_CFG_MMIO_DMA_HIGH, be32(half));
}

static inline void fwcfg_reg_dma_start(uint32_t half)
{
	mmio_write32(FW_CFG_MMIO + FW_CFG_MMIO_DMA_LOW, be32(half));
}

#else

static inline void fwcfg_reg_select(uint16_t key)
{
	io_out16(FW_CFG_PORT_SELECTOR, key);
}

static inline void fwcfg_reg_bytes(void *dst, uint32_t len)
{
	io_in8_string(FW_CFG_PORT_DATA, dst, len);
}

static inline uint32_t fwcfg_reg_mark(void)
{
	return io_in32(FW_CFG_PORT_DMA_LOW);
}

static inline void fwcfg_reg_dma_high(uint32_t half)
{
	io_out32(FW_CFG_PORT_DMA_HIGH, be32(half));
}

static inline void fwcfg_reg_dma_start(uint32_t half)
{
	io_out32(FW_CFG_PORT_DMA_LOW, be32(half));
}

#endif

#endif
