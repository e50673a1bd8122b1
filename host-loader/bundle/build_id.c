/* SPDX-License-Identifier: BSD-2-Clause */
/* build_id.c - what tells one build of QEMU from another. */
#include "host-loader/bundle/bundle.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base.h"
#include "core/abi/elf.h"
#include "host-loader/file.h"
#include "host-loader/say.h"

#define ID_BYTES 32 /* --build-id=sha1 makes 20 */

/* A program header of either class. */
struct segment {
	uint32_t type;
	uint64_t offset, size, align;
};

/* The bytes of the first build id among notes, or an empty span. */
static struct bl_span id_find(const uint8_t *notes, uint64_t size,
			      uint64_t align)
{
	static const char gnu[] = "GNU";
	uint64_t off = 0;

	while (range_fits(off, sizeof(struct elf_note), size)) {
		uint64_t name = off + sizeof(struct elf_note);
		struct elf_note note;
		uint64_t desc;

		memcpy(&note, notes + off, sizeof(note));
		desc = align_up(name + note.name_size, align);
		off = align_up(desc + note.desc_size, align);
		if (!range_fits(desc, note.desc_size, size))
			break;
		if (note.type == ELF_NT_GNU_BUILD_ID &&
		    note.name_size == sizeof(gnu) &&
		    memcmp(notes + name, gnu, sizeof(gnu)) == 0)
			return (struct bl_span){notes + desc, note.desc_size};
	}
	return (struct bl_span){NULL, 0};
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

static struct bl_span elf_build_id(struct bl_span elf)
{
	struct bl_span none = {NULL, 0};
	struct elf_ident ident;
	struct segment segment;

	if (elf.size < sizeof(struct elf64_header))
		return none;
	memcpy(&ident, elf.bytes, sizeof(ident));
	if (ident.magic != ELF_MAGIC || ident.data != ELF_DATA_LSB)
		return none;
	for (uint32_t i = 0; segment_read(&segment, elf, i); i++) {
		struct bl_span id;

		if (segment.type != ELF_PT_NOTE ||
		    !range_fits(segment.offset, segment.size, elf.size))
			continue;
		id = id_find((const uint8_t *)elf.bytes + segment.offset,
			     segment.size, segment.align == 8 ? 8 : 4);
		if (id.size != 0 && id.size <= ID_BYTES)
			return id;
	}
	return none;
}

char *qemu_build_id(const char *qemu)
{
	char text[2 * ID_BYTES + 1];
	struct bl_span elf, id;
	struct stat st;

	if (file_map(&elf, qemu) < 0)
		return NULL;
	id = elf_build_id(elf);
	for (uint64_t i = 0; i < id.size; i++)
		snprintf(text + 2 * i, 3, "%02x",
			 ((const uint8_t *)id.bytes)[i]);
	file_unmap(&elf);
	if (id.size != 0)
		return text_make("%s", text);
	if (stat(qemu, &st) < 0) {
		say_errno(qemu, "cannot read");
		return NULL;
	}
	return text_make("%lld-%lld.%09ld", (long long)st.st_size,
			 (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}
