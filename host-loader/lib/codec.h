/* SPDX-License-Identifier: BSD-2-Clause */
/* codec.h - one compressed stream through the library that knows its format.
 *
 * A decoder of these sees the whole payload, stops where its stream ends, and
 * says how far it came.  It writes nothing behind room and reads nothing behind
 * in_size; its time is bounded by both together.
 *
 * 0, or: ERR_MAGIC (not this format), ERR_TRUNCATED, ERR_CHECKSUM (damaged:
 * where a format has sums, they are wrong), ERR_SIZE (does not fill or does not
 * fit into room), ERR_UNSUPPORTED (an option of the format), ERR_NO_ROOM (the
 * library wants more memory than there is or than it may have). */
#ifndef HOST_LOADER_CODEC_H
#define HOST_LOADER_CODEC_H

#include <stddef.h>
#include <stdint.h>

struct codec_job {
	const uint8_t *in;
	size_t in_size;   /* at most BL_UNPACKED_MAX */
	uint8_t *out;
	size_t room;      /* not 0, at most BL_UNPACKED_MAX */
	size_t used;      /* of in, and ... */
	size_t made;      /* ... of room: on failure, how far it came */
};

/* codec_stream.c: formats whose library reads all of it */
int bl_codec_gzip(struct codec_job *job);
int bl_codec_bzip2(struct codec_job *job);
int bl_codec_lzma(struct codec_job *job);
int bl_codec_xz(struct codec_job *job);
int bl_codec_zstd(struct codec_job *job);

/* codec_lz4.c, codec_lzo.c: containers whose blocks a library reads */
int bl_codec_lz4(struct codec_job *job);
int bl_codec_lzo(struct codec_job *job);

#endif
