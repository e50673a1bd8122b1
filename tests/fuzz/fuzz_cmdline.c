/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_cmdline.c - any command line with any words of a machine: every word of
 * both comes out, in order, what is added stands before "--"; any bytes as a
 * kernel that may read Linux's parameters.
 *
 * Input: flags, the length of the words, the words, the command line. */
#include "tests/fuzz/fuzz.h"

#include "host-loader/run/cmdline.h"

#define WORDS_MAX 4096

/* The next word of a line, and its length; 0: there is none. */
static size_t word_next(const char **at)
{
	*at += strspn(*at, " ");
	return strcspn(*at, " ");
}

/* Takes the words of `expected`, up to end, off the line at *at. */
static void words_take(const char **at, const char *expected, const char *end)
{
	for (;;) {
		size_t size = word_next(&expected), have;

		if (size == 0 || expected >= end)
			return;
		have = word_next(at);
		PROPERTY(have == size && memcmp(*at, expected, size) == 0);
		*at += have;
		expected += size;
	}
}

/* Where the first word "--" stands, or the end. */
static const char *rest_of(const char *line)
{
	const char *at = line;

	for (;;) {
		size_t size = word_next(&at);

		if (size == 0 || (size == 2 && memcmp(at, "--", 2) == 0))
			return at;
		at += size;
	}
}

static bool has_rate(const char *line)
{
	const char *at = line;

	for (size_t size; (size = word_next(&at)) != 0; at += size)
		if (strncmp(at, "tsc_early_khz=", 14) == 0)
			return true;
	return false;
}

static void line_check(const char *made, const char *append, const char *words,
		       bool rate)
{
	static const char khz[] = "tsc_early_khz=1000000";
	const char *rest = rest_of(append), *at = made;

	words_take(&at, append, rest);
	words_take(&at, words, words + strlen(words));
	if (rate)
		words_take(&at, khz, khz + strlen(khz));
	words_take(&at, rest, rest + strlen(rest));
	PROPERTY(word_next(&at) == 0);
	/* what is for init is not touched */
	PROPERTY(strlen(made) >= strlen(rest) &&
		 strcmp(made + strlen(made) - strlen(rest), rest) == 0);
	PROPERTY(strlen(made) <= strlen(append) + strlen(words) +
					 sizeof(khz) + 2);
}

static char *text_take(struct input *in, size_t size)
{
	char *text = malloc(size + 1);

	PROPERTY(text != NULL);
	for (size_t i = 0; i < size; i++) {
		text[i] = (char)take(in, 1);
		if (text[i] == '\0')
			text[i] = ' ';
	}
	text[size] = '\0';
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	uint32_t flags = (uint32_t)take(&in, 1);
	size_t words_size = take(&in, 1);
	static char tcg[] = "tcg,thread=single", kvm[] = "kvm";
	struct vm vm = {.accel = flags & 1 ? tcg : kvm};
	char *words, *append, *made;
	uint8_t *bytes;

	if (flags & 0x80) {
		bytes = exact_copy(in.at, in.left);
		cmdline_for_linux((struct bl_span){bytes, in.left});
		free(bytes);
		return 0;
	}
	/* without it the host's clock would be asked */
	strings_add(&vm.host_args, "-icount");
	strings_add(&vm.host_args, "shift=0");
	/* as the header wants them: "" or with a space before each */
	words = text_take(&in, words_size < in.left ? words_size : in.left);
	if (*words != '\0')
		*words = ' ';
	append = text_take(&in, in.left < WORDS_MAX ? in.left : WORDS_MAX);
	made = cmdline_make(append, words, &vm, flags & 2);
	line_check(made, append, words,
		   (flags & 3) == 3 && !has_rate(append));
	if (*words == '\0' && ((flags & 3) != 3 || has_rate(append)))
		PROPERTY(strcmp(made, append) == 0);
	free(made);
	free(append);
	free(words);
	strings_free(&vm.host_args);
	return 0;
}
