/* SPDX-License-Identifier: BSD-2-Clause */
/* test_e820_model.c - random calls on a map and on one type per page, which
 * must agree after each of them. */
#include "tests/unit/e820.h"

#define PAGES  96
#define ROUNDS 400 /* maps */
#define STEPS  60  /* calls on each */
#define OTHER  77  /* type of the ranges outside, which no call is about */
#define PARTS  4   /* of a page: where entries of a file begin and end */
#define PART   (PAGE_SIZE / PARTS)

/* Page i of the model is page base + i of the map. */
struct model {
	pfn_t base;
	uint32_t outside; /* ranges below that, to fill the map */
	uint32_t type[PAGES];
};

static struct model model;

static void reset(struct rng *r, uint32_t outside)
{
	static const pfn_t bases[] = {2 * E820_RANGES_MAX, PFN_4G - PAGES / 2,
				      PFN_MAX - PAGES};

	setup(NULL);
	memset(&model, 0, sizeof(model));
	model.base = bases[rng_below(r, ARRAY_COUNT(bases))];
	model.outside = outside;
	if (outside == 0 && rng_below(r, 4) == 0)
		model.base = 0;
	for (uint32_t i = 0; i < outside; i++)
		map.range[i] = (struct e820_range){2 * i, 2 * i + 1, OTHER};
	map.count = outside;
}

/* Sorted, disjoint, no empty range, neighbours of one type merged; those
 * outside as they were. */
static void assert_shape(void)
{
	assert_true(map.count <= E820_RANGES_MAX);
	assert_true(map.count >= model.outside);
	for (uint32_t i = 0; i < map.count; i++) {
		const struct e820_range *x = &map.range[i];

		assert_true(x->start < x->end);
		assert_int_not_equal(x->type, E820_HOLE);
		if (i < model.outside)
			assert_range(i, 2 * i, 2 * i + 1, OTHER);
		if (i == 0)
			continue;
		assert_true(x[-1].end <= x->start);
		assert_false(x[-1].end == x->start && x[-1].type == x->type);
	}
}

/* The map says of each page what the model says, and nothing else. */
static void assert_agree(void)
{
	uint32_t total = 0, i = model.outside;

	assert_shape();
	for (uint32_t page = 0; page < PAGES; page++) {
		pfn_t pfn = model.base + page;
		const struct e820_range *x;

		while (i < map.count && map.range[i].end <= pfn)
			i++;
		x = &map.range[i];
		if (model.type[page] == E820_HOLE) {
			assert_true(i == map.count || x->start > pfn);
			continue;
		}
		total++;
		assert_true(i < map.count && x->start <= pfn);
		assert_int_equal(x->type, model.type[page]);
	}
	for (i = model.outside; i < map.count; i++)
		total -= map.range[i].end - map.range[i].start;
	assert_int_equal(total, 0);
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
	uint32_t type = rng_below(r, 5); /* holes too */
	pfn_t start = model.base + x.page;
	bool full = map.count > E820_RANGES_MAX - 2;
	struct e820_map before = map;
	int err;

	if (rng_below(r, 4) == 0) {
		err = e820_add(&map, start, start + x.count, type);
		if (x.count != 0)
			assert_int_equal(err == ERR_OVERLAP,
					 !model_all(x.page, x.count,
						    E820_HOLE));
	} else {
		err = e820_set(&map, start, start + x.count, type);
		assert_int_not_equal(err, ERR_OVERLAP);
	}
	if (err != 0) {
		assert_true(err == ERR_OVERLAP ||
			    (err == ERR_TOO_MANY && full && x.count != 0));
		assert_memory_equal(&map, &before, sizeof(map));
		return;
	}
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
	pfn_t start = model.base + x.page;
	uint32_t end = x.page;

	assert_int_equal(e820_is_ram(&map, start, start + x.count),
			 x.count != 0 &&
			 model_all(x.page, x.count, E820_RAM));
	while (end > 0 && model.type[end - 1] != E820_RAM)
		end--;
	assert_int_equal(e820_ram_end(&map, start),
			 end == 0 ? 0 : model.base + end);
}

/* The highest aligned page by trying all of them. */
static bool model_find(uint32_t align, struct range in, uint32_t count,
		       pfn_t *start)
{
	if (in.count < count)
		return false;
	for (uint32_t page = in.page + in.count - count + 1;
	     page-- > in.page;)
		if ((model.base + page) % align == 0 &&
		    model_all(page, count, E820_RAM)) {
			*start = model.base + page;
			return true;
		}
	return false;
}

