/* SPDX-License-Identifier: BSD-2-Clause */
/* qemu_args.h - what is known of QEMU's own options: which take a value, and
 * which a guest can notice.  Source: [QEMU] qemu-options.hx, 7.2 to 10. */
#ifndef HOST_LOADER_QEMU_ARGS_H
#define HOST_LOADER_QEMU_ARGS_H

#include <stdbool.h>
#include <stddef.h>

enum qemu_arg_kind {
	QEMU_ARG_TABLE, /* the guest may see it in tables or memory */
	QEMU_ARG_HOST,  /* backends, logs, monitors */
	QEMU_ARG_OURS,  /* Beeline decides it, or could not work with it */
};

struct qemu_arg {
	enum qemu_arg_kind kind;
	const char *option; /* "-device", with one dash; "": a disk image that
			     * stands without an option */
	const char *value;  /* NULL: it takes none */
	const char *use;    /* of ours: what to use instead, or NULL */
};

/* Takes the argument at args[*at], and its value, and moves *at behind.  -1
 * when the value is missing. */
int qemu_arg_next(struct qemu_arg *arg, char *const *args, size_t count,
		  size_t *at);

/* Is its value JSON that we can read, or none at all?  QEMU also takes strings
 * in single quotes. */
bool qemu_arg_readable(const struct qemu_arg *arg);

/* What tells one of several such arguments from the others, its id most often;
 * NULL: there can be one only.  The caller frees it. */
char *qemu_arg_id(const struct qemu_arg *arg);

/* The value of a key in "first,key=value,..." (a comma in a value is doubled)
 * or in a JSON object.  implied: the key of a first word without "=", or NULL.
 * NULL: it has no such key.  The caller frees it. */
char *qemu_value_get(const char *value, const char *implied, const char *key);

#endif
