/* SPDX-License-Identifier: BSD-2-Clause */
/* bundle.c - what a bundle in memory consists of. */
#include "host-loader/bundle/bundle.h"

#include <stdlib.h>
#include <string.h>

void bundle_free(struct bundle *bundle)
{
	free(bundle->dir);
	free(bundle->qemu_build);
	free(bundle->qemu_version);
	free(bundle->kernel.path);
	free(bundle->initrd.path);
	free(bundle->append);
	free(bundle->machine_words);
	vm_free(&bundle->vm);
	memset(bundle, 0, sizeof(*bundle));
}

char *bundle_path(const struct bundle *bundle, const char *name)
{
	return text_make("%s/%s", bundle->dir, name);
}
