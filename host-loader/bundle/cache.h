/* SPDX-License-Identifier: BSD-2-Clause */
/* cache.h - bundles that `run --path none` baked, by what went into them:
 * $XDG_CACHE_HOME/beeline, else $HOME/.cache/beeline. */
#ifndef HOST_LOADER_CACHE_H
#define HOST_LOADER_CACHE_H

#include "host-loader/bundle/bundle.h"

/* Key of a bundle that is not baked yet: over the QEMU build, the arguments
 * that a pull is given and the files that -acpitable and -smbios name, the
 * inputs' digests and Beeline's version.  The random base is not in it.  Needs
 * bundle->qemu_build, vm, kernel, initrd, append, entry, kaslr. */
void cache_key(char key[DIGEST_TEXT], const struct bundle *bundle);

/* The cache's folder, made if need be, readable by its owner alone; the caller
 * frees it.  NULL after a line. */
char *cache_folder(void);

/* Its path, whether it is there or not; the caller frees it.  NULL: nothing
 * says where. */
char *cache_folder_name(void);

/* Why a folder that is there cannot be the cache; NULL: it can. */
const char *cache_folder_fault(const char *path);

/* What stands in it: a folder for each key, a lock for each key, digests that
 * are remembered, ROMs that a printed command names. */
#define CACHE_BUNDLES "bundles"
#define CACHE_LOCKS   "locks"
#define CACHE_DIGESTS "digests"
#define CACHE_ROMS    "roms"

/* Makes one of these; the caller frees its path.  NULL after a line. */
char *cache_subfolder(const char *name);

/* Fills in an input: its path made absolute, its size, its digest, which comes
 * from the cache's memory where path, inode, size and times of the file are the
 * same.  A cache that cannot be used is no error here.  -1 after a line. */
int cache_digest(struct bundle_input *input, const char *path);

/* Looks for key: 1 found (its time of use is renewed) and 0 not there.  Then
 * *dir is the bundle's folder, which the caller frees.  -1 after a line.
 *
 * Found, *lock keeps it from being pruned for as long as this process has not
 * called cache_close(): until QEMU has ended, or at least has the image open.
 * Not there, *lock is held so that of many runs one bakes and the others wait
 * here, until cache_baked(). */
int cache_open(char **dir, int *lock, const char *key);

/* Dir holds the bundle now: *lock becomes as if it had been found, and others
 * go on.  -1 after a line. */
int cache_baked(int *lock, const char *dir);

/* Ends what cache_open() began; lock may be -1. */
void cache_close(int lock);

/* Takes a bundle out, and what broken-off bakes of it left; or, with broken
 * set, only the latter and what is no whole bundle.  1 done, 0 somebody uses
 * it, -1 after a line. */
int cache_remove(const char *key, bool broken);

#endif
