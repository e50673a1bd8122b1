/* SPDX-License-Identifier: BSD-2-Clause */
/* qtest.c - asks in lines, and trusts no answer. */
#include "host-loader/qemu/qtest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#define SHOWN_MAX 60 /* letters of an answer in a message */
#define WRITE_MAX 64 /* bytes of one write */

const char *qtest_answer_parse(const char *line, size_t length)
{
	if (length < 2 || memcmp(line, "OK", 2) != 0)
		return NULL;
	if (strlen(line) != length)
		return NULL;
	if (line[2] == '\0')
		return line + 2;
	return line[2] == ' ' ? line + 3 : NULL;
}

int qtest_value_parse(const char *text, uint64_t max, uint64_t *value)
{
	uint64_t sum = 0;

	if (text[0] != '0' || text[1] != 'x' || text[2] == '\0')
		return -1;
	for (text += 2; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (!isxdigit(c) || sum >> 60 != 0)
			return -1;
		sum = sum << 4 |
		      (uint64_t)(isdigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	if (sum > max)
		return -1;
	*value = sum;
	return 0;
}

int qtest_bytes_parse(const char *text, void *dst, size_t size)
{
	struct base64_decode_ctx ctx;
	size_t length = strlen(text), got = size;

	/* nettle wants room for all that such a text may hold */
	if (length != (size + 2) / 3 * 4)
		return -1;
	if (length >= 4) {
		size_t pads = (text[length - 1] == '=') +
			      (size_t)(text[length - 2] == '=');

		if (length / 4 * 3 - pads != size)
			return -1;
	}
	base64_decode_init(&ctx);
	if (!base64_decode_update(&ctx, &got, dst, length, text) ||
	    !base64_decode_final(&ctx) || got != size)
		return -1;
	return 0;
}

static int answer_wrong(struct peer *qtest, const char *line)
{
	return peer_fail(qtest, "qtest: answers \"%.*s\"", SHOWN_MAX, line);
}

/* The text behind OK; NULL after a reason. */
static const char *answer_wait(struct peer *qtest)
{
	struct peer_clock clock = peer_clock(qtest);
	const char *line, *text;
	size_t length;

	do
		line = peer_line(qtest, clock, &length);
	while (line != NULL && strncmp(line, "IRQ", 3) == 0);
	if (line == NULL)
		return NULL;
	text = qtest_answer_parse(line, length);
	if (text == NULL)
		answer_wrong(qtest, line);
	return text;
}

static int done_wait(struct peer *qtest)
{
	const char *text = answer_wait(qtest);

	if (text == NULL)
		return -1;
	return *text == '\0' ? 0 : answer_wrong(qtest, text);
}

static int value_wait(struct peer *qtest, uint64_t max, uint64_t *value)
{
	const char *text = answer_wait(qtest);

	if (text == NULL)
		return -1;
	if (qtest_value_parse(text, max, value) != 0)
		return answer_wrong(qtest, text);
	return 0;
}

static int bytes_wait(struct peer *qtest, void *dst, size_t size)
{
	const char *text = answer_wait(qtest);

	if (text == NULL)
		return -1;
	if (qtest_bytes_parse(text, dst, size) != 0)
		return answer_wrong(qtest, text);
	return 0;
}

int qtest_out8(struct peer *qtest, uint16_t port, uint8_t value)
{
	if (peer_send(qtest, "outb %#x %#x\n", port, value) != 0)
		return -1;
	return done_wait(qtest);
}

int qtest_out32(struct peer *qtest, uint16_t port, uint32_t value)
{
	if (peer_send(qtest, "outl %#x %#x\n", port, value) != 0)
		return -1;
	return done_wait(qtest);
}

int qtest_in8(struct peer *qtest, uint16_t port, uint8_t *value)
{
	uint64_t got;

	if (peer_send(qtest, "inb %#x\n", port) != 0 ||
	    value_wait(qtest, UINT8_MAX, &got) != 0)
		return -1;
	*value = (uint8_t)got;
	return 0;
}

int qtest_in32(struct peer *qtest, uint16_t port, uint32_t *value)
{
	uint64_t got;

	if (peer_send(qtest, "inl %#x\n", port) != 0 ||
	    value_wait(qtest, UINT32_MAX, &got) != 0)
		return -1;
	*value = (uint32_t)got;
	return 0;
}

int qtest_read32(struct peer *qtest, uint64_t gpa, uint32_t *value)
{
	uint64_t got;

	if (peer_send(qtest, "readl %#llx\n", (unsigned long long)gpa) != 0 ||
	    value_wait(qtest, UINT32_MAX, &got) != 0)
		return -1;
	*value = (uint32_t)got;
	return 0;
}

/* b64read: two thirds of the letters of "read", made ten times as fast. */
int qtest_transfer(struct peer *qtest, uint64_t gpa, const void *src,
		   uint32_t src_size, uint16_t port, uint32_t value, void *dst,
		   uint32_t dst_size)
{
	char hex[2 * WRITE_MAX + 1] = "";
	const uint8_t *bytes = src;

	if (src_size > WRITE_MAX || dst_size > QTEST_BYTES_MAX)
		return peer_fail(qtest, "qtest: a transfer too large");
	for (uint32_t i = 0; i < 2 * src_size; i++)
		hex[i] = "0123456789abcdef"[bytes[i / 2] >>
					    (i % 2 ? 0 : 4) & 15];
	if (peer_send(qtest,
		      "write %#llx %#x 0x%s\noutl %#x %#x\nb64read %#llx %#x\n",
		      (unsigned long long)gpa, src_size, hex, port, value,
		      (unsigned long long)gpa, dst_size) != 0)
		return -1;
	if (done_wait(qtest) != 0 || done_wait(qtest) != 0)
		return -1;
	return bytes_wait(qtest, dst, dst_size);
}
