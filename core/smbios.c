/* SPDX-License-Identifier: BSD-2-Clause */
/* smbios.c - what tables lack: word of the BIOS, and an end. */
#include "core/smbios.h"

#define END_SIZE 6 /* header and the two NULs that end its string set */

static bool end_is_last(const uint8_t *end)
{
	return end[0] == SMBIOS_TYPE_END &&
	       end[1] == sizeof(struct smbios_header) && end[4] == 0 &&
	       end[5] == 0;
}

/* Where the next structure begins: behind the two NULs that end the strings.
 * What is no structure, or is cut, has nothing behind it. */
static const uint8_t *structure_next(const uint8_t *p, const uint8_t *end)
{
	if (end - p <= p[1])
		return end;
	for (p += p[1]; end - p > 2; p++)
		if ((p[0] | p[1]) == 0)
			return p + 2;
	return end;
}

/* Most tables are QEMU's own: one look at the first structure is enough. */
static bool has_bios(const uint8_t *p, const uint8_t *end)
{
	struct smbios_header header;

	for (bool first = true; end - p > (int)sizeof(header); first = false) {
		memcpy(&header, p, sizeof(header));
		if (header.type == SMBIOS_TYPE_BIOS)
			return true;
		if (first && header.type == SMBIOS_TYPE_SYSTEM &&
		    header.handle == SMBIOS_QEMU_SYSTEM)
			return false;
		p = structure_next(p, end);
	}
	return false;
}

int smbios_add_bios(void *tables, uint32_t len, uint32_t room,
		    const void *bios, uint32_t size)
{
	uint8_t *p = tables;

	if (len > room)
		return ERR_NO_ROOM;
	if (has_bios(p, p + len))
		return (int)len;
	if (len >= END_SIZE && end_is_last(p + len - END_SIZE))
		len -= END_SIZE;
	if (size > room - len)
		return ERR_NO_ROOM;
	memcpy(p + len, bios, size);
	return (int)(len + size);
}

int smbios_close(void *tables, uint32_t len, uint32_t room)
{
	static const uint8_t marker[END_SIZE] = {
		SMBIOS_TYPE_END, sizeof(struct smbios_header), 0xff, 0xfe};
	uint8_t *p = tables;

	if (len > room)
		return ERR_NO_ROOM;
	if (len >= END_SIZE && end_is_last(p + len - END_SIZE))
		return (int)len;
	if (room - len < END_SIZE)
		return ERR_NO_ROOM;
	memcpy(p + len, marker, END_SIZE);
	return (int)len + END_SIZE;
}
