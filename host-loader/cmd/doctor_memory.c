/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor_memory.c - room for a guest, and the pages that it would be in. */
#include "host-loader/cmd/doctor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base.h"
#include "host-loader/cmd/doctor_text.h"
#include "host-loader/cmd/inspect.h"
#include "host-loader/qemu/vm.h"
#include "host-loader/run/options.h"
#include "host-loader/strings.h"

#define QEMU_OWN   64  /* MiB beside the guest's: docs/measuring-memory.md */
#define LEAST      128 /* MiB: 64 for the smallest Linux, and QEMU's own */
#define GUEST_PAGE 4096
#define THP        "/sys/kernel/mm/transparent_hugepage/enabled"

/* The least limit of this process's cgroup and those around it, in bytes. */
static uint64_t group_limit(void)
{
	char *mounts = text_read("/proc/self/mountinfo");
	char *groups = text_read("/proc/self/cgroup");
	char *group = groups != NULL ? text_cgroup(groups) : NULL;
	char *folder, *options;
	uint64_t least = UINT64_MAX;

	if (group != NULL && mounts != NULL &&
	    text_mount(mounts, "cgroup2", &folder, &options)) {
		for (char *slash; (slash = strrchr(group, '/')) != NULL;
		     *slash = '\0') {
			char *path = text_make("%s%s/memory.max", folder,
					       group);
			char *text = text_read(path);
			uint64_t limit = text != NULL ? text_limit(text)
						      : UINT64_MAX;

			if (limit < least)
				least = limit;
			free(text);
			free(path);
		}
		free(folder);
		free(options);
	}
	free(group);
	free(groups);
	free(mounts);
	return least;
}

static void room_note(struct doctor *d, const char *meminfo)
{
	int64_t kib = text_number(meminfo, "MemAvailable");
	uint64_t limit = group_limit() / MIB(1);
	uint64_t free_mib = kib < 0 ? 0 : (uint64_t)kib / 1024;
	uint64_t mib = limit < free_mib ? limit : free_mib;
	uint64_t wanted = vm_memory_bytes(DEFAULT_MEMORY) / MIB(1) + QEMU_OWN;
	enum doctor_level level = mib < LEAST    ? DOCTOR_ERROR
				  : mib < wanted ? DOCTOR_WARNING
						 : DOCTOR_OK;
	json_t *facts;

	if (kib < 0) {
		doctor_note(d, DOCTOR_WARNING, "memory",
			    "look whether /proc is mounted",
			    "/proc/meminfo does not say what is available");
		return;
	}
	facts = doctor_note(d, level, "memory",
			    level == DOCTOR_OK ? NULL
			    : level == DOCTOR_ERROR
				    ? "free some: the smallest guest wants 128"
				    : "say --memory: a guest of " DEFAULT_MEMORY
				      " may not fit",
			    "%" PRIu64 " MiB available%s", mib,
			    limit < free_mib ? ", by the cgroup's limit" : "");
	fact_number(facts, "mib", mib);
}

/* QEMU asks for large pages by madvise(), so that word is as good as always. */
static void huge_note(struct doctor *d, const char *meminfo)
{
	char *text = text_read(THP);
	char *word = text != NULL ? text_choice(text) : NULL;
	int64_t total = text_number(meminfo, "HugePages_Total");
	int64_t unused = text_number(meminfo, "HugePages_Free");
	int64_t kib = text_number(meminfo, "Hugepagesize");
	bool never = word == NULL || strcmp(word, "never") == 0;
	json_t *facts = doctor_note(
		d, never ? DOCTOR_WARNING : DOCTOR_OK, "hugepages",
		word == NULL ? "take a kernel with CONFIG_TRANSPARENT_HUGEPAGE"
		: never      ? "echo madvise > " THP
			     : NULL,
		"transparent: %s; reserved: %" PRId64 " of %" PRId64
		" pages of %" PRId64 " KiB free",
		word != NULL ? word : "not there", unused < 0 ? 0 : unused,
		total < 0 ? 0 : total, kib < 0 ? 0 : kib);

	fact_text(facts, "transparent", word != NULL ? word : "");
	fact_number(facts, "free", unused < 0 ? 0 : (uint64_t)unused);
	free(word);
	free(text);
}

static void page_note(struct doctor *d)
{
	long size = sysconf(_SC_PAGESIZE);
	bool good = size == GUEST_PAGE;

	fact_number(doctor_note(d, good ? DOCTOR_OK : DOCTOR_WARNING,
				"page size",
				good ? NULL
				     : "take a kernel with pages of 4096 bytes",
				"%ld bytes%s", size,
				good ? "" : ": an image's pages are not shared "
				"one by one"),
		    "bytes", size < 0 ? 0 : (uint64_t)size);
}

void doctor_memory(struct doctor *d)
{
	char *meminfo = text_read("/proc/meminfo");
	const char *text = meminfo != NULL ? meminfo : "";

	room_note(d, text);
	huge_note(d, text);
	page_note(d);
	free(meminfo);
}
