/* SPDX-License-Identifier: BSD-2-Clause */
/* options.c - options of `beeline run` and `beeline bake`, from one table. */
#include "host-loader/run/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-loader/qemu/qemu_args.h"
#include "host-loader/strings.h"
#include "host-loader/qemu/vm.h"

#define RUN  1
#define BAKE 2
#define BOTH (RUN | BAKE)

/* An option with a name for its value points to a string, else to a bool. */
static const struct option_line {
	const char *name, *value;
	int commands;
	size_t offset;
	const char *help;
} lines[] = {
#define LINE(name, value, commands, member, help)                              \
	{name, value, commands, offsetof(struct options, member), help}
	LINE("bundle", "DIR", RUN, bundle, "run what `beeline bake` made"),
	LINE("output", "DIR", BAKE, output, "folder to make: required"),
	LINE("path", "PATH", BOTH, path,
	     "firmware: QEMU starts fw.bin; none: it starts the kernel\n"
	     "[run: firmware, with --bundle: none; bake: none]"),
	LINE("kernel", "FILE", BOTH, kernel,
	     "bzImage or vmlinux: required but with --bundle"),
	LINE("initrd", "FILE", BOTH, initrd, "initial RAM disk [none]"),
	LINE("append", "TEXT", BOTH, append,
	     "the kernel's command line [empty, or the bundle's]"),
	LINE("machine", "VALUE", BOTH, machine,
	     "QEMU's -M value [" DEFAULT_MACHINE "]"),
	LINE("memory", "SIZE", BOTH, memory,
	     "MiB, or QEMU's -m value [" DEFAULT_MEMORY "]"),
	LINE("cpus", "VALUE", BOTH, cpus,
	     "number, or QEMU's -smp value [" DEFAULT_CPUS "]"),
	LINE("accel", "NAME", BOTH, accel,
	     "kvm, tcg, or auto: KVM if it runs ring 0 at speed\n"
	     "[" DEFAULT_ACCEL "]"),
	LINE("firmware", "FILE", RUN, firmware,
	     "ROM to start [$BEELINE_FIRMWARE, else fw.bin beside the\n"
	     "program, else the installed one]"),
	LINE("entry", "NAME", BOTH, entry,
	     "how the kernel is entered without firmware: 64 or pvh\n"
	     "[" DEFAULT_ENTRY "]"),
	LINE("no-kaslr", NULL, BOTH, no_kaslr,
	     "kernel at the address it was linked for, without\n"
	     "KASLR_FLAG [randomised]"),
	LINE("no-cache", NULL, RUN, no_cache,
	     "bake into a temporary folder [into the cache]"),
	LINE("no-console", NULL, BOTH, no_console,
	     "no serial port on stdin and stdout [the console;\n"
	     "Ctrl-A X ends the run]"),
	LINE("no-reboot", NULL, RUN, no_reboot,
	     "a guest reset ends the run [starts the guest anew]"),
	LINE("report-memory", NULL, RUN, report_memory,
	     "say on stderr what memory QEMU took [no]"),
	LINE("dry-run", NULL, RUN, dry_run,
	     "print the QEMU command for a shell [run it]"),
	LINE("help", NULL, BOTH, help, "this text (-h)"),
#undef LINE
};

#define LINES (sizeof(lines) / sizeof(lines[0]))

static void usage_print(const char *command, int commands)
{
	if (commands == RUN)
		puts("usage: beeline run --kernel FILE [OPTION...] "
		     "[-- QEMU-ARGUMENT...]\n"
		     "       beeline run --bundle DIR [OPTION...] "
		     "[-- QEMU-ARGUMENT...]\n"
		     "Runs a kernel in QEMU.  Options [defaults]:");
	else
		puts("usage: beeline bake --output DIR --kernel FILE "
		     "[OPTION...] [-- QEMU-ARGUMENT...]\n"
		     "Makes a bundle for `beeline run --bundle DIR`.  "
		     "Options [defaults]:");
	for (size_t i = 0; i < LINES; i++) {
		char *left = text_make("--%s %s", lines[i].name,
				       lines[i].value != NULL ? lines[i].value
							      : "");

		if (lines[i].commands & commands)
			printf("  %-18s ", left);
		for (const char *c = lines[i].help;
		     *c != '\0' && lines[i].commands & commands; c++)
			if (*c == '\n')
				printf("\n%21s", "");
			else
				putchar(*c);
		if (lines[i].commands & commands)
			putchar('\n');
		free(left);
	}
	printf("`man beeline-%s` says more.\n", command);
}

/* Prints "beeline run: ..."; 2, the exit code for wrong usage. */
__attribute__((format(printf, 2, 3))) static int
mistake(const char *command, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "beeline %s: ", command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	return 2;
}

static void *member(struct options *options, const struct option_line *line)
{
	return (char *)options + line->offset;
}

static int value_store(struct options *options, const char *command,
		       const struct option_line *line)
{
	if (line->value == NULL) {
		*(bool *)member(options, line) = true;
		return 0;
	}
	/* no command line, and no kernel for a firmware that wants none */
	if (*optarg == '\0' &&
	    line->offset != offsetof(struct options, append) &&
	    line->offset != offsetof(struct options, kernel))
		return mistake(command, "--%s: its value is empty", line->name);
	*(const char **)member(options, line) = optarg;
	return 0;
}

/* getopt_long()'s view of the table: val is the line's index + 1. */
static void known_fill(struct option *known, int commands)
{
	for (size_t i = 0; i < LINES; i++)
		if (lines[i].commands & commands)
			*known++ = (struct option){
				lines[i].name,
				lines[i].value != NULL ? required_argument
						       : no_argument,
				NULL, (int)i + 1};
	*known = (struct option){0};
}

