/* SPDX-License-Identifier: BSD-2-Clause */
/* bundle_write.c - a bundle's folder, written beside its place and put there
 * at once. */
#include "host-loader/bundle/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-loader/file.h"
#include "host-loader/bundle/image.h"
#include "host-loader/bundle/manifest.h"
#include "host-loader/say.h"

/* Signals -----------------------------------------------------------------
 * A file size limit becomes an errno, and what would end us waits until we
 * have removed what is half done: then it ends us. */

struct hold {
	sigset_t mask;
	struct sigaction size_limit;
};

static void hold_begin(struct hold *hold)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &hold->mask);
	sigaction(SIGXFSZ, &ignore, &hold->size_limit);
}

static void hold_end(const struct hold *hold)
{
	sigaction(SIGXFSZ, &hold->size_limit, NULL);
	sigprocmask(SIG_SETMASK, &hold->mask, NULL);
}

/* Files ------------------------------------------------------------------ */

/* What a new bundle is made of. */
struct parts {
	const struct bundle *bundle;
	const struct bl_sources *sources;
	const void *rom;
	const char *dir; /* its place: for messages */
	char *text;      /* the manifest */
};

/* Its size says nothing of its bytes: they are on the disk before there is a
 * ROM, so that a bundle that looks whole after a crash is. */
static int image_put(int fd, const struct parts *parts)
{
	int result = image_write(fd, parts->bundle, parts->sources);

	return result == 0 ? fdatasync(fd) : result;
}

static int rom_put(int fd, const struct parts *parts)
{
	return file_write_all(fd, parts->rom, BL_ROM_SIZE);
}

static int manifest_put(int fd, const struct parts *parts)
{
	return file_write_all(fd, parts->text, strlen(parts->text));
}

static int file_put(int folder, const char *name, const struct parts *parts,
		    int (*put)(int fd, const struct parts *parts))
{
	int fd = openat(folder, name,
			O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			0666);
	int result = fd < 0 ? -1 : put(fd, parts);
	int why = errno;
	char *path;

	if (fd >= 0 && close(fd) < 0 && result == 0) {
		result = -1;
		why = errno;
	}
	if (result == 0)
		return 0;
	if (why == EINTR)
		return say("%s: interrupted", parts->dir);
	path = text_make("%s/%s", parts->dir, name);
	errno = why;
	say_errno(path, "cannot write");
	free(path);
	return -1;
}

static int folder_fill(const char *temp, const struct parts *parts)
{
	int folder = open(temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mode_t mask = umask(0);
	int result = -1;

	umask(mask);
	/* mkdtemp() makes a folder for its owner alone */
	if (folder < 0 || fchmod(folder, 0777 & ~mask) < 0)
		say_errno(parts->dir, "cannot write");
	else if (file_put(folder, BUNDLE_IMAGE, parts, image_put) == 0 &&
		 file_put(folder, BUNDLE_ROM, parts, rom_put) == 0 &&
		 file_put(folder, BUNDLE_MANIFEST, parts, manifest_put) == 0)
		result = 0;
	if (folder >= 0)
		close(folder);
	return result;
}

/* By now all was read. */
static int input_check(const struct bundle_input *input)
{
	struct stat now;

	if (input->path == NULL || input->seen.st_nlink == 0)
		return 0;
	if (stat(input->path, &now) == 0 && file_same(&now, &input->seen))
		return 0;
	return say("%s: has changed while it was baked", input->path);
}

static int inputs_check(const struct bundle *bundle)
{
	if (input_check(&bundle->kernel) < 0)
		return -1;
	return input_check(&bundle->initrd);
}

/* Its place -------------------------------------------------------------- */

/* For a file system that cannot exchange: for a moment, nothing is there. */
static int place_slowly(const char *temp, const char *dir)
{
	char *aside = text_make("%s.old", temp);
	int result = 0;

	if (rename(dir, aside) < 0) {
		result = say_errno(dir, "cannot replace");
	} else if (rename(temp, dir) < 0) {
		result = say_errno(dir, "cannot replace");
		if (rename(aside, dir) < 0)
			say_errno(aside, "the bundle is now here");
	} else {
		if (bundle_remove(aside) < 0)
			say_errno(aside, "cannot remove the old bundle");
	}
	free(aside);
	return result;
}

static int folder_place(const char *temp, const char *dir)
{
	if (rename(temp, dir) == 0)
		return 0;
	if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
		return say_errno(dir, "cannot create");
	if (bundle_dir_check(dir) < 0)
		return -1;
	if (renameat2(AT_FDCWD, temp, AT_FDCWD, dir, RENAME_EXCHANGE) == 0) {
		if (bundle_remove(temp) < 0)
			say_errno(temp, "cannot remove the old bundle");
		return 0;
	}
	if (errno == EINVAL || errno == ENOSYS)
		return place_slowly(temp, dir);
	return say_errno(dir, "cannot replace");
}

static int folder_make(const struct parts *parts)
{
	char *temp = text_make("%s.XXXXXX", parts->dir);
	int result = -1;

	if (mkdtemp(temp) == NULL) {
		say_errno(parts->dir, "cannot create");
	} else {
		result = folder_fill(temp, parts);
		if (result == 0)
			result = inputs_check(parts->bundle);
		if (result == 0)
			result = folder_place(temp, parts->dir);
		if (result < 0)
			bundle_remove(temp);
	}
	free(temp);
	return result;
}

/* Where it will stand: a link is followed, a slash at the end dropped. */
static char *dir_resolve(const char *dir)
{
	char *there = realpath(dir, NULL);
	size_t length;

	if (there != NULL)
		return there;
	there = text_make("%s", dir);
	for (length = strlen(there); length > 1; length--)
		if (there[length - 1] != '/')
			break;
	there[length] = '\0';
	return there;
}

/* The manifest, with the image's digest.  NULL after a line. */
static char *manifest_text(const struct bundle *bundle,
			   const struct bl_sources *sources, const char *dir)
{
	struct bundle whole = *bundle;
	char why[MANIFEST_WHY] = "the plan asks for bytes that are not there";
	char *text = NULL;

	if (image_digest(whole.image_digest, &whole.plan, sources) == 0)
		text = manifest_make(&whole, why);
	if (text == NULL)
		say("%s/" BUNDLE_MANIFEST ": cannot write: %s", dir, why);
	return text;
}

int bundle_write(const struct bundle *bundle, const struct bl_sources *sources,
		 const void *rom)
{
	char *dir = dir_resolve(bundle->dir);
	struct parts parts = {bundle, sources, rom, dir, NULL};
	struct hold hold;
	int result = -1;

	if (bundle_dir_check(dir) == 0)
		parts.text = manifest_text(bundle, sources, dir);
	if (parts.text != NULL) {
		hold_begin(&hold);
		result = folder_make(&parts);
		hold_end(&hold);
	}
	free(parts.text);
	free(dir);
	return result;
}
