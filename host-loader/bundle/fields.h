/* SPDX-License-Identifier: BSD-2-Clause */
/* fields.h - a struct as a JSON object: one table of its fields serves reading
 * and writing. */
#ifndef HOST_LOADER_FIELDS_H
#define HOST_LOADER_FIELDS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* JSON integers are signed here: larger numbers are refused both ways. */
#define FIELD_NUMBER_MAX INT64_MAX
#define FIELD_TEXTS_MAX  1024 /* texts in a list of texts */

enum field_kind {
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	FIELD_BOOL,
	FIELD_WORD,   /* an enum, as one of words */
	FIELD_TEXT,   /* char *, allocated by reading */
	FIELD_TEXTS,  /* struct strings */
	FIELD_DIGEST, /* char [DIGEST_TEXT] */
	FIELD_OBJECT, /* a struct in the struct */
	FIELD_MAYBE,  /* ... or null, when its first field, a text, is NULL */
	FIELD_LIST,   /* an array of structs, its count (uint32_t) elsewhere */
};

struct field {
	const char *name;
	enum field_kind kind;
	size_t at;              /* offset in the struct */
	uint64_t max;           /* a text's bytes, the items of a list */
	size_t count_at;        /* FIELD_LIST */
	const char *const *words; /* FIELD_WORD; ends with NULL */
	const struct fields *of;  /* FIELD_OBJECT, _MAYBE, _LIST */
};

struct fields {
	const struct field *field;
	size_t count;
	size_t size; /* of the struct */
};

#define FIELD(KIND, type, member, ...)                                         \
	{                                                                      \
		.name = #member, .kind = FIELD_##KIND,                         \
		.at = offsetof(type, member), __VA_ARGS__                      \
	}
#define FIELDS(list, type)                                                     \
	{                                                                      \
		.field = (list), .count = sizeof(list) / sizeof((list)[0]),    \
		.size = sizeof(type)                                           \
	}

/* Puts the fields into object.  -1 and a sentence in why[0 .. size). */
int fields_write(json_t *object, const struct fields *fields, const void *base,
		 char *why, size_t size);

/* Fills in a struct that is all zero.  object must have exactly these fields
 * and `others` more.  -1 and a sentence; what was allocated until then is the
 * caller's to free. */
int fields_read(void *base, const struct fields *fields, const json_t *object,
		size_t others, char *why, size_t size);

#endif
