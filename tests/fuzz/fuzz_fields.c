/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_fields.c - JSON of any shape as a struct with a field of every kind:
 * what is accepted is written as the same JSON, a refusal has a sentence, and
 * nothing beside the struct is written.
 *
 * Input: which of eleven fields are of any shape, how many more keys there are,
 * then the fields' values. */
#include "tests/fuzz/fuzz.h"

#include "host-loader/bundle/digest.h"
#include "host-loader/bundle/fields.h"
#include "host-loader/strings.h"

#define LIST_MAX 3
#define TEXT_MAX 12
#define DEPTH    3
#define WHY_MAX  64

struct inner {
	char *text;
	uint16_t small;
};

struct outer {
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	bool flag;
	uint32_t word;
	char *text;
	struct strings texts;
	char digest[DIGEST_TEXT];
	struct inner object, maybe;
	struct inner list[LIST_MAX];
	uint32_t count;
};

static const char *const words[] = {"one", "two", "three", NULL};

static const struct field inner_list[] = {
	FIELD(TEXT, struct inner, text, .max = TEXT_MAX),
	FIELD(U16, struct inner, small),
};
static const struct fields inner_fields = FIELDS(inner_list, struct inner);

static const struct field outer_list[] = {
	FIELD(U16, struct outer, u16),
	FIELD(U32, struct outer, u32),
	FIELD(U64, struct outer, u64),
	FIELD(BOOL, struct outer, flag),
	FIELD(WORD, struct outer, word, .words = words),
	FIELD(TEXT, struct outer, text, .max = TEXT_MAX),
	FIELD(TEXTS, struct outer, texts, .max = TEXT_MAX),
	FIELD(DIGEST, struct outer, digest),
	FIELD(OBJECT, struct outer, object, .of = &inner_fields),
	FIELD(MAYBE, struct outer, maybe, .of = &inner_fields),
	FIELD(LIST, struct outer, list, .of = &inner_fields, .max = LIST_MAX,
	      .count_at = offsetof(struct outer, count)),
};
static const struct fields outer_fields = FIELDS(outer_list, struct outer);

static json_t *text_make_json(struct input *in)
{
	static const char *const some[] = {"one", "three", "", "\xc3\xa9",
					   "0123456789abcdef0123456789abcdef"
					   "0123456789abcdef0123456789abcdef"};
	uint32_t which = (uint32_t)take(in, 1);
	char text[32];
	size_t size = which % 32;

	if (which >= 0xe0)
		return json_string(some[which % 5]);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)(' ' + take(in, 1) % 95);
	return json_stringn(text, size);
}

static json_t *any_make(struct input *in, int depth);

static json_t *any_list(struct input *in, int depth)
{
	json_t *list = json_array();

	for (uint64_t n = take(in, 1) % 6; n > 0; n--)
		json_array_append_new(list, any_make(in, depth - 1));
	return list;
}

static json_t *any_object(struct input *in, int depth)
{
	static const char *const keys[] = {"text", "small", "u16", "other"};
	json_t *object = json_object();

	for (uint64_t n = take(in, 1) % 4; n > 0; n--)
		json_object_set_new(object, keys[take(in, 1) % 4],
				    any_make(in, depth - 1));
	return object;
}

static json_t *any_make(struct input *in, int depth)
{
	switch (depth == 0 ? take(in, 1) % 6 : take(in, 1) % 8) {
	case 0:
		return json_null();
	case 1:
		return json_boolean(take(in, 1) & 1);
	case 2:
		return json_integer((json_int_t)take(in, 2));
	case 3:
		return json_integer((json_int_t)take(in, 8));
	case 4:
		return json_real(1.5);
	case 5:
		return text_make_json(in);
	case 6:
		return any_list(in, depth);
	default:
		return any_object(in, depth);
	}
}

static json_t *inner_make(struct input *in)
{
	json_t *object = json_object();

	json_object_set_new(object, "text", text_make_json(in));
	json_object_set_new(object, "small",
			    json_integer((json_int_t)take(in, 2)));
	return object;
}

/* A value of the right kind, if not always in its range. */
static json_t *right_make(enum field_kind kind, struct input *in)
{
	json_t *list = NULL;

	switch (kind) {
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
		return json_integer((json_int_t)take(in, 1 + take(in, 1) % 8));
	case FIELD_BOOL:
		return json_boolean(take(in, 1) & 1);
	case FIELD_WORD:
		return json_string(words[take(in, 1) % 3]);
	case FIELD_TEXT:
		return text_make_json(in);
	case FIELD_DIGEST:
		return json_string("0123456789abcdef0123456789abcdef"
				   "0123456789abcdef0123456789abcdef");
	case FIELD_OBJECT:
	case FIELD_MAYBE:
		return inner_make(in);
	default:
		list = json_array();
		for (uint64_t n = take(in, 1) % 5; n > 0; n--)
			json_array_append_new(list, kind == FIELD_LIST
							    ? inner_make(in)
							    : text_make_json(
								      in));
		return list;
	}
}

static void outer_free(struct outer *o)
{
	free(o->text);
	strings_free(&o->texts);
	free(o->object.text);
	free(o->maybe.text);
	for (size_t i = 0; i < LIST_MAX; i++)
		free(o->list[i].text);
}

/* The same object again, without the keys that are not in the table. */
static void written_check(const struct outer *o, json_t *object)
{
	json_t *written = json_object();
	char why[WHY_MAX];
	size_t more = 0;

	PROPERTY(fields_write(written, &outer_fields, o, why, sizeof(why)) ==
		 0);
	while (more < 3 && json_object_del(object, &"x\0y\0z"[2 * more]) == 0)
		more++;
	PROPERTY(json_equal(object, written));
	json_decref(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	json_t *object = json_object();
	uint8_t *base = guarded_new(sizeof(struct outer));
	char *why = (char *)guarded_new(WHY_MAX);
	uint64_t odd = take(&in, 2), others = take(&in, 1);
	int err;

	for (size_t i = 0; i < outer_fields.count; i++) {
		const struct field *f = &outer_list[i];
		bool any = odd >> i & 1;

		json_object_set_new(object, f->name,
				    any ? any_make(&in, DEPTH)
					: right_make(f->kind, &in));
		if (any && take(&in, 1) % 8 == 7)
			json_object_del(object, f->name);
	}
	for (uint64_t i = 0; i < others % 4; i++)
		json_object_set_new(object, &"x\0y\0z"[2 * (i % 3)],
				    json_null());
	memset(base, 0, sizeof(struct outer));
	why[0] = '\0';
	err = fields_read(base, &outer_fields, object, others >> 4 & 3, why,
			  WHY_MAX);
	PROPERTY(guarded_kept(base, sizeof(struct outer), 0,
			      sizeof(struct outer)));
	PROPERTY(guarded_kept((uint8_t *)why, WHY_MAX, 0, WHY_MAX));
	if (err == 0)
		written_check((const struct outer *)base, object);
	else
		PROPERTY(why[0] != '\0' && memchr(why, 0, WHY_MAX) != NULL);
	outer_free((struct outer *)base);
	json_decref(object);
	guarded_free(base);
	guarded_free((uint8_t *)why);
	return 0;
}
