/* SPDX-License-Identifier: BSD-2-Clause */
/* test_rom.c - launch ROMs: made, changed, read back, refused. */
#include "tests/unit/plan.h"

#include "core/abi/fw_cfg.h"
#include "core/layout.h"
#include "core/sum8.h"
#include "host-loader/lib/plan.h"
#include "host-loader/lib/rom.h"

#define SPAN(text) ((struct bl_span){text, sizeof(text) - 1})
#define NONE       ((struct bl_span){NULL, 0})

static struct fixture *f;
static uint8_t *rom;
static struct bl_rom_facts facts;

static int setup(void **state)
{
	(void)state;
	f = fixture_new();
	f->request.launch_rom = true;
	rom = bytes_new(BL_ROM_SIZE, 0xa5);
	return fixture_plan(f);
}

static int teardown(void **state)
{
	(void)state;
	fixture_free(f);
	free(rom);
	return 0;
}

static int build(enum bl_chipset chipset, struct bl_span cmdline,
		 struct bl_span seed)
{
	return bl_rom_build(rom, &f->plan, chipset, cmdline, seed, &f->err);
}

static int parse(void)
{
	return bl_rom_parse(&facts, (struct bl_span){rom, BL_ROM_SIZE},
			    &f->err);
}

static struct rom_slots *slots(void)
{
	return (void *)(rom + STUB_SLOTS - STUB_CMDLINE);
}

static void test_every_stub(void **state)
{
	(void)state;
	for (int entry = 0; entry < 2; entry++) {
		f->request.entry = (enum bl_entry)entry;
		assert_int_equal(fixture_plan(f), 0);
		for (int chipset = 0; chipset < 3; chipset++) {
			assert_int_equal(build((enum bl_chipset)chipset,
					       SPAN("console=x"), NONE), 0);
			assert_int_equal(parse(), 0);
			assert_int_equal(facts.chipset, chipset);
			assert_int_equal(facts.entry, entry);
			assert_int_equal(facts.kernel_entry, f->plan.cpu.rip);
			assert_string_equal(facts.cmdline, "console=x");
			assert_false(facts.has_seed);
			assert_true(facts.stub_size >= 63 &&
				    facts.stub_size <=
					    STUB_SMBIOS - STUB_CODE);
		}
	}
}

/* [SDM] 3A 9.1.4: a far jump that stays in the first MiB. */
static void test_reset_vector(void **state)
{
	static const uint8_t jump[] = {0xea, 0x00, 0xfd, 0x00, 0xf0};

	(void)state;
	assert_int_equal(build(BL_CHIPSET_Q35, NONE, NONE), 0);
	assert_memory_equal(rom + 0xfff0, jump, sizeof(jump));
	assert_memory_equal(rom + 0xff60, "_SM3_", 5);
	assert_int_equal(sum8(rom + 0xff60, 0x18), 0);
}

static void test_seed_comes_and_goes(void **state)
{
	uint8_t seed[BL_SEED_MAX];

	(void)state;
	memset(seed, 0x11, sizeof(seed));
	assert_int_equal(build(BL_CHIPSET_NONE, SPAN("a long one"),
			       (struct bl_span){seed, sizeof(seed)}), 0);
	assert_int_equal(parse(), 0);
	assert_true(facts.has_seed);
	assert_memory_equal(slots()->seed_bytes, seed, sizeof(seed));
	assert_int_equal(slots()->seed.type, SETUP_RNG_SEED);
	assert_int_equal(bl_rom_launch(rom, SPAN("b"), NONE, &f->err), 0);
	assert_int_equal(parse(), 0);
	assert_false(facts.has_seed);
	assert_string_equal(facts.cmdline, "b");
	/* nothing of the launch before */
	assert_int_equal(slots()->seed_bytes[0], 0);
	assert_int_equal(rom[5], 0);
}

