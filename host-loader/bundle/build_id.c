/* SPDX-License-Identifier: BSD-2-Clause */
/* build_id.c - what tells one build of QEMU from another. */
#include "host-loader/bundle/bundle.h"

#include <sys/stat.h>

#include "host-loader/file.h"
#include "host-loader/notes.h"
#include "host-loader/say.h"

char *qemu_build_id(const char *qemu)
{
	struct bl_span elf;
	struct stat st;
	char *id;

	if (file_map(&elf, qemu) < 0)
		return NULL;
	id = elf_build_id(elf);
	file_unmap(&elf);
	if (id != NULL)
		return id;
	if (stat(qemu, &st) < 0) {
		say_errno(qemu, "cannot read");
		return NULL;
	}
	return text_make("%lld-%lld.%09ld", (long long)st.st_size,
			 (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}
