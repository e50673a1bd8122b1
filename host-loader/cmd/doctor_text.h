/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor_text.h - what files of /proc and /sys say.  [LINUX]
 * Documentation/filesystems/proc.rst, admin-guide/mm/transhuge.rst. */
#ifndef HOST_LOADER_DOCTOR_TEXT_H
#define HOST_LOADER_DOCTOR_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* A file, or its first MiB; the caller frees it.  NULL: it cannot be read. */
char *text_read(const char *path);

/* The number behind "KEY:" at the start of a line, as in /proc/meminfo.  -1:
 * there is none. */
int64_t text_number(const char *text, const char *key);

/* "madvise" of "always [madvise] never"; the caller frees it.  NULL: there are
 * no brackets. */
char *text_choice(const char *text);

/* The first mount of that type in the text of /proc/self/mountinfo: where, and
 * the options of its file system; the caller frees both.  False: none. */
bool text_mount(const char *mountinfo, const char *type, char **folder,
		char **options);

/* Is a word among options with commas between? */
bool text_option(const char *options, const char *word);

/* The path behind "0::" in the text of /proc/self/cgroup: this process's group
 * of version 2; the caller frees it.  NULL: there is none. */
char *text_cgroup(const char *text);

/* A limit as cgroup v2 writes it: a number, or "max".  UINT64_MAX: none. */
uint64_t text_limit(const char *text);

#endif
