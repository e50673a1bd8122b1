/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_e820.c - any bytes as etc/e820, then as calls on the map: it stays
 * sorted, disjoint and merged, has no page that was not told, and a call does
 * what it says or nothing. */
#include "tests/fuzz/map.h"

#define GUARD 64

static struct {
	struct e820_map map;
	uint8_t guard[GUARD];
} m;

static void set_check(pfn_t start, pfn_t end, uint32_t type)
{
	struct e820_map before = m.map;
	int err = e820_set(&m.map, start, end, type);

	if (err != 0) {
		PROPERTY(err == ERR_TOO_MANY && start < end);
		PROPERTY(before.count > E820_RANGES_MAX - 2);
	}
	if (err != 0 || start >= end) {
		PROPERTY(memcmp(&before, &m.map, sizeof(before)) == 0);
		return;
	}
	if (type != E820_HOLE) {
		PROPERTY(map_has(&m.map, start, end, type));
		return;
	}
	for (uint32_t i = 0; i < m.map.count; i++)
		PROPERTY(m.map.range[i].start >= end ||
			 m.map.range[i].end <= start);
}

static void add_check(pfn_t start, pfn_t end, uint32_t type)
{
	struct e820_map before = m.map;
	bool hole = true;
	int err;

	for (uint32_t i = 0; i < m.map.count; i++)
		if (m.map.range[i].start < end && m.map.range[i].end > start)
			hole = false;
	err = e820_add(&m.map, start, end, type);
	if (err != 0)
		PROPERTY(memcmp(&before, &m.map, sizeof(before)) == 0);
	if (start >= end)
		return;
	PROPERTY((err == ERR_OVERLAP) == !hole);
	PROPERTY(err != 0 || type == E820_HOLE ||
		 map_has(&m.map, start, end, type));
}

static void find_check(struct input *in)
{
	uint32_t align = 1u << (take(in, 1) & 31);
	pfn_t floor = (pfn_t)take(in, 4), limit = (pfn_t)take(in, 4), start;
	uint32_t pages = (uint32_t)take(in, 1 + take(in, 1) % 4);

	if (e820_find(&m.map, pages, align, floor, limit, &start) != 0)
		return;
	PROPERTY(start % align == 0 && start >= floor && start <= limit);
	PROPERTY(limit - start >= pages);
	PROPERTY(pages == 0 || e820_is_ram(&m.map, start, start + pages));
	PROPERTY(pages == 0 ||
		 map_has(&m.map, start, start + pages, E820_RAM));
}

static void retype_check(uint32_t from, uint32_t to)
{
	uint64_t sum = map_pages(&m.map, from) +
		       (from == to ? 0 : map_pages(&m.map, to));

	e820_retype(&m.map, from, to);
	PROPERTY(map_pages(&m.map, to) == sum);
}

/* What is written and read again is the same map. */
static void write_check(uint32_t stride)
{
	struct e820_map before = m.map;
	uint32_t len = before.count * stride;
	uint8_t *bytes = malloc(len);
	struct fault f;

	PROPERTY(bytes != NULL || len == 0);
	e820_write(&m.map, bytes, stride);
	if (stride == sizeof(struct e820_entry) &&
	    before.count < E820_RANGES_MAX) {
		PROPERTY(e820_parse(&m.map, bytes, len, &f) == 0);
		PROPERTY(m.map.count == before.count);
		PROPERTY(memcmp(m.map.range, before.range,
				before.count * sizeof(before.range[0])) == 0);
	}
	free(bytes);
}

static void end_check(pfn_t limit)
{
	pfn_t end = e820_ram_end(&m.map, limit);

	PROPERTY(end <= limit);
	PROPERTY(end == 0 || e820_is_ram(&m.map, end - 1, end));
}

static void call(struct input *in)
{
	uint32_t what = (uint32_t)take(in, 1);
	size_t width = 1 + what / 64; /* short numbers meet more often */
	uint32_t type = what / 6 % 4;
	pfn_t start;

	if (what % 6 == 0) {
		find_check(in);
		return;
	}
	if (what % 6 == 1) {
		retype_check(1 + (uint32_t)take(in, 1) % 4,
			     1 + (uint32_t)take(in, 1) % 4);
		return;
	}
	start = (pfn_t)take(in, width);
	switch (what % 6) {
	case 2:
		write_check(type % 2 == 0 ? 20 : 24);
		break;
	case 3:
		add_check(start, start + (pfn_t)take(in, width), type);
		break;
	case 4:
		end_check(start);
		break;
	default:
		set_check(start, start + (pfn_t)take(in, width), type);
		break;
	}
}

static void parse_check(const uint8_t *bytes, uint32_t len)
{
	const struct e820_entry *e = (const void *)bytes;

	for (uint32_t i = 0; i < m.map.count; i++) {
		const struct e820_range *r = &m.map.range[i];
		bool told = false;

		for (uint32_t k = 0; k < len / sizeof(*e); k++)
			told |= told_by(&e[k], (gpa_t)r->start << PAGE_SHIFT,
					r->type);
		PROPERTY(told);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	uint32_t len = (uint32_t)take(&in, 2);
	struct fault f = {0};
	uint8_t *bytes;
	int err;

	if (len > in.left)
		len = (uint32_t)in.left;
	bytes = exact_copy(in.at, len);
	memset(&m, 0xa5, sizeof(m));
	err = e820_parse(&m.map, bytes, len, &f);
	PROPERTY(err == 0 || f.code == err);
	parse_check(bytes, len);
	in.at += len;
	in.left -= len;
	do {
		map_check(&m.map);
		call(&in);
	} while (in.left > 0);
	map_check(&m.map);
	for (size_t i = 0; i < GUARD; i++)
		PROPERTY(m.guard[i] == 0xa5);
	free(bytes);
	return 0;
}
