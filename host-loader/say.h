/* SPDX-License-Identifier: BSD-2-Clause */
/* say.h - how the program complains: one line `beeline: FILE: what: why` on
 * stderr.  The library never prints. */
#ifndef HOST_LOADER_SAY_H
#define HOST_LOADER_SAY_H

#include "host-loader/beeline.h"

/* Prints "beeline: " and the text and an end of line.  Returns -1, for
 * `return say(...)`. */
int say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "beeline: FILE: SENTENCE", from an error of the library.  Returns -1. */
int say_error(const char *file, const struct bl_error *err);

/* "beeline: FILE: WHAT: strerror(errno)".  Returns -1. */
int say_errno(const char *file, const char *what);

#endif
