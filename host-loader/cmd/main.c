/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - beeline: the table of its commands. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host-loader/beeline.h"
#include "host-loader/cmd/cmd.h"
#include "host-loader/say.h"

static const struct command {
	const char *name;
	int (*fn)(int argc, char **argv);
	const char *help;
} commands[] = {
	{"run", cmd_run, "run a kernel in QEMU, with fw.bin or without"},
	{"bake", cmd_bake, "make a bundle that runs without firmware"},
	{"verify", cmd_verify, "check a bundle against the entry protocol"},
	{"inspect", cmd_inspect, "say what a kernel, ROM, table or bundle is"},
	{"cache", cmd_cache, "list and prune the bundles that run made"},
	{"doctor", cmd_doctor, "look whether this host can run guests"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage_print(FILE *out)
{
	fprintf(out, "usage: beeline COMMAND [OPTION...]\n"
		     "       beeline --help | --version\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name,
			commands[i].help);
	fprintf(out, "`beeline COMMAND --help` lists a command's options.\n");
}

/* What whoever starts us may have left: a closed standard file would become a
 * file of ours, and an ignored SIGCHLD would hide that QEMU has ended. */
static void surroundings_mend(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
	signal(SIGCHLD, SIG_DFL);
}

/* Of a command that may have printed something. */
static int code_printed(int code)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		say_errno("standard output", "cannot write");
		return code != 0 ? code : 1;
	}
	return code;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;

	surroundings_mend();
	if (name == NULL) {
		usage_print(stderr);
		return 2;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		usage_print(stdout);
		return 0;
	}
	if (strcmp(name, "--version") == 0) {
		printf("beeline %s\n", bl_version());
		return 0;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return code_printed(commands[i].fn(argc - 1, argv + 1));
	fprintf(stderr, "beeline: %s: no such command: see beeline --help\n",
		name);
	return 2;
}
