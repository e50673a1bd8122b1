/* SPDX-License-Identifier: BSD-2-Clause */
/* io.h - port accessors.  Each call is an exit: docs/boot.md counts them. */
#ifndef FIRMWARE_IO_H
#define FIRMWARE_IO_H

#include "core/base.h"

#define PORT_CMOS_INDEX   0x70
#define PORT_CMOS_DATA    0x71
#define CMOS_STATUS_D     0x0d
#define PORT_POST         0x80
#define PORT_DEBUG_EXIT   0xf4  /* isa-debug-exit where people put it ... */
#define PORT_DEBUG_EXIT_2 0x501 /* ... and its default */
#define PORT_MARK         0xf5
#define PORT_COM1         0x3f8
#define PORT_COM1_LSR     0x3fd
#define PORT_DEBUGCON     0x402
#define COM_LSR_THRE      0x20
#define DEBUGCON_READBACK 0xe9

static inline uint8_t io_in8(uint16_t port)
{
	uint8_t v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

static inline uint32_t io_in32(uint16_t port)
{
	uint32_t v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

static inline void io_out8(uint16_t port, uint8_t v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline void io_out16(uint16_t port, uint16_t v)
{
	__asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

/* The memory clobber orders it behind the stores a device is to read. */
static inline void io_out32(uint16_t port, uint32_t v)
{
	__asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline void io_in8_string(uint16_t port, void *dst, uint32_t len)
{
	__asm__ volatile("rep insb"
			 : "+D"(dst), "+c"(len)
			 : "d"(port)
			 : "memory");
}

static inline void mmio_write32(uint32_t gpa, uint32_t v)
{
	__asm__ volatile("movl %0, (%1)" : : "r"(v), "r"(gpa) : "memory");
}

static inline void mmio_write16(uint32_t gpa, uint16_t v)
{
	__asm__ volatile("movw %0, (%1)" : : "r"(v), "r"(gpa) : "memory");
}

static inline uint8_t mmio_read8(uint32_t gpa)
{
	uint8_t v;

	__asm__ volatile("movb (%1), %0" : "=q"(v) : "r"(gpa) : "memory");
	return v;
}

static inline uint32_t mmio_read32(uint32_t gpa)
{
	uint32_t v;

	__asm__ volatile("movl (%1), %0" : "=r"(v) : "r"(gpa) : "memory");
	return v;
}

#endif
