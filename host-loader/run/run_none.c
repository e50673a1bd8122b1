/* SPDX-License-Identifier: BSD-2-Clause */
/* run_none.c - a run without firmware: of a bundle that is there, or baked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-loader/run/bake.h"
#include "host-loader/bundle/cache.h"
#include "host-loader/run/cmdline.h"
#include "host-loader/bundle/folder_temporary.h"
#include "host-loader/run/foreground.h"
#include "host-loader/run/launch.h"
#include "host-loader/run/machine.h"
#include "host-loader/qemu/qemu.h"
#include "host-loader/run/run.h"
#include "host-loader/say.h"

/* Runs a bundle, or prints how; the exit code. */
static int bundle_run(const struct bundle *bundle, const struct options *o)
{
	char *cmdline = cmdline_make(o->append != NULL ? o->append
						       : bundle->append,
				     bundle->machine_words, &bundle->vm,
				     bundle->is_linux);
	const struct launch launch = {
		.bundle = bundle,
		.vm = &bundle->vm,
		.cmdline = cmdline,
		.report_memory = o->report_memory,
		.relaunch = !o->no_reboot && machine_reboots(&bundle->vm),
	};
	int code;

	if (o->dry_run)
		code = launch_print_bundle(stdout, &launch) == 0 ? 0 : 1;
	else
		code = launch_bundle(&launch);
	free(cmdline);
	return code;
}

/* Reads what was baked for this very machine, and runs it as this run's
 * options have it. */
static int baked_run(const char *dir, struct vm *vm, const struct options *o)
{
	struct bundle bundle = {0};
	int code = 1;

	if (bundle_read(&bundle, dir) == 0) {
		vm_free(&bundle.vm);
		bundle.vm = *vm;
		*vm = (struct vm){0};
		code = bundle_run(&bundle, o);
	}
	bundle_free(&bundle);
	return code;
}

/* Bundles of the user's ---------------------------------------------------- */

static int differs(const struct bundle *b, const char *what)
{
	return say("%s: bundle: %s: bake it anew", b->dir, what);
}

static int build_check(const struct bundle *b, const char *qemu)
{
	char *build = qemu_build_id(qemu);
	bool same = build != NULL && strcmp(build, b->qemu_build) == 0;

	if (build != NULL && !same)
		say("%s: bundle: baked for another QEMU build: %s, %s is %s: "
		    "bake it anew", b->dir, b->qemu_build, qemu, build);
	free(build);
	return same ? 0 : -1;
}

static int input_check(const struct bundle *b, const char *option,
		       const struct bundle_input *have, const char *path)
{
	struct bundle_input now = {0};
	int err = 0;

	if (path == NULL)
		return 0;
	if (cache_digest(&now, path) != 0)
		return -1;
	if (have->path == NULL || strcmp(have->digest, now.digest) != 0)
		err = say("%s: bundle: %s %s: it was baked with %s", b->dir,
			  option, path,
			  have->path != NULL ? "other content" : "none");
	free(now.path);
	return err;
}

/* Machine and arguments that this run names must be those of the bundle. */
static int vm_check(const struct bundle *b, const struct vm *wanted)
{
	char *difference;

	if (machine_bare_check(wanted) < 0)
		return -1;
	difference = vm_difference(&b->vm, wanted);
	if (difference == NULL)
		return 0;
	say("%s: bundle: %s", b->dir, difference);
	free(difference);
	return -1;
}

/* KVM's tables are not TCG's: without SMM, FADT has no SMI command, and microvm
 * has its clock under TCG alone. */
static int accel_check(const struct bundle *b, const char *accel)
{
	size_t size = strcspn(b->vm.accel, ",");

	if (strncmp(accel, b->vm.accel, size) == 0 &&
	    (accel[size] == '\0' || accel[size] == ','))
		return 0;
	return say("%s: bundle: --accel %s: it was baked with %.*s, whose "
		   "tables differ", b->dir, accel, (int)size, b->vm.accel);
}

static int options_check(const struct bundle *b, const struct options *o)
{
	bool pvh = o->entry != NULL && strcmp(o->entry, "pvh") == 0;

	if (o->entry != NULL && pvh != (b->entry == BL_ENTRY_PVH))
		return differs(b, "--entry: it was baked for the other one");
	if (o->no_kaslr && b->kaslr)
		return differs(b, "--no-kaslr: it was baked without");
	if (input_check(b, "--kernel", &b->kernel, o->kernel) < 0)
		return -1;
	return input_check(b, "--initrd", &b->initrd, o->initrd);
}

