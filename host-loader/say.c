/* SPDX-License-Identifier: BSD-2-Clause */
/* say.c - complaints, a line each. */
#include "host-loader/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096
#define ERROR_TEXT     256

int say(const char *format, ...)
{
	static const char name[] = "beeline: ";
	char line[LINE_MAX_BYTES];
	size_t used = sizeof(name) - 1;
	va_list args;
	int size;

	memcpy(line, name, used);
	va_start(args, format);
	size = vsnprintf(line + used, sizeof(line) - used, format, args);
	va_end(args);
	if (size > 0)
		used += strnlen(line + used, sizeof(line) - used);
	/* A file name may hold anything, also what a terminal obeys. */
	for (size_t i = 0; i < used; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == '\x7f')
			line[i] = '?';
	line[used++] = '\n';
	/* One write: lines of several programs do not mix. */
	if (write(STDERR_FILENO, line, used) < 0)
		return -1;
	return -1;
}

int say_error(const char *file, const struct bl_error *err)
{
	char text[ERROR_TEXT];

	return say("%s: %s", file, bl_error_format(text, sizeof(text), err));
}

int say_errno(const char *file, const char *what)
{
	return say("%s: %s: %s", file, what, strerror(errno));
}
