/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_qtest.c - a QEMU that answers the questions of a pull with anything:
 * what is taken is in bounds, and a refusal has a reason.
 *
 * The first byte says what is asked; behind it is what both sockets say, in
 * pieces, as a directory in base64 is longer than an input should be.  A piece
 * is its kind and the numbers of that kind: answer_write(). */
#include "tests/fuzz/fuzz.h"

#include <nettle/base64.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host-loader/qemu/pull_parts.h"
#include "host-loader/qemu/qmp.h"
#include "host-loader/qemu/qtest.h"

#define SAID_MAX  150000 /* fits into a socket */
#define BYTES_MAX 40000  /* of one answer */

enum asked { ASK_FWCFG, ASK_CHIPSET, ASK_BOARD, ASK_PARSERS, ASK_COUNT };

enum piece { RAW, DONE, VALUE, BYTES, NEXT_SOCKET, PIECE_COUNT };

struct said {
	size_t size;
	char text[SAID_MAX + 1];
};

static void said_add(struct said *said, const char *text, size_t size)
{
	if (size > SAID_MAX - said->size)
		size = SAID_MAX - said->size;
	memcpy(said->text + said->size, text, size);
	said->size += size;
}

/* "OK " and base64 of so many bytes, of which the first are in the input. */
static void bytes_add(struct said *said, struct input *in)
{
	static uint8_t bytes[BYTES_MAX];
	static char text[BASE64_ENCODE_RAW_LENGTH(BYTES_MAX) + 1];
	size_t size = take(in, 2) % BYTES_MAX;
	size_t given = take(in, 2);

	memset(bytes, 0, sizeof(bytes));
	for (size_t i = 0; i < given && i < size && in->left > 0; i++)
		bytes[i] = (uint8_t)take(in, 1);
	base64_encode_raw(text, size, bytes);
	said_add(said, "OK ", 3);
	said_add(said, text, BASE64_ENCODE_RAW_LENGTH(size));
	said_add(said, "\n", 1);
}

/* What one socket says. */
static void said_write(struct said *said, struct input *in)
{
	char text[300];
	size_t count;

	said->size = 0;
	while (in->left > 0) {
		switch (take(in, 1) % PIECE_COUNT) {
		case RAW:
			count = take(in, 1);
			for (size_t i = 0; i < count; i++)
				text[i] = (char)take(in, 1);
			said_add(said, text, count);
			break;
		case DONE:
			said_add(said, "OK\n", 3);
			break;
		case VALUE:
			snprintf(text, sizeof(text), "OK 0x%08llx\n",
				 (unsigned long long)take(in, 4));
			said_add(said, text, strlen(text));
			break;
		case BYTES:
			bytes_add(said, in);
			break;
		default:
			return;
		}
	}
}

/* A peer that has said all that it will say. */
static int peer_saying(struct peer *peer, struct input *in)
{
	static struct said said;
	int pair[2];

	said_write(&said, in);
	PROPERTY(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	PROPERTY(send(pair[1], said.text, said.size, MSG_DONTWAIT) ==
		 (ssize_t)said.size);
	shutdown(pair[1], SHUT_WR);
	peer_open(peer, pair[0]);
	return pair[1];
}

static void pull_check(const struct pull *pull)
{
	uint64_t sum = 0;

	PROPERTY(pull->map_count > 0 && pull->map_count <= BL_RANGES_MAX);
	for (uint32_t i = 0; i < pull->map_count; i++) {
		PROPERTY(pull->map[i].size > 0 && pull->map[i].type != 0);
		PROPERTY(pull->map[i].gpa + pull->map[i].size >
			 pull->map[i].gpa);
	}
	PROPERTY(pull->blob_count <= PULL_BLOBS_MAX);
	for (uint32_t i = 0; i < pull->blob_count; i++) {
		PROPERTY(strlen(pull->blob[i].name) < 56);
		sum += pull->blob[i].bytes.size;
	}
	PROPERTY(sum <= MIB(64) && pull->smbios.size <= MIB(64));
}

static void board_check(const struct pull *pull)
{
	const struct bl_board *board = &pull->board;

	PROPERTY(board->apic_id == pull->apic_id);
	PROPERTY(board->cpu_count > 0 && board->cpu_count <= BL_CPUS_MAX);
	PROPERTY(strlen(pull->virtio_words) < 1024);
}

/* The parsers alone.  A text of base64 fits one size at most. */
static void parsers_check(const uint8_t *bytes, size_t size)
{
	char *line = malloc(size + 1);
	const char *text;
	uint64_t value;
	unsigned fits = 0;

	PROPERTY(line != NULL);
	memcpy(line, bytes, size);
	line[size] = '\0';
	text = qtest_answer_parse(line, size);
	if (text != NULL) {
		size_t most = strlen(text) / 4 * 3;

		PROPERTY(text >= line && text <= line + size);
		if (qtest_value_parse(text, UINT16_MAX, &value) == 0)
			PROPERTY(value <= UINT16_MAX);
		for (size_t room = most < 4 ? 0 : most - 4; room <= most + 1;
		     room++) {
			uint8_t *dst = malloc(room);

			if (qtest_bytes_parse(text, dst, room) == 0)
				fits++;
			free(dst);
		}
	}
	PROPERTY(fits <= 1);
	free(line);
}

static int pull_ask(struct pull *pull, enum asked asked, struct peer *qtest,
		    struct peer *qmp)
{
	struct qmp_version version = {0};
	int err;

	switch (asked) {
	case ASK_BOARD:
		return board_pull(pull, qtest, qmp);
	case ASK_CHIPSET:
		err = qmp_greet(qmp, &version);
		free(version.text);
		return err != 0 ? err : chipset_pull(pull, qtest);
	default:
		return fwcfg_pull(pull, qtest);
	}
}

static void ask(enum asked asked, struct input *in)
{
	static struct pull pull;
	struct peer qtest, qmp;
	int others[2] = {peer_saying(&qtest, in), peer_saying(&qmp, in)};
	int err;

	memset(&pull, 0, sizeof(pull));
	pull.virtio_words = strdup("");
	err = pull_ask(&pull, asked, &qtest, &qmp);
	if (err != 0)
		PROPERTY(qtest.why[0] != '\0' || qmp.why[0] != '\0');
	else if (asked == ASK_BOARD)
		board_check(&pull);
	else if (asked == ASK_FWCFG)
		pull_check(&pull);
	pull_free(&pull);
	peer_close(&qtest);
	peer_close(&qmp);
	close(others[0]);
	close(others[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	enum asked asked = (enum asked)(take(&in, 1) % ASK_COUNT);

	if (asked == ASK_PARSERS)
		parsers_check(in.at, in.left);
	else
		ask(asked, &in);
	return 0;
}
