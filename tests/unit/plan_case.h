/* SPDX-License-Identifier: BSD-2-Clause */
/* plan_case.h - a fixture of its own for each case of a plan's tests. */
#ifndef TESTS_UNIT_PLAN_CASE_H
#define TESTS_UNIT_PLAN_CASE_H

#include "tests/unit/plan.h"

static struct fixture *f;

static inline int setup(void **state)
{
	(void)state;
	f = fixture_new();
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	fixture_free(f);
	return 0;
}

#define PLAN_CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

static inline void refuse(int code, enum bl_stage stage)
{
	assert_int_equal(fixture_plan(f), code);
	assert_int_equal(f->err.code, code);
	assert_int_equal(f->err.stage, stage);
}

#endif
