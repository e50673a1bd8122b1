/* SPDX-License-Identifier: BSD-2-Clause */
/* items.h - named blobs, wherever they come from: fw_cfg, a folder of
 * captured files, an array in a test, fuzz input. */
#ifndef CORE_ITEMS_H
#define CORE_ITEMS_H

#include "core/base.h"

#define ITEM_NAME_SIZE 56 /* [FWCFG] file name field, NUL included */

struct item {
	uint32_t key;  /* meaning is the source's own: a selector, an index */
	uint32_t size; /* bytes */
};

struct items {
	/* name: NUL-terminated.  0, or ERR_ABSENT and *out as it was. */
	int (*find)(void *ctx, const char *name, struct item *out);
	/* Reads the item's first len bytes, at most item->size.  0 or a
	 * negative code. */
	int (*read)(void *ctx, const struct item *item, void *dst,
		    uint32_t len);
	/* Writes into a writable item.  0 or a negative code; NULL where the
	 * source cannot be written. */
	int (*write)(void *ctx, const struct item *item, uint32_t off,
		     const void *src, uint32_t len);
	void *ctx;
};

#endif
