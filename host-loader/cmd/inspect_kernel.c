/* SPDX-License-Identifier: BSD-2-Clause */
/* inspect_kernel.c - a kernel's facts: those of its header, and of the ELF
 * that is it or is packed in it. */
#include <stdlib.h>
#include <string.h>

#include "core/abi/boot_params.h"
#include "core/elf.h"
#include "core/le.h"
#include "host-loader/cmd/about.h"
#include "host-loader/cmd/inspect.h"
#include "host-loader/notes.h"
#include "host-loader/say.h"

#define VERSION_MAX  256
#define ERROR_TEXT   256
#define LINUX_BANNER "Linux version "

/* [BOOT] "xloadflags", by bit */
static const char *const xloadflags[] = {
	"kernel_64", "can_be_loaded_above_4g", "efi_handover_32",
	"efi_handover_64", "efi_kexec", "5level", "5level_enabled",
	"mem_encryption",
};

static void segments_facts(json_t *facts, const struct bl_kernel *k)
{
	json_t *list = fact_list(facts, "segments");

	for (uint32_t i = 0; i < k->segment_count; i++) {
		const struct bl_segment *s = &k->segment[i];
		json_t *entry = fact_list_add(list);

		fact_hex(entry, "gpa", s->gpa);
		fact_hex(entry, "size", s->size);
		fact_hex(entry, "file_offset", s->file_offset);
		fact_hex(entry, "file_size", s->file_size);
	}
}

/* Does a banner have the number of its build: "#1 SMP ..."? */
static bool has_build(const char *banner, size_t size)
{
	const char *at = memchr(banner, '#', size);

	return at != NULL && at + 1 < banner + size && at[1] >= '0' &&
	       at[1] <= '9';
}

/* "Linux version 6.1..." as the kernel will print it first.  Since Linux 6.0
 * there may be a weak one as well, without the number of the build. */
static void banner_fact(json_t *facts, struct bl_span bytes)
{
	const size_t skip = sizeof(LINUX_BANNER) - 1;
	const char *at = bytes.bytes, *end = at + bytes.size, *best = NULL;
	size_t size, best_size = 0;

	while ((at = memmem(at, (size_t)(end - at), LINUX_BANNER, skip))) {
		at += skip;
		/* a format string begins like this too */
		if (at == end || *at < '0' || *at > '9')
			continue;
		for (size = 1; size < VERSION_MAX && at + size < end; size++)
			if (at[size] == '\n' || at[size] == '\0')
				break;
		if (best != NULL && !has_build(at, size))
			continue;
		best = at;
		best_size = size;
		if (has_build(at, size))
			break;
	}
	if (best != NULL)
		fact_bytes(facts, "version", best, best_size);
}

static void elf_facts(json_t *facts, const struct bl_kernel *k)
{
	banner_fact(facts, k->bytes);
	fact_number(facts, "bits", k->is64 ? 64 : 32);
	if (k->entry != 0)
		fact_hex(facts, "entry", k->entry);
	else
		fact_text(facts, "entry", "none");
	if (k->entry_pvh != 0)
		fact_hex(facts, "entry_pvh", k->entry_pvh);
	else
		fact_text(facts, "entry_pvh", "none");
	fact_bool(facts, "relocatable", k->relocatable);
	fact_hex(facts, "alignment", k->alignment);
	fact_hex(facts, "start", k->start);
	fact_hex(facts, "end", k->end);
	segments_facts(facts, k);
}

/* Unpacks the payload, which shows whether it is whole, for the facts of what
 * is in it. */
