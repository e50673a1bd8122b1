/* SPDX-License-Identifier: BSD-2-Clause */
/* payload.h - payloads for tests, packed by each codec's own library. */
#ifndef TESTS_UNIT_PAYLOAD_H
#define TESTS_UNIT_PAYLOAD_H

#include "tests/unit/unit.h"

#include <bzlib.h>
#include <lz4.h>
#include <lzma.h>
#include <lzo/lzo1x.h>
#include <zlib.h>
#include <zstd.h>

#include "core/base.h"
#include "core/le.h"
#include "host-loader/beeline.h"

#define PLAIN_SIZE  200000
#define PACKED_MAX  (2 * PLAIN_SIZE)
#define LZOP_BLOCK  65536
#define LZ4_PART    70000 /* several blocks, the last one short */

static uint8_t plain[PLAIN_SIZE];
static uint8_t packed[PACKED_MAX];
static size_t packed_size;
static struct bl_kernel kernel;

static inline void put(const void *bytes, size_t size)
{
	assert_true(size <= PACKED_MAX - packed_size);
	memcpy(packed + packed_size, bytes, size);
	packed_size += size;
}

static inline void put_le(uint32_t value)
{
	put(&value, 4);
}

static inline void put_be(uint32_t value, size_t size)
{
	uint32_t swapped = be32(value);

	put((const uint8_t *)&swapped + 4 - size, size);
}

static inline void put_size(void)
{
	put_le(PLAIN_SIZE);
}

/* Text that repeats, a part that no codec can pack, and zeros. */
static inline int plain_make(void **state)
{
	struct rng rng = {1};

	for (size_t i = 0; i < PLAIN_SIZE; i++) {
		if (i < 100000)
			plain[i] = (uint8_t)("a kernel "[i % 9] + i / 5000);
		else if (i < 140000)
			plain[i] = (uint8_t)rng_next(&rng);
		else
			plain[i] = 0;
	}
	(void)state;
	return 0;
}

static inline void pack_none(void)
{
	put(plain, PLAIN_SIZE);
}

static inline void pack_gzip(void)
{
	z_stream z = {.next_in = plain, .avail_in = PLAIN_SIZE,
		      .next_out = packed, .avail_out = PACKED_MAX};

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8,
				      Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	packed_size = z.total_out;
	deflateEnd(&z);
}

static inline void pack_bzip2(void)
{
	unsigned int size = PACKED_MAX;

	assert_int_equal(BZ2_bzBuffToBuffCompress((char *)packed, &size,
						  (char *)plain, PLAIN_SIZE,
						  1, 0, 0), BZ_OK);
	packed_size = size;
	put_size();
}

/* As the kernel's build does: x86 branch filter and CRC32. */
static inline void pack_xz(void)
{
	lzma_options_lzma options;
	lzma_filter filters[] = {{LZMA_FILTER_X86, NULL},
				 {LZMA_FILTER_LZMA2, &options},
				 {LZMA_VLI_UNKNOWN, NULL}};

	assert_false(lzma_lzma_preset(&options, 1));
	assert_int_equal(lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32,
						   NULL, plain, PLAIN_SIZE,
						   packed, &packed_size,
						   PACKED_MAX), LZMA_OK);
	put_size();
}

static inline void pack_lzma(void)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_options_lzma options;

	assert_false(lzma_lzma_preset(&options, 1));
	assert_int_equal(lzma_alone_encoder(&s, &options), LZMA_OK);
	s.next_in = plain;
	s.avail_in = PLAIN_SIZE;
	s.next_out = packed;
	s.avail_out = PACKED_MAX;
	assert_int_equal(lzma_code(&s, LZMA_FINISH), LZMA_STREAM_END);
	packed_size = s.total_out;
	lzma_end(&s);
	put_size();
}

static inline void pack_lz4(void)
{
	put_le(0x184c2102);
	for (int at = 0; at < PLAIN_SIZE; at += LZ4_PART) {
		static char block[LZ4_COMPRESSBOUND(LZ4_PART)];
		int part = PLAIN_SIZE - at < LZ4_PART ? PLAIN_SIZE - at
						      : LZ4_PART;
		int size = LZ4_compress_default((char *)plain + at, block, part,
						sizeof(block));

		assert_true(size > 0);
		put_le((uint32_t)size);
		put(block, (size_t)size);
	}
	put_size();
}

static inline void pack_zstd(void)
{
	ZSTD_CCtx *zstd = ZSTD_createCCtx();

	assert_non_null(zstd);
	ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
	packed_size = ZSTD_compress2(zstd, packed, PACKED_MAX, plain,
				     PLAIN_SIZE);
	assert_false(ZSTD_isError(packed_size));
	ZSTD_freeCCtx(zstd);
	put_size();
}

