/* SPDX-License-Identifier: BSD-2-Clause */
/* mem.c - the four mem functions, sixteen bytes at a time.
 *
 * Not `rep stosb`: under TCG, where boots are counted, each repetition is an
 * instruction, and the longest run of ours is two pages. */
#include "core/base.h"

#undef memcpy

typedef uint8_t block_t __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint32_t word_t __attribute__((aligned(1), may_alias));

#define BLOCK sizeof(block_t)
#define WORD  sizeof(word_t)

void *memset(void *dst, int byte, size_t len)
{
	uint8_t *d = dst;
	uint8_t b = (uint8_t)byte;
	uint32_t w = b * 0x01010101u;
	block_t v = (block_t)(__attribute__((vector_size(16))) uint32_t){w, w,
									 w, w};

	if (len < BLOCK) {
		for (; len > 0; len--)
			*d++ = b;
		return dst;
	}
	for (; len >= 2 * BLOCK; len -= 2 * BLOCK, d += 2 * BLOCK) {
		((block_t *)d)[0] = v;
		((block_t *)d)[1] = v;
	}
	if (len >= BLOCK) {
		*(block_t *)d = v;
		len -= BLOCK;
		d += BLOCK;
	}
	/* the rest, and what of the block is done already once more */
	*(block_t *)(d + len - BLOCK) = v;
	return dst;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t len)
{
	uint8_t *d = dst;
	const uint8_t *s = src;

	for (; len >= BLOCK; len -= BLOCK, d += BLOCK, s += BLOCK)
		*(block_t *)d = *(const block_t *)s;
	for (; len >= WORD; len -= WORD, d += WORD, s += WORD)
		*(word_t *)d = *(const word_t *)s;
	for (; len > 0; len--)
		*d++ = *s++;
	return dst;
}

/* Forward where the target lies below, backward from the end otherwise. */
void *memmove(void *dst, const void *src, size_t len)
{
	uint8_t *d = dst;
	const uint8_t *s = src;

	if ((uintptr_t)d - (uintptr_t)s >= len)
		return memcpy(dst, src, len);
	while (len >= BLOCK) {
		len -= BLOCK;
		*(block_t *)(d + len) = *(const block_t *)(s + len);
	}
	while (len >= WORD) {
		len -= WORD;
		*(word_t *)(d + len) = *(const word_t *)(s + len);
	}
	while (len-- > 0)
		d[len] = s[len];
	return dst;
}

int memcmp(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;

	for (; len > 0; len--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
