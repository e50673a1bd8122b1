/* SPDX-License-Identifier: BSD-2-Clause */
/* memory_report.h - what memory a QEMU takes, and how much of it is shared
 * with others that run from the same image. */
#ifndef HOST_LOADER_MEMORY_REPORT_H
#define HOST_LOADER_MEMORY_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MEMORY_PERIOD_MS 100 /* between two samples */
#define MEMORY_FIELDS    4

struct memory_report {
	const char *image; /* path as /proc has it; NULL: there is none */
	bool sampled;
	uint64_t image_kib[MEMORY_FIELDS], all_kib[MEMORY_FIELDS];
};

/* Sums up /proc/PID/smaps.  A process that has no memory any more leaves the
 * last sample as it is. */
void memory_report_sample(struct memory_report *report, pid_t pid);

/* Two lines on stderr: for the image, and for all. */
void memory_report_print(const struct memory_report *report);

#endif
