/* SPDX-License-Identifier: BSD-2-Clause */
/* script.c - the host's side of core's ACPI script. */
#include <string.h>

#include "host-loader/lib/script.h"
#include "core/le.h"
#include "host-loader/lib/fail.h"

static int blob_index(const struct bl_request *request, const char *name)
{
	for (uint32_t i = 0; i < request->blob_count; i++)
		if (strcmp(request->blob[i].name, name) == 0)
			return (int)i;
	return -1;
}

const struct bl_span *blob_find(const struct bl_request *request,
				const char *name)
{
	int i = blob_index(request, name);

	return i < 0 ? NULL : &request->blob[i].bytes;
}

static int item_find(void *ctx, const char *name, struct item *out)
{
	const struct script_host *host = ctx;
	int i = blob_index(host->request, name);

	if (i < 0 || host->request->blob[i].bytes.size > UINT32_MAX)
		return ERR_ABSENT;
	*out = (struct item){(uint32_t)i,
			     (uint32_t)host->request->blob[i].bytes.size};
	return 0;
}

static int item_read(void *ctx, const struct item *item, void *dst,
		     uint32_t len)
{
	const struct script_host *host = ctx;

	memcpy(dst, host->request->blob[item->key].bytes.bytes, len);
	return 0;
}

static int item_write(void *ctx, const struct item *item, uint32_t off,
		      const void *src, uint32_t len)
{
	struct script_host *host = ctx;
	struct script_write *w = &host->write[host->write_count];

	if (host->write_count == BL_DMA_MAX)
		return ERR_TOO_MANY;
	if (len > sizeof(w->value))
		return ERR_SIZE;
	*w = (struct script_write){item->key, off, len, 0};
	memcpy(&w->value, src, len);
	host->write_count++;
	return 0;
}

struct items script_items(struct script_host *host)
{
	return (struct items){item_find, item_read, item_write, host};
}

static const struct loader_command *commands(const struct bl_request *request,
					     uint32_t *count)
{
	const struct bl_span *script = blob_find(request, SCRIPT_NAME);

	*count = script == NULL ? 0
				: (uint32_t)(script->size /
					     sizeof(struct loader_command));
	return script == NULL ? NULL : script->bytes;
}

static bool name_is(const char field[LOADER_NAME_SIZE], const char *name)
{
	return strnlen(field, LOADER_NAME_SIZE) < LOADER_NAME_SIZE &&
	       strcmp(field, name) == 0;
}

uint64_t script_room(const struct bl_request *request)
{
	uint32_t count;
	const struct loader_command *c = commands(request, &count);
	uint64_t room = PAGE_SIZE;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t align = c[i].allocate.align;
		const struct bl_span *bytes;

		if (c[i].command != LOADER_ALLOCATE ||
		    strnlen(c[i].allocate.file, LOADER_NAME_SIZE) ==
			    LOADER_NAME_SIZE)
			continue;
		bytes = blob_find(request, c[i].allocate.file);
		if (bytes == NULL || bytes->size > UINT32_MAX)
			continue;
		if (align > ACPI_ALIGN_MAX)
			align = ACPI_ALIGN_MAX;
		room += align_up(bytes->size, PAGE_SIZE) +
			(align > PAGE_SIZE ? align : 0);
	}
	return room;
}

/* Did the script write into this file? */
static bool patched(const struct bl_request *request, const char *name)
{
	uint32_t count;
	const struct loader_command *c = commands(request, &count);

	for (uint32_t i = 0; i < count; i++) {
		if (c[i].command == LOADER_ADD_POINTER &&
		    name_is(c[i].pointer.dest, name))
			return true;
		if (c[i].command == LOADER_ADD_CHECKSUM &&
		    name_is(c[i].checksum.file, name))
			return true;
	}
	return false;
}

static int dma_add(struct bl_plan *plan, struct bl_dma dma,
		   struct bl_error *err)
{
	if (plan->dma_count == BL_DMA_MAX)
		return fail(err, BL_STAGE_TABLES, ERR_TOO_MANY,
			    plan->dma_count, BL_DMA_MAX);
	plan->dma[plan->dma_count++] = dma;
	return 0;
}

/* The file that a written pointer points into. */
static const struct acpi_file *pointed_at(const struct script_host *host,
					  uint64_t gpa)
{
	for (uint32_t i = 0; i < host->result->file_count; i++) {
		const struct acpi_file *f = &host->result->file[i];

		if (f->gpa != 0 && gpa - f->gpa < f->size)
			return f;
	}
	return NULL;
}

static int write_launch(struct script_host *host, const struct script_write *w,
			uint32_t data_gpa, struct bl_error *err)
{
	const struct acpi_file *f = pointed_at(host, w->value);
	const struct bl_request *request = host->request;
	int code = 0;

	/* where the RSDP was linked is not where it went (tables.c) */
	if (f != NULL && f->gpa == host->result->rsdp_gpa)
		return fail(err, BL_STAGE_TABLES, ERR_UNSUPPORTED, w->value, 0);
	memcpy(arena_low(host->arena, data_gpa), &w->value, sizeof(w->value));
	if (f != NULL && !patched(request, f->name))
		code = dma_add(host->plan, (struct bl_dma){
			.key = request->blob[blob_index(request, f->name)].key,
			.size = f->size, .gpa = f->gpa}, err);
	if (code == 0)
		code = dma_add(host->plan, (struct bl_dma){
			.key = request->blob[w->blob].key, .write = true,
			.skip = w->off, .size = w->size, .gpa = data_gpa}, err);
	return code;
}

int script_launch(struct script_host *host, struct bl_error *err)
{
	for (uint32_t i = 0; i < host->write_count; i++) {
		uint32_t data = LAUNCH_DATA + i * (uint32_t)sizeof(uint64_t);
		int code = write_launch(host, &host->write[i], data, err);

		if (code != 0)
			return code;
	}
	return 0;
}
