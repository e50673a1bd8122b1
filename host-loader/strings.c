/* SPDX-License-Identifier: BSD-2-Clause */
/* strings.c - argument lists that grow. */
#include "host-loader/strings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-loader/say.h"

static void *or_end(void *memory)
{
	if (memory == NULL) {
		say("out of memory");
		exit(1);
	}
	return memory;
}

static char *text_make_va(const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	return or_end(text);
}

char *text_make(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = text_make_va(format, args);
	va_end(args);
	return text;
}

/* Takes text over. */
static void list_put(struct strings *list, char *text)
{
	size_t room = (list->count + 2) * sizeof(*list->v);

	list->v = or_end(realloc(list->v, room));
	list->v[list->count++] = text;
	list->v[list->count] = NULL;
}

void strings_add(struct strings *list, const char *text)
{
	list_put(list, or_end(strdup(text)));
}

void strings_addf(struct strings *list, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	list_put(list, text_make_va(format, args));
	va_end(args);
}

void strings_free(struct strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct strings){0};
}
