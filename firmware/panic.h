/* SPDX-License-Identifier: BSD-2-Clause */
/* panic.h - the end of a boot that cannot go on: one sentence, then a halt.
 *
 * The sentence goes to the debug port and the serial port, the stage's POST
 * code to port 0x80 and, as a non-zero exit code, to isa-debug-exit. */
#ifndef FIRMWARE_PANIC_H
#define FIRMWARE_PANIC_H

#include "core/err.h"

/* "fw: PANIC stage: text" */
__attribute__((noreturn)) void panic(const char *text);

/* The same, before anything has been set up. */
__attribute__((noreturn)) void panic_no_sse2(void);

/* "fw: PANIC stage: item text (code)" */
__attribute__((noreturn)) void panic_err(const char *item, int code);

/* "fw: PANIC stage: item text: value against limit (code)" */
__attribute__((noreturn)) void panic_limit(const char *item, int code,
					   uint32_t value, uint32_t limit);

/* The same with 64-bit numbers, from a fault whose record says nothing. */
__attribute__((noreturn)) void panic_fault(const char *item,
					   const struct fault *fault);

/* "fw: PANIC stage: item N text: value against limit (code)" */
__attribute__((noreturn)) void panic_record(const char *item,
					    const struct fault *fault);

#endif
