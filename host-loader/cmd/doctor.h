/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor.h - what `beeline doctor` looks at, and how it says what it found. */
#ifndef HOST_LOADER_DOCTOR_H
#define HOST_LOADER_DOCTOR_H

#include <jansson.h>

enum doctor_level {
	DOCTOR_OK,
	DOCTOR_WARNING, /* slower, or not as it might be meant */
	DOCTOR_ERROR,   /* a boot cannot work */
};

struct doctor {
	json_t *checks;         /* a list of facts: "what", "level", "found",
				 * "remedy", and what a check adds */
	enum doctor_level worst;
};

/* Puts down a check; its facts, to add to by fact_...() of inspect.h.  remedy
 * may be NULL. */
json_t *doctor_note(struct doctor *doctor, enum doctor_level level,
		    const char *what, const char *remedy, const char *format,
		    ...) __attribute__((format(printf, 5, 6)));

/* "warning" */
const char *doctor_word(enum doctor_level level);

/* Each puts down one check, or some. */
void doctor_qemu(struct doctor *doctor);     /* and KVM */
void doctor_firmware(struct doctor *doctor); /* fw.bin */
void doctor_memory(struct doctor *doctor);   /* and pages, large and small */
void doctor_limits(struct doctor *doctor);
void doctor_cgroup(struct doctor *doctor);
void doctor_cache(struct doctor *doctor);

#endif
