/* SPDX-License-Identifier: BSD-2-Clause */
/* tables.h - ACPI, SMBIOS and MP tables in guest memory. */
#ifndef FIRMWARE_TABLES_H
#define FIRMWARE_TABLES_H

#include "core/e820.h"
#include "core/gmem.h"

/* Links the VMM's ACPI tables; or finds, on a host other than QEMU, those that
 * it has placed and leaves them alone; or builds a small set and an MP table of
 * our own.  Returns the RSDP's address. */
uint32_t tables_acpi(struct e820_map *map);

/* Puts the VMM's SMBIOS tables where the ROM's entry point says. */
void tables_smbios(struct e820_map *map);

#endif
