/* SPDX-License-Identifier: BSD-2-Clause */
/* probe.h - asks a QEMU what it is and can do, without a machine. */
#ifndef HOST_LOADER_PROBE_H
#define HOST_LOADER_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "host-loader/strings.h"

struct qemu_probe {
	char *version;           /* "7.2.22 (Debian ...)" */
	uint32_t major, minor;
	bool qtest;              /* has -object qtest: a bake can ask it */
	bool kvm, tcg;           /* was built with it */
	struct strings machines; /* "q35", "pc-q35-7.2", "microvm" ... */
};

/* NULL, or why it could not be asked, which the caller frees; nothing is to be
 * freed in probe then. */
char *qemu_probe(struct qemu_probe *probe, const char *qemu);
void qemu_probe_free(struct qemu_probe *probe);

bool qemu_probe_has(const struct qemu_probe *probe, const char *machine);

#endif
