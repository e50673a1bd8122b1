/* SPDX-License-Identifier: BSD-2-Clause */
/* tsc.c - the rate of the host's TSC: by the word of the processor or of the
 * kernel where they give it, else measured once per boot of the host. */
#include "host-loader/qemu/tsc.h"

#include <cpuid.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#include "host-loader/qemu/kvm.h"
#include "host-loader/strings.h"

#define LEAF_TSC     0x15     /* [SDM] 2A CPUID */
#define MEASURE_NS   20000000
#define TRIES        50
#define NS_PER_S     1000000000
#define KHZ_MIN      100000   /* what is outside is a mistake */
#define KHZ_MAX      20000000
#define BOOT_ID      "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_SIZE 36

/* [SDM] 2A CPUID 15H: crystal clock times EBX / EAX. */
static uint32_t khz_cpuid(void)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(LEAF_TSC, &a, &b, &c, &d) || a == 0)
		return 0;
	return (uint32_t)((uint64_t)c * b / a / 1000);
}

/* The kernel tells programs that count their own events how to turn TSC ticks
 * into time: ns = ticks * time_mult >> time_shift (linux/perf_event.h). */
static uint32_t khz_perf(void)
{
	struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE,
					.size = sizeof(event),
					.config = PERF_COUNT_SW_DUMMY,
					.exclude_kernel = 1,
					.exclude_hv = 1};
	struct perf_event_mmap_page *page;
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	uint64_t khz = 0;
	long fd = syscall(SYS_perf_event_open, &event, 0, -1, -1,
			  PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return 0;
	page = mmap(NULL, size, PROT_READ, MAP_SHARED, (int)fd, 0);
	if (page != MAP_FAILED) {
		if (page->cap_user_time && page->time_mult != 0 &&
		    page->time_shift < 44)
			khz = (UINT64_C(1000000) << page->time_shift) /
			      page->time_mult;
		munmap(page, size);
	}
	close((int)fd);
	return khz < UINT32_MAX ? (uint32_t)khz : 0;
}

struct moment {
	int64_t ns;
	uint64_t ticks;
};

static int64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Both clocks at once: the tightest of some tries. */
static struct moment moment_now(void)
{
	struct moment best = {0};
	int64_t tightest = INT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		int64_t before = clock_ns();
		uint64_t ticks = __rdtsc();
		int64_t after = clock_ns();

		if (after - before < tightest) {
			tightest = after - before;
			best = (struct moment){before + tightest / 2, ticks};
		}
	}
	return best;
}

static uint32_t khz_measure(void)
{
	const struct timespec wait = {.tv_nsec = MEASURE_NS};
	struct moment first = moment_now(), last;

	nanosleep(&wait, NULL);
	last = moment_now();
	return (uint32_t)((double)(last.ticks - first.ticks) * 1e6 /
			  (double)(last.ns - first.ns));
}

static bool khz_plausible(uint32_t khz)
{
	return khz >= KHZ_MIN && khz <= KHZ_MAX;
}

/* A file of the cache: the rate, and the boot of the host that it was measured
 * in.  NULL: no home to keep it in. */
static char *cache_path(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (cache != NULL && cache[0] == '/')
		return text_make("%s/beeline/tsc-khz", cache);
	if (home != NULL && home[0] == '/')
		return text_make("%s/.cache/beeline/tsc-khz", home);
	return NULL;
}

static bool boot_id(char id[BOOT_ID_SIZE + 1])
{
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, id, BOOT_ID_SIZE);

	if (fd >= 0)
		close(fd);
	id[BOOT_ID_SIZE] = '\0';
	return got == BOOT_ID_SIZE && strlen(id) == BOOT_ID_SIZE;
}

static uint32_t khz_remembered(const char *path, const char *id)
{
	char stored[BOOT_ID_SIZE + 1];
	unsigned khz;
	FILE *file = fopen(path, "re");
	int got;

	if (file == NULL)
		return 0;
	got = fscanf(file, "%36s %u", stored, &khz);
	fclose(file);
	return got == 2 && strcmp(stored, id) == 0 ? khz : 0;
}

/* It may fail: the next run measures again. */
static void khz_remember(const char *path, const char *id, uint32_t khz)
{
	char *fresh = text_make("%s.%d", path, (int)getpid());
	char *slash = strrchr(fresh, '/');
	FILE *file;
	bool good;

	*slash = '\0';
	mkdir(fresh, 0700);
	*slash = '/';
	file = fopen(fresh, "wxe");
	if (file != NULL) {
		good = fprintf(file, "%s %u\n", id, khz) > 0;
		if (fclose(file) != 0 || !good || rename(fresh, path) != 0)
			unlink(fresh);
	}
	free(fresh);
}

static uint32_t khz_measure_once(void)
{
	char id[BOOT_ID_SIZE + 1];
	char *path = boot_id(id) ? cache_path() : NULL;
	uint32_t khz = path != NULL ? khz_remembered(path, id) : 0;

	if (!khz_plausible(khz)) {
		khz = khz_measure();
		if (path != NULL && khz_plausible(khz))
			khz_remember(path, id, khz);
	}
	free(path);
	return khz;
}

uint32_t tsc_khz(void)
{
	uint32_t (*const source[])(void) = {khz_cpuid, khz_perf, kvm_tsc_khz,
					    khz_measure_once};

	for (size_t i = 0; i < sizeof(source) / sizeof(source[0]); i++) {
		uint32_t khz = source[i]();

		if (khz_plausible(khz))
			return khz;
	}
	return 0;
}
