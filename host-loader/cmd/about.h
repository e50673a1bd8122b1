/* SPDX-License-Identifier: BSD-2-Clause */
/* about.h - what an image of ours, ROM or ELF, says of itself: core/about.h. */
#ifndef HOST_LOADER_ABOUT_H
#define HOST_LOADER_ABOUT_H

#include "host-loader/beeline.h"

#define ROM_UNIT 0x10000 /* what is ours is the last 64 KiB of a ROM */

struct about_facts {
	char *version;  /* "1.2.3" */
	char *build_id; /* in hex, or NULL */
};

/* False: it is not one of ours, and nothing is to be freed. */
bool about_rom(struct about_facts *about, struct bl_span rom);
bool about_elf(struct about_facts *about, struct bl_span elf);
void about_free(struct about_facts *about);

#endif
