/* SPDX-License-Identifier: BSD-2-Clause */
/* strings.h - a list of strings that grows: argument lists. */
#ifndef HOST_LOADER_STRINGS_H
#define HOST_LOADER_STRINGS_H

#include <stddef.h>

/* Zero at the start.  v[count] is always NULL once something was added, so v
 * serves as an argv.  The strings are the list's own copies. */
struct strings {
	char **v;
	size_t count;
};

/* Both end the program with a message when there is no memory. */
void strings_add(struct strings *list, const char *text);
void strings_addf(struct strings *list, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void strings_free(struct strings *list);

/* A formatted copy that the caller frees; ends the program when there is no
 * memory. */
char *text_make(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
