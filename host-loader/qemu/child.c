/* SPDX-License-Identifier: BSD-2-Clause */
/* child.c - starts QEMU, waits for its end, and picks its last words. */
#include "host-loader/qemu/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 65536 /* as much as a pipe holds */
#define GRACE_MS  1000  /* a program that hung up is about to end */
#define ASKED_MS  5000  /* QEMU closes images and removes its sockets */

static _Noreturn void child_run(char **argv, int words, const int *keep,
				int keep_count, pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	/* no orphan, should we be killed, even before this line */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(words, STDERR_FILENO);
	for (int i = 0; i < keep_count; i++)
		fcntl(keep[i], F_SETFD, 0);
	execv(argv[0], argv);
	dprintf(STDERR_FILENO, "cannot be run: %s\n", strerror(errno));
	_exit(127);
}

int child_start(struct child *child, const struct strings *args,
		const int *keep, int keep_count)
{
	pid_t parent = getpid();
	int words[2];

	/* Not blocking, so that a program that says more than the pipe holds
	 * loses its words instead of waiting for a reader. */
	if (pipe2(words, O_CLOEXEC | O_NONBLOCK) != 0)
		return -1;
	*child = (struct child){.pid = fork(), .words = words[0]};
	if (child->pid == 0)
		child_run(args->v, words[1], keep, keep_count, parent);
	close(words[1]);
	if (child->pid < 0) {
		int err = errno;

		close(words[0]);
		errno = err;
		return -1;
	}
	return 0;
}

/* Has it ended within that time? */
static bool ended(int pidfd, int ms)
{
	struct pollfd want = {.fd = pidfd, .events = POLLIN};
	int ready;

	if (pidfd < 0)
		return false;
	do
		ready = poll(&want, 1, ms);
	while (ready < 0 && errno == EINTR);
	return ready > 0;
}

void child_end(struct child *child, bool hung_up)
{
	/* a kernel that has no such call (before 5.3): killed at once */
	int pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);

	if (!hung_up || !ended(pidfd, GRACE_MS)) {
		child->asked = true;
		kill(child->pid, SIGTERM);
		if (!ended(pidfd, ASKED_MS))
			kill(child->pid, SIGKILL);
	}
	while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
		;
	if (pidfd >= 0)
		close(pidfd);
}

static char *end_describe(const struct child *child)
{
	int status = child->status;

	if (child->asked)
		return text_make("hung up without a word");
	if (WIFSIGNALED(status))
		return text_make("ended by signal %d (%s)", WTERMSIG(status),
				 strsignal(WTERMSIG(status)));
	return text_make("ended with code %d and without a word",
			 WEXITSTATUS(status));
}

/* Is this line a complaint of the program, and one that it ends for? */
static bool complains(const char *line, const char *name)
{
	size_t length = strlen(name);

	return strncmp(line, name, length) == 0 &&
	       strncmp(line + length, ": ", 2) == 0 &&
	       strncmp(line + length, ": warning:", 10) != 0 &&
	       strncmp(line + length, ": info:", 7) != 0;
}

/* QEMU puts its name before a complaint, and hints on lines behind it. */
char *child_words(struct child *child, const char *name)
{
	char *words = calloc(1, WORDS_MAX + 1);
	const char *best = NULL, *last = NULL;
	char *line, *rest, *result;

	if (words != NULL && read(child->words, words, WORDS_MAX) < 0)
		words[0] = '\0';
	close(child->words);
	child->words = -1;
	for (line = words == NULL ? NULL : strtok_r(words, "\r\n", &rest);
	     line != NULL; line = strtok_r(NULL, "\r\n", &rest)) {
		if (complains(line, name))
			best = line + strlen(name) + 2;
		last = line;
	}
	if (best == NULL)
		best = last;
	result = best != NULL ? text_make("%s", best)
			      : end_describe(child);
	free(words);
	return result;
}
