/* SPDX-License-Identifier: BSD-2-Clause */
/* fwcfg_pull.c - reads fw_cfg items by DMA into a machine that stands still.
 * What QEMU says is checked as a firmware would: core/ reads directory, map
 * and script. */
#include "host-loader/qemu/pull_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/abi/fw_cfg.h"
#include "core/abi/table_loader.h"
#include "core/e820.h"
#include "core/le.h"
#include "host-loader/qemu/qtest.h"

/* RAM of every PC; the request stands in front of the bytes, so that one read
 * brings both. */
#define DMA_GPA       0x10000
#define CHUNK         0x40000 /* bytes of one DMA */
#define DIR_FILES_MAX 511
#define DIR_SIZE_MAX  (4 + DIR_FILES_MAX * (uint32_t)sizeof(struct fw_cfg_file))
#define PULL_SIZE_MAX MIB(64) /* of all that is pulled */
#define NO_BLOB       UINT32_MAX

static uint8_t *bytes_new(struct peer *qtest, uint32_t size)
{
	uint8_t *bytes = malloc(size + 1u);

	if (bytes == NULL)
		peer_fail(qtest, "no memory");
	return bytes;
}

/* A part of an item: its first with select, the next without. */
static int part_read(struct peer *qtest, uint16_t key, bool select, void *dst,
		     uint32_t size)
{
	struct fw_cfg_dma request = {
		.control = FW_CFG_DMA_READ,
		.length = be32(size),
		.address = be64(DMA_GPA + sizeof(request)),
	};
	uint8_t *whole = bytes_new(qtest, size + (uint32_t)sizeof(request));
	int err;

	if (whole == NULL)
		return -1;
	if (select)
		request.control |= FW_CFG_DMA_SELECT |
				   (uint32_t)key << FW_CFG_DMA_SELECTOR_SHIFT;
	request.control = be32(request.control);
	err = qtest_transfer(qtest, DMA_GPA, &request, sizeof(request),
			     FW_CFG_PORT_DMA_LOW, be32(DMA_GPA), whole,
			     size + (uint32_t)sizeof(request));
	if (err == 0 && word_at(whole) != 0)
		err = peer_fail(qtest, "fw_cfg: key %#x: DMA ends with %#x",
				key, be32(word_at(whole)));
	if (err == 0 && size > 0)
		memcpy(dst, whole + sizeof(request), size);
	free(whole);
	return err;
}

static int item_read(struct peer *qtest, uint16_t key, uint8_t *dst,
		     uint32_t size)
{
	for (uint32_t done = 0; done < size; done += CHUNK) {
		uint32_t part = size - done < CHUNK ? size - done : CHUNK;

		if (part_read(qtest, key, done == 0, dst + done, part) != 0)
			return -1;
	}
	return 0;
}

/* QEMU fills what is read behind an item's end with zeros: one read brings
 * the directory, however many files there are. */
int fwcfg_directory_read(struct fwcfg_dir *dir, void **bytes,
			 struct peer *qtest)
{
	uint8_t *read = bytes_new(qtest, DIR_SIZE_MAX);
	struct fault fault;

	*bytes = read;
	if (read == NULL ||
	    item_read(qtest, FW_CFG_FILE_DIR, read, DIR_SIZE_MAX) != 0)
		return -1;
	if (fwcfg_dir_parse(dir, read, DIR_SIZE_MAX, DIR_FILES_MAX, &fault) !=
	    0)
		return peer_fail(qtest, "fw_cfg: directory entry %u: %s",
				 fault.record, err_text(fault.code));
	return 0;
}

/* A file's bytes; none for a file that is not there.  room: how many bytes
 * may still be pulled. */
static int file_read(struct peer *qtest, const struct fwcfg_dir *dir,
		     const char *name, struct bl_span *span, uint64_t *room)
{
	struct item item;
	uint8_t *bytes;

	*span = (struct bl_span){NULL, 0};
	if (fwcfg_dir_find(dir, name, &item) != 0 || item.size == 0)
		return 0;
	if (item.size > *room)
		return peer_fail(qtest, "%s: %s (%u, limit %llu)", name,
				 err_text(ERR_TOO_LONG), item.size,
				 (unsigned long long)*room);
	bytes = bytes_new(qtest, item.size);
	if (bytes == NULL)
		return -1;
	if (item_read(qtest, (uint16_t)item.key, bytes, item.size) != 0) {
		free(bytes);
		return -1;
	}
	*span = (struct bl_span){bytes, item.size};
	*room -= item.size;
	return 0;
}

/* As ranges, to the byte.  A type that is core/'s own is taken as reserved, as
 * e820_parse() does, which has had a look at the entries. */
static void map_convert(struct pull *pull, const struct e820_entry *entry,
			size_t count)
{
	for (size_t i = 0; i < count; i++, entry++) {
		uint32_t type = entry->type;

		if (entry->len == 0)
			continue;
		if (type == E820_HOLE || type == E820_LOADED)
			type = E820_RESERVED;
		pull->map[pull->map_count++] =
			(struct bl_range){entry->addr, entry->len, type};
	}
}

