/* SPDX-License-Identifier: BSD-2-Clause */
/* qemu.h - which QEMU. */
#ifndef HOST_LOADER_QEMU_H
#define HOST_LOADER_QEMU_H

/* $QEMU, or qemu-system-x86_64, as an absolute path; the caller frees it.  NULL
 * after a line. */
char *qemu_find(void);

/* The same, silently: with NULL, *why says why not, which the caller frees, and
 * *remedy what would help. */
char *qemu_look(char **why, const char **remedy);

#endif
