/* SPDX-License-Identifier: BSD-2-Clause */
/* file.h - files as bytes. */
#ifndef HOST_LOADER_FILE_H
#define HOST_LOADER_FILE_H

#include <sys/stat.h>

#include "host-loader/beeline.h"

/* Maps a regular file read-only.  An empty file gives size 0.  -1: said why. */
int file_map(struct bl_span *out, const char *path);
void file_unmap(struct bl_span *span);

/* Is it one file, and not written to between the two? */
bool file_same(const struct stat *a, const struct stat *b);

/* Writes all of it, going on after short writes and signals.  -1 and errno. */
int file_write_all(int fd, const void *bytes, size_t size);

#endif
