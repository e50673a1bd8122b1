/* SPDX-License-Identifier: BSD-2-Clause */
/* fwcfg_dir.c - checks the directory once, then compares names by words. */
#include "core/fwcfg_dir.h"
#include "core/le.h"

#define COUNT_SIZE 4
#define START      8 /* letters that are compared as words */

/* From the end: QEMU pads names with NULs. */
static bool name_ends(const char name[ITEM_NAME_SIZE])
{
	for (uint32_t i = ITEM_NAME_SIZE; i-- > 0;)
		if (name[i] == '\0')
			return true;
	return false;
}

static bool name_equal(const char *a, const char *b)
{
	for (; *a == *b; a++, b++)
		if (*a == '\0')
			return true;
	return false;
}

/* Have both names the same first eight letters, none of them a NUL? */
static bool start_equal(const char *a, const char *b)
{
	return word_at(a + 4) == word_at(b + 4) && word_at(a) == word_at(b);
}

int fwcfg_dir_parse(struct fwcfg_dir *dir, const void *bytes, uint32_t len,
		    uint32_t max_count, struct fault *fault)
{
	const struct fw_cfg_file *file;
	uint32_t count;

	dir->count = 0;
	if (len < COUNT_SIZE)
		return fault_set(fault, ERR_TRUNCATED, 0, len, COUNT_SIZE);
	count = be32(word_at(bytes));
	if (count > max_count)
		return fault_set(fault, ERR_TOO_MANY, 0, count, max_count);
	if ((len - COUNT_SIZE) / sizeof(*file) < count)
		return fault_set(fault, ERR_TRUNCATED, 0, count,
				 (len - COUNT_SIZE) / sizeof(*file));
	file = (const void *)((const uint8_t *)bytes + COUNT_SIZE);
	for (uint32_t i = 0; i < count; i++)
		if (!name_ends(file[i].name))
			return fault_set(fault, ERR_NAME, i, 0, 0);
	dir->file = file;
	dir->count = count;
	return 0;
}

int fwcfg_dir_find(const struct fwcfg_dir *dir, const char *name,
		   struct item *out)
{
	const struct fw_cfg_file *f = dir->file;
	const struct fw_cfg_file *end = f + dir->count;
	uint32_t start = 0;

	/* Most names begin with "etc/": looking at the four letters behind
	 * that first leaves few full comparisons in a directory of 20. */
	while (start < START && name[start] != '\0')
		start++;
	if (start < START)
		start = 0;
	for (; f < end; f++) {
		if (start != 0 && !start_equal(f->name, name))
			continue;
		if (!name_equal(f->name + start, name + start))
			continue;
		out->key = be16(f->select);
		out->size = be32(f->size);
		return 0;
	}
	return ERR_ABSENT;
}
