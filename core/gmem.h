/* SPDX-License-Identifier: BSD-2-Clause */
/* gmem.h - a checked window on guest memory.
 *
 * A gpa_t is a number.  It becomes a pointer only here, and only if the whole
 * range lies inside the window. */
#ifndef CORE_GMEM_H
#define CORE_GMEM_H

#include "core/base.h"

typedef uint64_t gpa_t; /* guest-physical address */

struct gmem {
	uintptr_t host; /* where the window starts for us: == gpa in fw.bin */
	gpa_t gpa;      /* where it starts for the guest */
	uint64_t size;  /* bytes */
};

/* Pointer to [gpa, gpa + len), or NULL if not all of it is inside. */
static inline void *gmem_at(const struct gmem *m, gpa_t gpa, uint64_t len)
{
	/* below the window gpa - m->gpa wraps and is too large as well */
	if (!range_fits(gpa - m->gpa, len, m->size))
		return NULL;
	return (void *)(m->host + (uintptr_t)(gpa - m->gpa));
}

#endif
