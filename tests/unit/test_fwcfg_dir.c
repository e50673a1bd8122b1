/* SPDX-License-Identifier: BSD-2-Clause */
/* test_fwcfg_dir.c - the fw_cfg file directory, honest and lying. */
#include "tests/unit/unit.h"

#include "core/fwcfg_dir.h"
#include "core/le.h"

#define MAX   8 /* max_count of most cases */
#define ENTRY sizeof(struct fw_cfg_file)

/* A directory of exactly as many bytes as it needs, so ASan sees its end. */
struct dir_bytes {
	uint8_t *bytes;
	uint32_t len;
};

static struct fw_cfg_file *entry_at(struct dir_bytes *d, uint32_t i)
{
	return (struct fw_cfg_file *)(void *)(d->bytes + 4 + i * ENTRY);
}

static void name_set(struct dir_bytes *d, uint32_t i, const char *name)
{
	memset(entry_at(d, i)->name, 0, ITEM_NAME_SIZE);
	memcpy(entry_at(d, i)->name, name, strlen(name));
}

/* count entries, told says how many there are. */
static struct dir_bytes dir_new(uint32_t count, uint32_t told)
{
	static const char *const names[] = {
		"etc/e820", "etc/acpi/tables", "etc/table-loader",
		"bootorder", "a", "etc/acpi/rsdp", "etc/e82", "etc/e8200",
	};
	struct dir_bytes d = {NULL, (uint32_t)(4 + count * ENTRY)};
	uint32_t told_be = be32(told);

	d.bytes = bytes_new(d.len, 0);
	memcpy(d.bytes, &told_be, 4);
	for (uint32_t i = 0; i < count; i++) {
		name_set(&d, i, names[i % ARRAY_COUNT(names)]);
		entry_at(&d, i)->size = be32(0x01020300 + i);
		entry_at(&d, i)->select = be16((uint16_t)(0x20 + i));
	}
	return d;
}

static void test_finds_each_name(void **state)
{
	struct dir_bytes d = dir_new(8, 8);
	struct fwcfg_dir dir;
	struct fault f;
	struct item item;

	(void)state;
	assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len, MAX, &f), 0);
	assert_int_equal(dir.count, 8);
	for (uint32_t i = 0; i < 8; i++) {
		assert_int_equal(fwcfg_dir_find(&dir, entry_at(&d, i)->name,
						&item), 0);
		assert_int_equal(item.key, 0x20 + i);
		assert_int_equal(item.size, 0x01020300 + i);
	}
	free(d.bytes);
}

static void test_first_of_two_wins(void **state)
{
	struct dir_bytes d = dir_new(3, 3);
	struct fwcfg_dir dir;
	struct item item;

	(void)state;
	name_set(&d, 2, "etc/e820");
	assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len, MAX, NULL), 0);
	assert_int_equal(fwcfg_dir_find(&dir, "etc/e820", &item), 0);
	assert_int_equal(item.key, 0x20);
	free(d.bytes);
}

/* Prefixes, extensions, other case, nothing: none of them is a match. */
static void test_similar_names_are_absent(void **state)
{
	static const char *const names[] = {
		"", "e", "etc", "etc/", "etc/e", "etc/e82000", "etc/e82x",
		"etc/acpi/table", "etc/acpi/tabless", "etc/table-loadeR",
		"bootorde", "b", "aa", "/etc/e820", "etc/acpi/tablet",
	};
	struct dir_bytes d = dir_new(8, 8);
	struct fwcfg_dir dir;
	struct item item;

	(void)state;
	assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len, MAX, NULL), 0);
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		/* a copy, so that ASan sees where the name ends */
		char *name = strdup(names[i]);

		assert_int_equal(fwcfg_dir_find(&dir, name, &item),
				 ERR_ABSENT);
		free(name);
	}
	free(d.bytes);
}

static void test_longest_name(void **state)
{
	char name[ITEM_NAME_SIZE] = {0};
	struct dir_bytes d = dir_new(1, 1);
	struct fwcfg_dir dir;
	struct item item;

	(void)state;
	memset(name, 'n', ITEM_NAME_SIZE - 1);
	name_set(&d, 0, name);
	assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len, MAX, NULL), 0);
	assert_int_equal(fwcfg_dir_find(&dir, name, &item), 0);
	name[ITEM_NAME_SIZE - 2] = 'm';
	assert_int_equal(fwcfg_dir_find(&dir, name, &item), ERR_ABSENT);
	free(d.bytes);
}

