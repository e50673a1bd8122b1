/* SPDX-License-Identifier: BSD-2-Clause */
/* test_e820_model.c - random calls on a map and on one type per page, which
 * must agree after each of them. */
#include "tests/unit/unit.h"

#include "core/e820.h"

#define PAGES    96
#define CAPACITY (PAGES + 2)
#define ROUNDS   400 /* maps */
#define STEPS    60  /* calls on each */
#define HOLE     0

/* Page i of the model is [base + i * size, + size). */
struct model {
	uint64_t base, size;
	uint32_t type[PAGES];
};

static struct e820_entry room[CAPACITY + 1];
static struct e820_map map;
static struct model model;

static gpa_t page_gpa(uint32_t page)
{
	return model.base + page * model.size;
}

static void reset(struct rng *r, uint32_t capacity)
{
	static const uint64_t bases[] = {0, 0x100000, 0xfffff000,
					 UINT64_MAX - 0xffffff};
	static const uint64_t sizes[] = {1, 20, 0x1000};

	memset(&model, 0, sizeof(model));
	model.base = bases[rng_below(r, ARRAY_COUNT(bases))];
	model.size = sizes[rng_below(r, ARRAY_COUNT(sizes))];
	memset(room, GUARD_BYTE, sizeof(room));
	map = (struct e820_map){.entry = room, .capacity = capacity};
}

/* Sorted, disjoint, no empty entry, neighbours of one type merged. */
static void assert_shape(void)
{
	const uint8_t *behind = (const uint8_t *)&room[map.capacity];

	assert_true(map.count <= map.capacity);
	for (uint32_t i = 0; i < map.count; i++) {
		const struct e820_entry *e = &map.entry[i];

		assert_true(e->len != 0);
		if (i == 0)
			continue;
		assert_true(e[-1].addr + e[-1].len <= e->addr);
		assert_false(e[-1].addr + e[-1].len == e->addr &&
			     e[-1].type == e->type);
	}
	for (size_t i = 0; i < sizeof(room[0]); i++)
		assert_int_equal(behind[i], GUARD_BYTE);
}

/* The map says of each page what the model says, and nothing else. */
static void assert_agree(void)
{
	uint64_t total = 0;
	uint32_t i = 0;

	assert_shape();
	for (uint32_t page = 0; page < PAGES; page++) {
		gpa_t gpa = page_gpa(page);
		const struct e820_entry *e;

		while (i < map.count &&
		       map.entry[i].addr + map.entry[i].len <= gpa)
			i++;
		e = &map.entry[i];
		if (model.type[page] == HOLE) {
			assert_true(i == map.count ||
				    e->addr >= gpa + model.size);
			continue;
		}
		total += model.size;
		assert_true(i < map.count && e->addr <= gpa);
		assert_true(gpa + model.size <= e->addr + e->len);
		assert_int_equal(e->type, model.type[page]);
	}
	for (i = 0; i < map.count; i++)
		total -= map.entry[i].len;
	assert_true(total == 0);
}

static void model_fill(uint32_t page, uint32_t count, uint32_t type)
{
	while (count-- > 0)
		model.type[page++] = type;
}

static bool model_all(uint32_t page, uint32_t count, uint32_t type)
{
	while (count-- > 0)
		if (model.type[page++] != type)
			return false;
	return true;
}

struct range {
	uint32_t page, count;
};

static struct range random_range(struct rng *r)
{
	struct range x;

	x.page = rng_below(r, PAGES);
	x.count = rng_below(r, rng_below(r, 4) ? 8 : PAGES + 1);
	if (x.count > PAGES - x.page)
		x.count = PAGES - x.page;
	return x;
}

static void step_change(struct rng *r)
{
	struct range x = random_range(r);
	uint32_t type = 1 + rng_below(r, 4);
	gpa_t addr = page_gpa(x.page);
	uint64_t len = x.count * model.size;
	bool full = map.capacity - map.count < 2;
	int err;

	switch (rng_below(r, 4)) {
	case 0:
		err = e820_cut(&map, addr, len);
		type = HOLE;
		break;
	case 1:
		err = e820_add(&map, addr, len, type);
		assert_int_equal(err == ERR_OVERLAP,
				 !model_all(x.page, x.count, HOLE));
		if (err == ERR_OVERLAP)
			return;
		break;
	default:
		err = e820_set(&map, addr, len, type);
		break;
	}
	if (err == ERR_TOO_MANY) {
		assert_true(full);
		return;
	}
	assert_int_equal(err, 0);
	model_fill(x.page, x.count, type);
}

