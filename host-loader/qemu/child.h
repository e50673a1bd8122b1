/* SPDX-License-Identifier: BSD-2-Clause */
/* child.h - QEMU as a child that is asked and ended: it dies with us, and what
 * it complains about is kept. */
#ifndef HOST_LOADER_CHILD_H
#define HOST_LOADER_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "host-loader/strings.h"

struct child {
	pid_t pid;
	int words;  /* where its stderr can be read */
	bool asked; /* to end: it did not by itself */
	int status; /* as of waitpid(), once it has ended */
};

/* Runs args with the open files of keep and an empty stdin.  0, or -1 and
 * errno: no child then.  A program that cannot be run is a child that says so
 * and ends. */
int child_start(struct child *child, const struct strings *args,
		const int *keep, int keep_count);

/* Ends it: by itself when it hung up, else asked to, else killed. */
void child_end(struct child *child, bool hung_up);

/* After child_end(): the sentence that says why it ended: the last of its
 * complaints without the program's name, or how it ended.  The caller frees
 * it. */
char *child_words(struct child *child, const char *name);

#endif
