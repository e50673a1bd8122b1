/* SPDX-License-Identifier: BSD-2-Clause */
/* payload.c - the compressed kernel inside a bzImage, unpacked and held
 * against the size that the kernel's build wrote behind it. */
#include "core/le.h"
#include "host-loader/lib/codec.h"
#include "host-loader/lib/fail.h"

#define SIZE_WORD 4 /* [LINUX] scripts/Makefile.lib, size_append */

/* No stream: as much as there is to be. */
static int codec_none(struct codec_job *job)
{
	if (job->in_size < job->room)
		return ERR_TRUNCATED;
	memcpy(job->out, job->in, job->room);
	job->used = job->made = job->room;
	return 0;
}

static const struct {
	enum bl_codec codec;
	int (*unpack)(struct codec_job *job);
} codecs[] = {
	{BL_CODEC_NONE, codec_none},      {BL_CODEC_GZIP, bl_codec_gzip},
	{BL_CODEC_BZIP2, bl_codec_bzip2}, {BL_CODEC_LZMA, bl_codec_lzma},
	{BL_CODEC_XZ, bl_codec_xz},       {BL_CODEC_LZO, bl_codec_lzo},
	{BL_CODEC_LZ4, bl_codec_lz4},     {BL_CODEC_ZSTD, bl_codec_zstd},
};

static int codec_run(enum bl_codec codec, struct codec_job *job)
{
	for (size_t i = 0; i < ARRAY_COUNT(codecs); i++)
		if (codecs[i].codec == codec)
			return codecs[i].unpack(job);
	return ERR_UNSUPPORTED;
}

/* Are the header's numbers such that one may begin? */
static int sizes_check(const struct bl_kernel *k, uint64_t room,
		       struct bl_error *err)
{
	const enum bl_stage stage = BL_STAGE_PAYLOAD;

	if (k->payload.size == 0)
		return fail(err, stage, ERR_ABSENT, 0, 0);
	if (k->payload.size > BL_UNPACKED_MAX)
		return fail(err, stage, ERR_TOO_LONG, k->payload.size,
			    BL_UNPACKED_MAX);
	if (k->payload_unpacked > BL_UNPACKED_MAX)
		return fail(err, stage, ERR_TOO_LONG, k->payload_unpacked,
			    BL_UNPACKED_MAX);
	if (k->payload_unpacked == 0)
		return fail(err, stage, ERR_SIZE, 0, 0);
	if (k->payload_unpacked > room)
		return fail(err, stage, ERR_NO_ROOM, k->payload_unpacked, room);
	return 0;
}

/* Every codec but gzip has its size appended; nothing else may follow. */
static int tail_check(const struct codec_job *job, struct bl_error *err)
{
	size_t left = job->in_size - job->used;

	if (left == 0)
		return 0;
	if (left != SIZE_WORD)
		return fail(err, BL_STAGE_PAYLOAD, ERR_TOO_LONG, job->in_size,
			    job->used + SIZE_WORD);
	if (word_at(job->in + job->used) != job->made)
		return fail(err, BL_STAGE_PAYLOAD, ERR_SIZE, job->made,
			    word_at(job->in + job->used));
	return 0;
}

int bl_payload_unpack(const struct bl_kernel *kernel, void *out, uint64_t room,
		      uint64_t *size, struct bl_error *err)
{
	struct codec_job job = {.in = kernel->payload.bytes, .out = out};
	int code = sizes_check(kernel, room, err);

	if (code != 0)
		return code;
	job.in_size = (size_t)kernel->payload.size;
	/* not all of room: a stream that makes more than it said is refused */
	job.room = (size_t)kernel->payload_unpacked;
	code = codec_run(kernel->codec, &job);
	if (code == ERR_UNSUPPORTED)
		return fail(err, BL_STAGE_PAYLOAD, code, kernel->codec, 0);
	if (code == 0 && job.made != job.room)
		code = ERR_SIZE;
	if (code != 0)
		return fail(err, BL_STAGE_PAYLOAD, code, job.made, job.room);
	code = tail_check(&job, err);
	if (code == 0)
		*size = job.made;
	return code;
}
