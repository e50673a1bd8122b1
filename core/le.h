/* SPDX-License-Identifier: BSD-2-Clause */
/* le.h - numbers in a given byte order at any address. */
#ifndef CORE_LE_H
#define CORE_LE_H

#include "core/base.h"

static inline uint16_t be16(uint16_t v)
{
	return __builtin_bswap16(v);
}

static inline uint32_t be32(uint32_t v)
{
	return __builtin_bswap32(v);
}

static inline uint64_t be64(uint64_t v)
{
	return __builtin_bswap64(v);
}

/* The four bytes at any address as one number. */
static inline uint32_t word_at(const void *at)
{
	uint32_t v;

	__builtin_memcpy(&v, at, sizeof(v));
	return v;
}

/* The low 32 bits of a field of size (1, 2, 4, 8) bytes. */
static inline uint32_t le_get(const void *at, uint32_t size)
{
	const uint8_t *p = at;

	if (size >= 4)
		return word_at(p);
	return size == 1 ? p[0] : (uint32_t)(p[0] | p[1] << 8);
}

/* The low 32 bits of a field of size bytes; the rest of eight stays. */
static inline void le_put(void *at, uint32_t value, uint32_t size)
{
	uint8_t *p = at;

	if (size >= 4) {
		__builtin_memcpy(p, &value, 4);
		return;
	}
	p[0] = (uint8_t)value;
	if (size == 2)
		p[1] = (uint8_t)(value >> 8);
}

#endif