static void step_find(struct rng *r)
{
	struct range in = random_range(r);
	uint32_t align = 1u << rng_below(r, 7);
	uint32_t count = 1 + rng_below(r, 8);
	pfn_t floor = model.base + in.page, limit = floor + in.count;
	pfn_t got = 0, want = 0;
	int err = e820_find(&map, count, align, floor, limit, &got);

	if (model_find(align, in, count, &want)) {
		assert_int_equal(err, 0);
		assert_int_equal(got, want);
	} else {
		assert_int_equal(err, ERR_NO_ROOM);
	}
	/* no pages: anywhere, but as told */
	if (e820_find(&map, 0, align, floor, limit, &got) == 0)
		assert_true(got >= floor && got <= limit && got % align == 0);
	else
		assert_false(align == 1 && in.count != 0 &&
			     model_find(1, in, 1, &want));
}

static void step_write(void)
{
	struct e820_entry entries[E820_RANGES_MAX];

	e820_write(&map, entries, sizeof(entries[0]));
	for (uint32_t i = 0; i < map.count; i++) {
		const struct e820_range *x = &map.range[i];

		assert_true(entries[i].addr == x->start * 4096ull);
		assert_true(entries[i].len == (x->end - x->start) * 4096ull);
		assert_int_equal(entries[i].type, x->type);
	}
}

static void run(uint64_t seed, uint32_t outside)
{
	struct rng r = {seed};

	for (int round = 0; round < ROUNDS; round++) {
		reset(&r, outside);
		for (int step = 0; step < STEPS; step++) {
			step_change(&r);
			if (rng_below(&r, 8) == 0)
				step_retype(&r);
			assert_agree();
			step_look(&r);
			step_find(&r);
		}
		step_write();
	}
}

static void test_random_calls(void **state)
{
	(void)state;
	run(0xbee11e, 0);
	run(0xbee11f, 20);
}

static void test_random_calls_in_a_map_that_is_nearly_full(void **state)
{
	(void)state;
	for (uint32_t room = 0; room < 8; room++)
		run(0x5ca1e + room, E820_RANGES_MAX - room);
}

/* Which entry touches a page, and which one is given it; 0 for none. */
struct parts {
	uint32_t touched[PAGES];
	uint32_t given[PAGES];
};

/* Adds an entry to the model: RAM is given whole pages only, anything else
 * every page that it touches.  touch: it touches a page that another does;
 * clash: it is given one that another is given. */
static void parts_add(struct parts *p, uint32_t number, struct range x,
		      uint32_t type, bool *touch, bool *clash)
{
	uint32_t outer = x.page / PARTS;
	uint32_t outer_end = (x.page + x.count + PARTS - 1) / PARTS;
	uint32_t inner = (x.page + PARTS - 1) / PARTS;
	uint32_t inner_end = (x.page + x.count) / PARTS;

	if (x.count == 0)
		return;
	for (uint32_t page = outer; page < outer_end; page++) {
		*touch |= p->touched[page] != 0;
		p->touched[page] = number;
		if (type == E820_RAM && (page < inner || page >= inner_end))
			continue;
		*clash |= p->given[page] != 0;
		p->given[page] = number;
		model.type[page] = type;
	}
}

/* A file in any order, aligned to pages or to parts of them, in part with
 * overlaps: what e820_parse makes of it. */
static void file_case(struct rng *r, uint32_t unit, uint32_t most)
{
	struct e820_entry in[12];
	uint32_t count = rng_below(r, most + 1);
	struct parts parts = {0};
	bool touch = false, clash = false;
	struct fault f = {0};
	int err;

	reset(r, 0);
	for (uint32_t i = 0; i < count; i++) {
		struct range x = {unit * rng_below(r, PAGES * PARTS / unit - 8),
				  unit * rng_below(r, 8)};

		in[i] = (struct e820_entry){
			model.base * 4096ull + x.page * PART,
			x.count * PART, 1 + rng_below(r, 4)};
		parts_add(&parts, i + 1, x, in[i].type, &touch, &clash);
	}
	err = e820_parse(&map, in, count * sizeof(in[0]), &f);
	if (clash)
		assert_int_equal(err, ERR_OVERLAP);
	if (!touch)
		assert_int_equal(err, 0);
	if (err == 0)
		assert_agree();
	else
		assert_true(err == ERR_OVERLAP && f.record < count &&
			    f.value == in[f.record].addr);
}

static void test_random_files(void **state)
{
	struct rng r = {0xf11e};

	(void)state;
	for (int round = 0; round < 20 * ROUNDS; round++)
		file_case(&r, PARTS, 12);
}

static void test_random_files_that_are_not_aligned(void **state)
{
	struct rng r = {0xf11f};

	(void)state;
	for (int round = 0; round < 20 * ROUNDS; round++)
		file_case(&r, 1, 1 + round % 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_random_calls),
		CASE(test_random_calls_in_a_map_that_is_nearly_full),
		CASE(test_random_files),
		CASE(test_random_files_that_are_not_aligned),
	};

	return cmocka_run_group_tests_name("e820_model", tests, NULL, NULL);
}
