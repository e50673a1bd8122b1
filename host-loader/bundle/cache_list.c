/* SPDX-License-Identifier: BSD-2-Clause */
/* cache_list.c - what the cache holds. */
#include "host-loader/bundle/cache_list.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base.h"
#include "host-loader/bundle/digest.h"
#include "host-loader/file.h"
#include "host-loader/bundle/manifest.h"
#include "host-loader/say.h"

#define BLOCK 512 /* [POSIX] what st_blocks counts here */

int cache_list_each(const char *subfolder,
		    int (*fn)(void *ctx, const char *folder, const char *name),
		    void *ctx)
{
	char *path = cache_subfolder(subfolder);
	const struct dirent *entry;
	int result = 0;
	DIR *folder;

	if (path == NULL)
		return -1;
	folder = opendir(path);
	if (folder == NULL)
		result = say_errno(path, "cannot read");
	while (folder != NULL && result == 0 &&
	       (entry = readdir(folder)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			result = fn(ctx, path, entry->d_name);
	if (folder != NULL)
		closedir(folder);
	free(path);
	return result;
}

uint64_t cache_list_bytes(const char *dir)
{
	static const char *const names[] = {BUNDLE_IMAGE, BUNDLE_ROM,
					    BUNDLE_MANIFEST};
	uint64_t bytes = 0;

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		char *path = text_make("%s/%s", dir, names[i]);
		struct stat st;

		if (lstat(path, &st) == 0)
			bytes += (uint64_t)st.st_blocks * BLOCK;
		free(path);
	}
	return bytes;
}

/* Kernel and machine by the manifest.  One that is damaged leaves NULL. */
static void item_describe(struct cache_item *item)
{
	char *path = text_make("%s/" BUNDLE_MANIFEST, item->dir);
	char why[MANIFEST_WHY];
	struct bundle bundle;
	struct bl_span text;
	struct stat st;

	if (stat(path, &st) == 0) {
		item->used = st.st_mtim.tv_sec;
		if (file_map(&text, path) == 0) {
			if (manifest_parse(&bundle, text, why) == 0) {
				item->kernel =
					text_make("%s", bundle.kernel.path);
				item->machine =
					text_make("%s", bundle.vm.machine);
				bundle_free(&bundle);
			}
			file_unmap(&text);
		}
	}
	free(path);
}

static int item_add(void *ctx, const char *folder, const char *name)
{
	struct cache_list *list = ctx;
	struct cache_item *item;

	if (!digest_valid(name))
		return 0;
	item = realloc(list->item, (list->count + 1) * sizeof(*item));
	if (item == NULL)
		return say("out of memory");
	list->item = item;
	item += list->count++;
	*item = (struct cache_item){.dir = text_make("%s/%s", folder, name)};
	memcpy(item->key, name, sizeof(item->key));
	item->bytes = cache_list_bytes(item->dir);
	item_describe(item);
	return 0;
}

static int newer_first(const void *a, const void *b)
{
	const struct cache_item *left = a, *right = b;

	if (left->used != right->used)
		return left->used > right->used ? -1 : 1;
	return strcmp(left->key, right->key);
}

int cache_list_read(struct cache_list *list)
{
	if (cache_list_each(CACHE_BUNDLES, item_add, list) != 0)
		return -1;
	if (list->count > 0)
		qsort(list->item, list->count, sizeof(*list->item),
		      newer_first);
	return 0;
}

void cache_list_free(struct cache_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->item[i].dir);
		free(list->item[i].kernel);
		free(list->item[i].machine);
	}
	free(list->item);
	*list = (struct cache_list){0};
}
