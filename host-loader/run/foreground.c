/* SPDX-License-Identifier: BSD-2-Clause */
/* foreground.c - forks, passes signals on, waits. */
#include "host-loader/run/foreground.h"

#include <errno.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host-loader/say.h"

#define GRACE_MS 3000 /* from the first signal passed on to SIGKILL */
#define NEVER    INT64_MAX

/* One that is being waited for. */
struct watch {
	struct foreground *fg;
	const struct foreground_job *job;
	pid_t pid;
	int fd;
	int64_t tick_at, kill_at; /* ms of the clock; NEVER */
	bool ended;
	int status;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int foreground_begin(struct foreground *fg)
{
	sigset_t passed, blocked;

	*fg = (struct foreground){.signals = -1};
	sigemptyset(&passed);
	sigaddset(&passed, SIGINT);
	sigaddset(&passed, SIGTERM);
	sigaddset(&passed, SIGHUP);
	sigaddset(&passed, SIGQUIT);
	sigaddset(&passed, SIGCHLD);
	blocked = passed;
	/* the terminal is put in order also from the background */
	sigaddset(&blocked, SIGTTOU);
	sigprocmask(SIG_BLOCK, &blocked, &fg->before);
	fg->signals = signalfd(-1, &passed, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fg->signals < 0) {
		say_errno("signalfd", "cannot open");
		sigprocmask(SIG_SETMASK, &fg->before, NULL);
		return -1;
	}
	fg->terminal = tcgetattr(STDIN_FILENO, &fg->state) == 0;
	fg->flags = fcntl(STDIN_FILENO, F_GETFL);
	return 0;
}

void foreground_end(struct foreground *fg)
{
	close(fg->signals);
	sigprocmask(SIG_SETMASK, &fg->before, NULL);
}

/* QEMU that was killed leaves a raw terminal behind. */
static void terminal_restore(const struct foreground *fg)
{
	if (fg->flags >= 0)
		fcntl(STDIN_FILENO, F_SETFL, fg->flags);
	if (fg->terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &fg->state);
}

static pid_t job_start(const struct foreground_job *job)
{
	pid_t parent = getpid(), pid = fork();
	sigset_t none;

	if (pid != 0)
		return pid;
	/* nothing is left behind, even if we are killed before this line */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	_exit(job->run(job->ctx));
}

static void signals_read(struct watch *w)
{
	struct signalfd_siginfo info;

	while (read(w->fg->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		if (w->fg->signalled == 0) {
			w->fg->signalled = (int)info.ssi_signo;
			w->kill_at = now_ms() + GRACE_MS;
		}
		kill(w->pid, (int)info.ssi_signo);
	}
	if (waitpid(w->pid, &w->status, WNOHANG) == w->pid)
		w->ended = true;
}

static void clock_look(struct watch *w)
{
	int64_t now = now_ms();

	if (now >= w->kill_at) {
		kill(w->pid, SIGKILL);
		w->kill_at = NEVER;
	}
	if (now >= w->tick_at) {
		w->job->tick(w->job->ctx, w->pid);
		w->tick_at = now + w->job->period_ms;
	}
}

static int wait_ms(const struct watch *w)
{
	int64_t at = w->tick_at < w->kill_at ? w->tick_at : w->kill_at;
	int64_t left = at - now_ms();

	if (at == NEVER)
		return -1;
	return left > 0 ? (int)left : 0;
}

static void watch_once(struct watch *w)
{
	struct pollfd fds[2] = {{w->fg->signals, POLLIN, 0},
				{w->fd, POLLIN, 0}};

	if (poll(fds, 2, wait_ms(w)) < 0 && errno != EINTR)
		fds[0].revents = fds[1].revents = 0;
	if (fds[1].revents != 0 && !w->job->ready(w->job->ctx, w->pid))
		w->fd = -1;
	if (fds[0].revents != 0)
		signals_read(w);
	if (!w->ended)
		clock_look(w);
}

int foreground_run(struct foreground *fg, const struct foreground_job *job)
{
	struct watch w = {.fg = fg, .job = job, .fd = job->fd,
			  .tick_at = NEVER, .kill_at = NEVER};

	w.pid = job_start(job);
	if (w.pid < 0) {
		say_errno("fork", "cannot start a process");
		return 1;
	}
	if (job->tick != NULL)
		w.tick_at = now_ms() + job->period_ms;
	while (!w.ended)
		watch_once(&w);
	/* what it said last may not have been read */
	if (w.fd >= 0)
		job->ready(job->ctx, w.pid);
	if (WIFEXITED(w.status))
		return WEXITSTATUS(w.status);
	terminal_restore(fg);
	return 128 + WTERMSIG(w.status);
}