static int options_read(struct options *options, const char *command,
			int commands, int argc, char **argv)
{
	struct option known[LINES + 1];
	int got, before = 1, err = 0;
	const char *word;

	known_fill(known, commands);
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	while (err == 0 && (got = getopt_long(argc, argv, "+:h", known,
					      NULL)) != -1) {
		if (got == ':')
			return mistake(command, "%s: its value is missing",
				       argv[optind - 1]);
		if (got == '?') {
			word = argv[optind > before ? optind - 1 : optind];
			return mistake(command, "%s: %s", word,
				       word[1] == '-' && optopt != 0
					       ? "it takes no value"
					       : "no such option");
		}
		if (got == 'h')
			options->help = true;
		else
			err = value_store(options, command, &lines[got - 1]);
		before = optind;
	}
	if (err != 0 || options->help)
		return err;
	/* "--" was taken, and is not the value of an option */
	if (optind > before && strcmp(argv[optind - 1], "--") == 0) {
		options->extra = argv + optind;
		options->extra_count = argc - optind;
	} else if (optind < argc) {
		return mistake(command, "%s: stray argument: QEMU's own stand "
			       "behind --", argv[optind]);
	}
	return 0;
}

static bool one_of(const char *value, const char *a, const char *b,
		   const char *c)
{
	return value == NULL || strcmp(value, a) == 0 ||
	       strcmp(value, b) == 0 || (c != NULL && strcmp(value, c) == 0);
}

/* Properties of -M that other options of ours set. */
static int machine_check(const struct options *o, const char *command)
{
	static const char *const ours[] = {
		"accel", "kernel", "initrd", "append", "dtb", "firmware", "smp",
		"pflash0", "pflash1", "igvm-cfg", "memory-backend"};
	bool none = o->path == NULL || strcmp(o->path, "none") == 0;
	size_t count = sizeof(ours) / sizeof(ours[0]) - (none ? 0 : 1);

	for (size_t i = 0; o->machine != NULL && i < count; i++) {
		char *value = qemu_value_get(o->machine, "type", ours[i]);

		free(value);
		if (value != NULL)
			return mistake(command, "--machine: %s= is Beeline's "
				       "to set", ours[i]);
	}
	return 0;
}

static int values_check(const struct options *o, const char *command)
{
	if (!one_of(o->path, "firmware", "none", NULL))
		return mistake(command, "--path must be firmware or none");
	if (!one_of(o->accel, "kvm", "tcg", "auto"))
		return mistake(command, "--accel must be kvm, tcg or auto");
	if (!one_of(o->entry, "64", "pvh", NULL))
		return mistake(command, "--entry must be 64 or pvh");
	if (o->memory != NULL && vm_memory_bytes(o->memory) == 0)
		return mistake(command, "--memory %s: not a size: as 512, 2G",
			       o->memory);
	if (o->cpus != NULL && strpbrk(o->cpus, "123456789") == NULL)
		return mistake(command, "--cpus %s: not a number", o->cpus);
	return machine_check(o, command);
}

/* Options that make no sense without firmware, or with it. */
static int path_check(const struct options *o)
{
	bool none = strcmp(o->path, "none") == 0;

	if (none && o->firmware != NULL)
		return mistake("run", "--firmware: --path none has none");
	if (!none && o->bundle != NULL)
		return mistake("run", "--bundle: only with --path none");
	if (!none && o->entry != NULL)
		return mistake("run", "--entry: only with --path none");
	if (!none && o->no_kaslr)
		return mistake("run", "--no-kaslr: only with --path none: say "
			       "--append nokaslr");
	if (!none && o->no_cache)
		return mistake("run", "--no-cache: only with --path none");
	if (o->no_cache && o->bundle != NULL)
		return mistake("run", "--no-cache: --bundle needs no cache");
	if (o->no_cache && o->dry_run)
		return mistake("run", "--no-cache: --dry-run prints a line "
			       "that must last");
	if (o->report_memory && o->dry_run)
		return mistake("run", "--report-memory: --dry-run runs "
			       "nothing");
	return 0;
}

static int bake_check(const struct options *o)
{
	if (strcmp(o->path, "none") != 0)
		return mistake("bake", "--path must be none");
	if (o->output == NULL)
		return mistake("bake", "--output DIR is missing");
	return 0;
}

/* QEMU's arguments: whether vm_args_split() takes them. */
static int extra_check(const struct options *o)
{
	struct vm scratch = {0};
	int err = vm_args_split(&scratch, o->extra, o->extra_count);

	vm_free(&scratch);
	return err != 0 ? 2 : 0;
}

int options_parse(struct options *options, const char *command, int argc,
		  char **argv)
{
	int commands = strcmp(command, "run") == 0 ? RUN : BAKE;
	int err;

	*options = (struct options){0};
	err = options_read(options, command, commands, argc, argv);
	if (err == 0 && options->help)
		usage_print(command, commands);
	if (err != 0 || options->help)
		return err;
	if (options->path == NULL)
		options->path = commands == RUN && options->bundle == NULL
					? "firmware" : "none";
	err = values_check(options, command);
	if (err == 0)
		err = commands == RUN ? path_check(options)
				      : bake_check(options);
	if (err == 0 && options->kernel == NULL && options->bundle == NULL)
		err = mistake(command, "--kernel FILE is missing%s",
			      commands == RUN ? ", or --bundle DIR" : "");
	return err != 0 ? err : extra_check(options);
}
