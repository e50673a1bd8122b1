/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_rom.c - a launch ROM with bytes changed anywhere, or cut: what is
 * accepted has our code and a command line that ends; another launch changes
 * that line and the seed, and nothing else; a refusal changes nothing.
 *
 * Input: which ROM, patches to it, then the command line of a launch. */
#include "tests/fuzz/fuzz.h"

#include "host-loader/lib/rom.h"

#define ROM_LOW (HIGH_START - BL_ROM_SIZE)
#define SLOTS   (STUB_SLOTS - ROM_LOW)
#define CODE    (STUB_CODE - ROM_LOW)
#define VECTOR  (BL_ROM_SIZE - 16)
#define SEED    (SLOTS + offsetof(struct rom_slots, seed))
#define PATCHES_MAX 64

static uint8_t right[BL_ROM_SIZE];

static void rom_make(struct input *in)
{
	uint32_t kind = (uint32_t)take(in, 1);
	struct bl_plan plan = {
		.entry = kind & 1 ? BL_ENTRY_PVH : BL_ENTRY_64,
		.cpu.rip = take(in, 4), .dma_count = kind >> 1 & 3,
		.cmdline_gpa = STUB_CMDLINE,
		.cmdline_max = (uint32_t)take(in, 2),
		.dma = {{.skip = kind >> 3 & 1}, {.skip = kind >> 4 & 1}},
	};
	struct bl_span none = {NULL, 0};
	struct bl_error err;
	int code = bl_rom_build(right, &plan, kind >> 5, none, none, &err);

	if (code != 0) {
		PROPERTY(err.code == code);
		PROPERTY(kind >> 5 > BL_CHIPSET_Q35 ||
			 plan.cmdline_max > BL_CMDLINE_MAX);
		plan.cmdline_max %= BL_CMDLINE_MAX + 1;
		PROPERTY(bl_rom_build(right, &plan, BL_CHIPSET_Q35, none, none,
				      &err) == 0);
	}
}

/* Where a patch goes: slots, code and the reset vector are few of the bytes. */
static uint32_t place(struct input *in)
{
	const uint32_t places[] = {SLOTS, CODE, VECTOR, SEED, BL_CMDLINE_MAX};
	uint32_t which = (uint32_t)take(in, 1);

	if (which < ARRAY_COUNT(places))
		return (places[which] + (uint32_t)take(in, 1)) % BL_ROM_SIZE;
	return (uint32_t)take(in, 2);
}

static void patches(uint8_t *rom, struct input *in)
{
	uint32_t n = (uint32_t)take(in, 1);

	if (n >= 0xf0) /* a command line up to its last byte, or beyond */
		memset(rom, 'x', BL_CMDLINE_MAX - 2 + n % 4);
	for (n %= PATCHES_MAX; n > 0; n--) {
		uint32_t at = place(in);

		rom[at] = (uint8_t)take(in, 1);
	}
}

static void facts_check(const uint8_t *rom, const struct bl_rom_facts *facts)
{
	struct rom_slots slots;

	memcpy(&slots, rom + SLOTS, sizeof(slots));
	PROPERTY(facts->cmdline == (const char *)rom);
	PROPERTY(strnlen(facts->cmdline, BL_ROM_SIZE) <= BL_CMDLINE_MAX);
	PROPERTY(slots.cmdline_max <= BL_CMDLINE_MAX);
	PROPERTY(facts->dma_count <= LAUNCH_DMA_MAX);
	PROPERTY(facts->stub_size != 0 &&
		 CODE + facts->stub_size <= STUB_SMBIOS - ROM_LOW);
	PROPERTY(memcmp(rom + VECTOR, right + VECTOR, 5) == 0);
	PROPERTY(facts->kernel_entry == slots.entry);
	PROPERTY(facts->chipset <= BL_CHIPSET_Q35);
	PROPERTY(facts->has_seed == (slots.seed.type != SETUP_NONE));
}

/* Another launch. */
static void launch_check(uint8_t *rom, bool accepted, struct input *in)
{
	uint8_t *before = exact_copy(rom, BL_ROM_SIZE);
	size_t seed_size = take(in, 1) % (BL_SEED_MAX + 2);
	static const uint8_t seed[BL_SEED_MAX + 1] = {1};
	uint8_t *line = exact_copy(in->at, in->left);
	struct bl_span cmdline = {line, in->left};
	struct rom_slots slots;
	struct bl_rom_facts facts;
	struct bl_error err = {0};
	int code = bl_rom_launch(rom, cmdline,
				 (struct bl_span){seed, seed_size}, &err);

	PROPERTY(code == 0 || err.code == code);
	PROPERTY(code != 0 || accepted);
	if (code != 0) {
		PROPERTY(memcmp(rom, before, BL_ROM_SIZE) == 0);
	} else {
		memcpy(&slots, rom + SLOTS, sizeof(slots));
		PROPERTY(in->left <= slots.cmdline_max);
		PROPERTY(in->left == 0 || memchr(line, 0, in->left) == NULL);
		PROPERTY(memcmp(rom + BL_CMDLINE_MAX + 1,
				before + BL_CMDLINE_MAX + 1,
				SEED - BL_CMDLINE_MAX - 1) == 0);
		PROPERTY(memcmp(rom + SLOTS + sizeof(slots),
				before + SLOTS + sizeof(slots),
				BL_ROM_SIZE - SLOTS - sizeof(slots)) == 0);
		PROPERTY(bl_rom_parse(&facts,
				      (struct bl_span){rom, BL_ROM_SIZE},
				      &err) == 0);
		PROPERTY(strlen(facts.cmdline) == in->left);
		PROPERTY(in->left == 0 ||
			 memcmp(facts.cmdline, line, in->left) == 0);
		PROPERTY(facts.has_seed == (seed_size != 0));
	}
	free(before);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct bl_rom_facts facts;
	struct bl_error err = {0};
	uint8_t *rom, *cut;
	uint64_t cut_size;
	int code;

	rom_make(&in);
	rom = exact_copy(right, BL_ROM_SIZE);
	patches(rom, &in);
	code = bl_rom_parse(&facts, (struct bl_span){rom, BL_ROM_SIZE}, &err);
	if (code == 0)
		facts_check(rom, &facts);
	else
		PROPERTY(err.code == code);
	cut_size = take(&in, 2);
	cut = exact_copy(rom, cut_size);
	PROPERTY(bl_rom_parse(&facts, (struct bl_span){cut, cut_size}, &err) <
		 0);
	launch_check(rom, code == 0, &in);
	free(cut);
	free(rom);
	return 0;
}
