/* SPDX-License-Identifier: BSD-2-Clause */
/* err.c - error codes and their words. */
#include "core/err.h"

int (fault_set)(struct fault *f, int code, uint32_t record, uint64_t value,
	      uint64_t limit)
{
	if (f != NULL) {
		f->code = code;
		f->record = record;
		f->value = value;
		f->limit = limit;
	}
	return code;
}

int fault_set32(struct fault *f, int code, uint32_t record, uint32_t value,
		uint32_t limit)
{
	return (fault_set)(f, code, record, value, limit);
}

const char *err_text(int code)
{
	switch (code) {
#define ERR_CASE(name, value, text)                                            \
	case name:                                                             \
		return text;
		ERR_LIST(ERR_CASE)
#undef ERR_CASE
	default:
		return "is wrong";
	}
}
