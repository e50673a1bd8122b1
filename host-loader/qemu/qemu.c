/* SPDX-License-Identifier: BSD-2-Clause */
/* qemu.c - finds the QEMU program. */
#include "host-loader/qemu/qemu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-loader/say.h"
#include "host-loader/strings.h"

#define QEMU_NAME "qemu-system-x86_64"

/* Not the target of a link: a program may act by the name it is called. */
static char *path_absolute(const char *path)
{
	char *folder, *absolute;

	if (*path == '/')
		return text_make("%s", path);
	folder = getcwd(NULL, 0);
	if (folder == NULL)
		return NULL;
	absolute = text_make("%s/%s", folder, path);
	free(folder);
	return absolute;
}

static int program_check(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EACCES;
		return -1;
	}
	return access(path, X_OK);
}

/* The first of PATH's folders that has it. */
static char *path_search(const char *name)
{
	const char *folders = getenv("PATH");

	while (folders != NULL && *folders != '\0') {
		size_t size = strcspn(folders, ":");
		/* an empty one is the current folder */
		char *path = text_make("%.*s/%s", size != 0 ? (int)size : 1,
				       size != 0 ? folders : ".", name);
		char *found = program_check(path) == 0 ? path_absolute(path)
						       : NULL;

		free(path);
		if (found != NULL)
			return found;
		folders += size + (folders[size] == ':');
	}
	return NULL;
}

char *qemu_look(char **why, const char **remedy)
{
	const char *name = getenv("QEMU");
	char *path;

	if (name == NULL || *name == '\0')
		name = QEMU_NAME;
	*why = NULL;
	if (strchr(name, '/') == NULL) {
		path = path_search(name);
		if (path != NULL)
			return path;
		*why = text_make("%s: cannot run: not found in PATH", name);
		*remedy = "install qemu-system-x86";
		return NULL;
	}
	path = path_absolute(name);
	if (path != NULL && program_check(path) == 0)
		return path;
	*why = text_make("%s: cannot run: %s", name, strerror(errno));
	*remedy = "QEMU= names it: name another one";
	free(path);
	return NULL;
}

char *qemu_find(void)
{
	const char *remedy;
	char *why, *path = qemu_look(&why, &remedy);

	if (path == NULL)
		say("%s: %s", why, remedy);
	free(why);
	return path;
}
