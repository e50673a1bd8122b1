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
#define STEPS 16 /* of an unrolled round */

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

/* Halves of eight bytes, of four, of two: the first lane of each eight then
 * has the sum of them all. */
static uint8_t lanes_sum(lanes_t v)
{
	typedef uint64_t pair_t __attribute__((vector_size(16)));
	typedef uint16_t words_t __attribute__((vector_size(16)));

	v += (lanes_t)((pair_t)v >> 32);
	v += (lanes_t)((pair_t)v >> 16);
	v += (lanes_t)((pair_t)v >> 8);
	return (uint8_t)(((words_t)v)[0] + ((words_t)v)[4]);
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
	a = lanes_at(p) &
	    ~lanes_at(lane_mask + LANES - (size_t)((const uint8_t *)v - p));
	b = lanes_at(end - LANES) &
	    lanes_at(lane_mask + (size_t)(end - (const uint8_t *)v_end));
	for (; v_end - v >= STEPS; v += STEPS)
#pragma GCC unroll 16
		for (int i = 0; i < STEPS; i++)
			a += v[i];
	for (; v < v_end; v++)
		a += *v;
	return lanes_sum(a + b);
}
