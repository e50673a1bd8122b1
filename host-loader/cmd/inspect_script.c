/* SPDX-License-Identifier: BSD-2-Clause */
/* inspect_script.c - the commands of a table-loader script. */
#include <string.h>

#include "core/abi/table_loader.h"
#include "host-loader/cmd/inspect.h"

static void name_fact(json_t *entry, const char *key, const char *name)
{
	fact_bytes(entry, key, name, LOADER_NAME_SIZE);
}

static void allocate_facts(json_t *entry, const struct loader_allocate *a)
{
	fact_text(entry, "type", "allocate");
	name_fact(entry, "file", a->file);
	fact_number(entry, "align", a->align);
	if (a->zone == LOADER_ZONE_HIGH)
		fact_text(entry, "zone", "high");
	else if (a->zone == LOADER_ZONE_FSEG)
		fact_text(entry, "zone", "fseg");
	else
		fact_format(entry, "zone", "%u, unknown", a->zone);
}

static void pointer_facts(json_t *entry, const struct loader_add_pointer *p)
{
	fact_text(entry, "type", "add_pointer");
	name_fact(entry, "file", p->dest);
	fact_hex(entry, "offset", p->offset);
	fact_number(entry, "size", p->size);
	name_fact(entry, "to", p->src);
}

static void checksum_facts(json_t *entry, const struct loader_add_checksum *c)
{
	fact_text(entry, "type", "add_checksum");
	name_fact(entry, "file", c->file);
	fact_hex(entry, "offset", c->offset);
	fact_hex(entry, "start", c->start);
	fact_number(entry, "length", c->length);
}

static void write_facts(json_t *entry, const struct loader_write_pointer *w)
{
	fact_text(entry, "type", "write_pointer");
	name_fact(entry, "file", w->dest);
	fact_hex(entry, "offset", w->dest_offset);
	fact_number(entry, "size", w->size);
	name_fact(entry, "to", w->src);
	fact_hex(entry, "to_offset", w->src_offset);
}

static void command_facts(json_t *entry, const struct loader_command *c)
{
	switch (c->command) {
	case LOADER_ALLOCATE:
		allocate_facts(entry, &c->allocate);
		break;
	case LOADER_ADD_POINTER:
		pointer_facts(entry, &c->pointer);
		break;
	case LOADER_ADD_CHECKSUM:
		checksum_facts(entry, &c->checksum);
		break;
	case LOADER_WRITE_POINTER:
		write_facts(entry, &c->write);
		break;
	default:
		fact_format(entry, "type", "0x%x, unknown", c->command);
	}
}

/* The first command is one of ours and names a file, as every command does in
 * the same place. */
static bool is_script(struct bl_span span)
{
	struct loader_command c;
	const char *name = c.allocate.file;
	size_t size;

	if (span.size < sizeof(c) || span.size % sizeof(c) != 0)
		return false;
	memcpy(&c, span.bytes, sizeof(c));
	if (c.command < LOADER_ALLOCATE || c.command > LOADER_WRITE_POINTER)
		return false;
	size = strnlen(name, LOADER_NAME_SIZE);
	if (size == 0 || size == LOADER_NAME_SIZE)
		return false;
	for (size_t i = 0; i < size; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	return true;
}

int inspect_script(json_t *facts, const char *file, struct bl_span span)
{
	const uint8_t *bytes = span.bytes;
	struct loader_command c;
	uint64_t count = 0;
	json_t *list;

	(void)file;
	if (!is_script(span))
		return 0;
	/* QEMU fills up with commands 0 */
	for (uint64_t i = 0; i < span.size / sizeof(c); i++) {
		memcpy(&c, bytes + i * sizeof(c), sizeof(c));
		if (c.command != 0)
			count = i + 1;
	}
	fact_text(facts, "kind", "table-loader script");
	fact_number(facts, "size", span.size);
	fact_number(facts, "padding", span.size / sizeof(c) - count);
	list = fact_list(facts, "commands");
	for (uint64_t i = 0; i < count; i++) {
		json_t *entry = fact_list_add(list);

		memcpy(&c, bytes + i * sizeof(c), sizeof(c));
		fact_number(entry, "number", i);
		command_facts(entry, &c);
	}
	return 1;
}
