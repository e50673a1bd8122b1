/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_inspect.c - `beeline inspect`: what files are, by their contents. */
#include <getopt.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "core/base.h"
#include "host-loader/cmd/cmd.h"
#include "host-loader/file.h"
#include "host-loader/cmd/inspect.h"
#include "host-loader/cmd/report_options.h"
#include "host-loader/say.h"

#define USAGE "usage: beeline inspect [--json] FILE..."

static const char help[] = USAGE "\n"
	"\n"
	"Says what a file is and what it says of itself.  It may be a kernel\n"
	"(vmlinux, any x86 ELF kernel, or bzImage, whose payload is unpacked\n"
	"and checked), a ROM, a bundle (a folder), an ACPI table or several\n"
	"behind each other, an RSDP, or a table-loader script.\n"
	"\n"
	"  --json      a JSON object for each file, one a line\n"
	"  -h, --help  this text\n";

/* In order: those with a signature of their own come first. */
static int (*const kinds[])(json_t *, const char *, struct bl_span) = {
	inspect_kernel, inspect_rsdp, inspect_tables, inspect_script,
	inspect_rom,
};

static int bytes_inspect(json_t *facts, const char *file)
{
	struct bl_span bytes;
	int found = 0;

	if (file_map(&bytes, file) != 0)
		return -1;
	for (size_t i = 0; i < ARRAY_COUNT(kinds) && found == 0; i++)
		found = kinds[i](facts, file, bytes);
	file_unmap(&bytes);
	return found;
}

/* Prints the facts of one file: 0, or -1 after a line. */
static int inspect(const char *file, bool as_json, bool first)
{
	json_t *facts = facts_new(file);
	struct stat st;
	int found;

	if (stat(file, &st) == 0 && S_ISDIR(st.st_mode))
		found = inspect_bundle(facts, file);
	else
		found = bytes_inspect(facts, file);
	if (found == 0)
		say("%s: inspect: is neither kernel, ROM, bundle, ACPI table "
		    "nor script", file);
	if (found > 0 && as_json) {
		json_dumpf(facts, stdout, JSON_COMPACT);
		putchar('\n');
	} else if (found > 0) {
		if (!first)
			putchar('\n');
		facts_print(facts);
	}
	json_decref(facts);
	return found > 0 ? 0 : -1;
}

int cmd_inspect(int argc, char **argv)
{
	bool as_json, first = true;
	int code;

	code = report_options(argc, argv, "inspect", USAGE, help, &as_json);
	if (code != REPORT_GO_ON)
		return code;
	if (optind >= argc) {
		say("inspect: no file: " USAGE);
		return 2;
	}
	code = 0;
	for (int i = optind; i < argc; i++) {
		if (inspect(argv[i], as_json, first) != 0)
			code = 1;
		else
			first = false;
	}
	return code;
}
