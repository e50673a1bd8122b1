/* SPDX-License-Identifier: BSD-2-Clause */
/* talk.h - a program at the other end of a socket, for the tests of qtest and
 * QMP. */
#ifndef TESTS_UNIT_TALK_H
#define TESTS_UNIT_TALK_H

#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "host-loader/qemu/peer.h"

#define WAIT_MS 100 /* for what never comes */
#define SAY(text) (text), sizeof(text) - 1

/* We, and the socket of a program that has said all it will say. */
struct talk {
	struct peer peer;
	int other;
};

static inline struct talk talk_open(const char *said, size_t size)
{
	struct talk talk;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(write(pair[1], said, size), size);
	peer_open(&talk.peer, pair[0]);
	talk.peer.wait_ms = WAIT_MS;
	talk.other = pair[1];
	return talk;
}

/* The same, and it hangs up then. */
static inline struct talk talk_ended(const char *said, size_t size)
{
	struct talk talk = talk_open(said, size);

	shutdown(talk.other, SHUT_WR);
	return talk;
}

static inline void talk_close(struct talk *talk)
{
	peer_close(&talk->peer);
	close(talk->other);
}

/* What was asked. */
static inline void assert_asked(struct talk *talk, const char *text)
{
	char asked[1024] = "";

	assert_true(recv(talk->other, asked, sizeof(asked) - 1,
			 MSG_DONTWAIT) >= 0);
	assert_string_equal(asked, text);
}

#endif
