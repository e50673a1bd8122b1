/* SPDX-License-Identifier: BSD-2-Clause */
/* paging.c - [SDM] 3A 4.5, 4-level paging: PML4, PDPT, one page directory. */
#include "firmware/paging.h"
#include "core/abi/x86.h"
#include "core/base.h"

#define TABLE_SIZE    4096
#define TABLE_ENTRIES 512
#define PDE_FLAGS     (PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | PTE_DIRTY)

typedef uint64_t pair_t __attribute__((vector_size(16)));

_Static_assert(IDENTITY_MAP == TABLE_ENTRIES * MIB(2),
	       "one page directory maps it all");
_Static_assert(PDPT - PML4 == TABLE_SIZE && CLEAR_END - PDPT == TABLE_SIZE,
	       "both are cleared with the directory's page");

uint32_t paging_build(void)
{
	pair_t *pd = (pair_t *)PAGE_DIRECTORY;
	const pair_t step = {MIB(4), MIB(4)};
	pair_t entries = {PDE_FLAGS | PTE_LARGE,
			  MIB(2) | PDE_FLAGS | PTE_LARGE};

	/* whole entries: it is the host that has cleared their pages */
	*(uint64_t *)PML4 = PDPT | PDE_FLAGS;
	*(uint64_t *)PDPT = PAGE_DIRECTORY | PDE_FLAGS;
#pragma GCC unroll 8
	for (int i = 0; i < TABLE_ENTRIES / 2; i++) {
		pd[i] = entries;
		entries += step;
	}
	return PML4;
}
