/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_bake.c - beeline bake: a bundle in a folder of the user's. */
#include <stdio.h>
#include <stdlib.h>

#include "host-loader/run/bake.h"
#include "host-loader/cmd/cmd.h"

static void report(const struct bundle *b)
{
	printf("%s: %s, kernel at %#llx, entry %#llx, %u extents\n", b->dir,
	       b->vm.machine, (unsigned long long)b->plan.kernel_gpa,
	       (unsigned long long)b->plan.cpu.rip, b->plan.extent_count);
	if (b->plan.initrd_size != 0)
		printf("%s: initrd at %#llx, %llu bytes\n", b->dir,
		       (unsigned long long)b->plan.initrd_gpa,
		       (unsigned long long)b->plan.initrd_size);
}

int cmd_bake(int argc, char **argv)
{
	struct options options = {0};
	struct bundle bundle = {0};
	int code = options_parse(&options, "bake", argc, argv);

	if (code != 0 || options.help)
		return code;
	/* before the work, not after it */
	if (bundle_dir_check(options.output) != 0)
		return 1;
	bundle.dir = text_make("%s", options.output);
	code = bake_describe(&bundle, &options);
	if (code == 0)
		code = bake(&bundle);
	if (code == 0)
		report(&bundle);
	bundle_free(&bundle);
	return code == 0 ? 0 : 1;
}
