/* SPDX-License-Identifier: BSD-2-Clause */
/* qmp.h - QEMU's monitor protocol: a line of JSON asks, a line answers.
 * Source: [QMP] QEMU docs/interop/qmp-spec */
#ifndef HOST_LOADER_QMP_H
#define HOST_LOADER_QMP_H

#include <jansson.h>
#include <stdint.h>

#include "host-loader/qemu/peer.h"

struct qmp_version {
	char *text; /* "7.2.22 (Debian ...)": the caller frees it */
	uint32_t major, minor;
};

/* Reads the greeting, and makes the monitor take commands.  0, or -1 and a
 * reason in the peer. */
int qmp_greet(struct peer *qmp, struct qmp_version *version);

/* What a command returned: the caller drops it with json_decref().  NULL and a
 * reason in the peer.  arguments may be NULL, and are used up. */
json_t *qmp_ask(struct peer *qmp, const char *command, json_t *arguments);

/* A property of an object of the machine: as qmp_ask(). */
json_t *qmp_property(struct peer *qmp, const char *path, const char *name);

#endif
