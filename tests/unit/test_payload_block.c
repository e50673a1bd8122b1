/* SPDX-License-Identifier: BSD-2-Clause */
/* test_payload_block.c - the containers that we read ourselves: lzop's files
 * and LZ4's legacy frames, with what their heads may say. */
#include "tests/unit/payload.h"

static void test_lzop_flags(void **state)
{
	static const uint32_t flags[] = {0, 1, 2, 0x100, 0x200, 0x303, 0x1003,
					 0x40, 0x1343};

	prepare(CASE_OF(BL_CODEC_LZO));
	for (size_t i = 0; i < ARRAY_COUNT(flags); i++) {
		pack_lzop(flags[i], 1, 0x1040);
		assert_int_equal(unpack(packed_size, PLAIN_SIZE, NULL), 0);
		pack_lzop(flags[i], 2, 0x0900);
		assert_int_equal(unpack(packed_size, PLAIN_SIZE, NULL), 0);
	}
	(void)state;
}

static void test_lzop_refused(void **state)
{
	struct bl_error err;

	prepare(CASE_OF(BL_CODEC_LZO));
	pack_lzop(0x803, 3, 0x1040); /* a filter */
	assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err),
			 ERR_UNSUPPORTED);
	pack_lzop(0x403, 3, 0x1040); /* a part of several */
	assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err),
			 ERR_UNSUPPORTED);
	pack_lzop(3, 128, 0x1040); /* zlib's method */
	assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err),
			 ERR_UNSUPPORTED);
	pack_lzo();
	packed[20] ^= 0x20; /* in the header's sum */
	assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err), ERR_CHECKSUM);
	(void)state;
}

/* A block whose packed size is above its plain one, and sizes that are as
 * large as can be. */
static void test_lzop_sizes(void **state)
{
	static const struct {
		uint32_t plain_size, packed_size;
		int code;
	} heads[] = {
		{16, 17, ERR_SIZE},
		{UINT32_MAX, 16, ERR_SIZE},
		{UINT32_MAX, UINT32_MAX, ERR_TRUNCATED},
		{16, UINT32_MAX, ERR_TRUNCATED},
		{PLAIN_SIZE + 1, 16, ERR_SIZE},
	};

	for (size_t i = 0; i < ARRAY_COUNT(heads); i++) {
		struct bl_error err;

		prepare(CASE_OF(BL_CODEC_LZO));
		packed_size = 0;
		lzop_head(0, 3, 0x1040);
		put_be(heads[i].plain_size, 4);
		put_be(heads[i].packed_size, 4);
		put(plain, 4096);
		assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err),
				 heads[i].code);
	}
	(void)state;
}

static void test_lz4_sizes(void **state)
{
	static const uint32_t sizes[] = {0, 1, 0x7fffffff, 0x80000000,
					 UINT32_MAX};

	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		prepare(CASE_OF(BL_CODEC_LZ4));
		packed_size = 4;
		put_le(sizes[i]);
		put(plain, 64);
		assert_true(unpack(packed_size, PLAIN_SIZE, NULL) < 0);
	}
	/* the magic number may come again */
	prepare(CASE_OF(BL_CODEC_LZ4));
	memmove(packed + 4, packed, packed_size);
	packed_size += 4;
	assert_int_equal(unpack(packed_size, PLAIN_SIZE, NULL), 0);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_lzop_flags),
		CASE(test_lzop_refused),
		CASE(test_lzop_sizes),
		CASE(test_lz4_sizes),
	};

	return cmocka_run_group_tests(tests, plain_make, NULL);
}
