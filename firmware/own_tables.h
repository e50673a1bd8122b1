/* SPDX-License-Identifier: BSD-2-Clause */
/* own_tables.h - ACPI and MP tables for a VMM that offers none. */
#ifndef FIRMWARE_OWN_TABLES_H
#define FIRMWARE_OWN_TABLES_H

#include "core/e820.h"

/* Builds them and reserves their place.  Returns the RSDP's address.  Does
 * not return if the guest has switched itself off: docs/boot.md, "Power
 * off". */
uint32_t own_tables_build(struct e820_map *map);

#endif
