/* SPDX-License-Identifier: BSD-2-Clause */
/* fail.h - core/'s faults and codes as the library's errors. */
#ifndef HOST_LOADER_FAIL_H
#define HOST_LOADER_FAIL_H

#include "core/err.h"
#include "host-loader/beeline.h"

/* Fills *err, if there is one, and returns the code. */
static inline int fail(struct bl_error *err, enum bl_stage stage, int code,
		       uint64_t value, uint64_t limit)
{
	if (err != NULL)
		*err = (struct bl_error){code, stage, 0, value, limit};
	return code;
}

static inline int fail_fault(struct bl_error *err, enum bl_stage stage,
			     const struct fault *fault)
{
	if (err != NULL)
		*err = (struct bl_error){fault->code, stage, fault->record,
					 fault->value, fault->limit};
	return fault->code;
}

#endif
