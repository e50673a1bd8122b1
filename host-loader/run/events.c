/* SPDX-License-Identifier: BSD-2-Clause */
/* events.c - reads QMP events, a JSON object a line. */
#include "host-loader/run/events.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host-loader/say.h"

int events_open(struct events *events, bool go)
{
	static const char hello[] = "{\"execute\":\"qmp_capabilities\"}\n"
				    "{\"execute\":\"cont\"}\n";
	size_t size = go ? sizeof(hello) - 1
			 : (size_t)(strchr(hello, '\n') + 1 - hello);
	int pair[2];

	*events = (struct events){.fd = -1, .fd_qemu = -1};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return say_errno("qmp", "cannot open a socket");
	events->fd = pair[0];
	events->fd_qemu = pair[1];
	if (send(events->fd, hello, size, MSG_NOSIGNAL) < 0) {
		say_errno("qmp", "cannot write");
		events_close(events);
		return -1;
	}
	return 0;
}

void events_close(struct events *events)
{
	if (events->fd >= 0)
		close(events->fd);
	if (events->fd_qemu >= 0)
		close(events->fd_qemu);
	events->fd = events->fd_qemu = -1;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

/* By the guest, or by a monitor's system_reset. */
static bool is_reset(const char *reason)
{
	return strcmp(reason, "guest-reset") == 0 ||
	       strcmp(reason, "host-qmp-system-reset") == 0;
}

static void line_take(struct events *events)
{
	json_t *object = json_loadb(events->line, events->used, 0, NULL);

	if (strcmp(text_of(object, "event"), "SHUTDOWN") == 0) {
		events->shutdown = true;
		events->reset = is_reset(text_of(
			json_object_get(object, "data"), "reason"));
	}
	json_decref(object);
}

static void byte_take(struct events *events, char byte)
{
	if (byte == '\n') {
		if (!events->skip)
			line_take(events);
		events->skip = false;
		events->used = 0;
	} else if (events->used == sizeof(events->line)) {
		events->skip = true;
	} else {
		events->line[events->used++] = byte;
	}
}

bool events_read(struct events *events)
{
	char bytes[1024];

	for (;;) {
		ssize_t got = recv(events->fd, bytes, sizeof(bytes),
				   MSG_DONTWAIT);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 && errno == EAGAIN;
		for (ssize_t i = 0; i < got; i++)
			byte_take(events, bytes[i]);
	}
}
