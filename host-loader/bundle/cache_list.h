/* SPDX-License-Identifier: BSD-2-Clause */
/* cache_list.h - what the cache holds, for people. */
#ifndef HOST_LOADER_CACHE_LIST_H
#define HOST_LOADER_CACHE_LIST_H

#include "host-loader/bundle/cache.h"

struct cache_item {
	char key[DIGEST_TEXT];
	char *dir;
	uint64_t bytes;  /* on disk: the image has holes */
	int64_t used;    /* seconds since 1970 */
	char *kernel;    /* path; NULL: the manifest cannot be read */
	char *machine;
};

/* Zero at the start. */
struct cache_list {
	struct cache_item *item; /* used last comes first */
	size_t count;
};

/* -1 after a line. */
int cache_list_read(struct cache_list *list);
void cache_list_free(struct cache_list *list);

/* Bytes on disk of a bundle's files. */
uint64_t cache_list_bytes(const char *dir);

/* Calls fn for each name in one of the cache's folders but "." and ".." until
 * it returns other than 0.  -1 after a line, or what fn returned. */
int cache_list_each(const char *subfolder,
		    int (*fn)(void *ctx, const char *folder, const char *name),
		    void *ctx);

#endif
