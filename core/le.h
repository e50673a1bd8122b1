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

/* size is 1, 2, 4 or 8; nearly all numbers have 4. */
static inline uint64_t le_get(const void *at, uint32_t size)
{
	const uint8_t *p = at;

	if (size == 4)
		return word_at(p);
	if (size == 8)
		return word_at(p) | (uint64_t)word_at(p + 4) << 32;
	return size == 1 ? p[0] : (uint32_t)(p[0] | p[1] << 8);
}

static inline void le_put(void *at, uint64_t value, uint32_t size)
{
	uint8_t *p = at;

	if (size >= 4) {
		__builtin_memcpy(p, &value, 4);
		if (size == 8)
			__builtin_memcpy(p + 4, (uint8_t *)&value + 4, 4);
		return;
	}
	p[0] = (uint8_t)value;
	if (size == 2)
		p[1] = (uint8_t)(value >> 8);
}

/* Is one of the word's bytes zero? */
static inline bool word_has_nul(uint32_t word)
{
	return ((word - 0x01010101u) & ~word & 0x80808080u) != 0;
}

#endif
