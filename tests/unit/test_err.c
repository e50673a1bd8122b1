/* SPDX-License-Identifier: BSD-2-Clause */
/* test_err.c - error codes have words, faults are filled in. */
#include "tests/unit/unit.h"

static const int codes[] = {
#define CODE(name, value, text) name,
	ERR_LIST(CODE)
#undef CODE
};

static void test_values_are_as_listed(void **state)
{
	(void)state;
#define CHECK_VALUE(name, value, text) assert_int_equal(name, value);
	ERR_LIST(CHECK_VALUE)
#undef CHECK_VALUE
}

static void test_text_is_as_listed(void **state)
{
	(void)state;
#define CHECK_TEXT(name, value, text) assert_string_equal(err_text(name), text);
	ERR_LIST(CHECK_TEXT)
#undef CHECK_TEXT
}

static void test_codes_are_negative_and_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(codes); i++) {
		assert_true(codes[i] < 0);
		for (size_t k = 0; k < i; k++) {
			assert_int_not_equal(codes[i], codes[k]);
			assert_string_not_equal(err_text(codes[i]),
						err_text(codes[k]));
		}
	}
}

static void test_unknown_code_has_words_too(void **state)
{
	static const int unknown[] = {0, 1, -1000, INT32_MIN, INT32_MAX};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(unknown); i++)
		assert_string_equal(err_text(unknown[i]), "is wrong");
}

static void test_fault_is_filled_in(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_int_equal(fault_set(&f, ERR_RANGE, 7, UINT64_MAX, 3), ERR_RANGE);
	assert_int_equal(f.code, ERR_RANGE);
	assert_int_equal(f.record, 7);
	assert_true(f.value == UINT64_MAX);
	assert_int_equal(f.limit, 3);
}

static void test_fault_may_be_absent(void **state)
{
	(void)state;
	assert_int_equal(fault_set(NULL, ERR_DMA, 1, 2, 3), ERR_DMA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_values_are_as_listed),
		CASE(test_text_is_as_listed),
		CASE(test_codes_are_negative_and_differ),
		CASE(test_unknown_code_has_words_too),
		CASE(test_fault_is_filled_in),
		CASE(test_fault_may_be_absent),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
