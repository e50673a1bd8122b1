/* SPDX-License-Identifier: BSD-2-Clause */
/* qemu.h - which QEMU. */
#ifndef HOST_LOADER_QEMU_H
#define HOST_LOADER_QEMU_H

/* $QEMU, or qemu-system-x86_64, as an absolute path; the caller frees it.  NULL
 * after a line. */
char *qemu_find(void);

#endif
