/* SPDX-License-Identifier: BSD-2-Clause */
/* foreground.h - a process that works in our place: signals that end us are
 * passed on to it, and it does not outlive us. */
#ifndef HOST_LOADER_FOREGROUND_H
#define HOST_LOADER_FOREGROUND_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct foreground {
	int signals;           /* signalfd */
	int signalled;         /* the first that was passed on; 0: none */
	sigset_t before;
	bool terminal;         /* stdin is one, and was in this state */
	struct termios state;
	int flags;
};

struct foreground_job {
	/* Run in the new process; what it returns is that one's exit code. */
	int (*run)(void *ctx);
	/* Called when fd can be read, and at the end; false: no more. */
	bool (*ready)(void *ctx, pid_t pid);
	/* Called every period_ms; may be NULL. */
	void (*tick)(void *ctx, pid_t pid);
	void *ctx;
	int fd; /* -1: none */
	int period_ms;
};

/* Between these two, INT, TERM, HUP and QUIT wait for foreground_run().  -1
 * after a line. */
int foreground_begin(struct foreground *fg);
void foreground_end(struct foreground *fg);

/* Runs a job to its end: its exit code, or 128 + N when signal N ended it; 1
 * after a line. */
int foreground_run(struct foreground *fg, const struct foreground_job *job);

#endif
