/* SPDX-License-Identifier: BSD-2-Clause */
/* pull-dump.c - pulls a machine and shows all that came, for pull.py.
 *
 * pull-dump FOLDER QEMU MACHINE MEMORY CPUS ACCEL [ARGUMENT...] prints a line
 * for each fact and writes each file into FOLDER, its slashes as commas.  With
 * "-" for FOLDER nothing is written. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-loader/qemu/pull.h"

static void span_write(const char *folder, const char *name,
		       struct bl_span span)
{
	char path[4096];
	FILE *f;

	if (strcmp(folder, "-") == 0)
		return;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	for (char *c = path + strlen(folder) + 1; *c != '\0'; c++)
		if (*c == '/')
			*c = ',';
	f = fopen(path, "wb");
	if (f == NULL ||
	    fwrite(span.bytes, 1, span.size, f) != span.size || fclose(f) != 0)
		err(2, "%s", path);
}

static void board_print(const struct pull *pull)
{
	const struct bl_board *board = &pull->board;

	for (uint32_t i = 0; i < board->cpu_count; i++)
		printf("cpu %u\n", board->apic_id[i]);
	if (pull->blob_count == 0)
		printf("rtc %d\nsignature %#x\nfeatures %#x\n", board->rtc,
		       board->cpu_signature, board->cpu_features);
	printf("words %s\n", pull->virtio_words);
}

static void pull_print(const struct pull *pull, const char *folder)
{
	static const char *const chipsets[] = {"none", "i440fx", "q35"};

	printf("version %u %u %s\n", pull->version_major, pull->version_minor,
	       pull->version);
	printf("chipset %s\n", chipsets[pull->chipset]);
	printf("ecam %#llx %#llx\n", (unsigned long long)pull->ecam_gpa,
	       (unsigned long long)pull->ecam_size);
	for (uint32_t i = 0; i < pull->map_count; i++)
		printf("map %#llx %#llx %u\n",
		       (unsigned long long)pull->map[i].gpa,
		       (unsigned long long)pull->map[i].size,
		       pull->map[i].type);
	for (uint32_t i = 0; i < pull->blob_count; i++) {
		const struct bl_blob *blob = &pull->blob[i];

		printf("blob %s %#x %llu\n", blob->name, blob->key,
		       (unsigned long long)blob->bytes.size);
		span_write(folder, blob->name, blob->bytes);
	}
	printf("smbios %llu\n", (unsigned long long)pull->smbios.size);
	if (pull->smbios.size > 0)
		span_write(folder, "etc/smbios/smbios-tables", pull->smbios);
	board_print(pull);
}

int main(int argc, char **argv)
{
	static struct pull pull;
	struct vm vm = {0};
	int failed;

	if (argc < 7)
		errx(2, "pull-dump FOLDER QEMU MACHINE MEMORY CPUS ACCEL "
			"[ARGUMENT...]");
	vm.qemu = argv[2];
	vm.machine = argv[3];
	vm.memory = argv[4];
	vm.cpus = argv[5];
	vm.accel = argv[6];
	for (int i = 7; i < argc; i++)
		strings_add(&vm.table_args, argv[i]);
	failed = pull_machine(&pull, &vm);
	if (failed == 0)
		pull_print(&pull, argv[1]);
	pull_free(&pull);
	strings_free(&vm.table_args);
	return failed != 0;
}
