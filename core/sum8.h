/* SPDX-License-Identifier: BSD-2-Clause */
/* sum8.h - the byte checksum that ACPI, SMBIOS, MP and RSDP all use. */
#ifndef CORE_SUM8_H
#define CORE_SUM8_H

#include "core/base.h"

/* Sum of len bytes modulo 256. */
uint8_t sum8(const void *bytes, size_t len);

#endif
