/* SPDX-License-Identifier: BSD-2-Clause */
/* about.c - reads the notes of an image of ours. */
#include "host-loader/cmd/about.h"

#include <stdlib.h>
#include <string.h>

#include "core/about.h"
#include "host-loader/notes.h"
#include "host-loader/strings.h"

/* "1.2.3" of "Beeline 1.2.3"; NULL: it begins otherwise. */
static char *version_parse(struct bl_span text)
{
	static const char name[] = ABOUT_NAME " ";
	const size_t skip = sizeof(name) - 1;

	/* ours is never longer; a file may say 2 GiB, which no int is */
	if (text.size <= skip || text.size > ABOUT_TEXT ||
	    memcmp(text.bytes, name, skip) != 0)
		return NULL;
	return text_make("%.*s", (int)(text.size - skip),
			 (const char *)text.bytes + skip);
}

bool about_rom(struct about_facts *about, struct bl_span rom)
{
	struct bl_span notes;

	if (rom.size < ROM_UNIT)
		return false;
	notes = (struct bl_span){
		(const uint8_t *)rom.bytes + rom.size - ROM_UNIT, ROM_UNIT};
	about->version = version_parse(
		note_find(notes, 4, ABOUT_NAME, ABOUT_VERSION));
	if (about->version == NULL)
		return false;
	about->build_id = note_build_id(notes);
	return true;
}

bool about_elf(struct about_facts *about, struct bl_span elf)
{
	about->version = version_parse(
		elf_note_find(elf, ABOUT_NAME, ABOUT_VERSION));
	if (about->version == NULL)
		return false;
	about->build_id = elf_build_id(elf);
	return true;
}

void about_free(struct about_facts *about)
{
	free(about->version);
	free(about->build_id);
	*about = (struct about_facts){NULL, NULL};
}
