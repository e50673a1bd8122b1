/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_run.c - beeline run. */
#include <string.h>

#include "host-loader/cmd/cmd.h"
#include "host-loader/run/run.h"

int cmd_run(int argc, char **argv)
{
	struct options options;
	int code = options_parse(&options, "run", argc, argv);

	if (code != 0 || options.help)
		return code;
	return strcmp(options.path, "none") == 0 ? run_none(&options)
						 : run_firmware(&options);
}
