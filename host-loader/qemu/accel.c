/* SPDX-License-Identifier: BSD-2-Clause */
/* accel.c - the choice between KVM and TCG. */
#include "host-loader/qemu/accel.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-loader/qemu/kvm.h"
#include "host-loader/qemu/qemu_args.h"
#include "host-loader/strings.h"

const char *accel_choose(const char *wanted, const char **why)
{
	static char text[200];
	const char *failed;
	uint32_t ticks = 0;
	bool asked = strcmp(wanted, "auto") == 0;

	if (why != NULL)
		*why = asked ? text : NULL;
	if (!asked)
		return wanted;
	failed = kvm_ring0_ticks(&ticks);
	if (failed != NULL) {
		snprintf(text, sizeof(text), "KVM: %s: taking TCG", failed);
		return "tcg";
	}
	if (ticks > ACCEL_TICKS_MAX) {
		snprintf(text, sizeof(text),
			 "KVM emulates ring 0 here (%u ticks an instruction): "
			 "taking TCG", ticks);
		return "tcg";
	}
	snprintf(text, sizeof(text), "KVM (%u ticks a ring-0 instruction)",
		 ticks);
	return "kvm";
}

static unsigned long number_of(const char *cpus, const char *key,
			       unsigned long otherwise)
{
	char *value = qemu_value_get(cpus, "cpus", key);
	unsigned long number = value != NULL ? strtoul(value, NULL, 10)
					     : otherwise;

	free(value);
	return number;
}

/* Of an -smp value: "8", "cpus=8,sockets=2", "sockets=2,cores=4". */
static unsigned long cpus_count(const char *cpus)
{
	static const char *const levels[] = {"sockets", "dies", "clusters",
					     "cores", "threads"};
	unsigned long product = 1;

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		product *= number_of(cpus, levels[i], 1);
	return number_of(cpus, "cpus", number_of(cpus, "maxcpus", product));
}

char *accel_value(const char *accel, const char *cpus)
{
	long host = sysconf(_SC_NPROCESSORS_ONLN);

	/* many threads that wait for each other are far slower than one */
	if (strcmp(accel, "tcg") == 0 && host > 0 &&
	    cpus_count(cpus) > 2 * (unsigned long)host)
		return text_make("tcg,thread=single");
	return text_make("%s", accel);
}
