/* SPDX-License-Identifier: BSD-2-Clause */
/* smbios.c - an end where there is none. */
#include "core/smbios.h"

#define END_SIZE 6 /* header and the two NULs that end its string set */

static bool end_is_last(const uint8_t *end)
{
	return end[0] == SMBIOS_TYPE_END &&
	       end[1] == sizeof(struct smbios_header) && end[4] == 0 &&
	       end[5] == 0;
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
