/* SPDX-License-Identifier: BSD-2-Clause */
/* test_verify_plan.c - what bl_plan_build() accepts, bl_verify() finds nothing
 * wrong with: plans of every kind, copied into memory, with a ROM or without.
 */
#include "tests/unit/plan.h"

#include <stdio.h>

#include "core/base.h"
#include "core/layout.h"

#define MEMORY  MIB(64)
#define ROUNDS  150

struct vm_memory {
	uint8_t *bytes; /* MEMORY of them */
	uint8_t rom[BL_ROM_SIZE];
	bool has_rom;
};

static struct vm_memory vm;

static int vm_read(void *ctx, uint64_t gpa, void *dst, uint64_t len)
{
	const struct vm_memory *m = ctx;
	const uint64_t low = HIGH_START - BL_ROM_SIZE;

	if (m->has_rom && gpa >= low && range_fits(gpa - low, len, BL_ROM_SIZE))
		memcpy(dst, m->rom + (gpa - low), len);
	else if (range_fits(gpa, len, MEMORY))
		memcpy(dst, m->bytes + gpa, len);
	else
		return -1;
	return 0;
}

static void on_found(void *ctx, const struct bl_finding *f)
{
	fail_msg("round %u: %s: %s (%#llx, %#llx)", *(const unsigned *)ctx,
		 f->rule, f->text, (unsigned long long)f->value,
		 (unsigned long long)f->limit);
}

static void plan_verify(struct fixture *f, unsigned round)
{
	static const uint8_t initrd[INITRD_SIZE];
	static const uint8_t seed[BL_SEED_MAX] = {1};
	const struct bl_view view = {vm_read, &vm};
	const struct bl_sources sources = {
		{f->file, KERNEL_FILE}, {initrd, sizeof(initrd)},
		{f->arena, f->request.arena_size},
	};
	const struct bl_plan *p = &f->plan;

	memset(vm.bytes, 0, MEMORY);
	assert_int_equal(bl_plan_copy(p, &sources, vm.bytes, 0, MEMORY,
				      &f->err), 0);
	vm.has_rom = f->request.launch_rom;
	if (vm.has_rom)
		assert_int_equal(bl_rom_build(vm.rom, p, BL_CHIPSET_NONE,
					      f->request.cmdline,
					      (struct bl_span){seed,
							       sizeof(seed)},
					      &f->err), 0);
	assert_int_equal(bl_verify(&view, &p->cpu, p->entry, p->kernel_gpa,
				   p->kernel_size, on_found, &round), 0);
}

/* Devices and registers that hardware-reduced tables describe. */
static void board_extend(struct fixture *f, struct rng *r)
{
	static struct bl_mmio mmio[2] = {{0xd0000000, 0x200, 5},
					 {0xd0001000, 0x200, 6}};

	f->board.mmio = mmio;
	f->board.mmio_count = rng_below(r, 3);
	f->board.ged_gpa = rng_below(r, 2) ? 0xd0100000 : 0;
	f->board.ged_gsi = 9;
	if (rng_below(r, 2) == 0)
		return;
	f->request.ecam_gpa = 0xe0000000;
	f->request.ecam_size = MIB(16);
	f->board.pci_window_gpa = 0xc0000000;
	f->board.pci_window_size = MIB(128);
}

static void request_vary(struct fixture *f, struct rng *r)
{
	static const enum bl_tables tables[] = {BL_TABLES_NONE, BL_TABLES_PC,
						BL_TABLES_HWREDUCED};
	static const uint8_t smbios[] = {1, 4, 1, 0, 'B', 0, 0};
	static const uint8_t seed[BL_SEED_MAX] = {7};

	if (rng_below(r, 4) == 0)
		kernel_parse(f, 0); /* one that stays where it is */
	f->map[0].size = MEMORY - MIB(1) * rng_below(r, 20);
	f->request.entry = rng_below(r, 3) ? BL_ENTRY_64 : BL_ENTRY_PVH;
	f->request.tables = tables[rng_below(r, 3)];
	f->request.launch_rom = rng_below(r, 2);
	f->request.slide = rng_below(r, 2);
	f->request.slide_seed = rng_next(r);
	f->request.kaslr = rng_below(r, 2);
	f->request.initrd_size = rng_below(r, 4) ? INITRD_SIZE : 0;
	f->request.cmdline.size = rng_below(r, 8);
	if (rng_below(r, 2))
		f->request.smbios = (struct bl_span){smbios, sizeof(smbios)};
	if (rng_below(r, 2) && !f->request.launch_rom)
		f->request.seed = (struct bl_span){seed, sizeof(seed)};
	f->board.cpu_count = 1 + rng_below(r, BL_CPUS_MAX);
	for (uint32_t i = 0; i < BL_CPUS_MAX; i++)
		f->apic_id[i] = i;
	if (f->request.tables == BL_TABLES_HWREDUCED)
		board_extend(f, r);
}

static void test_plans_pass(void **state)
{
	struct rng r = {0x5eed};
	unsigned planned = 0;

	(void)state;
	vm.bytes = bytes_new(MEMORY, 0);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct fixture *f = fixture_new();

		request_vary(f, &r);
		if (fixture_plan(f) == 0) {
			plan_verify(f, round);
			planned++;
		} else {
			char text[128];

			print_message("round %u: %s\n", round,
				      bl_error_format(text, sizeof(text),
						      &f->err));
		}
		fixture_free(f);
	}
	free(vm.bytes);
	assert_true(planned > ROUNDS * 9 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {CASE(test_plans_pass)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
