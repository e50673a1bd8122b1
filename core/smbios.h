/* SPDX-License-Identifier: BSD-2-Clause */
/* smbios.h - SMBIOS tables behind the ROM's static entry point.
 * Source: [SMBIOS] 5.2.2, 6.1.2, 7.1, 7.45 (type 127).
 *
 * The entry point in the ROM names a fixed address and a maximum size, so
 * there must always be at least an end marker there.  The structures before it
 * are the VMM's, and their reader's to check. */
#ifndef CORE_SMBIOS_H
#define CORE_SMBIOS_H

#include "core/abi/smbios.h"
#include "core/err.h"

/* Makes the len bytes at tables end with an end marker: adds one if there is
 * none.  room: bytes that may be written, from tables on.  Returns the size
 * with the marker, or ERR_NO_ROOM. */
int smbios_close(void *tables, uint32_t len, uint32_t room);

/* Puts the size bytes of a type 0 structure with its strings before the end
 * marker of the len bytes at tables, or behind them where there is none; not
 * where they have one of their own.  Returns the size then, or ERR_NO_ROOM. */
int smbios_add_bios(void *tables, uint32_t len, uint32_t room,
		    const void *bios, uint32_t size);

#endif