/* lzop's header: flags as given, name "k"; crc or adler as flags say. */
static inline void lzop_head(uint32_t flags, uint8_t method, uint16_t version)
{
	static const uint8_t magic[] = "\x89LZO\0\r\n\x1a\n";
	size_t start;

	put(magic, sizeof(magic) - 1);
	start = packed_size;
	put_be(version, 2);
	put_be(0x20a0, 2);
	if (version >= 0x940)
		put_be(0x940, 2);
	put_be(method, 1);
	if (version >= 0x940)
		put_be(9, 1);
	put_be(flags, 4);
	put_be(0100644, 4);
	put_be(0, 4);
	if (version >= 0x940)
		put_be(0, 4);
	put("\1k", 2);
	if (flags & 0x1000)
		put_be(lzo_crc32(0, packed + start, packed_size - start), 4);
	else
		put_be(lzo_adler32(1, packed + start, packed_size - start), 4);
	if (flags & 0x40) {
		put_be(3, 4);
		put("abc", 3);
		put_be(0, 4);
	}
}

static inline void lzop_block(const uint8_t *at, size_t size, uint32_t flags)
{
	static uint8_t block[LZOP_BLOCK * 2], memory[LZO1X_1_MEM_COMPRESS];
	lzo_uint block_size = 0;
	bool stored;

	assert_int_equal(lzo1x_1_compress(at, size, block, &block_size, memory),
			 LZO_E_OK);
	stored = block_size >= size;
	put_be((uint32_t)size, 4);
	put_be((uint32_t)(stored ? size : block_size), 4);
	if (flags & 1)
		put_be(lzo_adler32(1, at, size), 4);
	if (flags & 0x100)
		put_be(lzo_crc32(0, at, size), 4);
	if (!stored && flags & 2)
		put_be(lzo_adler32(1, block, block_size), 4);
	if (!stored && flags & 0x200)
		put_be(lzo_crc32(0, block, block_size), 4);
	put(stored ? at : block, stored ? size : block_size);
}

static inline void pack_lzop(uint32_t flags, uint8_t method, uint16_t version)
{
	packed_size = 0;
	lzop_head(flags, method, version);
	for (size_t at = 0; at < PLAIN_SIZE; at += LZOP_BLOCK)
		lzop_block(plain + at,
			   PLAIN_SIZE - at < LZOP_BLOCK ? PLAIN_SIZE - at
							: LZOP_BLOCK, flags);
	put_be(0, 4);
	put_size();
}

/* What lzop itself writes: both Adler sums. */
static inline void pack_lzo(void)
{
	pack_lzop(0x03000003, 3, 0x1040);
}

static const struct codec_case {
	enum bl_codec codec;
	void (*pack)(void);
	bool summed; /* a changed byte cannot go unseen */
} cases[] = {
	{BL_CODEC_NONE, pack_none, false}, {BL_CODEC_GZIP, pack_gzip, true},
	{BL_CODEC_BZIP2, pack_bzip2, true}, {BL_CODEC_LZMA, pack_lzma, false},
	{BL_CODEC_XZ, pack_xz, true},      {BL_CODEC_LZO, pack_lzo, true},
	{BL_CODEC_LZ4, pack_lz4, false},   {BL_CODEC_ZSTD, pack_zstd, true},
};

/* The table is in the order of enum bl_codec. */
#define CASE_OF(codec) (&cases[(codec) - BL_CODEC_NONE])

/* Packs, and makes a kernel of it. */
static inline void prepare(const struct codec_case *c)
{
	packed_size = 0;
	c->pack();
	kernel = (struct bl_kernel){.format = BL_FORMAT_BZIMAGE,
				    .codec = c->codec,
				    .payload_unpacked = PLAIN_SIZE};
}

/* Unpacks a copy of packed[0 .. size) that ends where it ends, into exactly
 * room bytes.  What comes out is compared where it is said to be good. */
static inline int unpack(size_t size, size_t room, struct bl_error *err)
{
	uint8_t *in = bytes_new(size, 0), *out = guarded_new(room, 0xee);
	uint64_t got = UINT64_MAX;
	int code;

	if (size != 0)
		memcpy(in, packed, size);
	kernel.payload = (struct bl_span){in, size};
	code = bl_payload_unpack(&kernel, out, room, &got, err);
	if (code == 0) {
		assert_int_equal(got, kernel.payload_unpacked);
	} else {
		assert_true(code < 0);
		assert_int_equal(got, UINT64_MAX);
		if (err != NULL) {
			assert_int_equal(err->code, code);
			assert_int_equal(err->stage, BL_STAGE_PAYLOAD);
		}
	}
	if (code == 0 && room >= PLAIN_SIZE && size == packed_size)
		code = memcmp(out, plain, PLAIN_SIZE) != 0;
	guarded_check(out, room);
	guarded_free(out);
	free(in);
	return code;
}

#endif
