/* SPDX-License-Identifier: BSD-2-Clause */
/* test_options.c - options of run and bake: what they set, what is refused. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host-loader/run/options.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define WORDS_MAX 32

static char said[4096]; /* what the last parse printed */

static struct options options;

/* Parses words that a space parts; "''" is an empty one.  The words live until
 * the next call. */
static int parse(const char *line)
{
	static char copy[1024], *argv[WORDS_MAX];
	int before[2] = {dup(1), dup(2)}, out = memfd_create("said", 0);
	int argc = 0, code;
	char *rest = NULL;
	ssize_t size;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest))
		argv[argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
	argv[argc] = NULL;
	fflush(stdout);
	dup2(out, 1);
	dup2(out, 2);
	code = options_parse(&options, argv[0], argc, argv);
	fflush(stdout);
	for (int i = 0; i < 2; i++) {
		dup2(before[i], i + 1);
		close(before[i]);
	}
	size = pread(out, said, sizeof(said) - 1, 0);
	said[size > 0 ? size : 0] = '\0';
	close(out);
	return code;
}

static void run_has_defaults(void **state)
{
	(void)state;
	assert_int_equal(parse("run --kernel k"), 0);
	assert_string_equal(said, "");
	assert_string_equal(options.path, "firmware");
	assert_string_equal(options.kernel, "k");
	assert_null(options.initrd);
	assert_null(options.append);
	assert_null(options.machine);
	assert_null(options.memory);
	assert_null(options.cpus);
	assert_null(options.accel);
	assert_null(options.entry);
	assert_null(options.bundle);
	assert_false(options.dry_run || options.no_kaslr || options.no_cache ||
		     options.no_console || options.no_reboot ||
		     options.report_memory || options.help);
	assert_int_equal(options.extra_count, 0);
}

static void run_takes_all(void **state)
{
	(void)state;
	assert_int_equal(parse("run --path none --kernel=k --initrd i --append "
			       "a --machine pc --memory 1G --cpus 4 --accel "
			       "tcg --entry pvh --no-kaslr --no-cache "
			       "--no-console --no-reboot --report-memory -- "
			       "-device x"), 0);
	assert_string_equal(options.path, "none");
	assert_string_equal(options.initrd, "i");
	assert_string_equal(options.append, "a");
	assert_string_equal(options.machine, "pc");
	assert_string_equal(options.memory, "1G");
	assert_string_equal(options.cpus, "4");
	assert_string_equal(options.accel, "tcg");
	assert_string_equal(options.entry, "pvh");
	assert_true(options.no_kaslr && options.no_cache &&
		    options.no_console && options.no_reboot &&
		    options.report_memory);
	assert_int_equal(options.extra_count, 2);
	assert_string_equal(options.extra[1], "x");
}

static void others_are_taken(void **state)
{
	(void)state;
	assert_int_equal(parse("run --bundle d"), 0);
	assert_string_equal(options.path, "none");
	assert_null(options.kernel);
	assert_int_equal(parse("run --bundle d --path none --kernel k"), 0);
	assert_int_equal(parse("run --kernel k --firmware f --dry-run"), 0);
	assert_string_equal(options.firmware, "f");
	assert_int_equal(parse("bake --kernel k --output d"), 0);
	assert_string_equal(options.path, "none");
	assert_string_equal(options.output, "d");
	assert_int_equal(parse("bake --kernel k --output d --path none"), 0);
	assert_int_equal(parse("run --kernel k --append ''"), 0);
	assert_string_equal(options.append, "");
	/* a firmware that wants none */
	assert_int_equal(parse("run --kernel ''"), 0);
	assert_string_equal(options.kernel, "");
	assert_int_equal(parse("run --kernel a --kernel b"), 0);
	assert_string_equal(options.kernel, "b");
	/* of the machine's own, where fw.bin is there to read it */
	assert_int_equal(parse("run --kernel k --machine q35,memory-backend=m"),
			 0);
}

/* "--" as a value is a value. */
static void dashes_are_a_value(void **state)
{
	(void)state;
	assert_int_equal(parse("run --kernel k --append --"), 0);
	assert_string_equal(options.append, "--");
	assert_int_equal(options.extra_count, 0);
	assert_int_equal(parse("run --kernel k --append -- x"), 2);
	assert_int_equal(parse("run --kernel k --append -- --"), 0);
	assert_int_equal(parse("run --kernel k -- -S"), 0);
	assert_int_equal(options.extra_count, 1);
}

