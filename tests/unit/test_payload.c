/* SPDX-License-Identifier: BSD-2-Clause */
/* test_payload.c - each codec's payloads: whole, cut, changed, with a lie
 * about their size, with too little room. */
#include "tests/unit/payload.h"

static void test_good(void **state)
{
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct bl_error err;

		prepare(&cases[i]);
		assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err), 0);
		assert_int_equal(unpack(packed_size, PLAIN_SIZE + 999, NULL),
				 0);
	}
	(void)state;
}

static void test_without_tail(void **state)
{
	for (size_t i = 1; i < ARRAY_COUNT(cases); i++) {
		prepare(&cases[i]);
		if (cases[i].codec != BL_CODEC_GZIP)
			packed_size -= 4;
		assert_int_equal(unpack(packed_size, PLAIN_SIZE, NULL), 0);
	}
	(void)state;
}

static void test_truncated(void **state)
{
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct bl_error err;
		size_t end, step;

		prepare(&cases[i]);
		end = packed_size - (cases[i].codec == BL_CODEC_NONE ||
				     cases[i].codec == BL_CODEC_GZIP ? 0 : 4);
		step = packed_size / 40;
		for (size_t cut = 1; cut < end;) {
			assert_true(unpack(cut, PLAIN_SIZE, &err) < 0);
			if (cut < 64 || end - cut <= 64)
				cut++;
			else if (end - cut - 64 < step)
				cut = end - 64;
			else
				cut += step;
		}
		/* some of the appended size, but not all */
		for (size_t cut = end + 1; cut < packed_size; cut++)
			assert_int_equal(unpack(cut, PLAIN_SIZE, &err),
					 ERR_TOO_LONG);
		assert_int_equal(unpack(0, PLAIN_SIZE, &err), ERR_ABSENT);
	}
	(void)state;
}

static void test_truncated_says_so(void **state)
{
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct bl_error err;

		prepare(&cases[i]);
		assert_int_equal(unpack(packed_size / 2, PLAIN_SIZE, &err),
				 ERR_TRUNCATED);
		assert_int_equal(err.limit, PLAIN_SIZE);
		assert_true(err.value < PLAIN_SIZE);
	}
	(void)state;
}

/* A byte that is another: refused where there are sums, else at least of the
 * promised size.  Sums do not cover all of a gzip or lzop header. */
static void test_flipped(void **state)
{
	struct rng rng = {7};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		prepare(&cases[i]);
		for (uint32_t n = 0; n < 150; n++) {
			uint32_t at = n < 40 ? n
					     : rng_below(&rng, (uint32_t)
							 packed_size);
			uint8_t bit = (uint8_t)(1u << rng_below(&rng, 8));
			int code;

			packed[at] ^= bit;
			code = unpack(packed_size, PLAIN_SIZE, NULL);
			packed[at] ^= bit;
			if (cases[i].summed)
				assert_true(code <= 0);
			if (cases[i].summed && at >= 64)
				assert_true(code < 0);
		}
	}
	(void)state;
}

static void test_small_room(void **state)
{
	static const size_t rooms[] = {0, 1, 4096, PLAIN_SIZE - 1};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct bl_error err;

		prepare(&cases[i]);
		for (size_t r = 0; r < ARRAY_COUNT(rooms); r++) {
			assert_int_equal(unpack(packed_size, rooms[r], &err),
					 ERR_NO_ROOM);
			assert_int_equal(err.value, PLAIN_SIZE);
			assert_int_equal(err.limit, rooms[r]);
		}
	}
	(void)state;
}

static void test_garbage_behind(void **state)
{
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		static const size_t more[] = {1, 2, 3, 4, 5, 4096};

		for (size_t m = 0; m < ARRAY_COUNT(more); m++) {
			struct bl_error err;
			bool tailed = cases[i].codec != BL_CODEC_NONE &&
				      cases[i].codec != BL_CODEC_GZIP;

			prepare(&cases[i]);
			memset(packed + packed_size, 0x55, more[m]);
			packed_size += more[m];
			assert_true(unpack(packed_size, PLAIN_SIZE, &err) < 0);
			if (cases[i].codec == BL_CODEC_LZ4)
				continue; /* taken for a block */
			assert_int_equal(err.code,
					 !tailed && more[m] == 4
						 ? ERR_SIZE
						 : ERR_TOO_LONG);
		}
	}
	(void)state;
}

