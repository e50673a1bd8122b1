/* SPDX-License-Identifier: BSD-2-Clause */
/* codec_lz4.c - LZ4's legacy frames: a container that the library does not
 * read, with blocks that it does. */
#include <lz4.h>

#include "core/err.h"
#include "core/le.h"
#include "host-loader/lib/codec.h"

/* [LZ4] lz4_Frame_format.md, "Legacy frame" */
#define LZ4_LEGACY_MAGIC 0x184c2102
#define LZ4_BLOCK_MAX    MIB(8) /* unpacked */
#define LZ4_SIZE         4      /* of a block's size word */

/* A legacy frame has no end of its own: what is too short for another block
 * is left to the caller.  Nor has it sums, so damage is a block that does not
 * unpack, or not to what fits. */
int bl_codec_lz4(struct codec_job *job)
{
	if (job->in_size < LZ4_SIZE || word_at(job->in) != LZ4_LEGACY_MAGIC)
		return ERR_MAGIC;
	job->used = LZ4_SIZE;
	while (job->in_size - job->used > LZ4_SIZE) {
		size_t size = word_at(job->in + job->used);
		size_t room = job->room - job->made;
		int made;

		job->used += LZ4_SIZE;
		if (size == LZ4_LEGACY_MAGIC)
			continue; /* another frame is as good as a block */
		if (size > job->in_size - job->used)
			return ERR_TRUNCATED;
		if (room > LZ4_BLOCK_MAX)
			room = LZ4_BLOCK_MAX;
		made = LZ4_decompress_safe((const char *)job->in + job->used,
					   (char *)job->out + job->made,
					   (int)size, (int)room);
		if (made < 0)
			return ERR_SIZE;
		job->used += size;
		job->made += (size_t)made;
	}
	return 0;
}
