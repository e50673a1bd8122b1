/* SPDX-License-Identifier: BSD-2-Clause */
/* test_bzimage.c - the setup header by protocol version. */
#include "tests/unit/unit.h"

#include "core/bzimage.h"
#include "core/layout.h"

static uint8_t window[SETUP_WINDOW];
static struct bzimage k;
static struct fault f;

static struct setup_header *header(void)
{
	return (struct setup_header *)(void *)(window + SETUP_HEADER_OFFSET);
}

/* Debian's 6.1, but for small changes in numbers that tests look at. */
static void header_put(uint16_t version)
{
	struct setup_header *h = header();

	memset(window, 0, sizeof(window));
	h->setup_sects = 31;
	h->syssize = 0x7d000;
	h->boot_flag = SETUP_BOOT_FLAG;
	h->jump = 0x6aeb; /* jmp short, header up to 0x26c */
	h->header = SETUP_HEADER_MAGIC;
	h->version = version;
	h->loadflags = LOADED_HIGH;
	h->code32_start = 0x100000;
	h->initrd_addr_max = 0x7fffffff;
	h->kernel_alignment = 0x200000;
	h->relocatable_kernel = 1;
	h->min_alignment = 21;
	h->xloadflags = 0x7f;
	h->cmdline_size = 2047;
	h->pref_address = 0x1000000;
	h->init_size = 0x2345000;
}

static int setup(void **state)
{
	(void)state;
	header_put(0x20f);
	f = (struct fault){0};
	return 0;
}

/* Parses a copy of exactly len bytes. */
static int parse(uint32_t len)
{
	uint8_t *copy = bytes_new(len, 0);
	int err;

	memcpy(copy, window, len < sizeof(window) ? len : sizeof(window));
	err = bzimage_parse(&k, copy, len, &f);
	free(copy);
	if (err != 0)
		assert_int_equal(f.code, err);
	return err;
}

static void test_todays_kernel(void **state)
{
	(void)state;
	assert_int_equal(parse(SETUP_WINDOW), 0);
	assert_int_equal(k.version, 0x20f);
	assert_int_equal(k.setup_size, 32 * 512);
	assert_true(k.body_size == 0x7d0000);
	assert_true(k.pref_address == 0x1000000);
	assert_true(k.alignment == 0x200000);
	assert_true(k.init_size == 0x2345000);
	assert_true(k.initrd_max == 0x7fffffff);
	assert_int_equal(k.cmdline_max, 2047);
	assert_true(k.relocatable && k.entry64 && k.above_4g);
}

static void test_more_bytes_do_not_matter(void **state)
{
	(void)state;
	assert_int_equal(parse(SETUP_WINDOW + 4096), 0);
	assert_true(k.init_size == 0x2345000);
}

static void test_zero_sectors_mean_four(void **state)
{
	(void)state;
	header()->setup_sects = 0;
	assert_int_equal(parse(SETUP_WINDOW), 0);
	assert_int_equal(k.setup_size, 5 * 512);
	header()->setup_sects = 255;
	assert_int_equal(parse(SETUP_WINDOW), 0);
	assert_int_equal(k.setup_size, 256 * 512);
}

static void test_largest_fields(void **state)
{
	(void)state;
	header()->syssize = UINT32_MAX >> 4;
	header()->init_size = UINT32_MAX;
	header()->pref_address = UINT32_MAX;
	header()->initrd_addr_max = UINT32_MAX;
	header()->cmdline_size = UINT32_MAX;
	header()->kernel_alignment = 0x40000000;
	assert_int_equal(parse(SETUP_WINDOW), 0);
	assert_true(k.body_size == 0xfffffff0);
	assert_true(k.init_size == UINT32_MAX);
	assert_true(k.pref_address == UINT32_MAX);
	assert_true(k.initrd_max == UINT32_MAX);
	assert_int_equal(k.cmdline_max, UINT32_MAX);
	assert_true(k.alignment == 0x40000000);
}

/* Nothing fits at the last address below 4 GiB, so nothing does at these. */
static void test_preferred_addresses_above_4_gib(void **state)
{
	static const uint64_t wishes[] = {GIB(4), GIB(4) + MIB(16), GIB(64),
					  1ull << 63, UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(wishes); i++) {
		header()->pref_address = wishes[i];
		assert_int_equal(parse(SETUP_WINDOW), 0);
		assert_int_equal(k.pref_address, UINT32_MAX);
	}
}

