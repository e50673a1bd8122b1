/* SPDX-License-Identifier: BSD-2-Clause */
/* inspect_rom.c - a ROM's facts: our launch ROM, our firmware, or another's. */
#include <string.h>

#include "core/base.h"
#include "host-loader/cmd/about.h"
#include "host-loader/cmd/inspect.h"

/* QEMU takes multiples of 64 KiB: ROM_UNIT */
#define ROM_LARGEST 0x1000000 /* 16 MiB: QEMU takes no larger one */
#define RESET_BYTES 16        /* [SDM] 3A 9.1.4 First Instruction */

const char *chipset_word(enum bl_chipset chipset)
{
	static const char *const words[] = {
		[BL_CHIPSET_NONE] = "none",
		[BL_CHIPSET_I440FX] = "i440fx",
		[BL_CHIPSET_Q35] = "q35",
	};

	return (size_t)chipset < ARRAY_COUNT(words) ? words[chipset]
						    : "unknown";
}

static void launch_facts(json_t *facts, const struct bl_rom_facts *rom)
{
	fact_text(facts, "program", "launch ROM");
	fact_text(facts, "chipset", chipset_word(rom->chipset));
	fact_text(facts, "entry", rom->entry == BL_ENTRY_64 ? "64" : "pvh");
	fact_hex(facts, "kernel_entry", rom->kernel_entry);
	fact_number(facts, "stub_size", rom->stub_size);
	fact_number(facts, "launch_commands", rom->dma_count);
	fact_bool(facts, "seed", rom->has_seed);
	fact_text(facts, "cmdline", rom->cmdline);
}

/* Does something jump at the reset vector?  All PC firmware does, some after
 * an instruction or two. */
static bool jumps_at_reset(struct bl_span bytes)
{
	const uint8_t *at =
		(const uint8_t *)bytes.bytes + bytes.size - RESET_BYTES;

	for (size_t i = 0; i < RESET_BYTES - 3; i++)
		if (at[i] == 0xe9 || at[i] == 0xea || at[i] == 0xeb)
			return true;
	return false;
}

void about_fact(json_t *facts, const struct about_facts *about)
{
	fact_text(facts, "program", "Beeline firmware");
	fact_text(facts, "version", about->version);
	if (about->build_id != NULL)
		fact_text(facts, "build_id", about->build_id);
}

int inspect_rom(json_t *facts, const char *file, struct bl_span bytes)
{
	struct about_facts about;
	struct bl_rom_facts rom;
	struct bl_error err;

	(void)file;
	if (bytes.size == 0 || bytes.size % ROM_UNIT != 0 ||
	    bytes.size > ROM_LARGEST || !jumps_at_reset(bytes))
		return 0;
	fact_text(facts, "kind", "ROM");
	fact_number(facts, "size", bytes.size);
	if (bl_rom_parse(&rom, bytes, &err) == 0) {
		launch_facts(facts, &rom);
	} else if (about_rom(&about, bytes)) {
		about_fact(facts, &about);
		about_free(&about);
	} else {
		fact_format(facts, "program", "a ROM of %llu bytes",
			    (unsigned long long)bytes.size);
	}
	return 1;
}
