/* SPDX-License-Identifier: BSD-2-Clause */
/* start_info.h - reads what a PVH loader hands to fw.elf: memory map, modules,
 * command line, RSDP.  Source: [PVH]. */
#ifndef CORE_START_INFO_H
#define CORE_START_INFO_H

#include "core/abi/pvh.h"
#include "core/e820.h"
#include "core/err.h"
#include "core/gmem.h"

#define START_INFO_MODULES 2 /* a kernel and its initrd; more are not read */

/* A byte range below 4 GiB that the loader has filled; size 0: none. */
struct start_module {
	uint32_t gpa, size; /* bytes */
};

struct start_info {
	uint32_t cmdline_gpa; /* 0: none */
	uint32_t cmdline_len; /* bytes without the NUL */
	uint32_t rsdp_gpa;    /* 0: not told */
	struct start_module module[START_INFO_MODULES];
};

/* Reads hvm_start_info at gpa, its lists, and the memory map into map; mem:
 * all memory that may be read.  Everything it keeps of the loader's memory is
 * numbers, read once.
 *   ERR_RANGE     the structure, a list, or the command line's end is not in
 *                 mem; an RSDP or a module lies above 4 GiB
 *   ERR_MAGIC     no start_info
 *   ERR_VERSION   0: no memory map
 *   ERR_TOO_MANY  entries of the memory map
 *   ERR_TOO_LONG  no end of the command line within CMDLINE_MAX
 *   ERR_WRAP, ERR_OVERLAP  as e820_parse
 * The fault's record is the entry's or the module's index. */
int start_info_parse(struct start_info *info, struct e820_map *map,
		     const struct gmem *mem, uint32_t gpa,
		     struct fault *fault);

#endif