static void test_flags_one_by_one(void **state)
{
	(void)state;
	header()->xloadflags = XLF_KERNEL_64;
	assert_int_equal(parse(SETUP_WINDOW), 0);
	assert_true(k.entry64 && !k.above_4g);
	header()->xloadflags = XLF_CAN_BE_LOADED_ABOVE_4G;
	assert_int_equal(parse(SETUP_WINDOW), 0);
	assert_true(!k.entry64 && k.above_4g);
	header()->xloadflags = (uint16_t)~3u;
	assert_int_equal(parse(SETUP_WINDOW), 0);
	assert_true(!k.entry64 && !k.above_4g);
}

/* Fields of later versions hold other things in older headers. */
static void test_each_version_has_its_fields(void **state)
{
	(void)state;
	for (uint16_t v = SETUP_V2_00; v <= 0x20f; v++) {
		header_put(v);
		assert_int_equal(parse(SETUP_WINDOW), 0);
		assert_int_equal(k.version, v);
		assert_true(k.initrd_max ==
			    (v >= 0x203 ? 0x7fffffff : 0x37ffffff));
		assert_true(k.body_size == (v >= 0x204 ? 0x7d0000 : 0));
		assert_int_equal(k.relocatable, v >= 0x205);
		assert_int_equal(k.cmdline_max, v >= 0x206 ? 2047 : 255);
		assert_true(k.init_size == (v >= 0x20a ? 0x2345000 : 0));
		assert_true(k.pref_address ==
			    (v >= 0x20a ? 0x1000000 : HIGH_START));
		assert_int_equal(k.entry64, v >= 0x20c);
		assert_int_equal(k.above_4g, v >= 0x20c);
	}
}

static void test_alignment_matters_to_relocatable_kernels_only(void **state)
{
	(void)state;
	header()->relocatable_kernel = 0;
	header()->kernel_alignment = 3;
	assert_int_equal(parse(SETUP_WINDOW), 0);
	assert_false(k.relocatable);
	header_put(SETUP_V2_04);
	header()->kernel_alignment = 3;
	assert_int_equal(parse(SETUP_WINDOW), 0);
}

static void test_refuses_too_few_bytes(void **state)
{
	static const uint32_t lengths[] = {0, 1, 2, 0x1f0, 0x1f1, 0x1ff, 0x200,
					   0x201, 0x202, 0x205, 0x208, 0x22f,
					   0x263};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(lengths); i++)
		assert_int_equal(parse(lengths[i]), ERR_TRUNCATED);
}

/* The header's own length ends before fields that its version announces:
 * what is read there would be code. */
static void test_refuses_header_shorter_than_its_version(void **state)
{
	static const struct {
		uint16_t version;
		uint16_t end; /* of the last field that we read */
	} cases[] = {
		{0x203, 0x230}, {0x204, 0x230}, {0x205, 0x235},
		{0x206, 0x23c}, {0x209, 0x23c}, {0x20a, 0x264},
		{0x20c, 0x264}, {0x20f, 0x264},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		header_put(cases[i].version);
		window[0x201] = (uint8_t)(cases[i].end - 0x202);
		assert_int_equal(parse(SETUP_WINDOW), 0);
		window[0x201]--;
		assert_int_equal(parse(SETUP_WINDOW), ERR_TRUNCATED);
		window[0x201] = 0;
		assert_int_equal(parse(SETUP_WINDOW), ERR_TRUNCATED);
	}
}

static void test_refuses_other_magic(void **state)
{
	static const uint32_t at[] = {0x1fe, 0x1ff, 0x202, 0x203, 0x204, 0x205};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(at); i++) {
		window[at[i]] ^= 0x20;
		assert_int_equal(parse(SETUP_WINDOW), ERR_MAGIC);
		window[at[i]] ^= 0x20;
	}
	memset(window, 0, sizeof(window));
	assert_int_equal(parse(SETUP_WINDOW), ERR_MAGIC);
	memset(window, 0xff, sizeof(window));
	assert_int_equal(parse(SETUP_WINDOW), ERR_MAGIC);
}

static void test_refuses_old_versions(void **state)
{
	static const uint16_t versions[] = {0, 1, 0x101, 0x1ff};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(versions); i++) {
		header_put(versions[i]);
		assert_int_equal(parse(SETUP_WINDOW), ERR_VERSION);
	}
}

