/* SPDX-License-Identifier: BSD-2-Clause */
/* report_options.h - the options of commands that only report. */
#ifndef HOST_LOADER_CMD_REPORT_OPTIONS_H
#define HOST_LOADER_CMD_REPORT_OPTIONS_H

#include <stdbool.h>

#define REPORT_GO_ON (-1)

/* Reads --json and --help of the command name; optind is then the first
 * argument.  help: what --help prints.  usage: the end of a complaint.
 * REPORT_GO_ON, or the exit code. */
int report_options(int argc, char **argv, const char *name, const char *usage,
		   const char *help, bool *as_json);

#endif
