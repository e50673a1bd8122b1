/* SPDX-License-Identifier: BSD-2-Clause */
/* run_firmware.c - a run with fw.bin. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host-loader/run/cmdline.h"
#include "host-loader/file.h"
#include "host-loader/run/firmware_file.h"
#include "host-loader/run/launch.h"
#include "host-loader/run/machine.h"
#include "host-loader/run/run.h"
#include "host-loader/say.h"

static char *firmware_find(const struct options *o)
{
	bool named;
	char *path = firmware_file(o->firmware, &named);

	if (access(path, R_OK) == 0)
		return path;
	say_errno(path, named ? "cannot read"
			      : "no firmware: say --firmware FILE");
	free(path);
	return NULL;
}

/* The command line for fw.bin to hand on; NULL after a line. */
static char *firmware_cmdline(const struct options *o, const struct vm *vm)
{
	struct bl_span kernel;
	char *cmdline;

	if (*o->kernel == '\0')
		return text_make("%s", "");
	if (file_map(&kernel, o->kernel) != 0)
		return NULL;
	cmdline = cmdline_make(o->append != NULL ? o->append : "", "", vm,
			       cmdline_for_linux(kernel));
	file_unmap(&kernel);
	return cmdline;
}

static void option_add(struct strings *args, const char *name,
		       const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	strings_add(args, name);
	strings_add(args, value);
}

static int firmware_args(struct strings *args, const struct options *o,
			 const struct vm *vm)
{
	char *firmware = firmware_find(o);
	char *cmdline = firmware != NULL ? firmware_cmdline(o, vm) : NULL;

	if (cmdline != NULL) {
		vm_command(args, vm, NULL);
		option_add(args, "-bios", firmware);
		option_add(args, "-kernel", o->kernel);
		option_add(args, "-initrd", o->initrd);
		option_add(args, "-append", cmdline);
		if (o->no_reboot)
			strings_add(args, "-no-reboot");
	}
	free(firmware);
	free(cmdline);
	return args->count != 0 ? 0 : -1;
}

int run_firmware(const struct options *o)
{
	struct strings args = {0};
	struct vm vm = {0};
	int code = 1;

	if (o->initrd != NULL && access(o->initrd, R_OK) < 0) {
		say_errno(o->initrd, "cannot read");
	} else if (machine_describe(&vm, o) == 0 &&
		   firmware_args(&args, o, &vm) == 0) {
		if (o->dry_run) {
			launch_print(stdout, &args);
			code = 0;
		} else if (o->report_memory) {
			code = launch_report(&args);
		} else {
			fflush(stdout);
			launch_exec(&args);
		}
	}
	vm_free(&vm);
	strings_free(&args);
	return code;
}
