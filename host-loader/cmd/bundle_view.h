/* SPDX-License-Identifier: BSD-2-Clause */
/* bundle_view.h - a bundle's memory as the boot CPU will see it. */
#ifndef HOST_LOADER_BUNDLE_VIEW_H
#define HOST_LOADER_BUNDLE_VIEW_H

#include "host-loader/bundle/bundle.h"

struct bundle_view {
	const struct bundle *bundle;
	struct bl_span image, rom; /* mapped; of the sizes that bundle_read()
				    * has seen */
	int fd;                    /* of the image */
};

/* -1 after a line. */
int bundle_view_open(struct bundle_view *view, const struct bundle *bundle);
void bundle_view_close(struct bundle_view *view);

/* struct bl_view.read, with a struct bundle_view for ctx: RAM from the image,
 * the ROM where QEMU shows it, below 4 GiB and below 1 MiB. */
int bundle_view_read(void *ctx, uint64_t gpa, void *dst, uint64_t len);

/* Address of the first byte that is not 0 in [gpa, gpa + size), which is all
 * in one piece of RAM; UINT64_MAX: there is none.  Holes of the file are not
 * looked at. */
uint64_t bundle_view_nonzero(const struct bundle_view *view, uint64_t gpa,
			     uint64_t size);

#endif
