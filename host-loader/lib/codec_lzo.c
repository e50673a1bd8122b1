/* SPDX-License-Identifier: BSD-2-Clause */
/* codec_lzo.c - lzop's files: a container that the library does not read, with
 * blocks that it does.
 *
 * The library is GPL-2.0-or-later.  So the program alone is linked with it
 * (LZO=0: not even that), and libbeeline has codec_lzo_none.c. */
#include <lzo/lzo1x.h>

#include "core/err.h"
#include "core/le.h"
#include "host-loader/lib/codec.h"

/* lzop's file format has no specification but lzop 1.04's src/lzop.c, which
 * [LINUX] lib/decompress_unlzo.c follows.  Numbers are big-endian. */
static const uint8_t lzop_magic[] = {0x89, 'L',  'Z',  'O', 0,
				     '\r', '\n', 0x1a, '\n'};

#define LZOP_V0_94  0x0940 /* version that brought level and high time */
#define LZOP_LZO1X  3      /* the last of three methods, all LZO1X */

#define LZOP_ADLER32_PLAIN  0x0001 /* flags */
#define LZOP_ADLER32_PACKED 0x0002
#define LZOP_EXTRA          0x0040
#define LZOP_CRC32_PLAIN    0x0100
#define LZOP_CRC32_PACKED   0x0200
#define LZOP_MULTIPART      0x0400
#define LZOP_FILTER         0x0800
#define LZOP_CRC32_HEADER   0x1000

#define ADLER32_START 1
#define CRC32_START   0

/* What is read of a file: what is missing reads as 0 and is remembered. */
struct cursor {
	const uint8_t *at;
	size_t left;
	bool ended;
};

static const uint8_t *take_bytes(struct cursor *c, size_t size)
{
	const uint8_t *at = c->at;

	if (size > c->left) {
		c->ended = true;
		size = c->left;
	}
	c->at += size;
	c->left -= size;
	return at;
}

static uint32_t take_be(struct cursor *c, size_t size)
{
	const uint8_t *at = take_bytes(c, size);
	uint32_t value = 0;

	for (size_t i = 0; i < size && !c->ended; i++)
		value = value << 8 | at[i];
	return value;
}

static int lzop_header(struct cursor *c, uint32_t *flags)
{
	const uint8_t *start = take_bytes(c, sizeof(lzop_magic));
	uint32_t version, method, sum, right;
	size_t size;

	if (c->ended || memcmp(start, lzop_magic, sizeof(lzop_magic)) != 0)
		return ERR_MAGIC;
	start = c->at;
	version = take_be(c, 2);
	take_bytes(c, version >= LZOP_V0_94 ? 4 : 2); /* library, needed */
	method = take_be(c, 1);
	take_bytes(c, version >= LZOP_V0_94 ? 1 : 0); /* level */
	*flags = take_be(c, 4);
	if (*flags & (LZOP_FILTER | LZOP_MULTIPART))
		return c->ended ? ERR_TRUNCATED : ERR_UNSUPPORTED;
	take_bytes(c, version >= LZOP_V0_94 ? 12 : 8); /* mode, time */
	take_bytes(c, take_be(c, 1)); /* name */
	size = (size_t)(c->at - start);
	sum = take_be(c, 4);
	if (*flags & LZOP_EXTRA) {
		take_bytes(c, take_be(c, 4));
		take_bytes(c, 4); /* its sum */
	}
	if (c->ended)
		return ERR_TRUNCATED;
	right = *flags & LZOP_CRC32_HEADER
			? lzo_crc32(CRC32_START, start, size)
			: lzo_adler32(ADLER32_START, start, size);
	if (sum != right)
		return ERR_CHECKSUM;
	return method >= 1 && method <= LZOP_LZO1X ? 0 : ERR_UNSUPPORTED;
}

/* A block's head: sizes, and sums where the flags say so. */
struct lzop_block {
	uint32_t plain_size, packed_size;
	uint32_t plain_adler, plain_crc, packed_adler, packed_crc;
};

static void lzop_block_parse(struct lzop_block *b, struct cursor *c,
			     uint32_t flags)
{
	memset(b, 0, sizeof(*b));
	b->plain_size = take_be(c, 4);
	if (b->plain_size == 0)
		return; /* the end */
	b->packed_size = take_be(c, 4);
	if (flags & LZOP_ADLER32_PLAIN)
		b->plain_adler = take_be(c, 4);
	if (flags & LZOP_CRC32_PLAIN)
		b->plain_crc = take_be(c, 4);
	if (b->packed_size >= b->plain_size)
		return; /* stored, and summed once */
	if (flags & LZOP_ADLER32_PACKED)
		b->packed_adler = take_be(c, 4);
	if (flags & LZOP_CRC32_PACKED)
		b->packed_crc = take_be(c, 4);
}

static bool sums_right(const uint8_t *bytes, uint32_t size, bool has_adler,
		       uint32_t adler, bool has_crc, uint32_t crc)
{
	if (has_adler && lzo_adler32(ADLER32_START, bytes, size) != adler)
		return false;
	return !has_crc || lzo_crc32(CRC32_START, bytes, size) == crc;
}

/* Unpacks the bytes that belong to a block's head to where out goes on. */
static int lzop_block_unpack(struct codec_job *job, const struct lzop_block *b,
			     const uint8_t *packed, uint32_t flags)
{
	uint8_t *plain = job->out + job->made;
	lzo_uint made = b->plain_size;

	if (b->plain_size > job->room - job->made)
		return ERR_SIZE;
	if (b->packed_size == b->plain_size) {
		memcpy(plain, packed, b->plain_size);
	} else {
		if (!sums_right(packed, b->packed_size,
				flags & LZOP_ADLER32_PACKED, b->packed_adler,
				flags & LZOP_CRC32_PACKED, b->packed_crc))
			return ERR_CHECKSUM;
		if (lzo1x_decompress_safe(packed, b->packed_size, plain, &made,
					  NULL) != LZO_E_OK ||
		    made != b->plain_size)
			return ERR_CHECKSUM;
	}
	if (!sums_right(plain, b->plain_size, flags & LZOP_ADLER32_PLAIN,
			b->plain_adler, flags & LZOP_CRC32_PLAIN, b->plain_crc))
		return ERR_CHECKSUM;
	job->made += b->plain_size;
	return 0;
}

int bl_codec_lzo(struct codec_job *job)
{
	struct cursor c = {job->in, job->in_size, false};
	uint32_t flags;
	int code = lzop_header(&c, &flags);

	while (code == 0) {
		struct lzop_block b;
		const uint8_t *packed;

		lzop_block_parse(&b, &c, flags);
		packed = take_bytes(&c, b.packed_size);
		if (c.ended) {
			code = ERR_TRUNCATED;
		} else if (b.plain_size == 0) {
			break;
		} else if (b.packed_size > b.plain_size) {
			code = ERR_SIZE;
		} else {
			code = lzop_block_unpack(job, &b, packed, flags);
		}
	}
	job->used = job->in_size - c.left;
	return code;
}
