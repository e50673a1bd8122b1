/* SPDX-License-Identifier: BSD-2-Clause */
/* about.c - the version, as an ELF note that the linker script puts first. */
#include "firmware/about.h"

#include "version.h"

#define TEXT ABOUT_NAME " " BEELINE_VERSION

_Static_assert(sizeof(TEXT) <= ABOUT_TEXT, "the version is too long");

__attribute__((section(".note.beeline"))) const struct about about = {
	.note = {sizeof(about.name), sizeof(about.text), ABOUT_VERSION},
	.name = ABOUT_NAME,
	.text = TEXT,
};
