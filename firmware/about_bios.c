/* SPDX-License-Identifier: BSD-2-Clause */
/* about_bios.c - the version, for SMBIOS tables that say nothing of a BIOS. */
#include "firmware/about.h"

#include "version.h"

_Static_assert(sizeof(ABOUT_BIOS_TEXT(BEELINE_VERSION)) <= ABOUT_BIOS_ROOM,
	       "the version is too long");

__attribute__((section(".note.beeline.bios")))
const struct about_bios about_bios = ABOUT_BIOS(BEELINE_VERSION);
const uint32_t about_bios_size = ABOUT_BIOS_SIZE(BEELINE_VERSION);