static void test_wrong_tail(void **state)
{
	for (size_t i = 2; i < ARRAY_COUNT(cases); i++) {
		struct bl_error err;

		prepare(&cases[i]);
		packed[packed_size - 4] ^= 1;
		assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err),
				 ERR_SIZE);
		assert_int_equal(err.value, PLAIN_SIZE);
		assert_int_equal(err.limit, PLAIN_SIZE ^ 1);
	}
	(void)state;
}

static void test_lying_size(void **state)
{
	static const uint64_t lies[] = {1, 2, 4096, PLAIN_SIZE - 1,
					PLAIN_SIZE + 1, 2 * PLAIN_SIZE};

	for (size_t i = 1; i < ARRAY_COUNT(cases); i++) {
		for (size_t l = 0; l < ARRAY_COUNT(lies); l++) {
			struct bl_error err;

			prepare(&cases[i]);
			kernel.payload_unpacked = lies[l];
			assert_int_equal(unpack(packed_size, 3 * PLAIN_SIZE,
						&err), ERR_SIZE);
			assert_int_equal(err.limit, lies[l]);
		}
	}
	(void)state;
}

static void test_bad_numbers(void **state)
{
	struct bl_error err;

	prepare(CASE_OF(BL_CODEC_GZIP));
	kernel.payload_unpacked = 0;
	assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err), ERR_SIZE);
	kernel.payload_unpacked = BL_UNPACKED_MAX + 1;
	assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err), ERR_TOO_LONG);
	kernel.payload_unpacked = UINT64_MAX;
	assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err), ERR_TOO_LONG);
	kernel.payload_unpacked = PLAIN_SIZE;
	kernel.payload = (struct bl_span){packed, BL_UNPACKED_MAX + 1};
	assert_int_equal(bl_payload_unpack(&kernel, plain, PLAIN_SIZE, NULL,
					   &err), ERR_TOO_LONG);
	(void)state;
}

static void test_codec(void **state)
{
	struct bl_error err;

	prepare(CASE_OF(BL_CODEC_GZIP));
	kernel.codec = BL_CODEC_UNKNOWN;
	assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err),
			 ERR_UNSUPPORTED);
	kernel.codec = (enum bl_codec)99;
	assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err),
			 ERR_UNSUPPORTED);
	assert_int_equal(err.value, 99);
	(void)state;
}

/* Each codec's stream for each other codec; lzma has no signature. */
static void test_other_stream(void **state)
{
	for (size_t i = 1; i < ARRAY_COUNT(cases); i++) {
		for (size_t other = 1; other < ARRAY_COUNT(cases); other++) {
			struct bl_error err;

			if (other == i)
				continue;
			prepare(&cases[i]);
			kernel.codec = cases[other].codec;
			assert_true(unpack(packed_size, PLAIN_SIZE, &err) < 0);
			if (cases[other].codec != BL_CODEC_LZMA)
				assert_int_equal(err.code, ERR_MAGIC);
		}
	}
	(void)state;
}

/* A dictionary of 128 MiB, as Linux since 6.12 has it, is fine; a header that
 * asks for 1 GiB is not. */
static void test_lzma_dictionary(void **state)
{
	static const struct {
		uint32_t size;
		int code;
	} dictionaries[] = {{128u << 20, 0}, {1u << 30, ERR_NO_ROOM}};

	for (size_t i = 0; i < ARRAY_COUNT(dictionaries); i++) {
		prepare(CASE_OF(BL_CODEC_LZMA));
		memcpy(packed + 1, &dictionaries[i].size, 4);
		assert_int_equal(unpack(packed_size, PLAIN_SIZE, NULL),
				 dictionaries[i].code);
	}
	(void)state;
}

/* A stream that would make 100 MB, for a header that says 200 KB. */
static void test_bomb(void **state)
{
	const size_t size = 100 << 20;
	uint8_t *zeros = calloc(1, size);
	struct bl_error err;

	assert_non_null(zeros);
	prepare(CASE_OF(BL_CODEC_ZSTD));
	packed_size = ZSTD_compress(packed, PACKED_MAX, zeros, size, 1);
	assert_false(ZSTD_isError(packed_size));
	assert_int_equal(unpack(packed_size, PLAIN_SIZE, &err), ERR_SIZE);
	free(zeros);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_good),
		CASE(test_without_tail),
		CASE(test_truncated),
		CASE(test_truncated_says_so),
		CASE(test_flipped),
		CASE(test_small_room),
		CASE(test_garbage_behind),
		CASE(test_wrong_tail),
		CASE(test_lying_size),
		CASE(test_bad_numbers),
		CASE(test_codec),
		CASE(test_other_stream),
		CASE(test_lzma_dictionary),
		CASE(test_bomb),
	};

	return cmocka_run_group_tests(tests, plain_make, NULL);
}
