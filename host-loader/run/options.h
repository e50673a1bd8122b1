/* SPDX-License-Identifier: BSD-2-Clause */
/* options.h - what `beeline run` and `beeline bake` are told. */
#ifndef HOST_LOADER_OPTIONS_H
#define HOST_LOADER_OPTIONS_H

#include <stdbool.h>

/* NULL or false: not given. */
struct options {
	const char *path;      /* firmware or none: never NULL */
	const char *firmware;  /* a ROM instead of fw.bin */
	const char *kernel, *initrd, *append;
	const char *machine;   /* QEMU's -M value */
	const char *memory;    /* MiB, or QEMU's -m value */
	const char *cpus;      /* QEMU's -smp value */
	const char *accel;     /* kvm, tcg or auto */
	const char *entry;     /* 64 or pvh */
	const char *bundle;    /* run --bundle */
	const char *output;    /* bake --output */
	bool no_kaslr;
	bool no_cache;         /* bake into a folder that goes with the run */
	bool no_console;       /* no serial port on stdin and stdout */
	bool no_reboot;        /* a guest reset ends the run */
	bool dry_run, report_memory;
	bool help;             /* the usage is printed: nothing more to do */
	char **extra;          /* QEMU arguments behind "--"; vm_args_split()
				* takes them */
	int extra_count;
};

/* The defaults, where an option was not given. */
#define DEFAULT_MACHINE "q35"
#define DEFAULT_MEMORY  "512M"
#define DEFAULT_CPUS    "1"
#define DEFAULT_ACCEL   "auto"
#define DEFAULT_ENTRY   "64"

/* Reads argv[1 ..] of a command ("run" or "bake").  0, or 2 after a line about
 * the mistake.  --help prints the usage on stdout and sets help; everything
 * else may be missing then.  The strings are argv's. */
int options_parse(struct options *options, const char *command, int argc,
		  char **argv);

#endif