static int payload_facts(json_t *facts, const char *file,
			 const struct bl_kernel *k)
{
	uint64_t room = k->payload_unpacked < BL_UNPACKED_MAX
				? k->payload_unpacked
				: BL_UNPACKED_MAX;
	void *plain = malloc(room);
	char text[ERROR_TEXT];
	struct bl_error err;
	struct bl_kernel elf;
	struct bl_span bytes = {plain, 0};
	int code;

	if (plain == NULL && room != 0)
		return say("%s: inspect: no memory for its payload", file);
	code = bl_payload_unpack(k, plain, room, &bytes.size, &err);
	if (code == 0 && !elf_magic(bytes.bytes, bytes.size)) {
		fact_text(facts, "payload", "is no ELF");
	} else if (code != 0 || bl_kernel_parse(&elf, bytes, &err) != 0) {
		bl_error_format(text, sizeof(text), &err);
		fact_text(facts, "payload", text);
	} else {
		fact_text(facts, "payload", "right");
		elf_facts(fact_group(facts, "elf"), &elf);
	}
	free(plain);
	return 1;
}

/* [BOOT] "kernel_version": offset of a text, less 0x200 */
static void version_fact(json_t *facts, const struct bl_kernel *k)
{
	const uint8_t *bytes = k->bytes.bytes;
	struct setup_header h;
	uint64_t off, size;

	if (k->bytes.size < SETUP_WINDOW)
		return;
	memcpy(&h, bytes + SETUP_HEADER_OFFSET, sizeof(h));
	off = (uint64_t)h.kernel_version + SETUP_SECTOR;
	if (h.kernel_version == 0 || off >= k->bytes.size)
		return;
	size = k->bytes.size - off;
	fact_bytes(facts, "version", bytes + off,
		   size < VERSION_MAX ? (size_t)size : VERSION_MAX);
}

static int bzimage_facts(json_t *facts, const char *file,
			 const struct bl_kernel *k)
{
	json_t *list;

	fact_text(facts, "format", "bzImage");
	version_fact(facts, k);
	fact_format(facts, "protocol", "%u.%02u", k->protocol >> 8,
		    k->protocol & 0xff);
	list = fact_list(facts, "xloadflags");
	for (size_t i = 0; i < ARRAY_COUNT(xloadflags); i++)
		if (k->xloadflags & 1u << i)
			fact_list_text(list, xloadflags[i]);
	fact_bool(facts, "entry_64", k->xloadflags & XLF_KERNEL_64);
	fact_bool(facts, "relocatable", k->relocatable);
	fact_hex(facts, "alignment", k->alignment);
	fact_hex(facts, "pref_address", k->pref_address);
	fact_hex(facts, "init_size", k->init_size);
	fact_number(facts, "cmdline_max", k->cmdline_max);
	fact_text(facts, "codec", bl_codec_name(k->codec));
	fact_number(facts, "packed", k->payload.size);
	fact_number(facts, "unpacked", k->payload_unpacked);
	return payload_facts(facts, file, k);
}

/* Looks like a kernel, right or wrong. */
static bool is_kernel(struct bl_span bytes)
{
	const size_t magic =
		SETUP_HEADER_OFFSET + offsetof(struct setup_header, header);

	if (elf_magic(bytes.bytes, bytes.size))
		return true;
	return range_fits(magic, 4, bytes.size) &&
	       word_at((const uint8_t *)bytes.bytes + magic) ==
		       SETUP_HEADER_MAGIC;
}

/* An ELF says which build it is; ours is a firmware. */
static void about_facts_add(json_t *facts, struct bl_span elf)
{
	struct about_facts about;
	char *id;

	if (about_elf(&about, elf)) {
		about_fact(facts, &about);
		about_free(&about);
		return;
	}
	id = elf_build_id(elf);
	if (id != NULL)
		fact_text(facts, "build_id", id);
	free(id);
}

int inspect_kernel(json_t *facts, const char *file, struct bl_span bytes)
{
	struct bl_kernel k;
	struct bl_error err;

	if (!is_kernel(bytes))
		return 0;
	if (bl_kernel_parse(&k, bytes, &err) != 0)
		return say_error(file, &err);
	fact_text(facts, "kind", "kernel");
	if (k.format == BL_FORMAT_BZIMAGE)
		return bzimage_facts(facts, file, &k);
	fact_text(facts, "format", "ELF");
	about_facts_add(facts, bytes);
	elf_facts(facts, &k);
	return 1;
}
