/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_fwcfg_dir.c - any bytes as a fw_cfg directory: every name that is
 * accepted ends, and is found with the selector and size of its first entry. */
#include "tests/fuzz/fuzz.h"

#include "core/fwcfg_dir.h"
#include "core/le.h"

#define COUNT_MAX 64

/* Each name is found, and it is the first of that name that is. */
static void names_check(const struct fwcfg_dir *dir)
{
	for (uint32_t i = 0; i < dir->count; i++) {
		const struct fw_cfg_file *file = &dir->file[i];
		uint32_t first = 0;
		struct item item;

		PROPERTY(memchr(file->name, 0, sizeof(file->name)) != NULL);
		while (strcmp(dir->file[first].name, file->name) != 0)
			first++;
		PROPERTY(fwcfg_dir_find(dir, file->name, &item) == 0);
		PROPERTY(item.key == be16(dir->file[first].select));
		PROPERTY(item.size == be32(dir->file[first].size));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = exact_copy(data, size);
	char *name = strdup("etc/table-loader");
	struct fwcfg_dir dir = {0};
	struct fault f = {0};
	struct item item;
	int err = fwcfg_dir_parse(&dir, bytes, (uint32_t)size, COUNT_MAX, &f);

	if (err == 0) {
		PROPERTY(dir.count <= COUNT_MAX);
		PROPERTY(4 + dir.count * sizeof(*dir.file) <= size);
		names_check(&dir);
		err = fwcfg_dir_find(&dir, name, &item);
		PROPERTY(err == 0 || err == ERR_ABSENT);
	} else {
		PROPERTY(err < 0 && f.code == err);
	}
	free(name);
	free(bytes);
	return 0;
}
