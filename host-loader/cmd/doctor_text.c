/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor_text.c - finds words and numbers in files of /proc and /sys. */
#include "host-loader/cmd/doctor_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-loader/strings.h"

#define TEXT_MAX (1u << 20)

char *text_read(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text;

	if (file == NULL)
		return NULL;
	text = malloc(TEXT_MAX + 1);
	if (text != NULL) {
		text[fread(text, 1, TEXT_MAX, file)] = '\0';
		if (ferror(file)) {
			free(text);
			text = NULL;
		}
	}
	fclose(file);
	return text;
}

static const char *line_next(const char *line)
{
	const char *end = strchr(line, '\n');

	return end != NULL ? end + 1 : line + strlen(line);
}

/* What stands behind a word that begins a line; NULL: no line does. */
static const char *line_find(const char *text, const char *word)
{
	size_t size = strlen(word);

	for (; *text != '\0'; text = line_next(text))
		if (strncmp(text, word, size) == 0)
			return text + size;
	return NULL;
}

/* A number of digits alone, after blanks; -1: it is none. */
static int64_t digits(const char *text)
{
	long long value;

	text += strspn(text, " \t");
	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	value = strtoll(text, NULL, 10);
	return errno == 0 ? value : -1;
}

int64_t text_number(const char *text, const char *key)
{
	char *word = text_make("%s:", key);
	const char *at = line_find(text, word);

	free(word);
	return at != NULL ? digits(at) : -1;
}

char *text_choice(const char *text)
{
	const char *open = strchr(text, '[');
	size_t size = open != NULL ? strcspn(open + 1, "]\n") : 0;

	if (open == NULL || open[1 + size] != ']')
		return NULL;
	return text_make("%.*s", (int)size, open + 1);
}

/* [LINUX] proc.rst 3.5: the fields of a line, by blanks; a lone "-" stands
 * before the type.  NULL: there are not so many in this line. */
static const char *field(const char *line, int index)
{
	for (; index > 0; index--) {
		line += strcspn(line, " \n");
		if (*line != ' ')
			return NULL;
		line++;
	}
	return line;
}

static int field_size(const char *at)
{
	return (int)strcspn(at, " \n");
}

bool text_mount(const char *mountinfo, const char *type, char **folder,
		char **options)
{
	size_t size = strlen(type);

	for (const char *line = mountinfo; *line != '\0';
	     line = line_next(line)) {
		const char *dash = strstr(line, " - "), *where, *what;

		if (dash == NULL || dash >= line_next(line))
			continue;
		where = field(line, 4);
		what = field(dash + 3, 2);
		if (where == NULL || where >= dash || what == NULL ||
		    strncmp(dash + 3, type, size) != 0 || dash[3 + size] != ' ')
			continue;
		*folder = text_make("%.*s", field_size(where), where);
		*options = text_make("%.*s", field_size(what), what);
		return true;
	}
	return false;
}

bool text_option(const char *options, const char *word)
{
	size_t size = strlen(word);

	while (*options != '\0') {
		size_t length = strcspn(options, ",");

		if (length == size && strncmp(options, word, size) == 0)
			return true;
		options += length + (options[length] == ',');
	}
	return false;
}

char *text_cgroup(const char *text)
{
	const char *at = line_find(text, "0::");

	return at != NULL ? text_make("%.*s", (int)strcspn(at, "\n"), at)
			  : NULL;
}

uint64_t text_limit(const char *text)
{
	int64_t value = digits(text);

	return value >= 0 ? (uint64_t)value : UINT64_MAX;
}
