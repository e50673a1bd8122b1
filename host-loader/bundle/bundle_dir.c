/* SPDX-License-Identifier: BSD-2-Clause */
/* bundle_dir.c - which folders may be replaced, and how they are removed: never
 * a file that no bundle has. */
#include "host-loader/bundle/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base.h"
#include "host-loader/file.h"
#include "host-loader/bundle/manifest.h"
#include "host-loader/say.h"

static const char *const names[] = {BUNDLE_IMAGE, BUNDLE_ROM, BUNDLE_MANIFEST};

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool is_ours(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Everything in it is known: *count files.  -1 after a line. */
static int names_check(DIR *folder, const char *dir, uint32_t *count)
{
	const struct dirent *entry;

	while ((entry = readdir(folder)) != NULL) {
		if (is_dot(entry->d_name))
			continue;
		if (!is_ours(entry->d_name))
			return say("%s: cannot replace: holds %s, which is no "
				   "bundle's", dir, entry->d_name);
		++*count;
	}
	return 0;
}

static int manifest_stands(const char *dir)
{
	char *path = text_make("%s/" BUNDLE_MANIFEST, dir);
	struct bl_span text;
	int result = -1;

	if (access(path, F_OK) < 0) {
		say("%s: cannot replace: not a bundle: has no "
		    BUNDLE_MANIFEST, dir);
	} else if (file_map(&text, path) == 0) {
		result = 0;
		if (!manifest_ours(text))
			result = say("%s: cannot replace: not a bundle's",
				     path);
		file_unmap(&text);
	}
	free(path);
	return result;
}

int bundle_dir_check(const char *dir)
{
	struct stat st;
	uint32_t count = 0;
	DIR *folder;
	int result;

	if (dir[0] == '\0')
		return say("a bundle's folder: its name is empty");
	if (lstat(dir, &st) < 0)
		return errno == ENOENT ? 0 : say_errno(dir, "cannot create");
	if (stat(dir, &st) < 0)
		return say_errno(dir, "cannot replace");
	if (!S_ISDIR(st.st_mode))
		return say("%s: cannot replace: not a folder", dir);
	folder = opendir(dir);
	if (folder == NULL)
		return say_errno(dir, "cannot read");
	result = names_check(folder, dir, &count);
	closedir(folder);
	if (result < 0 || count == 0)
		return result;
	return manifest_stands(dir);
}

int bundle_remove(const char *dir)
{
	int folder = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (folder < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		unlinkat(folder, names[i], 0);
	close(folder);
	return rmdir(dir);
}
