/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_e820.c - any bytes as etc/e820, then as calls on the map. */
#include "tests/fuzz/fuzz.h"

#define CAPACITY 24

static struct e820_entry room[CAPACITY + 1];
static struct e820_map map;

/* Bytes of each type: what a call may change is known from before. */
static uint64_t bytes_of(uint32_t type)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < map.count; i++)
		if (map.entry[i].type == type)
			sum += map.entry[i].len;
	return sum;
}

static void set_check(gpa_t addr, uint64_t len, uint32_t type)
{
	struct e820_entry before[CAPACITY];
	uint32_t count = map.count;
	int err;

	memcpy(before, room, sizeof(before));
	err = e820_set(&map, addr, len, type);
	if (err != 0) {
		PROPERTY(err == ERR_WRAP || err == ERR_TOO_MANY);
		PROPERTY(map.count == count);
		PROPERTY(memcmp(before, room, count * sizeof(room[0])) == 0);
	} else if (len != 0) {
		PROPERTY(map_has(&map, addr, len, type));
	}
}

static void cut_check(gpa_t addr, uint64_t len)
{
	if (e820_cut(&map, addr, len) != 0 || len == 0)
		return;
	for (uint32_t i = 0; i < map.count; i++)
		PROPERTY(room[i].addr >= addr + len ||
			 room[i].addr + room[i].len <= addr);
}

static void find_check(struct input *in)
{
	uint32_t align = 1u << (take(in, 1) & 31);
	gpa_t floor = take(in, 8), limit = take(in, 8), gpa;
	uint64_t size = take(in, 8);

	if (e820_find(&map, align, &gpa, floor, limit, size) != 0 || size == 0)
		return;
	PROPERTY(gpa % align == 0 && gpa >= floor);
	PROPERTY(gpa + size >= gpa && gpa + size <= limit);
	PROPERTY(e820_is_ram(&map, gpa, size));
	PROPERTY(map_has(&map, gpa, size, E820_RAM));
}

static void retype_check(uint32_t from, uint32_t to)
{
	uint64_t sum = bytes_of(from) + (from == to ? 0 : bytes_of(to));

	e820_retype(&map, from, to);
	PROPERTY(bytes_of(to) == sum);
}

static void call(struct input *in)
{
	uint32_t what = (uint32_t)take(in, 1);
	size_t width = 1 + what / 64; /* short numbers meet more often */
	gpa_t addr, end;

	switch (what % 6) {
	case 0:
		find_check(in);
		return;
	case 1:
		retype_check((uint32_t)take(in, 1) % 4,
			     (uint32_t)take(in, 1) % 4);
		return;
	}
	addr = take(in, 2 * width);
	switch (what % 6) {
	case 2:
		cut_check(addr, take(in, width));
		break;
	case 3:
		e820_add(&map, addr, take(in, width), what / 6 % 4);
		break;
	case 4:
		end = e820_ram_end(&map, addr);
		PROPERTY(end <= addr);
		PROPERTY(end == 0 || e820_is_ram(&map, end - 1, 1));
		break;
	default:
		set_check(addr, take(in, width), what / 6 % 4);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	uint32_t len = (uint32_t)take(&in, 2);
	uint8_t guard[sizeof(room[0])];
	struct fault f = {0};
	uint8_t *bytes;
	int err;

	if (len > in.left)
		len = (uint32_t)in.left;
	bytes = exact_copy(in.at, len);
	memset(room, 0xa5, sizeof(room));
	memset(guard, 0xa5, sizeof(guard));
	map = (struct e820_map){.entry = room, .capacity = CAPACITY};
	err = e820_parse(&map, bytes, len, &f);
	PROPERTY(err == 0 || f.code == err);
	if (err != 0)
		map.count = 0;
	in.at += len;
	in.left -= len;
	do {
		map_check(&map);
		PROPERTY(memcmp(&room[CAPACITY], guard, sizeof(guard)) == 0);
		call(&in);
	} while (in.left > 0);
	map_check(&map);
	free(bytes);
	return 0;
}
