/* SPDX-License-Identifier: BSD-2-Clause */
/* table_block.h - memory that tables are written into, front to back.
 *
 * Whoever builds a set of tables checks the room for all of it once, then takes
 * piece after piece. */
#ifndef CORE_TABLE_BLOCK_H
#define CORE_TABLE_BLOCK_H

#include "core/err.h"
#include "core/gmem.h"

struct table_block {
	uint8_t *bytes;
	gpa_t gpa;         /* of bytes[0]; all of the block is below 4 GiB */
	uint32_t capacity; /* bytes */
	uint32_t used;     /* bytes, from the front */
};

/* Is there room for need bytes behind what is used, below 4 GiB?  0, ERR_WRAP
 * or ERR_NO_ROOM (value: need, limit: what is left). */
int table_block_check(const struct table_block *b, uint32_t need,
		      struct fault *fault);

/* The next len bytes, zeroed. */
void *table_block_take(struct table_block *b, uint32_t len);

/* Where p, inside the block, is for the guest. */
uint32_t table_block_gpa(const struct table_block *b, const void *p);

#endif
