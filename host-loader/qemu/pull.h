/* SPDX-License-Identifier: BSD-2-Clause */
/* pull.h - asks the very QEMU that will run a machine what it would tell a
 * firmware: starts it with -S -qtest, programs the chipset as a firmware does,
 * reads its fw_cfg files, and ends it.  No guest instruction runs. */
#ifndef HOST_LOADER_PULL_H
#define HOST_LOADER_PULL_H

#include "host-loader/qemu/vm.h"
#include "host-loader/beeline.h"

#define PULL_BLOBS_MAX 64

struct pull {
	struct bl_range map[BL_RANGES_MAX]; /* etc/e820 */
	uint32_t map_count;
	struct bl_blob blob[PULL_BLOBS_MAX]; /* etc/table-loader, then each file
					      * that it names; none: no
					      * script */
	uint32_t blob_count;
	struct bl_span smbios;       /* etc/smbios/smbios-tables */
	enum bl_chipset chipset;
	uint64_t ecam_gpa, ecam_size;
	uint32_t apic_id[BL_CPUS_MAX];
	struct bl_mmio mmio[BL_MMIO_MAX];
	struct bl_board board;       /* for a machine without a script; apic_id
				      * and mmio point into this struct */
	char *virtio_words;          /* " virtio_mmio.device=..." for a machine
				      * without a script, else "" */
	char *version;               /* "7.2.22 (Debian ...)" by QMP */
	uint32_t version_major, version_minor;
};

/* 0, or -1 after a line that says what QEMU said. */
int pull_machine(struct pull *pull, const struct vm *vm);
void pull_free(struct pull *pull);

#endif
