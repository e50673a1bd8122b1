/* SPDX-License-Identifier: BSD-2-Clause */
/* test_notes.c - ELF notes and what an image of ours says of itself, whole, cut
 * and overwritten. */
#include "tests/unit/unit.h"

#include "core/about.h"
#include "core/layout.h"
#include "host-loader/cmd/about.h"
#include "host-loader/notes.h"

#define ID_SIZE 20

/* As at the start of fw.bin. */
static const struct image_notes {
	struct about about;
	struct elf_note id;
	char id_name[4];
	uint8_t id_bytes[ID_SIZE];
} PACKED notes = {
	.about = {{sizeof(notes.about.name), ABOUT_TEXT, ABOUT_VERSION},
		  ABOUT_NAME, ABOUT_NAME " 1.2.3-dev.4+gabc"},
	.id = {4, ID_SIZE, ELF_NT_GNU_BUILD_ID},
	.id_name = "GNU",
	.id_bytes = {0x01, 0x23, 0xab, 0xff},
};
ASSERT_SIZE(struct image_notes, ROM_ABOUT_SIZE);

#define ID_TEXT "0123abff00000000000000000000000000000000"

static uint8_t *image_new(size_t size)
{
	uint8_t *rom = malloc(size);

	assert_non_null(rom);
	memset(rom, 0xff, size);
	memcpy(rom + size - ROM_UNIT, &notes, sizeof(notes));
	return rom;
}

/* An ELF of either class whose one segment are the notes. */
static struct bl_span elf_new(bool is64)
{
	const uint64_t at = 0x100;
	uint8_t *bytes = calloc(1, at + sizeof(notes));
	const struct elf_ident ident = {
		.magic = ELF_MAGIC,
		.elf_class = is64 ? ELF_CLASS64 : ELF_CLASS32,
		.data = ELF_DATA_LSB};

	assert_non_null(bytes);
	if (is64) {
		struct elf64_header h = {.ident = ident, .phoff = sizeof(h),
					 .phnum = 1};
		struct elf64_phdr p = {.type = ELF_PT_NOTE, .offset = at,
				       .filesz = sizeof(notes), .align = 4};

		h.phentsize = sizeof(p);
		memcpy(bytes, &h, sizeof(h));
		memcpy(bytes + sizeof(h), &p, sizeof(p));
	} else {
		struct elf32_header h = {.ident = ident, .phoff = sizeof(h),
					 .phnum = 1};
		struct elf32_phdr p = {.type = ELF_PT_NOTE, .offset = at,
				       .filesz = sizeof(notes), .align = 4};

		h.phentsize = sizeof(p);
		memcpy(bytes, &h, sizeof(h));
		memcpy(bytes + sizeof(h), &p, sizeof(p));
	}
	memcpy(bytes + at, &notes, sizeof(notes));
	return (struct bl_span){bytes, at + sizeof(notes)};
}

static void assert_about(bool found, struct about_facts *about)
{
	assert_true(found);
	assert_string_equal(about->version, "1.2.3-dev.4+gabc");
	assert_string_equal(about->build_id, ID_TEXT);
	about_free(about);
}

static void roms_of_every_size(void **state)
{
	struct about_facts about;

	(void)state;
	for (size_t size = ROM_UNIT; size <= 4 * ROM_UNIT; size += ROM_UNIT) {
		uint8_t *rom = image_new(size);

		assert_about(about_rom(&about, (struct bl_span){rom, size}),
			     &about);
		free(rom);
	}
}

static void elves_of_both_classes(void **state)
{
	struct about_facts about;

	(void)state;
	for (int is64 = 0; is64 < 2; is64++) {
		struct bl_span elf = elf_new(is64 != 0);

		assert_about(about_elf(&about, elf), &about);
		free((void *)(uintptr_t)elf.bytes);
	}
}

