/* SPDX-License-Identifier: BSD-2-Clause */
/* bundle_verify.h - holds a bundle against the rules of bl_verify() and against
 * its own manifest. */
#ifndef HOST_LOADER_BUNDLE_VERIFY_H
#define HOST_LOADER_BUNDLE_VERIFY_H

#include "host-loader/bundle/bundle.h"

struct bundle_report {
	void (*found)(void *ctx, const struct bl_finding *finding);
	/* file: what it is about, and why it may be wrong; breaks no rule */
	void (*warn)(void *ctx, const char *file, const char *why);
	void *ctx;
	unsigned broken, checked; /* rules; bundle_verify() counts */
};

/* Looks at all of a bundle that bundle_read() has accepted.  -1 after a line:
 * its files cannot be read. */
int bundle_verify(const struct bundle *bundle, struct bundle_report *report);

#endif