static void test_refuses_kernels_loaded_low(void **state)
{
	(void)state;
	header()->loadflags = (uint8_t)~LOADED_HIGH;
	assert_int_equal(parse(SETUP_WINDOW), ERR_VERSION);
}

static void test_refuses_alignments(void **state)
{
	static const uint32_t aligns[] = {0, 3, 0x200001, 0x300000,
					  0x40000001, 0x80000000, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(aligns); i++) {
		header()->kernel_alignment = aligns[i];
		assert_int_equal(parse(SETUP_WINDOW), ERR_ALIGN);
	}
}

/* Its bytes would not be counted by 32 bits. */
static void test_refuses_syssize_of_4_gib(void **state)
{
	static const uint32_t sizes[] = {0x10000000, 0x10000001, 0x107d0000,
					 0x80000000, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		header_put(0x20f);
		header()->syssize = sizes[i];
		assert_int_equal(parse(SETUP_WINDOW), ERR_SIZE);
		assert_true(f.value == sizes[i]);
		header_put(SETUP_V2_04);
		header()->syssize = sizes[i];
		assert_int_equal(parse(SETUP_WINDOW), ERR_SIZE);
		header_put(SETUP_V2_03);
		header()->syssize = sizes[i];
		assert_int_equal(parse(SETUP_WINDOW), 0);
		assert_true(k.body_size == 0);
	}
}

static void test_refuses_without_a_fault_to_fill(void **state)
{
	(void)state;
	window[0x202] = 0;
	assert_int_equal(bzimage_parse(&k, window, SETUP_WINDOW, NULL),
			 ERR_MAGIC);
}

/* Random bytes with the marks right: nothing traps, what is accepted is as
 * the header says. */
static void test_random_headers(void **state)
{
	struct rng r = {0xb21a6e};

	(void)state;
	for (int i = 0; i < 50000; i++) {
		for (size_t at = 0; at < sizeof(window); at++)
			window[at] = (uint8_t)(rng_next(&r) >> 24);
		header()->boot_flag = SETUP_BOOT_FLAG;
		header()->header = SETUP_HEADER_MAGIC;
		header()->version = (uint16_t)(0x200 + rng_below(&r, 17));
		if (rng_below(&r, 4) != 0)
			header()->syssize >>= 4;
		if (rng_below(&r, 4) != 0)
			header()->kernel_alignment = 1u << rng_below(&r, 32);
		if (bzimage_parse(&k, window, SETUP_WINDOW, &f) != 0)
			continue;
		assert_true(header()->loadflags & LOADED_HIGH);
		assert_true(k.setup_size >= 512 && k.setup_size <= 256 * 512);
		assert_true(k.version < SETUP_V2_04 ||
			    k.body_size == 16ull * header()->syssize);
		assert_true(k.version < SETUP_V2_10 ||
			    k.pref_address <= header()->pref_address);
		assert_true(!k.relocatable ||
			    (is_power_of_two(k.alignment) &&
			     k.alignment <= GIB(1)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_SETUP(test_todays_kernel, setup),
		CASE_SETUP(test_more_bytes_do_not_matter, setup),
		CASE_SETUP(test_zero_sectors_mean_four, setup),
		CASE_SETUP(test_largest_fields, setup),
		CASE_SETUP(test_preferred_addresses_above_4_gib, setup),
		CASE_SETUP(test_flags_one_by_one, setup),
		CASE_SETUP(test_each_version_has_its_fields, setup),
		CASE_SETUP(test_alignment_matters_to_relocatable_kernels_only,
			   setup),
		CASE_SETUP(test_refuses_too_few_bytes, setup),
		CASE_SETUP(test_refuses_header_shorter_than_its_version,
			   setup),
		CASE_SETUP(test_refuses_other_magic, setup),
		CASE_SETUP(test_refuses_old_versions, setup),
		CASE_SETUP(test_refuses_kernels_loaded_low, setup),
		CASE_SETUP(test_refuses_alignments, setup),
		CASE_SETUP(test_refuses_syssize_of_4_gib, setup),
		CASE_SETUP(test_refuses_without_a_fault_to_fill, setup),
		CASE_SETUP(test_random_headers, setup),
	};

	return cmocka_run_group_tests_name("bzimage", tests, NULL, NULL);
}
