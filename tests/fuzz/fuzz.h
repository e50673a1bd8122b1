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

/* Sorted, disjoint, no empty entry, neighbours of one type merged. */
static inline void map_check(const struct e820_map *map)
{
	PROPERTY(map->count <= map->capacity);
	for (uint32_t i = 0; i < map->count; i++) {
		const struct e820_entry *e = &map->entry[i];

		PROPERTY(e->len != 0 && e->addr + e->len >= e->addr);
		if (i == 0)
			continue;
		PROPERTY(e[-1].addr + e[-1].len <= e->addr);
		PROPERTY(e[-1].addr + e[-1].len < e->addr ||
			 e[-1].type != e->type);
	}
}

/* Is all of [addr, addr + len) of that type?  In one entry: it is merged. */
static inline bool map_has(const struct e820_map *map, gpa_t addr,
			   uint64_t len, uint32_t type)
{
	for (uint32_t i = 0; i < map->count; i++) {
		const struct e820_entry *e = &map->entry[i];

		if (e->type == type && addr >= e->addr &&
		    range_fits(addr - e->addr, len, e->len))
			return true;
	}
	return false;
}

#endif
