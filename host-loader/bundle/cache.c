/* SPDX-License-Identifier: BSD-2-Clause */
/* cache.c - the cache's folder, keys, and remembered digests. */
#include "host-loader/bundle/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host-loader/bundle/digest.h"
#include "host-loader/file.h"
#include "host-loader/qemu/pull_args.h"
#include "host-loader/qemu/qemu_args.h"
#include "host-loader/say.h"

#define SETTLED 2 /* seconds: see memo_put() */

/* Folders ---------------------------------------------------------------- */

/* [XDG] Base Directory Specification: a path that is not absolute is as good
 * as none. */
char *cache_folder_name(void)
{
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (xdg != NULL && xdg[0] == '/')
		return text_make("%s/beeline", xdg);
	if (home != NULL && home[0] == '/')
		return text_make("%s/.cache/beeline", home);
	return NULL;
}

/* mkdir -p, for the owner alone.  -1 and errno. */
static int folders_make(char *path)
{
	for (char *at = strchr(path + 1, '/'); at != NULL;
	     at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(path, S_IRWXU) < 0 && errno != EEXIST &&
		    access(path, F_OK) < 0) {
			*at = '/';
			return -1;
		}
		*at = '/';
	}
	return mkdir(path, S_IRWXU) < 0 && errno != EEXIST ? -1 : 0;
}

/* Pages that we run come from there: whoever may write to it is us. */
const char *cache_folder_fault(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return strerror(errno);
	if (st.st_uid != geteuid())
		return "belongs to another user";
	if (stat(path, &st) < 0)
		return strerror(errno);
	if (!S_ISDIR(st.st_mode))
		return "not a folder";
	if (st.st_uid != geteuid())
		return "belongs to another user";
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "others may write to it";
	return NULL;
}

/* With NULL, *fault says why; the path is there even so, where it is known. */
static char *folder_open(const char **fault, char **path)
{
	*path = cache_folder_name();
	*fault = NULL;
	if (*path == NULL)
		*fault = "neither XDG_CACHE_HOME nor HOME is an absolute path";
	else if (folders_make(*path) < 0)
		*fault = strerror(errno);
	else
		*fault = cache_folder_fault(*path);
	return *fault == NULL ? *path : NULL;
}

char *cache_folder(void)
{
	const char *fault;
	char *path;

	if (folder_open(&fault, &path) != NULL)
		return path;
	say("%s: cannot use the cache: %s", path == NULL ? "cache" : path,
	    fault);
	free(path);
	return NULL;
}

char *cache_subfolder(const char *name)
{
	char *root = cache_folder();
	char *path;

	if (root == NULL)
		return NULL;
	path = text_make("%s/%s", root, name);
	free(root);
	if (mkdir(path, S_IRWXU) == 0 || errno == EEXIST)
		return path;
	say_errno(path, "cannot create");
	free(path);
	return NULL;
}

/* Keys ------------------------------------------------------------------- */

static void key_add_list(struct digest *digest, const struct strings *list)
{
	digest_add_u64(digest, list->count);
	for (size_t i = 0; i < list->count; i++)
		digest_add_text(digest, list->v[i]);
}

/* Of the host's arguments only what a pull is given can be in a bundle; numbers
 * of file descriptors are another run's tomorrow. */
static void key_add_host_args(struct digest *digest, const struct vm *vm)
{
	struct strings kept = {0};
	struct vm quiet;

	pull_args(&quiet, vm);
	for (size_t i = 0; i < quiet.host_args.count; i++)
		if (strcmp(quiet.host_args.v[i], "-add-fd") == 0)
			i++;
		else
			strings_add(&kept, quiet.host_args.v[i]);
	key_add_list(digest, &kept);
	strings_free(&kept);
	vm_free(&quiet);
}

static void key_add_file(struct digest *digest, const char *path)
{
	char text[DIGEST_TEXT];
	struct bl_span bytes;
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
	    access(path, R_OK) < 0 || file_map(&bytes, path) < 0)
		return;
	digest_bytes(text, bytes);
	file_unmap(&bytes);
	digest_add_text(digest, text);
}

/* Tables that QEMU takes from files: what stands there is in the bundle.  A
 * value is one file, or several with ":" between them. */
static void key_add_files(struct digest *digest, const char *value)
{
	static const char *const keys[] = {"file", "data", "path"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char *files = qemu_value_get(value, NULL, keys[i]), *rest;

		if (files == NULL)
			continue;
		key_add_file(digest, files);
		for (char *word = strtok_r(files, ":", &rest); word != NULL;
		     word = strtok_r(NULL, ":", &rest))
			key_add_file(digest, word);
		free(files);
	}
}

