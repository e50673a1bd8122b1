/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz.h - what the fuzz targets share: numbers from the input, properties
 * that must hold, memory with guards. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where a broken property is told: what a program says while it is fuzzed goes
 * nowhere. */
static int property_fd = STDERR_FILENO;

__attribute__((constructor)) static void property_open(void)
{
	property_fd = dup(STDERR_FILENO);
}

/* Ends the run: libFuzzer and replay.c keep the input. */
#define PROPERTY(condition)                                                    \
	do {                                                                   \
		if (!(condition)) {                                            \
			dprintf(property_fd, "%s:%d: property: %s\n",          \
				__FILE__, __LINE__, #condition);               \
			abort();                                               \
		}                                                              \
	} while (0)

struct input {
	const uint8_t *at;
	size_t left;
};

/* The next number of that many bytes; what is missing is zero. */
static inline uint64_t take(struct input *in, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes && in->left > 0; i++, in->left--)
		v |= (uint64_t)*in->at++ << (8 * i);
	return v;
}

/* A copy of exactly len bytes, so that ASan knows where they end. */
static inline uint8_t *exact_copy(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len);

	PROPERTY(copy != NULL || len == 0);
	if (len != 0)
		memcpy(copy, bytes, len);
	return copy;
}

#define GUARDED      512  /* bytes on either side of guarded memory */
#define GUARDED_FILL 0xa5 /* what all of it holds at the start */

/* Memory to write to, with a guard on either side. */
static inline uint8_t *guarded_new(size_t size)
{
	uint8_t *all = malloc(size + 2 * GUARDED);

	PROPERTY(all != NULL);
	memset(all, GUARDED_FILL, size + 2 * GUARDED);
	return all + GUARDED;
}

/* Is all of it, guards included, as it was but [from, to)? */
static inline bool guarded_kept(const uint8_t *p, size_t size, size_t from,
				size_t to)
{
	for (size_t i = 0; i < GUARDED; i++)
		if (p[-1 - (ptrdiff_t)i] != GUARDED_FILL ||
		    p[size + i] != GUARDED_FILL)
			return false;
	for (size_t i = 0; i < size; i++)
		if (p[i] != GUARDED_FILL && (i < from || i >= to))
			return false;
	return true;
}

static inline void guarded_free(uint8_t *p)
{
	free(p - GUARDED);
}

/* The sum of bytes as a specification says it, not as core/sum8.c does. */
static inline uint8_t plain_sum(const void *bytes, size_t size)
{
	const uint8_t *p = bytes;
	unsigned sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += p[i];
	return (uint8_t)sum;
}

#endif
