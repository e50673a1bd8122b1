/* SPDX-License-Identifier: BSD-2-Clause */
/* folder_temporary.c - made under a name that nobody can guess. */
#include "host-loader/bundle/folder_temporary.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "host-loader/say.h"
#include "host-loader/strings.h"

#define FILES_MAX 16 /* open at once */

char *folder_temporary_make(void)
{
	const char *parent = getenv("TMPDIR");
	char *path = text_make("%s/beeline-XXXXXX",
			       parent != NULL && *parent == '/' ? parent
								: "/tmp");

	if (mkdtemp(path) != NULL)
		return path;
	say_errno(path, "cannot make a temporary folder");
	free(path);
	return NULL;
}

static int entry_remove(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	if (remove(path) < 0)
		say_errno(path, "cannot remove");
	return 0;
}

void folder_temporary_remove(const char *path)
{
	nftw(path, entry_remove, FILES_MAX, FTW_DEPTH | FTW_PHYS);
}
