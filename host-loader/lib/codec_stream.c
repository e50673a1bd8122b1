/* SPDX-License-Identifier: BSD-2-Clause */
/* codec_stream.c - gzip, bzip2, lzma, xz and zstd by their own libraries.
 *
 * Input and output are both whole, so each decoder is called once; liblzma
 * alone may come back early. */
#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "core/err.h"
#include "host-loader/lib/codec.h"

#define GZIP_ONLY 16 /* [ZLIB] inflateInit2(): added to the window's bits */

/* [LINUX] scripts/xz_wrap.sh: a dictionary of 128 MiB since 6.12, and liblzma
 * wants some more beside it. */
#define LZMA_MEMORY MIB(144)

/* A decoder wants more: of what? */
static int wants_more(const struct codec_job *job)
{
	return job->used == job->in_size ? ERR_TRUNCATED : ERR_SIZE;
}

int bl_codec_gzip(struct codec_job *job)
{
	z_stream z = {
		.next_in = (Bytef *)(uintptr_t)job->in, /* zlib reads only */
		.avail_in = (uInt)job->in_size,
		.next_out = job->out,
		.avail_out = (uInt)job->room,
	};
	int code = inflateInit2(&z, MAX_WBITS + GZIP_ONLY);

	if (code == Z_OK) {
		code = inflate(&z, Z_FINISH);
		job->used = job->in_size - z.avail_in;
		job->made = job->room - z.avail_out;
		inflateEnd(&z);
	}
	switch (code) {
	case Z_STREAM_END:
		return 0;
	case Z_OK:
	case Z_BUF_ERROR:
		return wants_more(job);
	case Z_MEM_ERROR:
		return ERR_NO_ROOM;
	default:
		return job->made == 0 ? ERR_MAGIC : ERR_CHECKSUM;
	}
}

int bl_codec_bzip2(struct codec_job *job)
{
	bz_stream bz = {
		.next_in = (char *)(uintptr_t)job->in, /* bzlib reads only */
		.avail_in = (unsigned int)job->in_size,
		.next_out = (char *)job->out,
		.avail_out = (unsigned int)job->room,
	};
	int code = BZ2_bzDecompressInit(&bz, 0, 0);

	if (code == BZ_OK) {
		code = BZ2_bzDecompress(&bz);
		job->used = job->in_size - bz.avail_in;
		job->made = job->room - bz.avail_out;
		BZ2_bzDecompressEnd(&bz);
	}
	switch (code) {
	case BZ_STREAM_END:
		return 0;
	case BZ_OK:
		return wants_more(job);
	case BZ_MEM_ERROR:
		return ERR_NO_ROOM;
	case BZ_DATA_ERROR_MAGIC:
		return ERR_MAGIC;
	default:
		return ERR_CHECKSUM;
	}
}

static int lzma_error(const struct codec_job *job, lzma_ret code)
{
	switch (code) {
	case LZMA_STREAM_END:
		return 0;
	case LZMA_OK:
	case LZMA_BUF_ERROR:
		return wants_more(job);
	case LZMA_MEM_ERROR:
	case LZMA_MEMLIMIT_ERROR:
		return ERR_NO_ROOM;
	case LZMA_FORMAT_ERROR:
		return ERR_MAGIC;
	case LZMA_OPTIONS_ERROR:
	case LZMA_UNSUPPORTED_CHECK:
		return ERR_UNSUPPORTED;
	default:
		return ERR_CHECKSUM;
	}
}

/* init is what lzma_alone_decoder() or lzma_stream_decoder() said. */
static int lzma_run(struct codec_job *job, lzma_stream *s, lzma_ret init)
{
	lzma_ret code = init;

	s->next_in = job->in;
	s->avail_in = job->in_size;
	s->next_out = job->out;
	s->avail_out = job->room;
	/* without progress, the second LZMA_OK becomes LZMA_BUF_ERROR */
	while (code == LZMA_OK)
		code = lzma_code(s, LZMA_FINISH);
	job->used = job->in_size - s->avail_in;
	job->made = job->room - s->avail_out;
	lzma_end(s);
	return lzma_error(job, code);
}

int bl_codec_lzma(struct codec_job *job)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret init = lzma_alone_decoder(&s, LZMA_MEMORY);

	return lzma_run(job, &s, init);
}

int bl_codec_xz(struct codec_job *job)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret init = lzma_stream_decoder(&s, LZMA_MEMORY,
					    LZMA_TELL_UNSUPPORTED_CHECK);

	return lzma_run(job, &s, init);
}

static int zstd_error(size_t result)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_prefix_unknown:
		return ERR_MAGIC;
	case ZSTD_error_srcSize_wrong:
		return ERR_TRUNCATED;
	case ZSTD_error_dstSize_tooSmall:
		return ERR_SIZE;
	case ZSTD_error_memory_allocation:
		return ERR_NO_ROOM;
	case ZSTD_error_version_unsupported:
	case ZSTD_error_frameParameter_unsupported:
	case ZSTD_error_frameParameter_windowTooLarge:
	case ZSTD_error_dictionary_wrong:
		return ERR_UNSUPPORTED;
	default:
		return ERR_CHECKSUM;
	}
}

/* In one call the output serves as window, so that no frame's window, up to
 * 128 MiB with the kernel's zstd -22, takes memory. */
int bl_codec_zstd(struct codec_job *job)
{
	size_t frame = ZSTD_findFrameCompressedSize(job->in, job->in_size);
	ZSTD_DCtx *zstd;
	size_t made;

	if (ZSTD_isError(frame))
		return zstd_error(frame);
	job->used = frame;
	zstd = ZSTD_createDCtx();
	if (zstd == NULL)
		return ERR_NO_ROOM;
	made = ZSTD_decompressDCtx(zstd, job->out, job->room, job->in, frame);
	ZSTD_freeDCtx(zstd);
	if (ZSTD_isError(made))
		return zstd_error(made);
	job->made = made;
	return 0;
}
