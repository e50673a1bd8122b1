/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz.h - what the fuzz targets share: numbers from the input, properties
 * that must hold, and the shape of a memory map. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/e820.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the run: libFuzzer and replay.c keep the input. */
#define PROPERTY(condition)                                                    \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: property: %s\n", __FILE__,     \
				__LINE__, #condition);                         \
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

/* Sorted, disjoint, no empty range, neighbours of one type merged. */
static inline void map_check(const struct e820_map *map)
{
	PROPERTY(map->count <= E820_RANGES_MAX);
	for (uint32_t i = 0; i < map->count; i++) {
		const struct e820_range *r = &map->range[i];

		PROPERTY(r->start < r->end && r->type != E820_HOLE);
		if (i == 0)
			continue;
		PROPERTY(r[-1].end <= r->start);
		PROPERTY(r[-1].end < r->start || r[-1].type != r->type);
	}
}

/* Are all pages of [start, end) of that type?  In one range: it is merged. */
static inline bool map_has(const struct e820_map *map, uint64_t start,
			   uint64_t end, uint32_t type)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (map->range[i].start <= start && end <= map->range[i].end)
			return map->range[i].type == type;
	return false;
}

/* Pages of that type. */
static inline uint64_t map_pages(const struct e820_map *map, uint32_t type)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < map->count; i++)
		if (map->range[i].type == type)
			sum += map->range[i].end - map->range[i].start;
	return sum;
}

#endif
