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

/* size is 1, 2, 4 or 8. */
static inline uint64_t le_get(const void *at, uint32_t size)
{
	const uint8_t *p = at;
	uint64_t v = 0;

	while (size-- > 0)
		v = v << 8 | p[size];
	return v;
}

static inline void le_put(void *at, uint64_t value, uint32_t size)
{
	for (uint8_t *p = at; size > 0; size--, value >>= 8)
		*p++ = (uint8_t)value;
}

/* Is one of the word's bytes zero? */
static inline bool word_has_nul(uint32_t word)
{
	return ((word - 0x01010101u) & ~word & 0x80808080u) != 0;
}

/* The four bytes at any address as one number. */
static inline uint32_t word_at(const void *at)
{
	uint32_t v;

	__builtin_memcpy(&v, at, sizeof(v));
	return v;
}

#endif
