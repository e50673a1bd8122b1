/* SPDX-License-Identifier: BSD-2-Clause */
/* sum8.c - adds sixteen byte lanes at a time.
 *
 * Modulo 256 a carry out of a byte lane is never wanted, so sixteen bytes can
 * be added in one step of a vector type (paddb where there is SSE2, plain
 * words elsewhere): the DSDT alone is 8 KiB. */
#include "core/sum8.h"
#include "core/le.h"

typedef uint8_t lanes_t __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint8_t aligned_lanes_t __attribute__((vector_size(16), may_alias));

#define LANES sizeof(lanes_t)

/* lane_mask + n selects the last n lanes of sixteen. */
static const uint8_t lane_mask[2 * LANES] = {
	0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
	0,    0,    0,    0,    0,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

static lanes_t lanes_at(const uint8_t *p)
{
	return *(const lanes_t *)(const void *)p;
}

static uint8_t lanes_sum(lanes_t v)
{
	const uint8_t *p = (const uint8_t *)&v;
	/* even and odd bytes of four words, in 16-bit lanes of one */
	const uint32_t even = 0x00ff00ff;
	uint32_t sum = 0;

	for (uint32_t i = 0; i < LANES; i += 4) {
		uint32_t w = word_at(p + i);

		sum += (w & even) + ((w >> 8) & even);
	}
	return (uint8_t)(sum + (sum >> 16));
}

uint8_t sum8(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	const uint8_t *end = p + len;
	const aligned_lanes_t *v, *v_end;
	lanes_t a, b;
	uint8_t sum = 0;

	if (len < LANES) {
		while (p < end)
			sum = (uint8_t)(sum + *p++);
		return sum;
	}
	/* up to the first boundary and from the last one on: a full step each,
	 * of which only the bytes that the steps between leave out count */
	v = (const void *)(((uintptr_t)p + LANES - 1) & ~(LANES - 1));
	v_end = (const void *)((uintptr_t)end & ~(LANES - 1));
	a = lanes_at(p) & ~lanes_at(lane_mask + LANES - (size_t)((const uint8_t *)v - p));
	b = lanes_at(end - LANES) & lanes_at(lane_mask + (size_t)(end - (const uint8_t *)v_end));
	for (; v_end - v >= 8; v += 8) {
		a += v[0];
		b += v[1];
		a += v[2];
		b += v[3];
		a += v[4];
		b += v[5];
		a += v[6];
		b += v[7];
	}
	for (; v < v_end; v++)
		a += *v;
	return lanes_sum(a + b);
}
