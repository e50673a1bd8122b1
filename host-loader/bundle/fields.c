/* SPDX-License-Identifier: BSD-2-Clause */
/* fields.c - a struct as a JSON object, by a table of its fields. */
#include "host-loader/bundle/fields.h"

#include <stdio.h>
#include <string.h>

#include "core/base.h"
#include "host-loader/bundle/digest.h"
#include "host-loader/strings.h"

_Static_assert(sizeof(enum bl_entry) == sizeof(uint32_t),
	       "FIELD_WORD keeps an enum as a uint32_t");

/* Where in the text: for sentences. */
struct trail {
	const struct trail *up;
	const char *name; /* NULL: the index counts */
	size_t index;
	char *why; /* the sentence, size bytes */
	size_t size;
};

static struct trail below(const struct trail *up, const char *name,
			  size_t index)
{
	return (struct trail){up, name, index, up->why, up->size};
}

static size_t trail_print(const struct trail *trail, char *text, size_t size)
{
	size_t used = 0;
	int add;

	if (trail->up == NULL)
		return 0;
	used = trail_print(trail->up, text, size);
	if (trail->name == NULL)
		add = snprintf(text + used, size - used, "[%zu]", trail->index);
	else
		add = snprintf(text + used, size - used, "%s%s",
			       used > 0 ? "." : "", trail->name);
	used += (size_t)(add > 0 ? add : 0);
	return used < size ? used : size - 1;
}

/* "plan.extent[3].gpa: WHAT" */
static int wrong(const struct trail *trail, const char *what)
{
	size_t used = trail_print(trail, trail->why, trail->size);

	snprintf(trail->why + used, trail->size - used, "%s%s",
		 used > 0 ? ": " : "", what);
	return -1;
}

static bool is_number(enum field_kind kind)
{
	return kind <= FIELD_U64;
}

static uint64_t number_max(enum field_kind kind)
{
	return kind == FIELD_U16   ? UINT16_MAX
	       : kind == FIELD_U32 ? UINT32_MAX
				   : FIELD_NUMBER_MAX;
}

static void number_set(void *at, enum field_kind kind, uint64_t value)
{
	if (kind == FIELD_U16)
		*(uint16_t *)at = (uint16_t)value;
	else if (kind == FIELD_U64)
		*(uint64_t *)at = value;
	else
		*(uint32_t *)at = (uint32_t)value;
}

static uint64_t number_get(const void *at, enum field_kind kind)
{
	if (kind == FIELD_U16)
		return *(const uint16_t *)at;
	if (kind == FIELD_U64)
		return *(const uint64_t *)at;
	return *(const uint32_t *)at;
}

/* Writing ---------------------------------------------------------------- */

static json_t *object_make(const struct trail *trail,
			   const struct fields *fields, const void *base);