static int map_pull(struct pull *pull, struct peer *qtest,
		    const struct fwcfg_dir *dir, uint64_t *room)
{
	struct e820_map map;
	struct bl_span span;
	struct fault fault;
	size_t count;
	int err;

	if (file_read(qtest, dir, "etc/e820", &span, room) != 0)
		return -1;
	count = span.size / sizeof(struct e820_entry);
	if (count > BL_RANGES_MAX)
		err = peer_fail(qtest, "etc/e820: %s", err_text(ERR_TOO_MANY));
	else if (e820_parse(&map, span.bytes, (uint32_t)span.size, &fault) != 0)
		err = peer_fail(qtest, "etc/e820: entry %u: %s (%#llx)",
				fault.record, err_text(fault.code),
				(unsigned long long)fault.value);
	else
		err = 0;
	if (err == 0)
		map_convert(pull, span.bytes, count);
	if (err == 0 && pull->map_count == 0)
		err = peer_fail(qtest, "etc/e820: %s", err_text(ERR_ABSENT));
	free((void *)(uintptr_t)span.bytes);
	return err;
}

static uint32_t blob_find(const struct pull *pull, const char *name)
{
	for (uint32_t i = 0; i < pull->blob_count; i++)
		if (strcmp(pull->blob[i].name, name) == 0)
			return i;
	return NO_BLOB;
}

/* Files that are not there are left out, as whoever runs the script passes
 * over commands that name them. */
static int blob_add(struct pull *pull, struct peer *qtest,
		    const struct fwcfg_dir *dir, const char *name)
{
	struct item item;
	char *copy;

	if (blob_find(pull, name) != NO_BLOB ||
	    fwcfg_dir_find(dir, name, &item) != 0)
		return 0;
	if (pull->blob_count == PULL_BLOBS_MAX)
		return peer_fail(qtest, "etc/table-loader: names more than %d "
				 "files", PULL_BLOBS_MAX);
	copy = strdup(name);
	if (copy == NULL)
		return peer_fail(qtest, "no memory");
	pull->blob[pull->blob_count++] = (struct bl_blob){
		.name = copy,
		.key = (uint16_t)item.key,
	};
	return 0;
}

/* A name of the script's, which has an end with QEMU. */
static int name_add(struct pull *pull, struct peer *qtest,
		    const struct fwcfg_dir *dir,
		    const char name[LOADER_NAME_SIZE], uint32_t record)
{
	if (memchr(name, '\0', LOADER_NAME_SIZE) == NULL)
		return peer_fail(qtest, "etc/table-loader: command %u: %s",
				 record, err_text(ERR_NAME));
	return blob_add(pull, qtest, dir, name);
}

static int command_names(struct pull *pull, struct peer *qtest,
			 const struct fwcfg_dir *dir,
			 const struct loader_command *c, uint32_t record)
{
	const char *first = c->allocate.file, *second = NULL;

	switch (c->command) {
	case LOADER_ALLOCATE:
	case LOADER_ADD_CHECKSUM:
		break;
	case LOADER_ADD_POINTER:
		second = c->pointer.src;
		break;
	case LOADER_WRITE_POINTER:
		second = c->write.src;
		break;
	default:
		return 0;
	}
	if (name_add(pull, qtest, dir, first, record) != 0)
		return -1;
	return second == NULL ? 0 : name_add(pull, qtest, dir, second, record);
}

static int names_collect(struct pull *pull, struct peer *qtest,
			 const struct fwcfg_dir *dir)
{
	struct bl_span script = pull->blob[0].bytes;
	const struct loader_command *c = script.bytes;
	uint32_t count = (uint32_t)(script.size / sizeof(*c));

	if (script.size % sizeof(*c) != 0)
		return peer_fail(qtest, "etc/table-loader: %s (%llu)",
				 err_text(ERR_SIZE),
				 (unsigned long long)script.size);
	for (uint32_t i = 0; i < count; i++)
		if (command_names(pull, qtest, dir, &c[i], i) != 0)
			return -1;
	return 0;
}

/* The script first: reading it makes QEMU bring its tables up to date, and
 * then other sizes may stand in the directory. */
static int script_pull(struct pull *pull, struct peer *qtest, uint64_t *room)
{
	struct fwcfg_dir dir;
	void *bytes;
	int err = fwcfg_directory_read(&dir, &bytes, qtest);

	if (err == 0)
		err = blob_add(pull, qtest, &dir, "etc/table-loader");
	if (err == 0 && pull->blob_count != 0)
		err = file_read(qtest, &dir, pull->blob[0].name,
				&pull->blob[0].bytes, room);
	free(bytes);
	return err;
}

static int files_pull(struct pull *pull, struct peer *qtest, uint64_t *room)
{
	struct fwcfg_dir dir;
	void *bytes;
	int err = fwcfg_directory_read(&dir, &bytes, qtest);

	if (err == 0)
		err = map_pull(pull, qtest, &dir, room);
	if (err == 0)
		err = file_read(qtest, &dir, "etc/smbios/smbios-tables",
				&pull->smbios, room);
	if (err == 0 && pull->blob_count != 0)
		err = names_collect(pull, qtest, &dir);
	for (uint32_t i = 1; err == 0 && i < pull->blob_count; i++)
		err = file_read(qtest, &dir, pull->blob[i].name,
				&pull->blob[i].bytes, room);
	free(bytes);
	return err;
}

int fwcfg_pull(struct pull *pull, struct peer *qtest)
{
	uint64_t room = PULL_SIZE_MAX;
	uint32_t mark;

	if (qtest_in32(qtest, FW_CFG_PORT_DMA_LOW, &mark) != 0)
		return -1;
	if (mark != FW_CFG_DMA_MARK_LOW)
		return peer_fail(qtest, "fw_cfg: this machine has none, or one "
				 "without DMA (-global "
				 "fw_cfg_io.dma_enabled=on adds that)");
	if (script_pull(pull, qtest, &room) != 0)
		return -1;
	return files_pull(pull, qtest, &room);
}
