/* SPDX-License-Identifier: BSD-2-Clause */
/* table_block.c - check once, then take. */
#include "core/table_block.h"

int table_block_check(const struct table_block *b, uint32_t need,
		      struct fault *fault)
{
	if (!range_fits(b->gpa, b->capacity, GIB(4)))
		return fault_set(fault, ERR_WRAP, 0, b->gpa, GIB(4));
	if (!range_fits(b->used, need, b->capacity))
		return fault_set(fault, ERR_NO_ROOM, 0, need,
				 b->capacity - b->used);
	return 0;
}

void *table_block_take(struct table_block *b, uint32_t len)
{
	uint8_t *p = b->bytes + b->used;

	b->used += len;
	return memset(p, 0, len);
}

uint32_t table_block_gpa(const struct table_block *b, const void *p)
{
	return (uint32_t)b->gpa +
	       (uint32_t)((const uint8_t *)p - b->bytes);
}