/* What this run may choose: QEMU's path, the accelerator, backends. */
static int bundle_adapt(struct bundle *b, const struct options *o)
{
	static const char *const silent[] = {"-chardev",
					     "null,id=console,mux=on"};
	struct vm wanted = {.no_console = true};
	struct options accel = {.accel = o->accel};
	char *qemu = qemu_find();
	int err;

	if (qemu == NULL)
		return -1;
	if (o->machine != NULL)
		wanted.machine = text_make("%s", o->machine);
	if (o->memory != NULL)
		wanted.memory = text_make("%s", o->memory);
	if (o->cpus != NULL)
		wanted.cpus = text_make("%s", o->cpus);
	/* the port is in the tables: it can but be silent */
	for (size_t i = 0; i < 2 && o->no_console; i++)
		strings_add(&wanted.host_args, silent[i]);
	if (accel.accel == NULL)
		accel.accel = *b->vm.accel == 'k' ? "kvm" : "tcg";
	wanted.accel = machine_accel(&accel, b->vm.cpus);
	err = vm_args_split(&wanted, o->extra, o->extra_count);
	if (err == 0)
		err = accel_check(b, wanted.accel);
	if (err == 0)
		err = build_check(b, qemu);
	if (err == 0)
		err = vm_check(b, &wanted);
	if (err == 0) {
		vm_host_args_replace(&b->vm, &wanted.host_args);
		free(b->vm.qemu);
		free(b->vm.accel);
		b->vm.qemu = qemu;
		b->vm.accel = wanted.accel;
		wanted.accel = NULL;
		qemu = NULL;
	}
	free(qemu);
	vm_free(&wanted);
	return err;
}

static int run_bundle(const struct options *o)
{
	struct bundle bundle = {0};
	int code = 1;

	if (bundle_read(&bundle, o->bundle) == 0 &&
	    bundle_adapt(&bundle, o) == 0 && options_check(&bundle, o) == 0)
		code = bundle_run(&bundle, o);
	bundle_free(&bundle);
	return code;
}

/* Bundles of our own ------------------------------------------------------- */

/* By now QEMU has read the files that it takes tables from. */
static int key_check(const struct bundle *baked, const char *key)
{
	char now[DIGEST_TEXT];

	cache_key(now, baked);
	if (strcmp(now, key) == 0)
		return 0;
	(void)bundle_remove(baked->dir);
	return say("%s: bundle: a file of -acpitable or -smbios has changed "
		   "while it was baked", baked->dir);
}

/* Opens the bundle in the cache, which is baked if it is not there.  *lock
 * keeps it from being pruned. */
static int cache_fill(struct bundle *wanted, char **dir, int *lock)
{
	char key[DIGEST_TEXT];
	int found;

	cache_key(key, wanted);
	found = cache_open(dir, lock, key);
	if (found != 0)
		return found < 0 ? -1 : 0;
	free(wanted->dir);
	wanted->dir = text_make("%s", *dir);
	if (bake(wanted) != 0 || key_check(wanted, key) != 0) {
		cache_close(*lock);
		free(*dir);
		return -1;
	}
	return cache_baked(lock, *dir);
}

static int run_cached(const struct options *o, struct bundle *wanted)
{
	char *dir = NULL;
	int lock = -1, code;

	if (cache_fill(wanted, &dir, &lock) < 0)
		return 1;
	code = baked_run(dir, &wanted->vm, o);
	cache_close(lock);
	free(dir);
	return code;
}

static int bake_job(void *ctx)
{
	return bake(ctx) == 0 ? 0 : 1;
}

/* In a process of its own, so that a signal that ends it leaves us to remove
 * the folder. */
static int run_temporary(const struct options *o, struct bundle *wanted)
{
	const struct foreground_job job = {.run = bake_job, .ctx = wanted,
					   .fd = -1};
	char *folder = NULL;
	struct foreground fg;
	int code = 1;

	if (foreground_begin(&fg) < 0)
		return 1;
	folder = folder_temporary_make();
	if (folder != NULL) {
		wanted->dir = text_make("%s/bundle", folder);
		code = foreground_run(&fg, &job);
		/* the signal may have come when it had just ended */
		if (code == 0 && fg.signalled != 0)
			code = 128 + fg.signalled;
		if (code == 0)
			code = baked_run(wanted->dir, &wanted->vm, o);
		folder_temporary_remove(folder);
	}
	foreground_end(&fg);
	free(folder);
	return code;
}

static int run_baked(const struct options *o)
{
	struct bundle wanted = {0};
	int code = 1;

	if (bake_describe(&wanted, o) == 0)
		code = o->no_cache ? run_temporary(o, &wanted)
				   : run_cached(o, &wanted);
	bundle_free(&wanted);
	return code;
}

int run_none(const struct options *options)
{
	return options->bundle != NULL ? run_bundle(options)
				       : run_baked(options);
}