static void key_add_tables(struct digest *digest, const struct strings *args)
{
	for (size_t i = 1; i < args->count; i++)
		if (strcmp(args->v[i - 1], "-acpitable") == 0 ||
		    strcmp(args->v[i - 1], "-smbios") == 0)
			key_add_files(digest, args->v[i]);
}

static void key_add_input(struct digest *digest,
			  const struct bundle_input *input)
{
	digest_add_text(digest, input->path == NULL ? NULL : input->digest);
}

void cache_key(char key[DIGEST_TEXT], const struct bundle *bundle)
{
	const struct vm *vm = &bundle->vm;
	struct digest digest;

	digest_begin(&digest);
	digest_add_text(&digest, bl_version());
	digest_add_u64(&digest, BUNDLE_VERSION);
	digest_add_text(&digest, bundle->qemu_build);
	digest_add_text(&digest, vm->qemu);
	digest_add_text(&digest, vm->machine);
	digest_add_text(&digest, vm->memory);
	digest_add_text(&digest, vm->cpus);
	digest_add_text(&digest, vm->accel);
	key_add_list(&digest, &vm->table_args);
	key_add_host_args(&digest, vm);
	key_add_tables(&digest, &vm->table_args);
	key_add_input(&digest, &bundle->kernel);
	key_add_input(&digest, &bundle->initrd);
	digest_add_text(&digest, bundle->append);
	digest_add_u64(&digest, bundle->entry);
	digest_add_u64(&digest, bundle->kaslr);
	digest_end(&digest, key);
}

/* Digests ---------------------------------------------------------------- */

/* The file that remembers a digest; NULL without a cache. */
static char *memo_path(const char *path, const struct stat *st)
{
	char name[DIGEST_TEXT];
	struct digest digest;
	const char *fault;
	char *root, *memo;

	if (folder_open(&fault, &root) == NULL) {
		free(root);
		return NULL;
	}
	digest_begin(&digest);
	digest_add_text(&digest, path);
	digest_add_u64(&digest, st->st_dev);
	digest_add_u64(&digest, st->st_ino);
	digest_add_u64(&digest, (uint64_t)st->st_size);
	digest_add_u64(&digest, (uint64_t)st->st_mtim.tv_sec);
	digest_add_u64(&digest, (uint64_t)st->st_mtim.tv_nsec);
	digest_add_u64(&digest, (uint64_t)st->st_ctim.tv_sec);
	digest_add_u64(&digest, (uint64_t)st->st_ctim.tv_nsec);
	digest_end(&digest, name);
	memo = text_make("%s/" CACHE_DIGESTS "/%s", root, name);
	free(root);
	return memo;
}

static bool memo_get(const char *memo, char text[DIGEST_TEXT])
{
	int fd = open(memo, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t size;

	if (fd < 0)
		return false;
	size = read(fd, text, DIGEST_TEXT - 1);
	close(fd);
	text[DIGEST_TEXT - 1] = '\0';
	return size == DIGEST_TEXT - 1 && digest_valid(text);
}

/* A file that was changed a moment ago may change once more within the same
 * tick of its time: such a digest is not kept.  What cannot be written is
 * worked out again. */
static void memo_put(const char *memo, const struct stat *st, const char *text)
{
	char *temp, *folder;
	struct timespec now;
	int fd;

	clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec - st->st_ctim.tv_sec < SETTLED)
		return;
	folder = text_make("%.*s", (int)(strrchr(memo, '/') - memo), memo);
	mkdir(folder, S_IRWXU);
	free(folder);
	temp = text_make("%s.XXXXXX", memo);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd >= 0) {
		bool good = file_write_all(fd, text, DIGEST_TEXT - 1) == 0;

		if (close(fd) < 0 || !good || rename(temp, memo) < 0)
			unlink(temp);
	}
	free(temp);
}

static int digest_make(struct bundle_input *input, const char *memo)
{
	struct bl_span bytes;
	struct stat after;

	if (file_map(&bytes, input->path) < 0)
		return -1;
	input->size = bytes.size;
	digest_bytes(input->digest, bytes);
	file_unmap(&bytes);
	if (memo != NULL && stat(input->path, &after) == 0 &&
	    file_same(&input->seen, &after))
		memo_put(memo, &after, input->digest);
	return 0;
}

int cache_digest(struct bundle_input *input, const char *path)
{
	struct stat *st = &input->seen;
	int result = 0;
	char *memo;

	input->path = realpath(path, NULL);
	if (input->path == NULL || stat(input->path, st) < 0)
		return say_errno(path, "cannot open");
	input->size = (uint64_t)st->st_size;
	memo = memo_path(input->path, st);
	if (memo == NULL || !S_ISREG(st->st_mode) ||
	    !memo_get(memo, input->digest))
		result = digest_make(input, memo);
	free(memo);
	return result;
}
