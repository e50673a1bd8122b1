/* SPDX-License-Identifier: BSD-2-Clause */
/* rom.c - the 64 KiB of a launch: command line, slots, stub, SMBIOS entry
 * point, reset vector. */
#include "host-loader/lib/rom.h"

#include <string.h>

#include "core/abi/fw_cfg.h"
#include "core/abi/smbios.h"
#include "core/sum8.h"
#include "host-loader/lib/fail.h"
#include "host-loader/lib/plan.h"

#define ROM_LOW (HIGH_START - BL_ROM_SIZE) /* where the low MiB shows it */

/* [SDM] 3A 9.1.4: at the reset vector, `jmp f000:STUB_CODE`. */
static const uint8_t vector[] = {0xea, STUB_CODE & 0xff,
				 STUB_CODE >> 8 & 0xff, 0x00, 0xf0};

struct stub {
	const uint8_t *code;
	uint32_t size;
};

_Static_assert(ROM_LOW == STUB_CMDLINE && BL_ROM_SIZE == ROM_SIZE &&
	       BL_CMDLINE_MAX == STUB_CMDLINE_MAX - 1,
	       "the public numbers are those of layout.h");

/* The stub for a chipset and an entry; size 0: there is none. */
static struct stub stub_find(uint32_t chipset, uint32_t entry)
{
#define STUB_MATCH(of_chipset, of_entry, name)                                 \
	if (chipset == (of_chipset) && entry == (of_entry))                    \
		return (struct stub){stub_##name, stub_##name##_size};
	STUB_LIST(STUB_MATCH)
#undef STUB_MATCH
	return (struct stub){NULL, 0};
}

static void *at(void *rom, uint32_t gpa)
{
	return (uint8_t *)rom + (gpa - ROM_LOW);
}

uint32_t dma_requests(const struct bl_plan *plan)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->dma_count; i++)
		count += plan->dma[i].skip != 0 ? 2 : 1;
	return count;
}

static void request_put(struct fw_cfg_dma *r, uint32_t control, uint32_t size,
			uint64_t gpa)
{
	*r = (struct fw_cfg_dma){__builtin_bswap32(control),
				 __builtin_bswap32(size),
				 __builtin_bswap64(gpa)};
}

void dma_build(void *requests, const struct bl_plan *plan)
{
	struct fw_cfg_dma *r = requests;

	_Static_assert(2 * BL_DMA_MAX <= LAUNCH_DMA_MAX &&
		       LAUNCH_DMA + LAUNCH_DMA_MAX * sizeof(*r) <= LAUNCH_DATA,
		       "all requests have room");
	for (uint32_t i = 0; i < plan->dma_count; i++) {
		const struct bl_dma *d = &plan->dma[i];
		uint32_t key = d->key;
		uint32_t select = key << FW_CFG_DMA_SELECTOR_SHIFT |
				  FW_CFG_DMA_SELECT;

		if (d->skip != 0) {
			request_put(r++, select | FW_CFG_DMA_SKIP, d->skip, 0);
			select = 0;
		}
		request_put(r++,
			    select | (d->write ? FW_CFG_DMA_WRITE
					       : FW_CFG_DMA_READ),
			    d->size, d->gpa);
	}
}

static void smbios_anchor(void *rom)
{
	struct smbios3_entry e = {
		.anchor = {'_', 'S', 'M', '3', '_'},
		.length = sizeof(e),
		.major = 3,
		.revision = 1,
		.max_size = SMBIOS_MAX,
		.table_gpa = SMBIOS_TABLES,
	};

	e.checksum = (uint8_t)-sum8(&e, sizeof(e));
	memcpy(at(rom, STUB_SMBIOS), &e, sizeof(e));
}

/* Command line and seed, all of their places. */
static int launch_put(void *rom, struct bl_span cmdline, struct bl_span seed,
		      struct bl_error *err)
{
	struct rom_slots *s = at(rom, STUB_SLOTS);
	char *text = at(rom, STUB_CMDLINE);

	if (cmdline.size > s->cmdline_max)
		return fail(err, BL_STAGE_CMDLINE, ERR_TOO_LONG, cmdline.size,
			    s->cmdline_max);
	if (cmdline.size != 0 &&
	    memchr(cmdline.bytes, 0, (size_t)cmdline.size) != NULL)
		return fail(err, BL_STAGE_CMDLINE, ERR_UNSUPPORTED, 0, 0);
	if (seed.size > BL_SEED_MAX)
		return fail(err, BL_STAGE_ROM, ERR_TOO_LONG, seed.size,
			    BL_SEED_MAX);
	memset(text, 0, STUB_CMDLINE_MAX);
	if (cmdline.size != 0)
		memcpy(text, cmdline.bytes, (size_t)cmdline.size);
	memset(s->seed_bytes, 0, BL_SEED_MAX);
	s->seed = (struct setup_data){.type = SETUP_NONE, .len = BL_SEED_MAX};
	if (seed.size != 0) {
		memcpy(s->seed_bytes, seed.bytes, (size_t)seed.size);
		s->seed.type = SETUP_RNG_SEED;
		s->seed.len = (uint32_t)seed.size;
	}
	return 0;
}

