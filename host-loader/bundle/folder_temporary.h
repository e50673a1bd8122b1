/* SPDX-License-Identifier: BSD-2-Clause */
/* folder_temporary.h - a folder for the time of a run. */
#ifndef HOST_LOADER_FOLDER_TEMPORARY_H
#define HOST_LOADER_FOLDER_TEMPORARY_H

/* Makes one in $TMPDIR or /tmp, for its owner alone; the caller frees the
 * path.  NULL after a line. */
char *folder_temporary_make(void);

/* Removes it with everything in it. */
void folder_temporary_remove(const char *path);

#endif
