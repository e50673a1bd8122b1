/* SPDX-License-Identifier: BSD-2-Clause */
/* bundle.h - a folder with a machine that is ready to run: `image` (guest RAM,
 * sparse), `rom.bin` (a launch ROM without a seed) and `manifest.json`. */
#ifndef HOST_LOADER_BUNDLE_H
#define HOST_LOADER_BUNDLE_H

#include <sys/stat.h>

#include "host-loader/beeline.h"
#include "host-loader/bundle/digest.h"
#include "host-loader/qemu/vm.h"

#define BUNDLE_VERSION   1
#define BUNDLE_IMAGE     "image"
#define BUNDLE_ROM       "rom.bin"
#define BUNDLE_MANIFEST  "manifest.json"
#define BUNDLE_RAM_MAX   4

struct bundle_input {
	char *path;          /* absolute; NULL: there is none (no initrd) */
	uint64_t size;
	char digest[DIGEST_TEXT];
	struct stat seen;    /* the file when its digest was looked up; zero:
			      * it was not, the manifest has it */
};

struct bundle {
	char *dir;
	char *qemu_build;    /* qemu_build_id() */
	char *qemu_version;  /* "7.2.22 (Debian ...)" */
	uint32_t qemu_major, qemu_minor;
	struct vm vm;
	struct bundle_input kernel, initrd;
	char *append;        /* as given: without what a launch adds */
	char *machine_words; /* what every launch adds for this machine:
			      * " virtio_mmio.device=..." or "" */
	enum bl_entry entry;
	bool kaslr;
	bool is_linux;       /* cmdline_for_linux(): a launch under TCG adds
			      * tsc_early_khz= */
	bool own_tables;     /* no ACPI of QEMU's: power-off is a reset */
	enum bl_chipset chipset;
	uint64_t ram_size;   /* bytes: the image's size */
	struct bl_range ram[BUNDLE_RAM_MAX]; /* all RAM of the machine, before
			      * anything is reserved in it, sorted: as QEMU lays
			      * it out in its backend.  The sum is ram_size */
	uint32_t ram_count;
	struct bl_plan plan;
	char image_digest[DIGEST_TEXT]; /* image_digest(); bundle_write() works
			      * it out */
};

/* May a bundle be written to dir?  Yes where nothing is, an empty folder, or a
 * folder that is a bundle and nothing else.  -1 after a line. */
int bundle_dir_check(const char *dir);

/* Removes a bundle's files, and the folder when nothing else is in it.  -1 and
 * errno: ENOTEMPTY when something is. */
int bundle_remove(const char *dir);

/* Writes a whole bundle: everything into a new folder beside dir, then that
 * takes dir's place at once (an older bundle there is removed; anything else
 * there is an error).  An input that is not any more what was seen is an error
 * too: its digest would be another's.  -1 after a line; nothing half-written is
 * left. */
int bundle_write(const struct bundle *bundle, const struct bl_sources *sources,
		 const void *rom);

/* Reads and checks a manifest, and that the files beside it have the sizes that
 * it says.  -1 after a line, and then there is nothing to free. */
int bundle_read(struct bundle *bundle, const char *dir);
void bundle_free(struct bundle *bundle);

/* Path of a file in it; the caller frees it. */
char *bundle_path(const struct bundle *bundle, const char *name);

/* Image offset of guest-physical memory: RAM ranges follow each other in the
 * file in the order of their addresses.  UINT64_MAX: no RAM. */
uint64_t bundle_image_offset(const struct bundle *bundle, uint64_t gpa);

/* Is all of [gpa, gpa + size) RAM that stands in one piece in the image? */
bool bundle_in_ram(const struct bundle *bundle, uint64_t gpa, uint64_t size);

/* What tells one build of QEMU from another without running it: its ELF build
 * id, or size and time where it has none; the caller frees it.  NULL after a
 * line. */
char *qemu_build_id(const char *qemu);

#endif
