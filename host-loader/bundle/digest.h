/* SPDX-License-Identifier: BSD-2-Clause */
/* digest.h - SHA-256 as text. */
#ifndef HOST_LOADER_DIGEST_H
#define HOST_LOADER_DIGEST_H

#include <nettle/sha2.h>

#include "host-loader/beeline.h"

#define DIGEST_TEXT 65 /* SHA-256 in hex, with the NUL */

void digest_bytes(char text[DIGEST_TEXT], struct bl_span bytes);

/* The same in pieces: digest_begin(), any number of adds, digest_end(). */
struct digest {
	struct sha256_ctx sha;
};

void digest_begin(struct digest *digest);
void digest_add(struct digest *digest, const void *bytes, uint64_t size);
/* The number as 8 bytes, lowest first. */
void digest_add_u64(struct digest *digest, uint64_t value);
/* The text's length, then the text: no two lists of texts are alike. */
void digest_add_text(struct digest *digest, const char *text);
void digest_end(struct digest *digest, char text[DIGEST_TEXT]);

/* Is it 64 lower-case hexadecimal digits? */
bool digest_valid(const char *text);

#endif
