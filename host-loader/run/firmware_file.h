/* SPDX-License-Identifier: BSD-2-Clause */
/* firmware_file.h - which ROM is fw.bin. */
#ifndef HOST_LOADER_FIRMWARE_FILE_H
#define HOST_LOADER_FIRMWARE_FILE_H

#include <stdbool.h>

/* Given, else $BEELINE_FIRMWARE, else fw.bin beside this program, as it is
 * built, or where it is installed with it, else the installed one.  *named:
 * one of the first two.  Whether it can be read is not looked at.  The caller
 * frees it. */
char *firmware_file(const char *given, bool *named);

#endif
