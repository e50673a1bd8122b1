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
_Static_assert(PAGE_TABLES_SIZE >= 3 * TABLE_SIZE, "three tables");

uint32_t paging_build(void)
{
	uint64_t *pml4 = (uint64_t *)PAGE_TABLES;
	uint64_t *pdpt = pml4 + TABLE_ENTRIES;
	pair_t *pd = (pair_t *)(pdpt + TABLE_ENTRIES);
	const pair_t step = {MIB(4), MIB(4)};
	pair_t entries = {PDE_FLAGS | PTE_LARGE,
			  MIB(2) | PDE_FLAGS | PTE_LARGE};

	memset(pml4, 0, 2 * TABLE_SIZE);
	pml4[0] = (uintptr_t)pdpt | PDE_FLAGS;
	pdpt[0] = (uintptr_t)pd | PDE_FLAGS;
#pragma GCC unroll 16
	for (int i = 0; i < TABLE_ENTRIES / 2; i++) {
		pd[i] = entries;
		entries += step;
	}
	return PAGE_TABLES;
}
