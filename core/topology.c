/* SPDX-License-Identifier: BSD-2-Clause */
/* topology.c - index to package, core, thread, and back into an id. */
#include "core/topology.h"

#define SHIFT_MASK 0x1f   /* [SDM] 2A CPUID 0BH: EAX bits 4 to 0 */
#define COUNT_MASK 0xffff /* ... EBX bits 15 to 0 */
#define SHIFT_MAX  23     /* TOPOLOGY_CPU_MAX packages take 9 bits more */

struct topology topology_of(uint32_t eax0, uint32_t ebx0, uint32_t eax1,
			    uint32_t ebx1)
{
	struct topology t = {
		.threads = ebx0 & COUNT_MASK,
		.per_package = ebx1 & COUNT_MASK,
		.core_shift = eax0 & SHIFT_MASK,
		.package_shift = eax1 & SHIFT_MASK,
	};

	if (t.threads == 0 || t.per_package < t.threads ||
	    t.per_package % t.threads != 0 || t.package_shift > SHIFT_MAX ||
	    t.package_shift < t.core_shift ||
	    t.threads > 1u << t.core_shift ||
	    t.per_package > (uint64_t)t.threads
				    << (t.package_shift - t.core_shift))
		return (struct topology){1, 1, 0, 0};
	return t;
}

uint32_t topology_apic_id(const struct topology *t, uint32_t index)
{
	uint32_t rest = index % t->per_package;

	return index / t->per_package << t->package_shift |
	       rest / t->threads << t->core_shift | rest % t->threads;
}
