/* SPDX-License-Identifier: BSD-2-Clause */
/* script.h - QEMU's blobs as core's items, and what the script leaves to do at
 * each launch. */
#ifndef HOST_LOADER_SCRIPT_H
#define HOST_LOADER_SCRIPT_H

#include "core/acpi_script.h"
#include "host-loader/lib/arena.h"

#define SCRIPT_NAME "etc/table-loader"

/* A WRITE_POINTER as it came: carried out by the launch. */
struct script_write {
	uint32_t blob;  /* index in the request */
	uint32_t off;   /* in that file */
	uint32_t size;  /* bytes, at most 8 */
	uint64_t value; /* a gpa */
};

struct script_host {
	const struct bl_request *request;
	struct bl_plan *plan;
	struct arena *arena;
	const struct acpi_result *result;
	uint32_t write_count;
	struct script_write write[BL_DMA_MAX];
};

/* The bytes of a named blob, or NULL. */
const struct bl_span *blob_find(const struct bl_request *request,
				const char *name);

/* The request's blobs; a write becomes an entry of host->write. */
struct items script_items(struct script_host *host);

/* Bytes of memory, in whole pages, that the script's files take. */
uint64_t script_room(const struct bl_request *request);

/* Turns the writes into the plan's launch commands.  A blob that the VMM wants
 * to know the address of is one that it writes to, or that differs from VM to
 * VM (vmgenid): unless the script has patched it, it is read again as well. */
int script_launch(struct script_host *host, struct bl_error *err);

#endif
