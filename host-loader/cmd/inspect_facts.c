/* SPDX-License-Identifier: BSD-2-Clause */
/* inspect_facts.c - a list of facts about a file, and its printed form. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-loader/cmd/inspect.h"
#include "host-loader/say.h"
#include "host-loader/strings.h"

#define KEY_MAX 64 /* of a printed key, "group.key" */

__attribute__((noreturn)) static void no_memory(void)
{
	say("inspect: no memory");
	exit(1);
}

static json_t *needed(json_t *value)
{
	if (value == NULL)
		no_memory();
	return value;
}

static void fact_set(json_t *facts, const char *key, json_t *value)
{
	if (json_object_set_new(facts, key, needed(value)) != 0)
		no_memory();
}

/* A string value; cleans the text in its place. */
static json_t *clean(char *text)
{
	json_t *value;

	for (char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == '\x7f')
			*at = '?';
	value = json_string(text);
	if (value != NULL)
		return value;
	for (char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at > '\x7f')
			*at = '?';
	return json_string(text);
}

void fact_text(json_t *facts, const char *key, const char *text)
{
	fact_bytes(facts, key, text, strlen(text));
}

void fact_bytes(json_t *facts, const char *key, const void *bytes, size_t size)
{
	char *text = strndup(bytes, size);

	if (text == NULL)
		no_memory();
	fact_set(facts, key, clean(text));
	free(text);
}

void fact_format(json_t *facts, const char *key, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		no_memory();
	va_end(args);
	fact_set(facts, key, clean(text));
	free(text);
}

void fact_hex(json_t *facts, const char *key, uint64_t value)
{
	fact_format(facts, key, "0x%llx", (unsigned long long)value);
}

void fact_number(json_t *facts, const char *key, uint64_t value)
{
	fact_set(facts, key, json_integer((json_int_t)value));
}

void fact_bool(json_t *facts, const char *key, bool value)
{
	fact_set(facts, key, json_boolean(value));
}

json_t *fact_group(json_t *facts, const char *key)
{
	fact_set(facts, key, json_object());
	return json_object_get(facts, key);
}

json_t *fact_list(json_t *facts, const char *key)
{
	fact_set(facts, key, json_array());
	return json_object_get(facts, key);
}

json_t *fact_list_add(json_t *list)
{
	json_t *item = needed(json_object());

	if (json_array_append_new(list, item) != 0)
		no_memory();
	return item;
}

void fact_list_text(json_t *list, const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		no_memory();
	if (json_array_append_new(list, needed(clean(copy))) != 0)
		no_memory();
	free(copy);
}

json_t *facts_new(const char *file)
{
	json_t *facts = needed(json_object());

	fact_text(facts, "file", file);
	return facts;
}

static void value_print(const json_t *value)
{
	if (json_is_string(value))
		fputs(json_string_length(value) == 0 ? "-"
						     : json_string_value(value),
		      stdout);
	else if (json_is_integer(value))
		printf("%llu", (unsigned long long)json_integer_value(value));
	else
		fputs(json_is_true(value) ? "yes" : "no", stdout);
}

/* An entry of a list: a text, or facts in one line. */
static void entry_print(json_t *entry)
{
	const char *key, *gap = "";
	json_t *value;

	if (!json_is_object(entry)) {
		value_print(entry);
		return;
	}
	json_object_foreach(entry, key, value) {
		printf("%s%s ", gap, key);
		value_print(value);
		gap = "  ";
	}
}

/* Texts follow each other in a line; facts have a line each. */
static void list_print(const json_t *list, int width)
{
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry) {
		if (i > 0 && json_is_object(entry))
			printf("\n%*s", width + 2, "");
		else if (i > 0)
			putchar(' ');
		entry_print(entry);
	}
	puts(json_array_size(list) == 0 ? "-" : "");
}

static void key_make(char key[KEY_MAX], const char *group, const char *name)
{
	snprintf(key, KEY_MAX, "%s%s%s", group, *group == '\0' ? "" : ".",
		 name);
}

static int facts_width(const json_t *facts, const char *group)
{
	int width = 0;
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)facts, name, value) {
		char key[KEY_MAX];
		int this;

		key_make(key, group, name);
		this = json_is_object(value) ? facts_width(value, key)
					     : (int)strlen(key);
		if (this > width)
			width = this;
	}
	return width;
}

static void group_print(const json_t *facts, const char *group, int width)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)facts, name, value) {
		char key[KEY_MAX];

		key_make(key, group, name);
		if (json_is_object(value)) {
			group_print(value, key, width);
			continue;
		}
		printf("%-*s  ", width, key);
		if (json_is_array(value)) {
			list_print(value, width);
			continue;
		}
		value_print(value);
		putchar('\n');
	}
}

void facts_print(const json_t *facts)
{
	group_print(facts, "", facts_width(facts, ""));
}