static void test_name_longer_than_field_is_absent(void **state)
{
	char name[2 * ITEM_NAME_SIZE] = {0};
	struct dir_bytes d = dir_new(2, 2);
	struct fwcfg_dir dir;
	struct item item;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	memcpy(entry_at(&d, 0)->name, name, ITEM_NAME_SIZE - 1);
	assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len, MAX, NULL), 0);
	assert_int_equal(fwcfg_dir_find(&dir, name, &item), ERR_ABSENT);
	free(d.bytes);
}

static void test_empty_directory(void **state)
{
	struct dir_bytes d = dir_new(0, 0);
	struct fwcfg_dir dir;
	struct item item;

	(void)state;
	assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len, MAX, NULL), 0);
	assert_int_equal(dir.count, 0);
	assert_int_equal(fwcfg_dir_find(&dir, "etc/e820", &item), ERR_ABSENT);
	assert_int_equal(fwcfg_dir_find(&dir, "", &item), ERR_ABSENT);
	free(d.bytes);
}

static void test_bytes_behind_the_entries_do_not_count(void **state)
{
	struct dir_bytes d = dir_new(8, 2);
	struct fwcfg_dir dir;
	struct item item;

	(void)state;
	assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len, MAX, NULL), 0);
	assert_int_equal(fwcfg_dir_find(&dir, "etc/table-loader", &item),
			 ERR_ABSENT);
	free(d.bytes);
}

static void test_refuses_short_count(void **state)
{
	struct fwcfg_dir dir;
	struct fault f;

	(void)state;
	for (uint32_t len = 0; len < 4; len++) {
		uint8_t *bytes = bytes_new(len, 0);

		assert_int_equal(fwcfg_dir_parse(&dir, bytes, len, MAX, &f),
				 ERR_TRUNCATED);
		assert_int_equal(f.code, ERR_TRUNCATED);
		free(bytes);
	}
}

static void test_refuses_missing_entries(void **state)
{
	struct dir_bytes d = dir_new(3, 3);
	struct fwcfg_dir dir;
	struct fault f;

	(void)state;
	for (uint32_t len = 4; len < d.len; len++) {
		uint8_t *bytes = bytes_new(len, 0);

		memcpy(bytes, d.bytes, len);
		assert_int_equal(fwcfg_dir_parse(&dir, bytes, len, MAX, &f),
				 ERR_TRUNCATED);
		free(bytes);
	}
	free(d.bytes);
}

static void test_refuses_count_above_max(void **state)
{
	struct dir_bytes d = dir_new(MAX + 1, MAX + 1);
	struct fwcfg_dir dir;
	struct fault f;

	(void)state;
	assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len, MAX, &f),
			 ERR_TOO_MANY);
	assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len, MAX + 1, &f), 0);
	free(d.bytes);
}

/* Counts whose size in bytes wraps in 32 bits. */
static void test_refuses_counts_that_wrap(void **state)
{
	static const uint32_t told[] = {0x03ffffff, 0x04000000, 0x04000001,
					0x7fffffff, 0x80000000, 0xffffffff};
	struct fwcfg_dir dir;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(told); i++) {
		struct dir_bytes d = dir_new(1, told[i]);

		assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len,
						 UINT32_MAX, &f),
				 ERR_TRUNCATED);
		assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len, MAX,
						 &f), ERR_TOO_MANY);
		free(d.bytes);
	}
}

static void test_refuses_name_without_end(void **state)
{
	struct fwcfg_dir dir;
	struct fault f;

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		struct dir_bytes d = dir_new(4, 4);

		memset(entry_at(&d, i)->name, 'x', ITEM_NAME_SIZE);
		assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len, MAX,
						 &f), ERR_NAME);
		assert_int_equal(f.code, ERR_NAME);
		assert_int_equal(f.record, i);
		free(d.bytes);
	}
}

static void test_fault_may_be_absent(void **state)
{
	struct dir_bytes d = dir_new(1, 2);
	struct fwcfg_dir dir;

	(void)state;
	assert_int_equal(fwcfg_dir_parse(&dir, d.bytes, d.len, MAX, NULL),
			 ERR_TRUNCATED);
	free(d.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_finds_each_name),
		CASE(test_first_of_two_wins),
		CASE(test_longest_name),
		CASE(test_empty_directory),
		CASE(test_bytes_behind_the_entries_do_not_count),
		CASE(test_similar_names_are_absent),
		CASE(test_name_longer_than_field_is_absent),
		CASE(test_refuses_short_count),
		CASE(test_refuses_missing_entries),
		CASE(test_refuses_count_above_max),
		CASE(test_refuses_counts_that_wrap),
		CASE(test_refuses_name_without_end),
		CASE(test_fault_may_be_absent),
	};

	return cmocka_run_group_tests_name("fwcfg_dir", tests, NULL, NULL);
}
