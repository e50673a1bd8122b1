/* SPDX-License-Identifier: BSD-2-Clause */
/* topology.h - APIC ids of processors that have not run yet.
 * Source: [SDM] 2A CPUID leaf 0BH, 3A 9.9.1 Hierarchical Mapping: each level's
 * number takes as many bits of the id as that level's shift says, so ids have
 * gaps where a count is no power of two. */
#ifndef CORE_TOPOLOGY_H
#define CORE_TOPOLOGY_H

#include "core/base.h"

#define TOPOLOGY_CPU_MAX 512 /* processors whose ids are no two alike */

struct topology {
	uint32_t threads;       /* logical processors a core, at least 1 */
	uint32_t per_package;   /* logical processors a package, at least 1 */
	uint32_t core_shift;    /* bits of the id below the core's number */
	uint32_t package_shift; /* ... below the package's number */
};

/* From EAX and EBX of CPUID leaf 0BH, subleaves 0 and 1.  Numbers that make no
 * sense give a topology in which ids are 0, 1, 2, ... */
struct topology topology_of(uint32_t eax0, uint32_t ebx0, uint32_t eax1,
			    uint32_t ebx1);

/* APIC id of the processor with that index, below TOPOLOGY_CPU_MAX, packages
 * filled in order. */
uint32_t topology_apic_id(const struct topology *t, uint32_t index);

#endif
