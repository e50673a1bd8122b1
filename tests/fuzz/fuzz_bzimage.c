/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_bzimage.c - any bytes as a kernel's header, then its place and the
 * place of an initrd in any map: both in RAM, apart, by the header's rules;
 * no other page changes. */
#include "tests/fuzz/map.h"

#include "core/bzimage.h"
#include "core/layout.h"

#define PFN(gpa) ((gpa) >> PAGE_SHIFT)

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

/* Pages of RAM and of what was RAM: placing may change no other. */
static uint64_t usable(void)
{
	return map_pages(&map, E820_RAM) + map_pages(&map, E820_LOADED);
}

/* Are all pages with one of those bytes ours? */
static bool loaded(uint64_t gpa, uint64_t len)
{
	return len == 0 || map_has(&map, PFN(gpa),
				   PFN(align_up(gpa + len, PAGE_SIZE)),
				   E820_LOADED);
}

static void place_check(const struct bzimage *k, struct input *in)
{
	uint32_t body = (uint32_t)take(in, 1 + take(in, 1) % 4);
	pfn_t limit = (pfn_t)take(in, 3) % (PFN_4G + 1);
	uint64_t before = map_pages(&map, E820_RAM);
	struct bzimage_plan p;
	struct fault f = {0};
	int err = bzimage_place(k, body, &map, limit, &p, &f);

	if (err != 0) {
		PROPERTY(err == ERR_NO_ROOM || err == ERR_TOO_MANY);
		PROPERTY(f.code == err);
		PROPERTY(err != ERR_NO_ROOM ||
			 map_pages(&map, E820_RAM) == before);
		return;
	}
	PROPERTY(p.run_gpa >= HIGH_START && p.load_gpa >= HIGH_START);
	PROPERTY(p.run_size >= body && p.run_size >= k->init_size);
	PROPERTY(p.run_size != 0);
	PROPERTY(range_fits(p.run_gpa, p.run_size,
			    (uint64_t)limit << PAGE_SHIFT));
	PROPERTY(range_fits(p.load_gpa, body, (uint64_t)limit << PAGE_SHIFT));
	PROPERTY(loaded(p.run_gpa, p.run_size) && loaded(p.load_gpa, body));
	PROPERTY(p.entry_gpa - p.load_gpa == (k->entry64 ? ENTRY64_OFFSET : 0));
	PROPERTY(!k->relocatable || p.run_gpa % k->alignment == 0);
	PROPERTY(!k->relocatable || p.run_gpa == p.load_gpa);
	PROPERTY(!k->relocatable || p.run_gpa >= k->pref_address);
}

static void initrd_check(const struct bzimage *k, struct input *in)
{
	uint32_t size = (uint32_t)take(in, 1 + take(in, 1) % 4);
	uint64_t before = map_pages(&map, E820_RAM);
	struct fault f = {0};
	gpa_t gpa;
	int err;

	if (size == 0)
		return;
	err = initrd_place(&map, size, k->initrd_max, k->above_4g, &gpa, &f);
	if (err != 0) {
		PROPERTY(err == ERR_NO_ROOM || err == ERR_TOO_MANY);
		PROPERTY(f.code == err && f.value == size);
		PROPERTY(map_pages(&map, E820_RAM) == before);
		return;
	}
	PROPERTY(gpa >= HIGH_START && gpa % PAGE_SIZE == 0);
	PROPERTY(loaded(gpa, size));
	PROPERTY(map_pages(&map, E820_RAM) == before - page_count(size));
	PROPERTY(k->above_4g || gpa + size - 1 <= k->initrd_max);
	PROPERTY(gpa >= GIB(4) || gpa + size <= GIB(4));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	size_t len = size < SETUP_WINDOW ? size : SETUP_WINDOW;
	uint8_t *bytes = exact_copy(data, len);
	struct fault f = {0};
	uint64_t others[3], ram;
	struct bzimage k;
	int err = bzimage_parse(&k, bytes, (uint32_t)len, &f);

	PROPERTY(err == 0 || f.code == err);
	free(bytes);
	if (err != 0)
		return 0;
	kernel_check(&k);
	in.at += len;
	in.left -= len;
	map_take(&map, &in);
	for (uint32_t i = 0; i < 3; i++)
		others[i] = map_pages(&map, E820_RESERVED + i);
	ram = usable();
	place_check(&k, &in);
	map_check(&map);
	initrd_check(&k, &in);
	map_check(&map);
	for (uint32_t i = 0; i < 3; i++)
		PROPERTY(map_pages(&map, E820_RESERVED + i) == others[i]);
	PROPERTY(usable() == ram);
	return 0;
}
