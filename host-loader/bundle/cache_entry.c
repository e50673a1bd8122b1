/* SPDX-License-Identifier: BSD-2-Clause */
/* cache_entry.c - one key of the cache: looked up, baked by one of many,
 * removed when nobody uses it.
 *
 * Two locks.  locks/KEY.lock, exclusive: whoever bakes or removes.  The
 * bundle's folder, shared: whoever runs it.  Both are flock()s, so a process
 * that is killed holds none. */
#include "host-loader/bundle/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-loader/say.h"

/* Does the path still lead to what we have open? */
static bool still_there(int fd, const char *path)
{
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && stat(path, &theirs) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* -1 and errno. */
static int lock_take(const char *path, int how)
{
	for (;;) {
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			      S_IRUSR | S_IWUSR);
		int why;

		if (fd < 0)
			return -1;
		if (flock(fd, how) < 0) {
			why = errno;
			close(fd);
			errno = why;
			return -1;
		}
		/* its last holder may have removed it while we waited */
		if (still_there(fd, path))
			return fd;
		close(fd);
	}
}

/* A crash of the machine can leave files without their bytes. */
static bool is_whole(int folder)
{
	struct stat image, rom, manifest;

	return fstatat(folder, BUNDLE_IMAGE, &image, 0) == 0 &&
	       fstatat(folder, BUNDLE_ROM, &rom, 0) == 0 &&
	       fstatat(folder, BUNDLE_MANIFEST, &manifest, 0) == 0 &&
	       image.st_size > 0 && rom.st_size == BL_ROM_SIZE &&
	       manifest.st_size > 0;
}

/* A whole bundle's folder, locked; -1: there is none, or somebody has it. */
static int bundle_hold(const char *dir, int how)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return -1;
	if (flock(fd, how) == 0 && still_there(fd, dir) && is_whole(fd))
		return fd;
	close(fd);
	return -1;
}

/* What bakes of this key that were killed left: KEY.XXXXXX. */
static void leftovers_remove(const char *bundles, const char *key)
{
	size_t length = strlen(key);
	DIR *folder = opendir(bundles);
	const struct dirent *entry;

	if (folder == NULL)
		return;
	while ((entry = readdir(folder)) != NULL) {
		char *path;

		if (strncmp(entry->d_name, key, length) != 0 ||
		    entry->d_name[length] != '.')
			continue;
		path = text_make("%s/%s", bundles, entry->d_name);
		bundle_remove(path);
		free(path);
	}
	closedir(folder);
}

/* For the holder of the key's lock: nothing of it is left but a whole bundle.
 * Is there one? */
static bool entry_tidy(const char *bundles, const char *dir, const char *key)
{
	int fd = bundle_hold(dir, LOCK_SH | LOCK_NB);

	leftovers_remove(bundles, key);
	if (fd >= 0)
		close(fd);
	else
		bundle_remove(dir);
	return fd >= 0;
}

/* 1 found by now, 0 to be baked, -1 after a line. */
static int entry_wait(const char *bundles, const char *dir, int *lock,
		      const char *key)
{
	char *locks = cache_subfolder(CACHE_LOCKS);
	char *path;
	int held;

	if (locks == NULL)
		return -1;
	path = text_make("%s/%s.lock", locks, key);
	free(locks);
	*lock = lock_take(path, LOCK_EX);
	if (*lock < 0)
		say_errno(path, "cannot lock");
	free(path);
	if (*lock < 0)
		return -1;
	held = bundle_hold(dir, LOCK_SH);
	if (held >= 0) {
		close(*lock);
		*lock = held;
		return 1;
	}
	entry_tidy(bundles, dir, key);
	return 0;
}

int cache_open(char **dir, int *lock, const char *key)
{
	char *bundles = cache_subfolder(CACHE_BUNDLES);
	int result = 1;

	*dir = NULL;
	*lock = -1;
	if (bundles == NULL)
		return -1;
	*dir = text_make("%s/%s", bundles, key);
	*lock = bundle_hold(*dir, LOCK_SH);
	if (*lock < 0)
		result = entry_wait(bundles, *dir, lock, key);
	if (result > 0) /* when it was used last: read-only caches do not say */
		utimensat(*lock, BUNDLE_MANIFEST, NULL, 0);
	if (result < 0) {
		free(*dir);
		*dir = NULL;
	}
	free(bundles);
	return result;
}

int cache_baked(int *lock, const char *dir)
{
	int held = bundle_hold(dir, LOCK_SH);

	if (held < 0)
		return say("%s: is not there any more", dir);
	close(*lock);
	*lock = held;
	return 0;
}

void cache_close(int lock)
{
	if (lock >= 0)
		close(lock);
}

/* The same returns as cache_remove(). */
static int entry_remove(const char *bundles, const char *dir, const char *key)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int result = 1;

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0)
		result = 0;
	else if (bundle_remove(dir) < 0 && errno != ENOENT)
		result = say_errno(dir, "cannot remove");
	if (fd >= 0)
		close(fd);
	if (result > 0)
		leftovers_remove(bundles, key);
	return result;
}

int cache_remove(const char *key, bool broken)
{
	char *bundles = cache_subfolder(CACHE_BUNDLES);
	char *locks = cache_subfolder(CACHE_LOCKS);
	char *dir = text_make("%s/%s", bundles == NULL ? "" : bundles, key);
	char *path = text_make("%s/%s.lock", locks == NULL ? "" : locks, key);
	bool stays = false;
	int result = -1;
	int lock = -1;

	if (bundles != NULL && locks != NULL) {
		lock = lock_take(path, LOCK_EX | LOCK_NB);
		if (lock >= 0 && broken)
			stays = entry_tidy(bundles, dir, key);
		if (lock >= 0)
			result = broken ? 1 : entry_remove(bundles, dir, key);
		else
			result = errno == EWOULDBLOCK
					 ? 0
					 : say_errno(path, "cannot lock");
	}
	if (result == 1 && !stays)
		unlink(path);
	cache_close(lock);
	free(path);
	free(dir);
	free(locks);
	free(bundles);
	return result;
}
