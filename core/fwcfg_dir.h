/* SPDX-License-Identifier: BSD-2-Clause */
/* fwcfg_dir.h - the fw_cfg file directory: names to selectors and sizes.
 * Source: [FWCFG] "File Directory". */
#ifndef CORE_FWCFG_DIR_H
#define CORE_FWCFG_DIR_H

#include "core/abi/fw_cfg.h"
#include "core/err.h"
#include "core/items.h"

struct fwcfg_dir {
	const struct fw_cfg_file *file; /* big-endian, in the caller's bytes */
	uint32_t count;
};

/* bytes: the directory item as read, len of them.  The strings are used in
 * place, so bytes must stay.  ERR_TRUNCATED: no room for a count, or for as
 * many entries as it says.  ERR_TOO_MANY: the count is above max_count.
 * ERR_NAME: record's name has no NUL. */
int fwcfg_dir_parse(struct fwcfg_dir *dir, const void *bytes, uint32_t len,
		    uint32_t max_count, struct fault *fault);

/* First file of that name.  0 or ERR_ABSENT. */
int fwcfg_dir_find(const struct fwcfg_dir *dir, const char *name,
		   struct item *out);

#endif
