/* SPDX-License-Identifier: BSD-2-Clause */
/* events.h - what a running QEMU tells by QMP: why the guest ended.
 * Source: [QMP] QEMU docs/interop/qmp-spec, qapi/run-state.json SHUTDOWN. */
#ifndef HOST_LOADER_EVENTS_H
#define HOST_LOADER_EVENTS_H

#include <stdbool.h>
#include <stddef.h>

struct events {
	int fd;          /* ours */
	int fd_qemu;     /* QEMU's, for `-chardev socket,fd=`; close on exec */
	bool shutdown;   /* the guest ended ... */
	bool reset;      /* ... since it reset itself */
	bool skip;       /* of this line, which is too long, the rest */
	size_t used;
	char line[2048];
};

/* Makes the socket and asks for events, and then for the guest to run if go is
 * set, all before QEMU is there to hear it.  QEMU must be told -S: a guest
 * that ends at once would else be gone before events are on.  -1 after a
 * line. */
int events_open(struct events *events, bool go);
void events_close(struct events *events);

/* Reads what is there.  False: there will be no more. */
bool events_read(struct events *events);

#endif
