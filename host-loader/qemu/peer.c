/* SPDX-License-Identifier: BSD-2-Clause */
/* peer.c - lines over a stream socket, with an end to waiting and length. */
#include "host-loader/qemu/peer.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ROOM_FIRST (1u << 16) /* most answers are shorter */

void peer_open(struct peer *peer, int fd)
{
	*peer = (struct peer){.fd = fd, .wait_ms = PEER_WAIT_MS};
}

void peer_close(struct peer *peer)
{
	if (peer->fd >= 0)
		close(peer->fd);
	peer->fd = -1;
	free(peer->bytes);
	peer->bytes = NULL;
	peer->room = peer->line = peer->end = peer->seen = 0;
}

int peer_fail(struct peer *peer, const char *format, ...)
{
	va_list args;

	if (peer->why[0] != '\0')
		return -1;
	va_start(args, format);
	vsnprintf(peer->why, sizeof(peer->why), format, args);
	va_end(args);
	return -1;
}

static int peer_hung_up(struct peer *peer)
{
	peer->closed = true;
	return peer_fail(peer, "it hung up");
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

struct peer_clock peer_clock(const struct peer *peer)
{
	return (struct peer_clock){now_ms() + peer->wait_ms};
}

/* Waits until the socket can be read or written. */
static int peer_wait(struct peer *peer, struct peer_clock clock, short event)
{
	struct pollfd want = {.fd = peer->fd, .events = event};
	int ready;

	do {
		long long left = clock.end_ms - now_ms();

		if (left <= 0)
			return peer_fail(peer, "no answer for %d s",
					 (peer->wait_ms + 999) / 1000);
		ready = poll(&want, 1, (int)left);
	} while (ready == 0 || (ready < 0 && errno == EINTR));
	return ready > 0 ? 0 : peer_fail(peer, "%s", strerror(errno));
}

static int bytes_send(struct peer *peer, const char *text, size_t length)
{
	struct peer_clock clock = peer_clock(peer);

	while (length > 0) {
		ssize_t sent = send(peer->fd, text, length,
				    MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent > 0) {
			text += sent;
			length -= (size_t)sent;
		} else if (errno == EAGAIN) {
			if (peer_wait(peer, clock, POLLOUT) != 0)
				return -1;
		} else if (errno != EINTR) {
			return peer_hung_up(peer);
		}
	}
	return 0;
}

int peer_send(struct peer *peer, const char *format, ...)
{
	char *text;
	va_list args;
	int length, err;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		return peer_fail(peer, "no memory");
	err = bytes_send(peer, text, (size_t)length);
	free(text);
	return err;
}

/* Room for at least one byte more, and for a NUL behind it. */
static int room_make(struct peer *peer)
{
	size_t room = peer->room == 0 ? ROOM_FIRST : 2 * peer->room;
	char *bytes;

	if (peer->line > 0) {
		memmove(peer->bytes, peer->bytes + peer->line,
			peer->end - peer->line);
		peer->end -= peer->line;
		peer->seen -= peer->line;
		peer->line = 0;
	}
	if (peer->room > 0 && peer->end < peer->room - 1)
		return 0;
	if (room > PEER_LINE_MAX)
		return peer_fail(peer, "a line without an end");
	bytes = realloc(peer->bytes, room);
	if (bytes == NULL)
		return peer_fail(peer, "no memory");
	peer->bytes = bytes;
	peer->room = room;
	return 0;
}

static int bytes_receive(struct peer *peer, struct peer_clock clock)
{
	ssize_t got;

	if (room_make(peer) != 0 || peer_wait(peer, clock, POLLIN) != 0)
		return -1;
	got = recv(peer->fd, peer->bytes + peer->end,
		   peer->room - 1 - peer->end, MSG_DONTWAIT);
	if (got > 0)
		peer->end += (size_t)got;
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		return peer_hung_up(peer);
	return 0;
}

char *peer_line(struct peer *peer, struct peer_clock clock, size_t *length)
{
	char *line, *end = NULL;

	for (;;) {
		if (peer->end > peer->seen)
			end = memchr(peer->bytes + peer->seen, '\n',
				     peer->end - peer->seen);
		if (end != NULL)
			break;
		peer->seen = peer->end;
		if (bytes_receive(peer, clock) != 0)
			return NULL;
	}
	line = peer->bytes + peer->line;
	*length = (size_t)(end - line);
	*end = '\0';
	peer->line = peer->seen = (size_t)(end + 1 - peer->bytes);
	return line;
}
