/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor_host.c - limits of this process, its cgroups, and the cache. */
#include "host-loader/cmd/doctor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base.h"
#include "host-loader/bundle/cache.h"
#include "host-loader/cmd/doctor_text.h"
#include "host-loader/cmd/inspect.h"
#include "host-loader/strings.h"

#define FILES_LEAST 64     /* QEMU's own are some 20 */
#define SPACE_LEAST GIB(4) /* QEMU's addresses beside the guest's: 2 GiB */
#define CACHE_LEAST 256    /* MiB: a bundle of a Debian kernel takes 31 */

static const struct limit {
	const char *what, *fact;
	__rlimit_resource_t resource;
	rlim_t least;
	const char *remedy;
} limits[] = {
	{"open files", "files", RLIMIT_NOFILE, FILES_LEAST, "ulimit -n 1024"},
	{"address space", "space", RLIMIT_AS, SPACE_LEAST,
	 "ulimit -v unlimited: QEMU maps more than it uses"},
	{"size of a file", "file_size", RLIMIT_FSIZE, RLIM_INFINITY,
	 "ulimit -f unlimited: an image is as large as the guest's memory"},
};

static void text_add(char **text, const char *gap, const char *more)
{
	char *sum = text_make("%s%s%s", *text, **text != '\0' ? gap : "", more);

	free(*text);
	*text = sum;
}

void doctor_limits(struct doctor *d)
{
	char *found = text_make("%s", ""), *remedy = text_make("%s", "");
	json_t *facts;

	for (size_t i = 0; i < ARRAY_COUNT(limits); i++) {
		struct rlimit now = {0, 0};
		char *word;

		getrlimit(limits[i].resource, &now);
		word = now.rlim_cur == RLIM_INFINITY
			       ? text_make("%s unlimited", limits[i].what)
			       : text_make("%s %" PRIu64, limits[i].what,
					   (uint64_t)now.rlim_cur);
		text_add(&found, ", ", word);
		free(word);
		if (now.rlim_cur < limits[i].least)
			text_add(&remedy, "; ", limits[i].remedy);
	}
	facts = doctor_note(d, *remedy != '\0' ? DOCTOR_WARNING : DOCTOR_OK,
			    "limits", *remedy != '\0' ? remedy : NULL, "%s",
			    found);
	for (size_t i = 0; i < ARRAY_COUNT(limits); i++) {
		struct rlimit now = {0, 0};

		getrlimit(limits[i].resource, &now);
		if (now.rlim_cur != RLIM_INFINITY)
			fact_number(facts, limits[i].fact, now.rlim_cur);
	}
	free(found);
	free(remedy);
}

/* [LINUX] Documentation/admin-guide/cgroup-v2.rst, "Mounting": without this
 * option, since Linux 6.0, whoever starts a thread in another group may wait
 * for all processors to have passed through the scheduler. */
static void group2_note(struct doctor *d, const char *folder,
			const char *options, bool v1)
{
	bool good = text_option(options, "favordynmods");
	char *remedy = text_make("mount -o remount,favordynmods %s (Linux 6.0 "
				 "or later): a VM that is moved into a cgroup "
				 "starts without a wait", folder);

	fact_bool(doctor_note(d, good ? DOCTOR_OK : DOCTOR_WARNING, "cgroup",
			      good ? NULL : remedy, "%sv2 at %s, %s",
			      v1 ? "v1, and " : "", folder,
			      good ? "favordynmods" : "without favordynmods"),
		  "favordynmods", good);
	free(remedy);
}

void doctor_cgroup(struct doctor *d)
{
	char *mounts = text_read("/proc/self/mountinfo");
	char *folder, *options;
	bool v1 = false;

	if (mounts != NULL && text_mount(mounts, "cgroup", &folder, &options)) {
		v1 = true;
		free(folder);
		free(options);
	}
	if (mounts != NULL &&
	    text_mount(mounts, "cgroup2", &folder, &options)) {
		group2_note(d, folder, options, v1);
		free(folder);
		free(options);
	} else if (v1) {
		doctor_note(d, DOCTOR_WARNING, "cgroup",
			    "boot the host with "
			    "systemd.unified_cgroup_hierarchy=1", "v1");
	} else {
		doctor_note(d, DOCTOR_OK, "cgroup", NULL, "none is mounted");
	}
	free(mounts);
}

/* The folder, or the nearest one above that is there. */
static void nearest(char *path)
{
	char *slash;

	while (access(path, F_OK) != 0 &&
	       (slash = strrchr(path, '/')) != NULL) {
		if (slash == path)
			slash++;
		*slash = '\0';
	}
}

static void space_note(struct doctor *d, const char *path,
		       const struct statvfs *disk)
{
	uint64_t mib = disk->f_bavail * (uint64_t)disk->f_frsize / MIB(1);
	bool low = mib < CACHE_LEAST;

	fact_number(doctor_note(d, low ? DOCTOR_WARNING : DOCTOR_OK, "cache",
				low ? "beeline cache prune" : NULL,
				"%s: %" PRIu64 " MiB free", path, mib),
		    "mib", mib);
}

void doctor_cache(struct doctor *d)
{
	static const char *const remedy =
		"set XDG_CACHE_HOME, or run with --no-cache";
	char *path = cache_folder_name();
	char *there = path != NULL ? text_make("%s", path) : NULL;
	const char *fault = "neither XDG_CACHE_HOME nor HOME is an absolute "
			    "path";
	struct statvfs disk = {0};

	if (there != NULL) {
		nearest(there);
		fault = strcmp(there, path) == 0 ? cache_folder_fault(path)
						 : NULL;
		if (fault == NULL && (access(there, W_OK | X_OK) != 0 ||
				      statvfs(there, &disk) != 0))
			fault = strerror(errno);
	}
	if (fault == NULL)
		space_note(d, path, &disk);
	else
		doctor_note(d, DOCTOR_WARNING, "cache", remedy, "%s%s%s",
			    path != NULL ? path : "",
			    path != NULL ? ": " : "", fault);
	free(there);
	free(path);
}