static void help_is_enough(void **state)
{
	(void)state;
	assert_int_equal(parse("run --help"), 0);
	assert_true(options.help);
	assert_non_null(strstr(said, "usage: beeline run"));
	assert_non_null(strstr(said, "--report-memory"));
	assert_null(strstr(said, "--output"));
	assert_int_equal(parse("bake -h"), 0);
	assert_true(options.help);
	assert_non_null(strstr(said, "--output"));
	assert_null(strstr(said, "--dry-run"));
}

static const struct {
	const char *line, *about;
} mistake[] = {
	{"run", "--kernel FILE is missing, or --bundle DIR"},
	{"run --path none", "--kernel FILE is missing"},
	{"run --kernel k --path x", "--path must be firmware or none"},
	{"run --kernel", "--kernel: its value is missing"},
	{"run --kernel k --initrd ''", "--initrd: its value is empty"},
	{"run --kernel k --memory ''", "--memory: its value is empty"},
	{"run --kernel k --memory x", "--memory x: not a size"},
	{"run --kernel k --memory 0", "--memory 0: not a size"},
	{"run --kernel k --cpus 0", "--cpus 0: not a number"},
	{"run --kernel k --cpus x", "--cpus x: not a number"},
	{"run --kernel k --accel hvf", "--accel must be"},
	{"run --path none --kernel k --entry 32", "--entry must be"},
	{"run --kernel k --bogus", "--bogus: no such option"},
	{"run --kernel k -x", "-x: no such option"},
	{"run --kernel k -xy", "-xy: no such option"},
	{"run --kernel k --dry-run=1", "--dry-run=1: it takes no value"},
	{"run --kernel k --output d", "--output: no such option"},
	{"run --kernel k stray", "stray: stray argument"},
	{"run stray --kernel k", "stray: stray argument"},
	{"run --kernel k --path firmware --bundle d", "--bundle: only"},
	{"run --kernel k --entry 64", "--entry: only with --path none"},
	{"run --kernel k --no-kaslr", "--no-kaslr: only with"},
	{"run --kernel k --no-cache", "--no-cache: only with"},
	{"run --bundle d --no-cache", "--no-cache: --bundle"},
	{"run --path none --kernel k --no-cache --dry-run",
	 "--no-cache: --dry-run"},
	{"run --path none --kernel k --firmware f", "--firmware: "},
	{"run --kernel k --report-memory --dry-run",
	 "--report-memory: --dry-run"},
	{"run --kernel k --machine q35,accel=kvm", "--machine: accel="},
	{"run --kernel k --machine q35,kernel=x", "--machine: kernel="},
	{"run --path none --kernel k --machine q35,memory-backend=x",
	 "--machine: memory-backend="},
	{"run --bundle d --machine q35,memory-backend=x",
	 "--machine: memory-backend="},
	{"run --kernel k -- -kernel x", "-kernel: not for QEMU: use "
					"--kernel"},
	{"run --kernel k -- -m 1G", "-m: not for QEMU: use --memory"},
	{"run --kernel k -- -pflash f", "-pflash f: cannot be used"},
	{"run --kernel k -- -device", "-device: its value is missing"},
	{"bake --kernel k", "--output DIR is missing"},
	{"bake --output d", "--kernel FILE is missing"},
	{"bake --output d --kernel k --path firmware",
	 "--path must be none"},
	{"bake --output d --kernel k --bundle b",
	 "--bundle: no such option"},
	{"bake --output d --kernel k --dry-run",
	 "--dry-run: no such option"},
};

/* Each: the exit code, one line, and what it is about. */
static void mistakes_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(mistake); i++) {
		char *end;

		assert_int_equal(parse(mistake[i].line), 2);
		end = strchr(said, '\n');
		assert_non_null(end);
		assert_string_equal(end, "\n");
		assert_int_equal(strncmp(said, "beeline", 7), 0);
		if (strstr(said, mistake[i].about) == NULL)
			fail_msg("%s: %s", mistake[i].line, said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(run_has_defaults), CASE(run_takes_all),
		CASE(others_are_taken), CASE(dashes_are_a_value),
		CASE(help_is_enough),	CASE(mistakes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
