/* SPDX-License-Identifier: BSD-2-Clause */
/* fwcfg.h - the host's channel: numeric keys and named files over whichever
 * transport the device has.  Source: [FWCFG]. */
#ifndef FIRMWARE_FWCFG_H
#define FIRMWARE_FWCFG_H

#include "core/abi/fw_cfg.h"
#include "core/fwcfg_dir.h"
#include "core/gmem.h"
#include "core/items.h"

enum fwcfg_transport { /* logged as 0, 1, 2 */
	FWCFG_DMA_QEMU, /* SELECT and READ in one write; reads past the end are
			 * zero-filled, so sizes need not be asked for */
	FWCFG_DMA_SAFE, /* select by port, both halves written, exact lengths */
	FWCFG_BYTES,    /* no DMA */
};

/* Finds the device and its transport, reads the directory, and leaves the
 * pages from BOOT_PARAMS to CLEAR_END clear.  Is there a device?  Panics where
 * the directory lies. */
bool fwcfg_setup(void);

enum fwcfg_transport fwcfg_transport(void);

/* The named files. */
const struct items *fwcfg_items(void);

/* Reads the first len bytes of a key to guest memory: anywhere by DMA, else
 * below 4 GiB.  0, ERR_DMA, ERR_TIMEOUT, ERR_NO_ROOM. */
int fwcfg_read_gpa(uint16_t key, gpa_t gpa, uint32_t len);

/* The same; panics with the item's name. */
void fwcfg_read(const char *name, uint16_t key, gpa_t gpa, uint32_t len);

/* Reads a whole file to dst; its size, 0 where there is none.  Panics where it
 * is longer than room or cannot be read. */
uint32_t fwcfg_file(const char *name, void *dst, uint32_t room);

/* A number of size (2 or 4) bytes; panics with the item's name. */
uint32_t fwcfg_number(const char *name, uint16_t key, uint32_t size);

#endif
