/* SPDX-License-Identifier: BSD-2-Clause */
/* launch_rom.c - puts command line and seed into a copy of rom.bin. */
#include "host-loader/run/launch_rom.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-loader/bundle/cache.h"
#include "host-loader/bundle/digest.h"
#include "host-loader/file.h"
#include "host-loader/say.h"
#include "host-loader/strings.h"

/* Reads the bundle's ROM into rom. */
static int rom_read(uint8_t rom[BL_ROM_SIZE], const char *path)
{
	struct bl_span file;

	if (file_map(&file, path) != 0)
		return -1;
	if (file.size != BL_ROM_SIZE) {
		file_unmap(&file);
		return say("%s: cannot use: not a ROM of 64 KiB", path);
	}
	memcpy(rom, file.bytes, BL_ROM_SIZE);
	file_unmap(&file);
	return 0;
}

static int rom_fill(uint8_t rom[BL_ROM_SIZE], const char *path,
		    const char *cmdline, struct bl_span seed)
{
	const struct bl_span text = {cmdline, strlen(cmdline)};
	struct bl_error err;

	if (bl_rom_launch(rom, text, seed, &err) == 0)
		return 0;
	return say_error(err.stage == BL_STAGE_CMDLINE ? "--append" : path,
			 &err);
}

static int rom_memfd(const uint8_t rom[BL_ROM_SIZE])
{
	int fd = memfd_create("beeline-rom", MFD_CLOEXEC);

	if (fd < 0)
		return say_errno("memfd", "cannot make the ROM");
	if (file_write_all(fd, rom, BL_ROM_SIZE) == 0)
		return fd;
	say_errno("memfd", "cannot write the ROM");
	close(fd);
	return -1;
}

int launch_rom_open(const struct bundle *bundle, const char *cmdline)
{
	uint8_t rom[BL_ROM_SIZE], seed[BL_SEED_MAX];
	char *path = bundle_path(bundle, BUNDLE_ROM);
	int fd = -1;

	if (getrandom(seed, sizeof(seed), 0) != sizeof(seed))
		say_errno("getrandom", "no seed");
	else if (rom_read(rom, path) == 0 &&
		 rom_fill(rom, path, cmdline,
			  (struct bl_span){seed, sizeof(seed)}) == 0)
		fd = rom_memfd(rom);
	free(path);
	return fd;
}

/* Writes a file under another name, then gives it its own. */
static int file_replace(const char *path, const uint8_t rom[BL_ROM_SIZE])
{
	char *fresh = text_make("%s.XXXXXX", path);
	int fd = mkostemp(fresh, O_CLOEXEC);
	bool good = fd >= 0 && file_write_all(fd, rom, BL_ROM_SIZE) == 0;

	if (fd >= 0 && close(fd) < 0)
		good = false;
	if (!good || rename(fresh, path) < 0) {
		say_errno(path, "cannot write");
		if (fd >= 0)
			unlink(fresh);
		free(fresh);
		return -1;
	}
	free(fresh);
	return 0;
}

/* Two that write the same content do no harm to each other. */
static char *rom_keep(const uint8_t rom[BL_ROM_SIZE])
{
	char *folder = cache_subfolder(CACHE_ROMS), *path;
	char digest[DIGEST_TEXT];
	struct stat st;

	if (folder == NULL)
		return NULL;
	digest_bytes(digest, (struct bl_span){rom, BL_ROM_SIZE});
	path = text_make("%s/%s.bin", folder, digest);
	free(folder);
	/* a crash of the machine may have left it without its bytes */
	if (stat(path, &st) == 0 && st.st_size == BL_ROM_SIZE &&
	    access(path, R_OK) == 0)
		return path;
	if (file_replace(path, rom) == 0)
		return path;
	free(path);
	return NULL;
}

/* Without a seed in it.  -1 after a line; 1: it is as the bundle has it. */
static int rom_without_seed(uint8_t rom[BL_ROM_SIZE], const char *path,
			    const char *cmdline)
{
	struct bl_rom_facts facts;
	struct bl_error err;

	if (rom_read(rom, path) != 0)
		return -1;
	if (bl_rom_parse(&facts, (struct bl_span){rom, BL_ROM_SIZE}, &err) < 0)
		return say_error(path, &err);
	if (!facts.has_seed && strcmp(facts.cmdline, cmdline) == 0)
		return 1;
	return rom_fill(rom, path, cmdline, (struct bl_span){NULL, 0});
}

char *launch_rom_path(const struct bundle *bundle, const char *cmdline)
{
	uint8_t rom[BL_ROM_SIZE];
	char *path = bundle_path(bundle, BUNDLE_ROM);
	int state = rom_without_seed(rom, path, cmdline);

	if (state == 1)
		return path;
	free(path);
	return state == 0 ? rom_keep(rom) : NULL;
}
