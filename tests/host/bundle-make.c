/* SPDX-License-Identifier: BSD-2-Clause */
/* bundle-make.c - writes and reads bundles whose plan is made by hand, through
 * the cache as well, for tests/host/bundle.py.
 *
 *   bundle-make write DIR [KERNEL-MIB]   writes a bundle
 *   bundle-make read DIR                 reads one, prints its manifest
 *   bundle-make cached KERNEL [MIB]      as `run` does: "found DIR" or
 *                                        "baked DIR"; then waits for the end
 *                                        of stdin and lets go
 *   bundle-make digest FILE              prints path, size, digest
 *   bundle-make build-id FILE
 *   bundle-make cache ...                beeline cache */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-loader/bundle/cache.h"
#include "host-loader/cmd/cmd.h"
#include "host-loader/bundle/manifest.h"
#include "tests/unit/bundle.h"

static int write_to(struct bundle *bundle, size_t kernel)
{
	static uint8_t rom[BL_ROM_SIZE];
	struct bundle_bytes bytes;
	int result;

	memset(rom, 0xf4, sizeof(rom));
	bundle_bytes_fill(&bytes, kernel);
	result = bundle_write(bundle, &bytes.sources, rom);
	free(bytes.kernel);
	return result;
}

static size_t kernel_size(const char *mib)
{
	return mib == NULL ? KERNEL_SIZE : (size_t)MIB(strtoul(mib, NULL, 10));
}

static int cmd_write(char **argv)
{
	struct bundle bundle;
	int result;

	bundle_fill(&bundle, argv[0], kernel_size(argv[1]));
	result = write_to(&bundle, kernel_size(argv[1]));
	bundle_free(&bundle);
	return result;
}

static int cmd_read(char **argv)
{
	char why[MANIFEST_WHY];
	struct bundle bundle;
	char *text;

	if (bundle_read(&bundle, argv[0]) < 0)
		return -1;
	text = manifest_make(&bundle, why);
	if (text == NULL)
		errx(2, "%s", why);
	puts(text);
	free(text);
	bundle_free(&bundle);
	return 0;
}

/* What cache_open() says, after baking if need be; -1 after a line. */
static int bundle_cached(struct bundle *bundle, int *lock, size_t kernel)
{
	char key[DIGEST_TEXT];
	int found;

	cache_key(key, bundle);
	found = cache_open(&bundle->dir, lock, key);
	if (found != 0)
		return found;
	if (write_to(bundle, kernel) < 0)
		return -1;
	return cache_baked(lock, bundle->dir);
}

static int cmd_cached(char **argv)
{
	struct bundle bundle;
	int found = -1, lock = -1;

	bundle_fill(&bundle, "", kernel_size(argv[1]));
	free(bundle.dir);
	free(bundle.kernel.path);
	bundle.dir = NULL;
	if (cache_digest(&bundle.kernel, argv[0]) == 0)
		found = bundle_cached(&bundle, &lock, kernel_size(argv[1]));
	if (found >= 0) {
		printf("%s %s\n", found ? "found" : "baked", bundle.dir);
		fflush(stdout);
		while (getchar() != EOF)
			;
	}
	cache_close(lock);
	bundle_free(&bundle);
	return found < 0 ? -1 : 0;
}

static int cmd_digest(char **argv)
{
	struct bundle_input input = {0};
	int result = cache_digest(&input, argv[0]);

	if (result == 0)
		printf("%s %llu %s\n", input.path,
		       (unsigned long long)input.size, input.digest);
	free(input.path);
	return result;
}

static int cmd_build_id(char **argv)
{
	char *id = qemu_build_id(argv[0]);

	if (id == NULL)
		return -1;
	puts(id);
	free(id);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*fn)(char **argv);
	} commands[] = {
		{"write", cmd_write}, {"read", cmd_read},
		{"cached", cmd_cached}, {"digest", cmd_digest},
		{"build-id", cmd_build_id},
	};

	if (argc > 1 && strcmp(argv[1], "cache") == 0)
		return cmd_cache(argc - 1, argv + 1);
	for (size_t i = 0; argc > 2 && i < ARRAY_COUNT(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].fn(argv + 2) < 0 ? 1 : 0;
	errx(2, "see the comment at its top");
}
