/* SPDX-License-Identifier: BSD-2-Clause */
/* report_options.c - --json and --help. */
#include <getopt.h>
#include <stdio.h>

#include "host-loader/cmd/report_options.h"
#include "host-loader/say.h"

int report_options(int argc, char **argv, const char *name, const char *usage,
		   const char *help, bool *as_json)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	*as_json = false;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return fputs(help, stdout) < 0;
		if (option != 'j') {
			say("%s: unknown option: %s", name, usage);
			return 2;
		}
		*as_json = true;
	}
	return REPORT_GO_ON;
}
