/* SPDX-License-Identifier: BSD-2-Clause */
/* firmware_file.c - looks for fw.bin. */
#include "host-loader/run/firmware_file.h"

#include <stdlib.h>
#include <unistd.h>

#include "host-loader/strings.h"

#ifndef BEELINE_DATADIR
#define BEELINE_DATADIR "/usr/local/share/beeline"
#endif
#define FIRMWARE_NAME "fw.bin"
#define PATH_ROOM     4096

/* NULL: neither can be read. */
static char *beside(void)
{
	static const char *const places[] = {
		FIRMWARE_NAME, "../share/beeline/" FIRMWARE_NAME,
	};
	char self[PATH_ROOM];
	ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);

	while (size > 0 && self[size - 1] != '/')
		size--;
	for (size_t i = 0; size > 0 && i < 2; i++) {
		char *path = text_make("%.*s%s", (int)size, self, places[i]);

		if (access(path, R_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

char *firmware_file(const char *given, bool *named)
{
	char *path;

	if (given == NULL)
		given = getenv("BEELINE_FIRMWARE");
	*named = given != NULL && *given != '\0';
	if (*named)
		return text_make("%s", given);
	path = beside();
	return path != NULL ? path
			    : text_make("%s/%s", BEELINE_DATADIR,
					FIRMWARE_NAME);
}
