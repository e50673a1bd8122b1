/* SPDX-License-Identifier: BSD-2-Clause */
/* test_doctor_text.c - words and numbers of /proc and /sys, right and wrong. */
#include "tests/unit/unit.h"

#include "host-loader/cmd/doctor_text.h"

static const char mounts[] =
	"22 28 0:20 / /sys rw,nosuid - sysfs sysfs rw\n"
	"23 22 0:26 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 "
	"rw,nsdelegate,favordynmods\n"
	"24 22 0:27 / /other rw - cgroup2 again rw\n";

static void numbers_are_found(void **state)
{
	static const char text[] = "MemTotal:     100 kB\n"
				   "XMemFree: 1 kB\n"
				   "MemFree:\t42 kB\n"
				   "HugePages_Free:0\n"
				   "Last: 7";

	(void)state;
	assert_int_equal(text_number(text, "MemTotal"), 100);
	assert_int_equal(text_number(text, "MemFree"), 42);
	assert_int_equal(text_number(text, "HugePages_Free"), 0);
	assert_int_equal(text_number(text, "Last"), 7);
}

static void no_number_is_none(void **state)
{
	static const char *const texts[] = {
		"", "\n", "Mem", "Mem:", "Mem: \n", "Mem: x 5\n", "Mem: -1\n",
		" Mem: 1\n", "Mem : 1\n", "MemX: 1\n", "Mem\n: 1\n",
		"Mem:\n1\n", "Mem: 99999999999999999999\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(text_number(texts[i], "Mem"), -1);
}

static void choice_is_in_brackets(void **state)
{
	static const char *const rows[][2] = {
		{"always [madvise] never\n", "madvise"},
		{"[always] madvise never\n", "always"},
		{"[]", ""},
		{"[a] [b]", "a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *word = text_choice(rows[i][0]);

		assert_string_equal(word, rows[i][1]);
		free(word);
	}
}

static void no_choice_is_none(void **state)
{
	static const char *const texts[] = {"", "always", "[", "a]", "[al\nx]",
					    "always [madvise never\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_null(text_choice(texts[i]));
}

static void first_mount_of_a_type(void **state)
{
	char *folder, *options;

	(void)state;
	assert_true(text_mount(mounts, "cgroup2", &folder, &options));
	assert_string_equal(folder, "/sys/fs/cgroup");
	assert_string_equal(options, "rw,nsdelegate,favordynmods");
	free(folder);
	free(options);
	assert_true(text_mount(mounts, "sysfs", &folder, &options));
	assert_string_equal(folder, "/sys");
	assert_string_equal(options, "rw");
	free(folder);
	free(options);
}

static void no_such_mount(void **state)
{
	static const char *const texts[] = {
		"", "\n", " - cgroup\n", "1 2 3 4 - cgroup x rw\n",
		"1 2 0:3 / /a rw - cgroup\n", "1 2 0:3 / /a rw - cgroup x\n",
		"1 2 0:3 / /a rw\n - cgroup x rw\n",
		"1 2 0:3 / /a rw - cgroup2 x rw\n",
		"1 2 0:3 / /cgroup rw - ext4 cgroup rw\n"};
	char *folder, *options;

	(void)state;
	assert_false(text_mount(mounts, "cgroup", &folder, &options));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(text_mount(texts[i], "cgroup", &folder,
					&options));
}

static void options_are_whole_words(void **state)
{
	(void)state;
	assert_true(text_option("rw,favordynmods", "favordynmods"));
	assert_true(text_option("favordynmods", "favordynmods"));
	assert_true(text_option("rw,,a", "a"));
	assert_false(text_option("", "a"));
	assert_false(text_option("nofavordynmods", "favordynmods"));
	assert_false(text_option("favordynmods2,rw", "favordynmods"));
	assert_false(text_option("favordyn,mods", "favordynmods"));
}

static void cgroup_of_version_two(void **state)
{
	char *path = text_cgroup("12:cpu:/x\n0::/user.slice/a b\n1:x:/\n");

	(void)state;
	assert_string_equal(path, "/user.slice/a b");
	free(path);
	assert_null(text_cgroup(""));
	assert_null(text_cgroup("12:cpu:/x\n10::/y\n"));
}

static void limits_are_numbers_or_none(void **state)
{
	(void)state;
	assert_int_equal(text_limit("1048576\n"), 1048576);
	assert_int_equal(text_limit("0"), 0);
	assert_true(text_limit("max\n") == UINT64_MAX);
	assert_true(text_limit("") == UINT64_MAX);
	assert_true(text_limit("-5") == UINT64_MAX);
	assert_true(text_limit("99999999999999999999") == UINT64_MAX);
}

static void files_are_read(void **state)
{
	char *text = text_read("/proc/self/cgroup");

	(void)state;
	assert_null(text_read("/nonexistent"));
	assert_null(text_read("/proc"));
	free(text);
	text = text_read("/dev/null");
	assert_string_equal(text, "");
	free(text);
	text = text_read("/dev/zero"); /* as much as it takes, and an end */
	assert_string_equal(text, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(numbers_are_found),
		CASE(no_number_is_none),
		CASE(choice_is_in_brackets),
		CASE(no_choice_is_none),
		CASE(first_mount_of_a_type),
		CASE(no_such_mount),
		CASE(options_are_whole_words),
		CASE(cgroup_of_version_two),
		CASE(limits_are_numbers_or_none),
		CASE(files_are_read),
	};

	return cmocka_run_group_tests_name("doctor_text", tests, NULL, NULL);
}
