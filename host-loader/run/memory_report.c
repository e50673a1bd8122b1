/* SPDX-License-Identifier: BSD-2-Clause */
/* memory_report.c - sums of /proc/PID/smaps (Linux: proc(5)). */
#include "host-loader/run/memory_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-loader/say.h"
#include "host-loader/strings.h"

static const char *const fields[MEMORY_FIELDS] = {"Rss", "Pss", "Private_Dirty",
						  "Shared_Clean"};

/* A mapping begins with "7f0-7f1 rw-p 00000000 08:01 123   /path": is the path
 * the image's? */
static bool is_image(const char *line, const char *image)
{
	const char *path = strchr(line, '/');
	size_t size = image != NULL ? strlen(image) : 0;

	return path != NULL && image != NULL &&
	       strncmp(path, image, size) == 0 && path[size] == '\n';
}

static void line_add(struct memory_report *sums, const char *line, bool image)
{
	for (size_t i = 0; i < MEMORY_FIELDS; i++) {
		size_t size = strlen(fields[i]);
		uint64_t kib;

		if (strncmp(line, fields[i], size) != 0 || line[size] != ':')
			continue;
		kib = strtoull(line + size + 1, NULL, 10);
		sums->all_kib[i] += kib;
		if (image)
			sums->image_kib[i] += kib;
	}
}

/* A process that ends loses its memory while smaps is read: what came then may
 * be the first few mappings alone. */
static bool has_memory(pid_t pid)
{
	char *path = text_make("/proc/%d/maps", (int)pid);
	FILE *file = fopen(path, "re");
	bool has = file != NULL && getc(file) != EOF;

	free(path);
	if (file != NULL)
		fclose(file);
	return has;
}

void memory_report_sample(struct memory_report *report, pid_t pid)
{
	struct memory_report sums = {.image = report->image, .sampled = true};
	char *path = text_make("/proc/%d/smaps", (int)pid);
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	bool image = false;

	free(path);
	if (file == NULL)
		return;
	while (getline(&line, &room, file) > 0) {
		/* names of fields begin with a capital letter */
		if (line[0] < 'A' || line[0] > 'Z')
			image = is_image(line, report->image);
		else
			line_add(&sums, line, image);
	}
	free(line);
	fclose(file);
	if (sums.all_kib[0] != 0 && has_memory(pid))
		*report = sums;
}

static void sums_print(const char *name, const uint64_t kib[MEMORY_FIELDS])
{
	say("memory: %s: Rss %" PRIu64 " Pss %" PRIu64 " Private_Dirty %" PRIu64
	    " Shared_Clean %" PRIu64 " KiB", name, kib[0], kib[1], kib[2],
	    kib[3]);
}

void memory_report_print(const struct memory_report *report)
{
	if (!report->sampled) {
		say("memory: no sample: QEMU ended within %d ms",
		    MEMORY_PERIOD_MS);
		return;
	}
	if (report->image != NULL)
		sums_print("image", report->image_kib);
	sums_print("all", report->all_kib);
}