static void a_rom_without_notes(void **state)
{
	uint8_t *rom = image_new(ROM_UNIT);
	struct bl_span span = {rom, ROM_UNIT};
	struct about_facts about;

	(void)state;
	memset(rom, 0xff, sizeof(notes));
	assert_false(about_rom(&about, span));
	memset(rom, 0, sizeof(notes));
	assert_false(about_rom(&about, span));
	span.size = ROM_UNIT - 1;
	assert_false(about_rom(&about, span));
	assert_false(about_rom(&about, (struct bl_span){NULL, 0}));
	free(rom);
}

/* Any byte of the notes may be any other: it is read or not, and nothing
 * beyond the end is. */
static void damaged_notes(void **state)
{
	struct rng rng = {77};

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct bl_span elf = elf_new(i & 1);
		uint8_t *bytes = (uint8_t *)(uintptr_t)elf.bytes;
		uint8_t *rom = image_new(ROM_UNIT);
		struct about_facts about;

		for (uint32_t n = 1 + rng_below(&rng, 4); n > 0; n--) {
			uint32_t at = rng_below(&rng, (uint32_t)elf.size);
			uint8_t to = (uint8_t)rng_next(&rng);

			bytes[at] = to;
			rom[at % sizeof(notes)] = to;
		}
		if (about_elf(&about, elf))
			about_free(&about);
		if (about_rom(&about, (struct bl_span){rom, ROM_UNIT}))
			about_free(&about);
		free(rom);
		free(bytes);
	}
}

static void cut_notes(void **state)
{
	(void)state;
	for (uint64_t size = 0; size < sizeof(notes); size++) {
		uint8_t *bytes = malloc(size != 0 ? size : 1);
		struct bl_span cut = {bytes, size};

		memcpy(bytes, &notes, size);
		assert_null(note_build_id(cut));
		assert_int_equal(note_find(cut, 4, ABOUT_NAME,
					   ABOUT_VERSION).size,
				 size >= sizeof(notes.about) ? ABOUT_TEXT : 0);
		free(bytes);
	}
}

static void cut_elves(void **state)
{
	(void)state;
	for (int is64 = 0; is64 < 2; is64++) {
		struct bl_span elf = elf_new(is64 != 0);

		for (uint64_t size = 0; size < elf.size; size++) {
			uint8_t *bytes = malloc(size != 0 ? size : 1);

			memcpy(bytes, elf.bytes, size);
			assert_null(elf_build_id(
				(struct bl_span){bytes, size}));
			free(bytes);
		}
		free((void *)(uintptr_t)elf.bytes);
	}
}

static void names_are_whole(void **state)
{
	const struct bl_span span = {&notes, sizeof(notes)};

	(void)state;
	assert_int_equal(note_find(span, 4, "Beelin", ABOUT_VERSION).size, 0);
	assert_int_equal(note_find(span, 4, "Beeline2", ABOUT_VERSION).size, 0);
	assert_int_equal(note_find(span, 4, ABOUT_NAME, 2).size, 0);
	assert_int_equal(note_find(span, 4, "GNU", 3).size, ID_SIZE);
}

/* A text that fills its room has no NUL, and one of another program is none. */
static void texts_without_end(void **state)
{
	uint8_t *rom = image_new(ROM_UNIT);
	struct about *own = (struct about *)rom;
	struct bl_span span = {rom, ROM_UNIT};
	struct about_facts about;

	(void)state;
	memset(own->text + 8, 'x', ABOUT_TEXT - 8);
	assert_true(about_rom(&about, span));
	assert_int_equal(strlen(about.version), ABOUT_TEXT - 8);
	about_free(&about);
	own->text[0] = 'b';
	assert_false(about_rom(&about, span));
	free(rom);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(roms_of_every_size),
		CASE(elves_of_both_classes),
		CASE(a_rom_without_notes),
		CASE(damaged_notes),
		CASE(cut_notes),
		CASE(cut_elves),
		CASE(names_are_whole),
		CASE(texts_without_end),
	};

	return cmocka_run_group_tests_name("notes", tests, NULL, NULL);
}
