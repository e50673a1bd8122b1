/* SPDX-License-Identifier: BSD-2-Clause */
/* test_sum8.c - the byte checksum against a loop, at every alignment. */
#include "tests/unit/unit.h"

#include "core/sum8.h"

#define ALIGNS  33  /* two vectors and one */
#define LENGTHS 300 /* more than two rounds of the widest step */

static uint8_t naive(const uint8_t *p, size_t len)
{
	unsigned int sum = 0;

	while (len-- > 0)
		sum += *p++;
	return (uint8_t)sum;
}

static void random_fill(uint8_t *p, size_t len, uint64_t seed)
{
	struct rng r = {seed};

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(rng_next(&r) >> 32);
}

static void test_nothing_sums_to_zero(void **state)
{
	static const uint8_t byte = 0xff;

	(void)state;
	assert_int_equal(sum8(&byte, 0), 0);
}

static void test_one_byte(void **state)
{
	(void)state;
	for (unsigned int v = 0; v <= 0xff; v++) {
		uint8_t byte = (uint8_t)v;

		assert_int_equal(sum8(&byte, 1), v);
	}
}

static void test_every_alignment_and_length(void **state)
{
	uint8_t *p = bytes_new(ALIGNS + LENGTHS, 0);

	(void)state;
	random_fill(p, ALIGNS + LENGTHS, 0x5eed);
	for (size_t at = 0; at < ALIGNS; at++)
		for (size_t len = 0; len <= LENGTHS; len++)
			assert_int_equal(sum8(p + at, len),
					 naive(p + at, len));
	free(p);
}

/* Nothing in front of or behind the range counts, whatever it is. */
static void test_neighbours_do_not_count(void **state)
{
	uint8_t *p = bytes_new(ALIGNS + LENGTHS + 32, 0);

	(void)state;
	for (size_t at = 0; at < ALIGNS; at++)
		for (size_t len = 0; len <= LENGTHS; len += 7) {
			memset(p, 0xff, ALIGNS + LENGTHS + 32);
			memset(p + at, 0, len);
			assert_int_equal(sum8(p + at, len), 0);
		}
	free(p);
}

/* ASan watches the bytes behind: the buffer ends where the range ends. */
static void test_reads_nothing_behind(void **state)
{
	(void)state;
	for (size_t len = 1; len <= LENGTHS; len++) {
		uint8_t *p = bytes_new(len, 1);

		for (size_t at = 0; at < len; at++)
			assert_int_equal(sum8(p + at, len - at),
					 (len - at) & 0xff);
		free(p);
	}
}

static void test_carries_do_not_cross_lanes(void **state)
{
	static const size_t lengths[] = {15, 16, 17, 255, 256, 257, 4096,
					 65535, 65536, 100001};
	uint8_t *p = bytes_new(100001, 0xff);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(lengths); i++)
		assert_int_equal(sum8(p, lengths[i]),
				 (uint8_t)(0u - lengths[i]));
	free(p);
}

static void test_large_random_blocks(void **state)
{
	struct rng r = {0xacc1};
	uint8_t *p = bytes_new(131072, 0);

	(void)state;
	random_fill(p, 131072, 0xb10c);
	for (int i = 0; i < 200; i++) {
		size_t at = rng_below(&r, 4096);
		size_t len = rng_below(&r, 131072 - 4096);

		assert_int_equal(sum8(p + at, len), naive(p + at, len));
	}
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_nothing_sums_to_zero),
		CASE(test_one_byte),
		CASE(test_every_alignment_and_length),
		CASE(test_neighbours_do_not_count),
		CASE(test_reads_nothing_behind),
		CASE(test_carries_do_not_cross_lanes),
		CASE(test_large_random_blocks),
	};

	return cmocka_run_group_tests_name("sum8", tests, NULL, NULL);
}
