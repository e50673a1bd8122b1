/* SPDX-License-Identifier: BSD-2-Clause */
/* err.h - what can be wrong with bytes from outside.
 *
 * A function of core/ that meets bad input returns one of these negative
 * codes and, where it takes a struct fault, says which record and number it
 * was.  0 is success.  Only the program on top turns a fault into words. */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include "core/base.h"

/* X(name, value, sentence) */
#define ERR_LIST(X)                                                            \
	X(ERR_ABSENT, -1, "is not there")                                      \
	X(ERR_TRUNCATED, -2, "ends too early")                                 \
	X(ERR_RANGE, -3, "lies outside its file")                              \
	X(ERR_NAME, -4, "has a name without an end")                           \
	X(ERR_ALIGN, -5, "has a bad alignment")                                \
	X(ERR_ZONE, -6, "names an unknown zone")                               \
	X(ERR_SIZE, -7, "has a bad size")                                      \
	X(ERR_WRAP, -8, "wraps around")                                        \
	X(ERR_OVERLAP, -9, "overlaps another")                                 \
	X(ERR_NO_ROOM, -10, "does not fit into memory")                        \
	X(ERR_TOO_MANY, -11, "has too many entries")                           \
	X(ERR_MAGIC, -12, "has no known signature")                            \
	X(ERR_VERSION, -13, "has an unsupported version")                      \
	X(ERR_DMA, -14, "was refused by the host")                             \
	X(ERR_TIMEOUT, -15, "never completed")                                 \
	X(ERR_DUPLICATE, -16, "is there twice")                                \
	X(ERR_TOO_LONG, -17, "is longer than allowed")                         \
	X(ERR_UNSUPPORTED, -18, "is not supported")                            \
	X(ERR_CHECKSUM, -19, "has a wrong checksum")

enum err {
#define ERR_ENUM(name, value, text) name = value,
	ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
};

/* Where the input was wrong. */
struct fault {
	int32_t code;    /* one of enum err */
	uint32_t record; /* index of the entry, command or header; from 0 */
	uint64_t value;  /* the offending number */
	uint64_t limit;  /* what it was held against, 0 where there is none */
};

/* Fills f (if there is one) and returns code, for `return fault_set(...)`. */
int fault_set(struct fault *f, int code, uint32_t record, uint64_t value,
	      uint64_t limit);

/* The same for numbers below 4 GiB, which nearly all are: half the code at
 * each call in a 32-bit ROM.  The macro picks it where the compiler sees that
 * the upper halves are zero. */
int fault_set32(struct fault *f, int code, uint32_t record, uint32_t value,
		uint32_t limit);

#define fault_set(f, code, record, value, limit)                               \
	(__builtin_constant_p((uint64_t)(value) >> 32) &&                      \
	 (uint64_t)(value) >> 32 == 0 &&                                       \
	 __builtin_constant_p((uint64_t)(limit) >> 32) &&                      \
	 (uint64_t)(limit) >> 32 == 0                                          \
		 ? fault_set32(f, code, record, (uint32_t)(value),             \
			       (uint32_t)(limit))                              \
		 : (fault_set)(f, code, record, value, limit))

/* The sentence part for a code, "is wrong" for an unknown one; never NULL. */
const char *err_text(int code);

#endif
