/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_smbios.c - any bytes as SMBIOS structures, in any room: word of a BIOS
 * and an end are added where there is none, nothing else is changed, and
 * structures that were whole can be walked to the end.
 *
 * Input: what room there is, then the structures. */
#include "tests/fuzz/fuzz.h"

#include "core/smbios.h"

#define END_SIZE 6

/* [SMBIOS] 6.1.2, 6.1.3: the size of the structure at p and of its strings; 0:
 * it is not whole. */
static size_t structure_size(const uint8_t *p, size_t left)
{
	size_t at = left >= 2 ? p[1] : 0;

	if (at < sizeof(struct smbios_header) || at > left)
		return 0;
	while (at + 2 <= left && (p[at] != 0 || p[at + 1] != 0))
		at++;
	return at + 2 <= left ? at + 2 : 0;
}

/* Bytes up to and with the first end marker; 0: none is reached. */
static size_t walk(const uint8_t *p, size_t len)
{
	for (size_t at = 0, size; at < len; at += size) {
		size = structure_size(p + at, len - at);
		if (size == 0)
			return 0;
		if (p[at] == SMBIOS_TYPE_END)
			return at + size;
	}
	return 0;
}

/* Are these whole structures, none of them an end marker? */
static bool is_open_list(const uint8_t *p, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t size = structure_size(p + at, len - at);

		if (size == 0 || p[at] == SMBIOS_TYPE_END)
			return false;
		at += size;
	}
	return true;
}

/* Does it look like an end, whether it is one or the end of a string? */
static bool ends_like_marker(const uint8_t *p, size_t len)
{
	if (len < END_SIZE)
		return false;
	p += len - END_SIZE;
	return p[0] == SMBIOS_TYPE_END && p[1] == 4 && p[4] == 0 && p[5] == 0;
}

static void closed_check(const uint8_t *tables, const uint8_t *given,
			 size_t len, int size)
{
	bool ended = ends_like_marker(given, len);
	size_t end;

	PROPERTY((size_t)size == len + (ended ? 0 : END_SIZE));
	PROPERTY(ends_like_marker(tables, (size_t)size));
	if (is_open_list(given, len) && !ended)
		PROPERTY(walk(tables, (size_t)size) == (size_t)size);
	end = walk(given, len);
	if (end != 0) /* what was reached before still is */
		PROPERTY(walk(tables, (size_t)size) == end);
}

static const uint8_t bios[] = {0, 6, 1, 0, 1, 2, 'B', 0, '1', 0, 0};

/* Has a list of whole structures, with or without an end, this type? */
static bool has_type(const uint8_t *p, size_t len, uint8_t type)
{
	for (size_t at = 0, size; at < len; at += size) {
		size = structure_size(p + at, len - at);
		if (size == 0)
			return false;
		if (p[at] == type)
			return true;
	}
	return false;
}

/* Are all len bytes whole structures, the last of them the only end? */
static bool is_closed_list(const uint8_t *p, size_t len)
{
	return walk(p, len) == len &&
	       is_open_list(p, len - structure_size(p + len - END_SIZE,
						    END_SIZE)) &&
	       ends_like_marker(p, len);
}

static void added_check(const uint8_t *tables, const uint8_t *given,
			size_t len, size_t size)
{
	bool ended = ends_like_marker(given, len);
	size_t kept = ended ? len - END_SIZE : len;
	bool whole = (is_open_list(given, len) && !ended) ||
		     is_closed_list(given, len);

	if (size == len && memcmp(tables, given, len) == 0) {
		/* it has one, as far as one can tell */
		PROPERTY(!whole || has_type(given, len, SMBIOS_TYPE_BIOS));
		return;
	}
	PROPERTY(size == kept + sizeof(bios));
	PROPERTY(kept == 0 || memcmp(tables, given, kept) == 0);
	PROPERTY(memcmp(tables + kept, bios, sizeof(bios)) == 0);
	if (whole)
		PROPERTY(has_type(tables, size, SMBIOS_TYPE_BIOS));
}

/* A BIOS, then an end, as a boot does it. */
static void add(const struct input *in, uint32_t room)
{
	uint32_t len = (uint32_t)in->left;
	size_t all = len > room ? len : room;
	uint8_t *tables = guarded_new(all), *copy;
	int size;

	if (len != 0)
		memcpy(tables, in->at, len);
	size = smbios_add_bios(tables, len, room, bios, sizeof(bios));
	PROPERTY(guarded_kept(tables, all, 0,
			      size > (int)len ? (size_t)size : len));
	if (size < 0) {
		PROPERTY(size == ERR_NO_ROOM);
		PROPERTY(len == 0 || memcmp(tables, in->at, len) == 0);
		PROPERTY(room < len + sizeof(bios));
	} else {
		PROPERTY((uint32_t)size <= room);
		added_check(tables, in->at, len, (size_t)size);
		copy = exact_copy(tables, (size_t)size);
		len = (uint32_t)size;
		size = smbios_close(tables, len, room);
		if (size >= 0)
			closed_check(tables, copy, len, size);
		free(copy);
	}
	guarded_free(tables);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	uint32_t spare = (uint32_t)take(&in, 1);
	uint32_t less = (uint32_t)take(&in, 1);
	uint32_t len = (uint32_t)in.left;
	uint32_t room = spare == 0 && less < len ? len - less : len + spare;
	uint8_t *tables = guarded_new(len > room ? len : room);
	int result;

	add(&in, room);
	if (len != 0)
		memcpy(tables, in.at, len);
	result = smbios_close(tables, len, room);
	PROPERTY(guarded_kept(tables, len > room ? len : room, 0,
			      result < 0 ? len : (size_t)result));
	PROPERTY(len == 0 || memcmp(tables, in.at, len) == 0);
	if (result < 0) {
		PROPERTY(result == ERR_NO_ROOM);
		PROPERTY(room < len || (room - len < END_SIZE &&
					!ends_like_marker(in.at, len)));
	} else {
		PROPERTY((uint32_t)result <= room);
		closed_check(tables, in.at, len, result);
		/* again: nothing to do */
		PROPERTY(smbios_close(tables, (uint32_t)result, room) ==
			 result);
	}
	guarded_free(tables);
	return 0;
}