static json_t *list_make(const struct trail *trail, const struct field *field,
			 const uint8_t *first, uint32_t count)
{
	json_t *list = json_array();

	if (count > field->max) {
		wrong(trail, "has too many items");
		json_decref(list);
		return NULL;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct trail here = below(trail, NULL, i);
		json_t *item = object_make(&here, field->of,
					   first + i * field->of->size);

		if (json_array_append_new(list, item) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *texts_make(const struct strings *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < texts->count; i++)
		if (json_array_append_new(list, json_string(texts->v[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *word_make(const struct field *field, uint32_t index)
{
	uint32_t count = 0;

	while (field->words[count] != NULL)
		count++;
	return index < count ? json_string(field->words[index]) : NULL;
}

static json_t *value_make(const struct trail *trail, const struct field *field,
			  const uint8_t *base)
{
	const void *at = base + field->at;

	switch (field->kind) {
	case FIELD_BOOL:
		return json_boolean(*(const bool *)at);
	case FIELD_WORD:
		return word_make(field, *(const uint32_t *)at);
	case FIELD_TEXT:
		return json_string(*(char *const *)at);
	case FIELD_TEXTS:
		return texts_make(at);
	case FIELD_DIGEST:
		return json_string(at);
	case FIELD_MAYBE:
		if (*(char *const *)at == NULL)
			return json_null();
		return object_make(trail, field->of, at);
	case FIELD_OBJECT:
		return object_make(trail, field->of, at);
	case FIELD_LIST:
		return list_make(trail, field, at,
				 *(const uint32_t *)(const void *)
					 (base + field->count_at));
	default:
		if (number_get(at, field->kind) > FIELD_NUMBER_MAX)
			return NULL;
		return json_integer(
			(json_int_t)number_get(at, field->kind));
	}
}

static int object_fill(json_t *object, const struct trail *trail,
		       const struct fields *fields, const void *base)
{
	for (size_t i = 0; i < fields->count; i++) {
		const struct field *field = &fields->field[i];
		struct trail here = below(trail, field->name, 0);
		json_t *value = value_make(&here, field, base);

		if (json_object_set_new(object, field->name, value) == 0)
			continue;
		if (trail->why[0] == '\0')
			wrong(&here, is_number(field->kind)
					     ? "is too large a number"
					     : "is missing, or not UTF-8");
		return -1;
	}
	return 0;
}

static json_t *object_make(const struct trail *trail,
			   const struct fields *fields, const void *base)
{
	json_t *object = json_object();

	if (object_fill(object, trail, fields, base) == 0)
		return object;
	json_decref(object);
	return NULL;
}

int fields_write(json_t *object, const struct fields *fields, const void *base,
		 char *why, size_t size)
{
	struct trail root = {NULL, NULL, 0, why, size};

	why[0] = '\0';
	return object_fill(object, &root, fields, base);
}

/* Reading ---------------------------------------------------------------- */

static int object_read(const struct trail *trail, const struct fields *fields,
		       const json_t *object, size_t others, void *base);

static int number_read(const struct trail *trail, enum field_kind kind,
		       const json_t *value, void *at)
{
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value))
		return wrong(trail, "is not a whole number");
	if (number < 0)
		return wrong(trail, "is negative");
	if ((uint64_t)number > number_max(kind))
		return wrong(trail, "is too large a number");
	number_set(at, kind, (uint64_t)number);
	return 0;
}

static int text_check(const struct trail *trail, const struct field *field,
		      const json_t *value)
{
	if (!json_is_string(value))
		return wrong(trail, "is not a text");
	if (json_string_length(value) > field->max)
		return wrong(trail, "is too long");
	return 0;
}

static int texts_read(const struct trail *trail, const struct field *field,
		      const json_t *value, struct strings *texts)
{
	if (!json_is_array(value))
		return wrong(trail, "is not a list");
	if (json_array_size(value) > FIELD_TEXTS_MAX)
		return wrong(trail, "has too many items");
	for (size_t i = 0; i < json_array_size(value); i++) {
		struct trail here = below(trail, NULL, i);
		const json_t *text = json_array_get(value, i);

		if (text_check(&here, field, text) < 0)
			return -1;
		strings_add(texts, json_string_value(text));
	}
	return 0;
}

static int word_read(const struct trail *trail, const struct field *field,
		     const json_t *value, void *at)
{
	const char *text = json_string_value(value);

	for (uint32_t i = 0; text != NULL && field->words[i] != NULL; i++)
		if (strcmp(text, field->words[i]) == 0) {
			number_set(at, FIELD_WORD, i);
			return 0;
		}
	return wrong(trail, "is none of the words that can stand there");
}

static int list_read(const struct trail *trail, const struct field *field,
		     const json_t *value, uint8_t *first, void *count)
{
	if (!json_is_array(value))
		return wrong(trail, "is not a list");
	if (json_array_size(value) > field->max)
		return wrong(trail, "has too many items");
	for (size_t i = 0; i < json_array_size(value); i++) {
		struct trail here = below(trail, NULL, i);

		if (object_read(&here, field->of, json_array_get(value, i), 0,
				first + i * field->of->size) < 0)
			return -1;
	}
	number_set(count, FIELD_U32, json_array_size(value));
	return 0;
}

static int digest_read(const struct trail *trail, const json_t *value, char *at)
{
	const char *text = json_string_value(value);

	if (text == NULL || !digest_valid(text))
		return wrong(trail, "is not a SHA-256 digest");
	memcpy(at, text, DIGEST_TEXT);
	return 0;
}

static int value_read(const struct trail *trail, const struct field *field,
		      const json_t *value, uint8_t *base)
{
	void *at = base + field->at;

	switch (field->kind) {
	case FIELD_BOOL:
		if (!json_is_boolean(value))
			return wrong(trail, "is neither true nor false");
		*(bool *)at = json_is_true(value);
		return 0;
	case FIELD_WORD:
		return word_read(trail, field, value, at);
	case FIELD_TEXT:
		if (text_check(trail, field, value) < 0)
			return -1;
		*(char **)at = text_make("%s", json_string_value(value));
		return 0;
	case FIELD_TEXTS:
		return texts_read(trail, field, value, at);
	case FIELD_DIGEST:
		return digest_read(trail, value, at);
	case FIELD_MAYBE:
		if (json_is_null(value))
			return 0;
		return object_read(trail, field->of, value, 0, at);
	case FIELD_OBJECT:
		return object_read(trail, field->of, value, 0, at);
	case FIELD_LIST:
		return list_read(trail, field, value, at,
				 base + field->count_at);
	default:
		return number_read(trail, field->kind, value, at);
	}
}

static int object_read(const struct trail *trail, const struct fields *fields,
		       const json_t *object, size_t others, void *base)
{
	if (!json_is_object(object))
		return wrong(trail, "is not an object");
	for (size_t i = 0; i < fields->count; i++) {
		const struct field *field = &fields->field[i];
		struct trail here = below(trail, field->name, 0);
		const json_t *value = json_object_get(object, field->name);

		if (value == NULL)
			return wrong(&here, "is missing");
		if (value_read(&here, field, value, base) < 0)
			return -1;
	}
	if (json_object_size(object) != fields->count + others)
		return wrong(trail, "has a field that this version does not "
				    "know");
	return 0;
}

int fields_read(void *base, const struct fields *fields, const json_t *object,
		size_t others, char *why, size_t size)
{
	struct trail root = {NULL, NULL, 0, why, size};

	return object_read(&root, fields, object, others, base);
}
