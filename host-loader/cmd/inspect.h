/* SPDX-License-Identifier: BSD-2-Clause */
/* inspect.h - what a file is and says of itself, as a list of facts: one list
 * serves people (facts_print()) and programs (JSON). */
#ifndef HOST_LOADER_INSPECT_H
#define HOST_LOADER_INSPECT_H

#include <jansson.h>

#include "host-loader/beeline.h"

/* A fact under its key, behind those that are there.  Addresses and flag words
 * are texts ("0x1000000"), since a JSON number may be read as a double; sizes
 * and counts are numbers.  A text is cleaned: what a terminal would obey, or
 * what is not UTF-8, becomes '?'.  Without memory the program ends. */
void fact_text(json_t *facts, const char *key, const char *text);
void fact_format(json_t *facts, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void fact_hex(json_t *facts, const char *key, uint64_t value);
void fact_number(json_t *facts, const char *key, uint64_t value);
void fact_bool(json_t *facts, const char *key, bool value);

/* The same for bytes up to a NUL, at most size of them. */
void fact_bytes(json_t *facts, const char *key, const void *bytes, size_t size);

/* Facts in a fact, to fill; a list of such, and another one in the list. */
json_t *fact_group(json_t *facts, const char *key);
json_t *fact_list(json_t *facts, const char *key);
json_t *fact_list_add(json_t *list);
void fact_list_text(json_t *list, const char *text);

/* A new list of facts; json_decref() frees it. */
json_t *facts_new(const char *file);

/* Aligned lines "key  value". */
void facts_print(const json_t *facts);

/* Each looks at a whole file: 1 it is of this kind, and facts are filled in; 0
 * it is not, and they are not; -1 after a line. */
int inspect_kernel(json_t *facts, const char *file, struct bl_span bytes);
int inspect_rom(json_t *facts, const char *file, struct bl_span bytes);
int inspect_rsdp(json_t *facts, const char *file, struct bl_span bytes);
int inspect_tables(json_t *facts, const char *file, struct bl_span bytes);
int inspect_script(json_t *facts, const char *file, struct bl_span bytes);

/* The same for a folder. */
int inspect_bundle(json_t *facts, const char *dir);

/* The facts of an image of ours. */
struct about_facts;
void about_fact(json_t *facts, const struct about_facts *about);

/* "q35" */
const char *chipset_word(enum bl_chipset chipset);

#endif
