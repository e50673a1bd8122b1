/* SPDX-License-Identifier: BSD-2-Clause */
/* about.h - this image's own word on what it is. */
#ifndef FIRMWARE_ABOUT_H
#define FIRMWARE_ABOUT_H

#include "core/about.h"

extern const struct about about;

extern const struct about_bios about_bios;
extern const uint32_t about_bios_size;

#endif
