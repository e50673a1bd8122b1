/* SPDX-License-Identifier: BSD-2-Clause */
/* notes.c - walks ELF notes. */
#include "host-loader/notes.h"

#include <stdio.h>
#include <string.h>

#include "core/abi/elf.h"
#include "core/base.h"
#include "host-loader/strings.h"

#define ID_BYTES 32 /* --build-id=sha1 makes 20 */
#define ID_NAME  "GNU"

/* A program header of either class. */
struct segment {
	uint32_t type;
	uint64_t offset, size, align;
};

static const struct bl_span nothing = {NULL, 0};

struct bl_span note_find(struct bl_span notes, uint32_t align,
			 const char *name, uint32_t type)
{
	const uint8_t *bytes = notes.bytes;
	const size_t name_size = strlen(name) + 1;
	uint64_t off = 0;

	while (range_fits(off, sizeof(struct elf_note), notes.size)) {
		uint64_t at = off + sizeof(struct elf_note), desc;
		struct elf_note note;

		memcpy(&note, bytes + off, sizeof(note));
		desc = align_up(at + note.name_size, align);
		off = align_up(desc + note.desc_size, align);
		if (!range_fits(desc, note.desc_size, notes.size))
			break;
		if (note.type == type && note.name_size == name_size &&
		    memcmp(bytes + at, name, name_size) == 0)
			return (struct bl_span){bytes + desc, note.desc_size};
	}
	return nothing;
}

static bool segment_read(struct segment *segment, struct bl_span elf,
			 uint32_t index)
{
	const uint8_t *bytes = elf.bytes;
	struct elf64_header h64;
	struct elf32_header h32;
	struct elf64_phdr p64;
	struct elf32_phdr p32;
	uint64_t off;

	memcpy(&h64, bytes, sizeof(h64));
	memcpy(&h32, bytes, sizeof(h32));
	if (h64.ident.elf_class == ELF_CLASS64) {
		off = (uint64_t)index * sizeof(p64);
		if (index >= h64.phnum || h64.phentsize != sizeof(p64) ||
		    h64.phoff > elf.size ||
		    !range_fits(off, sizeof(p64), elf.size - h64.phoff))
			return false;
		memcpy(&p64, bytes + h64.phoff + off, sizeof(p64));
		*segment = (struct segment){p64.type, p64.offset, p64.filesz,
					    p64.align};
		return true;
	}
	off = (uint64_t)index * sizeof(p32);
	if (index >= h32.phnum || h32.phentsize != sizeof(p32) ||
	    h32.phoff > elf.size ||
	    !range_fits(off, sizeof(p32), elf.size - h32.phoff))
		return false;
	memcpy(&p32, bytes + h32.phoff + off, sizeof(p32));
	*segment = (struct segment){p32.type, p32.offset, p32.filesz,
				    p32.align};
	return true;
}

struct bl_span elf_note_find(struct bl_span elf, const char *name,
			     uint32_t type)
{
	struct elf_ident ident;
	struct segment segment;

	if (elf.size < sizeof(struct elf64_header))
		return nothing;
	memcpy(&ident, elf.bytes, sizeof(ident));
	if (ident.magic != ELF_MAGIC || ident.data != ELF_DATA_LSB)
		return nothing;
	for (uint32_t i = 0; segment_read(&segment, elf, i); i++) {
		struct bl_span notes, found;

		if (segment.type != ELF_PT_NOTE ||
		    !range_fits(segment.offset, segment.size, elf.size))
			continue;
		notes = (struct bl_span){
			(const uint8_t *)elf.bytes + segment.offset,
			segment.size};
		found = note_find(notes, segment.align == 8 ? 8 : 4, name,
				  type);
		if (found.size != 0)
			return found;
	}
	return nothing;
}

static char *id_text(struct bl_span id)
{
	char text[2 * ID_BYTES + 1];

	if (id.size == 0 || id.size > ID_BYTES)
		return NULL;
	for (uint64_t i = 0; i < id.size; i++)
		snprintf(text + 2 * i, 3, "%02x",
			 ((const uint8_t *)id.bytes)[i]);
	return text_make("%s", text);
}

char *note_build_id(struct bl_span notes)
{
	return id_text(note_find(notes, 4, ID_NAME, ELF_NT_GNU_BUILD_ID));
}

char *elf_build_id(struct bl_span elf)
{
	return id_text(elf_note_find(elf, ID_NAME, ELF_NT_GNU_BUILD_ID));
}
