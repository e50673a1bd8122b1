/* SPDX-License-Identifier: BSD-2-Clause */
/* unit.h - what the unit tests share: cmocka, random numbers from a fixed
 * seed, and memory with guards around it. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/err.h"

#define GUARD      64   /* bytes on either side */
#define GUARD_BYTE 0xa5

/* A case that cmocka lists by its function's name. */
#define CASE(fn)           cmocka_unit_test(fn)
#define CASE_SETUP(fn, up) cmocka_unit_test_setup(fn, up)

/* xorshift64: the same numbers on every machine. */
struct rng {
	uint64_t state; /* not 0 */
};

static inline uint64_t rng_next(struct rng *r)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return r->state;
}

/* One of 0 to count - 1. */
static inline uint32_t rng_below(struct rng *r, uint32_t count)
{
	return (uint32_t)((rng_next(r) >> 20) % count);
}

/* size bytes of this value, of a size that ASan knows, so that reading or
 * writing behind them ends the test.  The caller frees them. */
static inline void *bytes_new(size_t size, int value)
{
	void *p = malloc(size);

	assert_true(p != NULL || size == 0);
	if (size != 0)
		memset(p, value, size);
	return p;
}

/* The same with a guard on either side: guarded_free(). */
static inline uint8_t *guarded_new(size_t size, int value)
{
	uint8_t *p = bytes_new(size + 2 * GUARD, GUARD_BYTE);

	memset(p + GUARD, value, size);
	return p + GUARD;
}

static inline void guarded_check(const uint8_t *p, size_t size)
{
	for (size_t i = 0; i < GUARD; i++) {
		assert_int_equal(p[-1 - (ptrdiff_t)i], GUARD_BYTE);
		assert_int_equal(p[size + i], GUARD_BYTE);
	}
}

static inline void guarded_free(uint8_t *p)
{
	free(p - GUARD);
}

#endif