static void step_retype(struct rng *r)
{
	uint32_t from = 1 + rng_below(r, 4);
	uint32_t to = 1 + rng_below(r, 4);

	e820_retype(&map, from, to);
	for (uint32_t page = 0; page < PAGES; page++)
		if (model.type[page] == from)
			model.type[page] = to;
}

static void step_look(struct rng *r)
{
	struct range x = random_range(r);
	uint32_t end = x.page;

	if (x.count != 0)
		assert_int_equal(e820_is_ram(&map, page_gpa(x.page),
					     x.count * model.size),
				 model_all(x.page, x.count, E820_RAM));
	while (end > 0 && model.type[end - 1] != E820_RAM)
		end--;
	assert_true(e820_ram_end(&map, page_gpa(x.page)) ==
		    (end == 0 ? 0 : page_gpa(end)));
}

/* Highest aligned gpa by trying all of them; pages of any size. */
static bool model_find(uint32_t align, struct range in, uint64_t size,
		       gpa_t *gpa)
{
	uint64_t pages = (size + model.size - 1) / model.size;

	if (in.count * model.size < size)
		return false;
	for (gpa_t at = page_gpa(in.page + in.count) - size;; at--) {
		uint32_t first = (uint32_t)((at - model.base) / model.size);
		uint32_t last = (uint32_t)((at + size - 1 - model.base) /
					   model.size);

		assert_true(last - first <= pages);
		if ((at & (align - 1)) == 0 &&
		    model_all(first, last - first + 1, E820_RAM)) {
			*gpa = at;
			return true;
		}
		if (at == page_gpa(in.page))
			return false;
	}
}

static void step_find(struct rng *r)
{
	struct range in = random_range(r);
	uint32_t align = 1u << rng_below(r, 7);
	uint64_t size = 1 + rng_below(r, 8 * (uint32_t)model.size);
	gpa_t got = 0, want = 0;
	int err;

	if (model.size > 64)
		return; /* the model would take too long */
	err = e820_find(&map, align, &got, page_gpa(in.page),
			page_gpa(in.page + in.count), size);
	if (model_find(align, in, size, &want)) {
		assert_int_equal(err, 0);
		assert_true(got == want);
	} else {
		assert_int_equal(err, ERR_NO_ROOM);
	}
}

static void run(uint64_t seed, uint32_t capacity)
{
	struct rng r = {seed};

	for (int round = 0; round < ROUNDS; round++) {
		reset(&r, capacity);
		for (int step = 0; step < STEPS; step++) {
			step_change(&r);
			if (rng_below(&r, 8) == 0)
				step_retype(&r);
			assert_agree();
			step_look(&r);
			step_find(&r);
		}
	}
}

static void test_random_calls_in_a_large_map(void **state)
{
	(void)state;
	run(0xbee11e, CAPACITY);
}

static void test_random_calls_in_a_small_map(void **state)
{
	(void)state;
	for (uint32_t capacity = 0; capacity < 8; capacity++)
		run(0x5ca1e + capacity, capacity);
}

/* Files in any order, in part with overlaps: what e820_parse makes of them. */
static void test_random_files(void **state)
{
	struct rng r = {0xf11e};

	(void)state;
	for (int round = 0; round < 20 * ROUNDS; round++) {
		struct e820_entry in[12];
		uint32_t count = rng_below(&r, ARRAY_COUNT(in) + 1);
		bool overlap = false;
		struct fault f;
		int err;

		reset(&r, 12);
		for (uint32_t i = 0; i < count; i++) {
			struct range x = {rng_below(&r, PAGES - 8),
					  rng_below(&r, 8)};

			in[i] = (struct e820_entry){page_gpa(x.page),
						    x.count * model.size,
						    1 + rng_below(&r, 4)};
			overlap |= !model_all(x.page, x.count, HOLE);
			model_fill(x.page, x.count, in[i].type);
		}
		err = e820_parse(&map, in, count * sizeof(in[0]), &f);
		assert_int_equal(err, overlap ? ERR_OVERLAP : 0);
		if (overlap)
			assert_true(f.record < count);
		else
			assert_agree();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_random_calls_in_a_large_map),
		CASE(test_random_calls_in_a_small_map),
		CASE(test_random_files),
	};

	return cmocka_run_group_tests_name("e820_model", tests, NULL, NULL);
}
