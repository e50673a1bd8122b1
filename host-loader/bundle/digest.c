/* SPDX-License-Identifier: BSD-2-Clause */
/* digest.c - SHA-256 as text, by nettle. */
#include "host-loader/bundle/digest.h"

#include <string.h>

void digest_begin(struct digest *digest)
{
	sha256_init(&digest->sha);
}

void digest_add(struct digest *digest, const void *bytes, uint64_t size)
{
	if (size != 0)
		sha256_update(&digest->sha, size, bytes);
}

void digest_add_u64(struct digest *digest, uint64_t value)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	digest_add(digest, bytes, sizeof(bytes));
}

void digest_add_text(struct digest *digest, const char *text)
{
	uint64_t length = text == NULL ? UINT64_MAX : strlen(text);

	digest_add_u64(digest, length);
	if (text != NULL)
		digest_add(digest, text, length);
}

void digest_end(struct digest *digest, char text[DIGEST_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t sum[SHA256_DIGEST_SIZE];

	sha256_digest(&digest->sha, sizeof(sum), sum);
	for (unsigned i = 0; i < sizeof(sum); i++) {
		text[2 * i] = hex[sum[i] >> 4];
		text[2 * i + 1] = hex[sum[i] & 15];
	}
	text[2 * sizeof(sum)] = '\0';
}

void digest_bytes(char text[DIGEST_TEXT], struct bl_span bytes)
{
	struct digest digest;

	digest_begin(&digest);
	digest_add(&digest, bytes.bytes, bytes.size);
	digest_end(&digest, text);
}

bool digest_valid(const char *text)
{
	return strlen(text) == DIGEST_TEXT - 1 &&
	       strspn(text, "0123456789abcdef") == DIGEST_TEXT - 1;
}