int bl_rom_build(void *rom, const struct bl_plan *plan, enum bl_chipset chipset,
		 struct bl_span cmdline, struct bl_span seed,
		 struct bl_error *err)
{
	struct stub stub = stub_find(chipset, plan->entry);
	struct rom_slots slots = {
		.magic = ROM_MAGIC,
		.entry = plan->cpu.rip,
		.dma_count = dma_requests(plan),
		.chipset = chipset,
		.entry_kind = plan->entry,
		.cmdline_max = plan->cmdline_max,
	};

	if (stub.size == 0 || plan->cmdline_gpa != STUB_CMDLINE ||
	    plan->cmdline_max > BL_CMDLINE_MAX)
		return fail(err, BL_STAGE_ROM, ERR_UNSUPPORTED, chipset,
			    BL_CHIPSET_Q35);
	memset(rom, 0, BL_ROM_SIZE);
	memcpy(at(rom, STUB_SLOTS), &slots, sizeof(slots));
	memcpy(at(rom, STUB_CODE), stub.code, stub.size);
	memcpy(at(rom, HIGH_START - (0u - ROM_VECTOR)), vector, sizeof(vector));
	smbios_anchor(rom);
	return launch_put(rom, cmdline, seed, err);
}

/* Is what runs (vector, stub) what we would have put there, and do the slots
 * ask nothing that it cannot do?  Then it is safe to run.  The SMBIOS anchor is
 * the guest's to check. */
static int rom_check(const uint8_t *rom, uint64_t size, struct stub *stub,
		     struct bl_error *err)
{
	const struct rom_slots *s =
		(const void *)(rom + (STUB_SLOTS - ROM_LOW));

	if (size != BL_ROM_SIZE)
		return fail(err, BL_STAGE_ROM, ERR_SIZE, size, BL_ROM_SIZE);
	if (memcmp(s->magic, ROM_MAGIC, sizeof(s->magic)) != 0)
		return fail(err, BL_STAGE_ROM, ERR_MAGIC, 0, 0);
	*stub = stub_find(s->chipset, s->entry_kind);
	if (stub->size == 0)
		return fail(err, BL_STAGE_ROM, ERR_UNSUPPORTED, s->chipset,
			    BL_CHIPSET_Q35);
	if (memcmp(rom + (STUB_CODE - ROM_LOW), stub->code, stub->size) != 0 ||
	    memcmp(rom + (HIGH_START - (0u - ROM_VECTOR) - ROM_LOW), vector,
		   sizeof(vector)) != 0)
		return fail(err, BL_STAGE_ROM, ERR_VERSION, 0, 0);
	if (s->cmdline_max > BL_CMDLINE_MAX || rom[BL_CMDLINE_MAX] != 0)
		return fail(err, BL_STAGE_CMDLINE, ERR_TOO_LONG, s->cmdline_max,
			    BL_CMDLINE_MAX);
	if (s->dma_count > LAUNCH_DMA_MAX)
		return fail(err, BL_STAGE_ROM, ERR_TOO_MANY, s->dma_count,
			    LAUNCH_DMA_MAX);
	return 0;
}

int bl_rom_launch(void *rom, struct bl_span cmdline, struct bl_span seed,
		  struct bl_error *err)
{
	struct stub stub;
	int code = rom_check(rom, BL_ROM_SIZE, &stub, err);

	return code != 0 ? code : launch_put(rom, cmdline, seed, err);
}

int bl_rom_parse(struct bl_rom_facts *facts, struct bl_span rom,
		 struct bl_error *err)
{
	const uint8_t *bytes = rom.bytes;
	struct rom_slots s;
	struct stub stub;
	int code = rom_check(bytes, rom.size, &stub, err);

	if (code != 0)
		return code;
	memcpy(&s, bytes + (STUB_SLOTS - ROM_LOW), sizeof(s));
	*facts = (struct bl_rom_facts){
		.chipset = (enum bl_chipset)s.chipset,
		.entry = (enum bl_entry)s.entry_kind,
		.kernel_entry = s.entry,
		.dma_count = s.dma_count,
		.cmdline = (const char *)bytes,
		.has_seed = s.seed.type != SETUP_NONE,
		.stub_size = stub.size,
	};
	return 0;
}
