/* SPDX-License-Identifier: BSD-2-Clause */
/* peer.h - a program at the other end of a socket that is asked and answers in
 * lines, and may say anything, or nothing, for ever. */
#ifndef HOST_LOADER_PEER_H
#define HOST_LOADER_PEER_H

#include <stdbool.h>
#include <stddef.h>

#define PEER_LINE_MAX (1u << 20) /* bytes of one line */
#define PEER_WAIT_MS  30000      /* for one answer */

struct peer {
	int fd;          /* a stream socket; -1: none */
	int wait_ms;
	char *bytes;     /* what was received: [line, end) is not used yet */
	size_t room, line, end;
	size_t seen;     /* where the search for an end of line goes on */
	bool closed;     /* it hung up */
	char why[256];   /* what went wrong; empty: nothing */
};

/* Takes fd over. */
void peer_open(struct peer *peer, int fd);
void peer_close(struct peer *peer);

/* Puts down what went wrong, unless something already did.  Returns -1. */
int peer_fail(struct peer *peer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Sends a text.  0 or -1. */
int peer_send(struct peer *peer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The clock by which an answer has to be there. */
struct peer_clock {
	long long end_ms;
};

struct peer_clock peer_clock(const struct peer *peer);

/* The next line, without its end, *length bytes and a NUL; it stays until the
 * next call.  NULL: too late, too long or closed. */
char *peer_line(struct peer *peer, struct peer_clock clock, size_t *length);

#endif
