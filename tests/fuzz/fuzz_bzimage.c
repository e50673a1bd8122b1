/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_bzimage.c - any bytes as a kernel's header, then its place and the
 * place of an initrd in any map. */
#include "tests/fuzz/fuzz.h"

#include "core/bzimage.h"
#include "core/layout.h"

#define CAPACITY 40

static struct e820_entry room[CAPACITY];
static struct e820_map map;

static void kernel_check(const struct bzimage *k)
{
	PROPERTY(k->version >= SETUP_V2_00);
	PROPERTY(k->setup_size >= SETUP_SECTOR &&
		 k->setup_size <= 256 * SETUP_SECTOR);
	PROPERTY(!k->relocatable || (is_power_of_two(k->alignment) &&
				     k->alignment <= GIB(1)));
	PROPERTY(!k->entry64 || k->version >= SETUP_V2_12);
}

/* Bytes that are neither RAM nor ours: placing may never change them. */
static uint64_t foreign(void)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < map.count; i++)
		if (room[i].type != E820_RAM && room[i].type != E820_LOADED)
			sum += room[i].len;
	return sum;
}

/* Bytes of RAM and of what was RAM. */
static uint64_t usable(void)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < map.count; i++)
		if (room[i].type == E820_RAM || room[i].type == E820_LOADED)
			sum += room[i].len;
	return sum;
}

static void place_check(const struct bzimage *k, struct input *in)
{
	uint64_t body = take(in, 4 + take(in, 1) % 5);
	gpa_t limit = take(in, 5);
	struct bzimage_plan p;
	struct fault f = {0};
	int err = bzimage_place(k, body, &map, limit, &p, &f);

	if (err != 0) {
		PROPERTY(err == ERR_NO_ROOM || err == ERR_TOO_MANY);
		PROPERTY(f.code == err);
		return;
	}
	PROPERTY(p.run_gpa >= HIGH_START && p.load_gpa >= HIGH_START);
	PROPERTY(p.run_size >= body && p.run_size >= k->init_size);
	PROPERTY(range_fits(p.run_gpa, p.run_size, limit));
	PROPERTY(range_fits(p.load_gpa, body, limit));
	PROPERTY(p.run_size == 0 ||
		 map_has(&map, p.run_gpa, p.run_size, E820_LOADED));
	PROPERTY(body == 0 || map_has(&map, p.load_gpa, body, E820_LOADED));
	PROPERTY(!k->relocatable || p.run_gpa % k->alignment == 0);
	PROPERTY(!k->relocatable || p.run_gpa == p.load_gpa);
}

static void initrd_check(const struct bzimage *k, struct input *in)
{
	uint64_t size = take(in, 3 + take(in, 1) % 6);
	uint64_t max = k->initrd_max;
	struct fault f = {0};
	gpa_t gpa;
	int err = initrd_place(&map, size, max, k->above_4g, &gpa, &f);

	if (err != 0) {
		PROPERTY(err == ERR_NO_ROOM || err == ERR_TOO_MANY);
		return;
	}
	if (size == 0)
		return;
	PROPERTY(gpa >= HIGH_START && gpa % 4096 == 0);
	PROPERTY(map_has(&map, gpa, size, E820_LOADED));
	PROPERTY(k->above_4g || gpa + size - 1 <= max);
	PROPERTY(gpa >= GIB(4) || gpa + size <= GIB(4));
}

static void map_fill(struct input *in)
{
	map = (struct e820_map){.entry = room, .capacity = CAPACITY};
	e820_add(&map, 0, LEGACY_HOLE, E820_RAM);
	for (uint64_t n = take(in, 1) % 16; n > 0; n--) {
		uint32_t type = 1 + (uint32_t)take(in, 1) % 4;
		gpa_t addr = take(in, 5);

		e820_add(&map, addr, take(in, 4), type);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	size_t len = size < SETUP_WINDOW ? size : SETUP_WINDOW;
	uint8_t *bytes = exact_copy(data, len);
	struct fault f = {0};
	uint64_t others, ram;
	struct bzimage k;
	int err = bzimage_parse(&k, bytes, (uint32_t)len, &f);

	PROPERTY(err == 0 || f.code == err);
	free(bytes);
	if (err != 0)
		return 0;
	kernel_check(&k);
	in.at += len;
	in.left -= len;
	map_fill(&in);
	others = foreign();
	ram = usable();
	place_check(&k, &in);
	map_check(&map);
	initrd_check(&k, &in);
	map_check(&map);
	PROPERTY(foreign() == others && usable() == ram);
	return 0;
}
