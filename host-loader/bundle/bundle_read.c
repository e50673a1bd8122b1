/* SPDX-License-Identifier: BSD-2-Clause */
/* bundle_read.c - a bundle's folder, read. */
#include "host-loader/bundle/bundle.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "host-loader/file.h"
#include "host-loader/bundle/manifest.h"
#include "host-loader/say.h"

static int manifest_read(struct bundle *bundle, const char *path)
{
	char why[MANIFEST_WHY];
	struct bl_span text;
	int result;

	if (file_map(&text, path) < 0)
		return -1;
	result = manifest_parse(bundle, text, why);
	file_unmap(&text);
	return result < 0 ? say("%s: %s", path, why) : 0;
}

static int size_check(const struct bundle *bundle, const char *name,
		      uint64_t size)
{
	char *path = bundle_path(bundle, name);
	struct stat st;
	int result = 0;

	if (stat(path, &st) < 0)
		result = say_errno(path, "cannot read");
	else if (!S_ISREG(st.st_mode))
		result = say("%s: cannot read: not a regular file", path);
	else if ((uint64_t)st.st_size != size)
		result = say("%s: has %lld bytes, where the bundle needs %llu",
			     path, (long long)st.st_size,
			     (unsigned long long)size);
	free(path);
	return result;
}

int bundle_read(struct bundle *bundle, const char *dir)
{
	char *folder = realpath(dir, NULL);
	char *path;
	int result;

	if (folder == NULL)
		return say_errno(dir, "cannot open");
	path = text_make("%s/" BUNDLE_MANIFEST, folder);
	result = manifest_read(bundle, path);
	free(path);
	if (result < 0) {
		free(folder);
		return -1;
	}
	bundle->dir = folder;
	if (size_check(bundle, BUNDLE_IMAGE, bundle->ram_size) == 0 &&
	    size_check(bundle, BUNDLE_ROM, BL_ROM_SIZE) == 0)
		return 0;
	bundle_free(bundle);
	return -1;
}
