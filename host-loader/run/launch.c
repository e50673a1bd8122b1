/* SPDX-License-Identifier: BSD-2-Clause */
/* launch.c - QEMU for a line of arguments, and for a bundle. */
#include "host-loader/run/launch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-loader/run/events.h"
#include "host-loader/run/foreground.h"
#include "host-loader/run/launch_rom.h"
#include "host-loader/run/memory_report.h"
#include "host-loader/say.h"

#define BACKEND "beeline-ram"
#define PLAIN   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"         \
		"0123456789@%+=:,./-_"

/* Words that no shell takes for anything else stay as they are. */
static void word_print(FILE *out, const char *word)
{
	if (*word != '\0' && word[strspn(word, PLAIN)] == '\0') {
		fputs(word, out);
		return;
	}
	putc('\'', out);
	for (; *word != '\0'; word++)
		if (*word == '\'')
			fputs("'\\''", out);
		else
			putc(*word, out);
	putc('\'', out);
}

void launch_print(FILE *out, const struct strings *args)
{
	for (size_t i = 0; i < args->count; i++) {
		if (i != 0)
			putc(' ', out);
		word_print(out, args->v[i]);
	}
	putc('\n', out);
}

int launch_exec(const struct strings *args)
{
	execv(args->v[0], args->v);
	return say_errno(args->v[0], "cannot run");
}

/* A QEMU that runs as our child. */
struct running {
	struct strings args;
	struct events events;
	int rom;
	bool report;
	struct memory_report memory;
};

static int running_exec(void *ctx)
{
	struct running *r = ctx;

	if (r->rom >= 0)
		fcntl(r->rom, F_SETFD, 0);
	if (r->events.fd_qemu >= 0)
		fcntl(r->events.fd_qemu, F_SETFD, 0);
	launch_exec(&r->args);
	return 1;
}

static void running_sample(void *ctx, pid_t pid)
{
	struct running *r = ctx;

	memory_report_sample(&r->memory, pid);
}

static bool running_events(void *ctx, pid_t pid)
{
	struct running *r = ctx;
	bool before = r->events.shutdown, more = events_read(&r->events);

	/* the last look, for the guest will take no more */
	if (r->report && r->events.shutdown && !before)
		memory_report_sample(&r->memory, pid);
	return more;
}

static int running_wait(struct running *r, struct foreground *fg)
{
	const struct foreground_job job = {
		.run = running_exec,
		.ready = running_events,
		.tick = r->report ? running_sample : NULL,
		.ctx = r,
		.fd = r->events.fd,
		.period_ms = MEMORY_PERIOD_MS,
	};

	return foreground_run(fg, &job);
}

int launch_report(const struct strings *args)
{
	struct running r = {.args = *args, .events = {.fd = -1, .fd_qemu = -1},
			    .rom = -1, .report = true};
	struct foreground fg;
	int code;

	if (foreground_begin(&fg) < 0)
		return 1;
	code = running_wait(&r, &fg);
	foreground_end(&fg);
	memory_report_print(&r.memory);
	return code;
}

/* In "key=value,..." a comma is written twice. */
static char *commas_double(const char *text)
{
	char *out = text_make("%s%s", text, text), *at = out;

	for (; *text != '\0'; text++) {
		*at++ = *text;
		if (*text == ',')
			*at++ = ',';
	}
	*at = '\0';
	return out;
}

static char *image_path(const struct bundle *bundle)
{
	char *path = bundle_path(bundle, BUNDLE_IMAGE);
	char *real = realpath(path, NULL);

	if (real == NULL)
		say_errno(path, "cannot read");
	free(path);
	return real;
}

/* 8.2 can open the file read-only and yet give the guest memory to write to;
 * before, it opens for writing what it then maps privately (QEMU
 * docs/system/vm-templating.rst). */
static void bundle_args(struct strings *args, const struct launch *launch,
			const char *image, const char *rom)
{
	const struct bundle *b = launch->bundle;
	bool can = b->qemu_major > 8 ||
		   (b->qemu_major == 8 && b->qemu_minor >= 2);
	char *path = commas_double(image);

	vm_command(args, launch->vm, BACKEND);
	strings_add(args, "-object");
	strings_addf(args, "memory-backend-file,id=" BACKEND ",size=%llu,"
		     "mem-path=%s,share=off%s", (unsigned long long)b->ram_size,
		     path, can ? ",readonly=on,rom=off" : "");
	strings_add(args, "-bios");
	strings_add(args, rom);
	strings_add(args, "-no-reboot");
	free(path);
}

int launch_print_bundle(FILE *out, const struct launch *launch)
{
	char *image = image_path(launch->bundle), *rom = NULL;
	struct strings args = {0};
	int err = -1;

	if (image != NULL)
		rom = launch_rom_path(launch->bundle, launch->cmdline);
	if (rom != NULL) {
		bundle_args(&args, launch, image, rom);
		launch_print(out, &args);
		err = 0;
	}
	strings_free(&args);
	free(image);
	free(rom);
	return err;
}

/* One QEMU from its start to its end. */
static int bundle_once(const struct launch *launch, struct running *r,
		       struct foreground *fg)
{
	bool go = !vm_host_has(launch->vm, "-S");
	int code = 1;

	r->rom = launch_rom_open(launch->bundle, launch->cmdline);
	if (r->rom >= 0 && events_open(&r->events, go) == 0) {
		char *rom = text_make("/proc/self/fd/%d", r->rom);

		bundle_args(&r->args, launch, r->memory.image, rom);
		strings_add(&r->args, "-chardev");
		strings_addf(&r->args, "socket,id=beeline-qmp,fd=%d",
			     r->events.fd_qemu);
		strings_add(&r->args, "-mon");
		strings_add(&r->args, "chardev=beeline-qmp,mode=control");
		strings_add(&r->args, "-S");
		free(rom);
		code = running_wait(r, fg);
		events_close(&r->events);
	}
	if (r->rom >= 0)
		close(r->rom);
	strings_free(&r->args);
	return code;
}

/* The guest reset itself, and is to go on.  Without QEMU's ACPI a power-off
 * looks the same. */
static bool wants_relaunch(const struct launch *launch, const struct running *r,
			   const struct foreground *fg)
{
	return r->events.reset && launch->relaunch &&
	       !launch->bundle->own_tables && fg->signalled == 0;
}

/* Another folder with that name may have another machine in it. */
static int folder_check(const char *dir, const struct stat *first)
{
	struct stat now;

	if (stat(dir, &now) == 0 && now.st_dev == first->st_dev &&
	    now.st_ino == first->st_ino)
		return 0;
	return say("%s: bundle: was baked anew while it ran: the reset ends "
		   "the run", dir);
}

int launch_bundle(const struct launch *launch)
{
	struct running r = {.report = launch->report_memory};
	char *image = image_path(launch->bundle);
	const char *dir = launch->bundle->dir;
	struct foreground fg;
	struct stat folder;
	int code = 1;

	if (image == NULL || foreground_begin(&fg) < 0) {
		free(image);
		return 1;
	}
	r.memory.image = image;
	memset(&folder, 0, sizeof(folder));
	(void)stat(dir, &folder); /* gone already: a reset will tell */
	do {
		code = bundle_once(launch, &r, &fg);
		if (code != 0 || !wants_relaunch(launch, &r, &fg))
			break;
		code = folder_check(dir, &folder) == 0 ? 0 : 1;
	} while (code == 0);
	foreground_end(&fg);
	if (launch->report_memory)
		memory_report_print(&r.memory);
	free(image);
	return code;
}