static void test_dma_requests(void **state)
{
	struct fw_cfg_dma r[4];

	(void)state;
	f->plan.dma_count = 2;
	f->plan.dma[0] = (struct bl_dma){.key = 0x28, .size = 4096,
					 .gpa = 0x1ffff000};
	f->plan.dma[1] = (struct bl_dma){.key = 0x29, .write = true, .skip = 8,
					 .size = 8, .gpa = LAUNCH_DATA};
	assert_int_equal(dma_requests(&f->plan), 3);
	dma_build(r, &f->plan);
	assert_int_equal(__builtin_bswap32(r[0].control), 0x28000a);
	assert_int_equal(__builtin_bswap64(r[0].address), 0x1ffff000);
	assert_int_equal(__builtin_bswap32(r[1].control), 0x29000c);
	assert_int_equal(__builtin_bswap32(r[1].length), 8);
	assert_int_equal(__builtin_bswap32(r[2].control), 0x10);
	assert_int_equal(__builtin_bswap64(r[2].address), LAUNCH_DATA);
	assert_int_equal(build(BL_CHIPSET_Q35, NONE, NONE), 0);
	assert_int_equal(parse(), 0);
	assert_int_equal(facts.dma_count, 3);
}

static void test_longest_command_line(void **state)
{
	char *text = bytes_new(2048, 'x');

	(void)state;
	assert_int_equal(build(BL_CHIPSET_Q35, (struct bl_span){text, 2047},
			       NONE), 0);
	assert_int_equal(build(BL_CHIPSET_Q35, (struct bl_span){text, 2048},
			       NONE), ERR_TOO_LONG);
	assert_int_equal(f->err.stage, BL_STAGE_CMDLINE);
	assert_int_equal(f->err.limit, 2047);
	free(text);
}

static void test_refuses_plans(void **state)
{
	uint8_t seed[BL_SEED_MAX + 1] = {0};

	(void)state;
	assert_int_equal(build((enum bl_chipset)3, NONE, NONE),
			 ERR_UNSUPPORTED);
	assert_int_equal(build(BL_CHIPSET_Q35, NONE,
			       (struct bl_span){seed, sizeof(seed)}),
			 ERR_TOO_LONG);
	f->request.launch_rom = false;
	assert_int_equal(fixture_plan(f), 0);
	assert_int_equal(build(BL_CHIPSET_Q35, NONE, NONE), ERR_UNSUPPORTED);
}

static void test_refuses_other_roms(void **state)
{
	/* magic, code, vector, chipset, entry, command line, its end, DMA */
	static const uint32_t at[] = {0xf000, 0xfd00, 0xfd40, 0xfff0, 0xfff4,
				      0xf014, 0xf018, 0xf01e, 0xefff, 0xf011};

	(void)state;
	assert_int_equal(build(BL_CHIPSET_Q35, SPAN("x"), NONE), 0);
	for (size_t i = 0; i < ARRAY_COUNT(at); i++) {
		rom[at[i]] ^= 0x40;
		assert_true(parse() < 0);
		assert_int_equal(f->err.code, parse());
		assert_true(bl_rom_launch(rom, NONE, NONE, &f->err) < 0);
		rom[at[i]] ^= 0x40;
	}
	assert_int_equal(parse(), 0);
	assert_int_equal(bl_rom_parse(&facts,
				      (struct bl_span){rom, BL_ROM_SIZE - 1},
				      &f->err), ERR_SIZE);
	memset(rom, 0xff, BL_ROM_SIZE);
	assert_int_equal(parse(), ERR_MAGIC);
}

int main(void)
{
#define ROM_CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROM_CASE(test_every_stub),
		ROM_CASE(test_reset_vector),
		ROM_CASE(test_seed_comes_and_goes),
		ROM_CASE(test_dma_requests),
		ROM_CASE(test_longest_command_line),
		ROM_CASE(test_refuses_plans),
		ROM_CASE(test_refuses_other_roms),
	};

	return cmocka_run_group_tests_name("rom", tests, NULL, NULL);
}
