/* SPDX-License-Identifier: BSD-2-Clause */
/* plan_case.h - a request and what it points to; its map and its board, from
 * the input. */
#ifndef TESTS_FUZZ_PLAN_CASE_H
#define TESTS_FUZZ_PLAN_CASE_H

#include "tests/fuzz/fuzz.h"

#include "core/e820.h"
#include "core/layout.h"
#include "host-loader/beeline.h"

#define PLAN_MEMORY    0x2000000 /* what is loaded and looked at */
#define PLAN_ARENA_MAX 0x40200000 /* tables up to 1 GiB, and low memory */
#define PLAN_FILE      0x3000    /* bytes of a kernel that we make */
#define PLAN_BLOBS     6
#define PLAN_COMMANDS  64

/* What a flag switches on. */
enum plan_flag {
	PLAN_PVH = 1 << 0,
	PLAN_SLIDE = 1 << 1,
	PLAN_ROM = 1 << 2,
	PLAN_RAW_KERNEL = 1 << 3,  /* the file is input */
	PLAN_CLASS32 = 1 << 4,
	PLAN_LINUX = 1 << 5,       /* linked as Linux is */
	PLAN_NO_NOTE = 1 << 6,
	PLAN_USUAL_MAP = 1 << 7,   /* two ranges of RAM before the others */
	PLAN_NUL = 1 << 8,         /* one in the command line */
	PLAN_SMBIOS_RAW = 1 << 9,  /* structures are input */
	PLAN_NO_CPUS = 1 << 10,    /* no list of them */
	PLAN_NO_BOARD = 1 << 11,
	PLAN_TWICE = 1 << 12,
	PLAN_WRONG_ENTRY = 1 << 13,
	PLAN_KASLR = 1 << 14,
	PLAN_ECAM = 1 << 15,
};

struct plan_case {
	struct bl_request request;
	struct bl_kernel kernel;
	struct bl_board board;
	struct bl_range map[BL_RANGES_MAX + 1];
	struct bl_mmio mmio[BL_MMIO_MAX + 1];
	uint32_t apic_id[BL_CPUS_MAX + 1];
	struct bl_blob blob[PLAN_BLOBS];
	uint8_t *file, *smbios;
	uint8_t *bytes[PLAN_BLOBS];
	char cmdline[2100];
	uint8_t seed[BL_SEED_MAX + 1];
	enum bl_chipset chipset;
	bool twice;
};

static const char *const plan_names[PLAN_BLOBS] = {"etc/table-loader", "a", "b",
						   "c", "d", "e"};

/* Numbers of any size in three bytes, or four for those beside them. */
static inline uint64_t plan_number(struct input *in)
{
	uint64_t value = take(in, 2);
	uint32_t how = (uint32_t)take(in, 1);

	value <<= how & 63;
	if (how & 0x40)
		value -= take(in, 1);
	return how & 0x80 ? value + take(in, 1) : value;
}

static inline void plan_map_take(struct plan_case *c, struct input *in,
				 uint32_t flags)
{
	uint32_t usual = flags & PLAN_USUAL_MAP ? 2 : 0;
	uint32_t count = (uint32_t)take(in, 1) % (BL_RANGES_MAX - usual + 2);

	c->map[0] = (struct bl_range){0, LEGACY_HOLE, E820_RAM};
	c->map[1] = (struct bl_range){HIGH_START, take(in, 2) << PAGE_SHIFT,
				      E820_RAM};
	for (uint32_t i = usual; i < usual + count; i++) {
		c->map[i].gpa = plan_number(in);
		c->map[i].size = plan_number(in);
		c->map[i].type = (uint32_t)take(in, 1);
	}
	c->request.map = c->map;
	c->request.map_count = usual + count;
}

static inline void plan_board_take(struct plan_case *c, struct input *in,
				   uint32_t flags)
{
	struct bl_board *b = &c->board;
	uint32_t first = (uint32_t)plan_number(in);
	uint32_t step = (uint32_t)take(in, 1);

	b->cpu_count = (uint32_t)take(in, 2) % (BL_CPUS_MAX + 2);
	for (uint32_t i = 0; i < b->cpu_count; i++)
		c->apic_id[i] = first + i * step;
	b->apic_id = flags & PLAN_NO_CPUS ? NULL : c->apic_id;
	b->mmio_count = (uint32_t)take(in, 1) % (BL_MMIO_MAX + 2);
	for (uint32_t i = 0; i < b->mmio_count; i++) {
		c->mmio[i].gpa = plan_number(in);
		c->mmio[i].size = (uint32_t)take(in, 2);
		c->mmio[i].gsi = (uint32_t)take(in, 1);
	}
	b->mmio = c->mmio;
	b->rtc = take(in, 1) & 1;
	b->ged_gpa = plan_number(in);
	b->ged_gsi = (uint32_t)take(in, 1);
	b->com1_gsi = (uint32_t)take(in, 1);
	b->sleep_control_gpa = plan_number(in);
	b->reset_gpa = plan_number(in);
	b->pci_window_gpa = plan_number(in);
	b->pci_window_size = plan_number(in);
	c->request.board = flags & PLAN_NO_BOARD ? NULL : b;
}

#endif
