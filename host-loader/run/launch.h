/* SPDX-License-Identifier: BSD-2-Clause */
/* launch.h - starts QEMU for the user: in our place, or as a child that is
 * watched. */
#ifndef HOST_LOADER_LAUNCH_H
#define HOST_LOADER_LAUNCH_H

#include <stdio.h>

#include "host-loader/bundle/bundle.h"
#include "host-loader/strings.h"

/* Prints args as one line for a shell. */
void launch_print(FILE *out, const struct strings *args);

/* Becomes QEMU.  Returns only on failure: -1 after a line. */
int launch_exec(const struct strings *args);

/* The same as a child; at its end, what memory it took.  The exit code, as
 * launch_bundle() gives it. */
int launch_report(const struct strings *args);

/* One launch of a bundle. */
struct launch {
	const struct bundle *bundle;
	const struct vm *vm;   /* the bundle's, with this run's backends */
	const char *cmdline;   /* all of it */
	bool report_memory;
	bool relaunch;         /* a guest reset starts it anew */
};

/* Prints the line that a launch would run, without a QMP socket.  Its ROM is
 * a file without a seed, since a line can be pasted twice: the bundle's own
 * where the command line is the same, else one in the cache.  -1 after a
 * line. */
int launch_print_bundle(FILE *out, const struct launch *launch);

/* Runs it to its end, signals passed on, and gives the exit code: QEMU's own,
 * 128 + N when signal N ended it, 1 after a line of ours. */
int launch_bundle(const struct launch *launch);

#endif
