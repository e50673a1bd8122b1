/* SPDX-License-Identifier: BSD-2-Clause */
/* replay.c - runs a fuzz target without libFuzzer: over each seed, and over
 * the same changed versions of it every time.
 *
 * replay_X SEED...; REPLAY_ROUNDS sets how many versions (300).  An input
 * that fails is kept beside the program as replay_X.failed, and what was said
 * about it is shown; what is said about others is not. */
#include "tests/fuzz/fuzz.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

/* A target that is slow may say how many versions are enough. */
extern const uint32_t replay_rounds __attribute__((weak));

#define INPUT_MAX 65536
#define ROUNDS    300

static uint8_t seed[INPUT_MAX], input[INPUT_MAX];
static size_t input_size;
static char failed[4096];
static int said, screen;
static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint32_t random_below(size_t count)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)((random_state >> 20) % count);
}

/* What a target prints goes into a file of memory, one input's at a time. */
static void quiet_begin(void)
{
	said = memfd_create("said", MFD_CLOEXEC);
	screen = dup(STDOUT_FILENO);
	if (said < 0 || screen < 0 || dup2(said, STDOUT_FILENO) < 0 ||
	    dup2(said, STDERR_FILENO) < 0)
		err(1, "memfd");
}

static void quiet_next(void)
{
	fflush(stdout);
	if (lseek(said, 0, SEEK_CUR) != 0 &&
	    (ftruncate(said, 0) < 0 || lseek(said, 0, SEEK_SET) < 0))
		err(1, "memfd");
}

static void said_show(void)
{
	char text[4096];
	ssize_t size;

	lseek(said, 0, SEEK_SET);
	while ((size = read(said, text, sizeof(text))) > 0)
		if (write(screen, text, (size_t)size) < 0)
			return;
}

static void keep_input(int signal_number)
{
	int fd = open(failed, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	fflush(stdout);
	said_show();

	if (fd >= 0 && write(fd, input, input_size) >= 0)
		close(fd);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void change_once(void)
{
	static const uint8_t telling[] = {0, 1, 2, 4, 7, 8, 0x7f, 0x80, 0xff};
	size_t at = random_below(input_size);
	size_t len = 1 + random_below(16);

	if (len > input_size - at)
		len = input_size - at;
	switch (random_below(8)) {
	case 0:
		input_size = at + 1;
		break;
	case 1:
		memset(input + at, telling[random_below(sizeof(telling))], len);
		break;
	case 2:
		memmove(input + at, input + random_below(input_size - len + 1),
			len);
		break;
	case 3:
	case 4:
		input[at] = telling[random_below(sizeof(telling))];
		break;
	case 5:
		input[at] = (uint8_t)(input[at] + random_below(5) - 2);
		break;
	default:
		input[at] ^= (uint8_t)(1u << random_below(8));
		break;
	}
}

static void replay(size_t size, uint32_t rounds)
{
	for (uint32_t i = 0; i <= rounds; i++) {
		memcpy(input, seed, size);
		input_size = size;
		if (i > 0 && size > 0)
			for (uint32_t n = 1 + random_below(6); n > 0; n--)
				change_once();
		LLVMFuzzerTestOneInput(input, input_size);
		quiet_next();
	}
}

int main(int argc, char **argv)
{
	const char *rounds_text = getenv("REPLAY_ROUNDS");
	uint32_t rounds = &replay_rounds != NULL ? replay_rounds : ROUNDS;

	if (rounds_text != NULL)
		rounds = (uint32_t)atoi(rounds_text);
	snprintf(failed, sizeof(failed), "%s.failed", argv[0]);
	signal(SIGABRT, keep_input);
	quiet_begin();
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		size_t size;

		if (f == NULL)
			err(1, "%s", argv[i]);
		size = fread(seed, 1, sizeof(seed), f);
		fclose(f);
		replay(size, rounds);
	}
	dprintf(screen, "%s: %d seeds, %llu inputs passed\n", argv[0],
		argc - 1, (unsigned long long)(argc - 1) * (rounds + 1));
	return argc < 2;
}
