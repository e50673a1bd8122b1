/* SPDX-License-Identifier: BSD-2-Clause */
/* base.h - the few things every file of core/ and firmware/ may assume.
 *
 * The four mem functions have their ISO prototypes, so one line serves
 * where a C library supplies them and where firmware/mem.c does. */
#ifndef CORE_BASE_H
#define CORE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t len);
void *memmove(void *dst, const void *src, size_t len);
void *memset(void *dst, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);

/* Freestanding, a compiler must be told that this is what it looks like: then
 * a copy of constant size is a few moves, not a call. */
#define memcpy(dst, src, len) __builtin_memcpy(dst, src, len)

#define PACKED __attribute__((packed))
#define ALIGNED(n) __attribute__((aligned(n)))
/* For a buffer that is filled before it is read: need not be cleared. */
#define NOINIT __attribute__((section(".noinit")))

/* For a function that no boot by QEMU's keys calls: it need not be near the
 * others (linker/firmware.ld.S). */
#define RARE __attribute__((cold, noinline))

#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ASSERT_SIZE(type, bytes)                                               \
	_Static_assert(sizeof(type) == (bytes), #type " has another size")
#define ASSERT_OFFSET(type, field, off)                                        \
	_Static_assert(offsetof(type, field) == (off),                         \
		       #type "." #field " stands elsewhere")

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

/* align must be a power of two. */
static inline uint64_t align_down(uint64_t value, uint64_t align)
{
	return value & ~(align - 1);
}

/* Wraps to 0 when the result does not fit: callers bound value first. */
static inline uint64_t align_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) & ~(align - 1);
}

static inline bool is_power_of_two(uint64_t value)
{
	return value != 0 && (value & (value - 1)) == 0;
}

/* Is [off, off + len) inside [0, size)?  Cannot wrap. */
static inline bool range_fits(uint64_t off, uint64_t len, uint64_t size)
{
	return len <= size && off <= size - len;
}

#endif
