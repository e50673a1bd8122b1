/* SPDX-License-Identifier: BSD-2-Clause */
/* manifest.h - a bundle's description as JSON, made and read by one table of
 * fields: what one version writes, it reads back as it was. */
#ifndef HOST_LOADER_MANIFEST_H
#define HOST_LOADER_MANIFEST_H

#include "host-loader/bundle/bundle.h"

#define MANIFEST_MAX 0x100000 /* bytes: a larger one is refused unread */
#define MANIFEST_WHY 160      /* room for a sentence about a mistake */

/* The text, which the caller frees.  NULL and a sentence: for a bundle that
 * manifest_parse() would refuse, or with a text that is not UTF-8. */
char *manifest_make(const struct bundle *bundle, char why[MANIFEST_WHY]);

/* Reads one.  Every field must be there, of its type and in its range, and no
 * other; RAM, extents and memory map must make sense together.  bundle->dir is
 * left NULL.  -1 and a sentence that quotes nothing of the text, and then there
 * is nothing to free. */
int manifest_parse(struct bundle *bundle, struct bl_span text,
		   char why[MANIFEST_WHY]);

/* Is it a manifest of any version? */
bool manifest_ours(struct bl_span text);

/* Do RAM, extents, memory map, paths and arguments make sense together?  Its
 * numbers are all below 2^63.  -1 and a sentence. */
int manifest_check(const struct bundle *bundle, char why[MANIFEST_WHY]);

/* Makes the sentence.  Returns -1. */
int refuse(char why[MANIFEST_WHY], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
