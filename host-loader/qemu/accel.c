/* SPDX-License-Identifier: BSD-2-Clause */
/* accel.c - the choice between KVM and TCG. */
#include "host-loader/qemu/accel.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-loader/qemu/kvm.h"
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

/* The first number of an -smp value: "8", "cpus=8,sockets=2". */
static unsigned long cpus_count(const char *cpus)
{
	return strtoul(cpus + strcspn(cpus, "0123456789"), NULL, 10);
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
