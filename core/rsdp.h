/* SPDX-License-Identifier: BSD-2-Clause */
/* rsdp.h - looks for an RSDP that somebody has placed already.
 * Source: [ACPI] 5.2.5.1 "Finding the RSDP on IA-PC Systems". */
#ifndef CORE_RSDP_H
#define CORE_RSDP_H

#include "core/abi/acpi.h"
#include "core/gmem.h"

/* Address of the first RSDP with right checksums; 0 if there is none.  Looked
 * for in the first KiB of the EBDA, at the two places where VMMs without one
 * are known to put it, and from 0xe0000 to 1 MiB.  mem: what of guest memory
 * may be read; parts outside of it are left out. */
uint32_t rsdp_find(const struct gmem *mem);

#endif
