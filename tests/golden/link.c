/* SPDX-License-Identifier: BSD-2-Clause */
/* link.c - runs core/ over a captured fw_cfg set as fw.bin does and writes
 * down what comes out: memory map, files, each linked table in a file.
 *
 * golden-link SET OUT: SET is a folder of captured files and "directory". */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/acpi_script.h"
#include "core/fwcfg_dir.h"
#include "core/layout.h"
#include "core/le.h"
#include "core/smbios.h"

#define FILES_MAX 512

struct set {
	const char *folder;
	struct fwcfg_dir dir;
	FILE *out;                /* the report */
};

static struct gmem memory = {.size = IDENTITY_MAP};

/* The whole file, or NULL if there is none. */
static uint8_t *file_read(const char *folder, const char *name, uint32_t *size)
{
	char path[4096];
	uint8_t *bytes;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f == NULL)
		return NULL;
	fseek(f, 0, SEEK_END);
	*size = (uint32_t)ftell(f);
	rewind(f);
	bytes = malloc(*size + 1);
	if (bytes == NULL || fread(bytes, 1, *size, f) != *size)
		errx(1, "%s: cannot be read", path);
	fclose(f);
	return bytes;
}

static void file_write(const char *folder, const char *name, const void *bytes,
		       uint32_t size)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(bytes, 1, size, f) != size || fclose(f) != 0)
		err(1, "%s", path);
}

static int set_find(void *ctx, const char *name, struct item *out)
{
	return fwcfg_dir_find(&((struct set *)ctx)->dir, name, out);
}

/* Selector back to name: what the device does. */
static const char *name_of(const struct set *s, uint32_t key)
{
	for (uint32_t i = 0; i < s->dir.count; i++)
		if (be16(s->dir.file[i].select) == key)
			return s->dir.file[i].name;
	errx(1, "%s: no file %u", s->folder, key);
}

static int set_read(void *ctx, const struct item *item, void *dst, uint32_t len)
{
	struct set *s = ctx;
	uint32_t size;
	uint8_t *bytes = file_read(s->folder, name_of(s, item->key), &size);

	if (bytes == NULL || len > size)
		errx(1, "%s: %s: not captured", s->folder,
		     name_of(s, item->key));
	memcpy(dst, bytes, len);
	free(bytes);
	return 0;
}

static int set_write(void *ctx, const struct item *item, uint32_t off,
		     const void *src, uint32_t len)
{
	struct set *s = ctx;
	uint64_t value = 0;

	memcpy(&value, src, len);
	fprintf(s->out, "write %s offset %u size %u value %#llx\n",
		name_of(s, item->key), off, len, (unsigned long long)value);
	return 0;
}

static void *item_read(struct set *s, const char *name, uint32_t *size)
{
	struct item item;
	uint8_t *bytes;

	if (set_find(s, name, &item) != 0)
		return NULL;
	*size = item.size;
	bytes = malloc(item.size + 64);
	if (bytes == NULL || set_read(s, &item, bytes, item.size) != 0)
		errx(1, "%s: cannot be read", name);
	return bytes;
}

static void map_print(FILE *out, const char *title, const struct e820_map *map)
{
	fprintf(out, "%s\n", title);
	for (uint32_t i = 0; i < map->count; i++)
		fprintf(out, "\t%012llx - %012llx type %x\n",
			(unsigned long long)map->range[i].start << PAGE_SHIFT,
			(unsigned long long)map->range[i].end << PAGE_SHIFT,
			map->range[i].type);
}

static void check(int code, const char *what, const struct fault *f)
{
	if (code < 0)
		errx(1, "%s %u: %llu %s", what, f->record,
		     (unsigned long long)f->value, err_text(code));
}

static void map_setup(struct set *s, struct e820_map *map)
{
	struct fault f = {0};
	uint32_t size;
	void *bytes = item_read(s, "etc/e820", &size);

	if (bytes == NULL)
		errx(1, "%s: no etc/e820", s->folder);
	check(e820_parse(map, bytes, size, &f), "etc/e820 entry", &f);
	map_print(s->out, "etc/e820", map);
	check(e820_set(map, EBDA >> PAGE_SHIFT, LEGACY_HOLE >> PAGE_SHIFT,
		       E820_RESERVED), "EBDA", &f);
	check(e820_set(map, LEGACY_HOLE >> PAGE_SHIFT, HIGH_START >> PAGE_SHIFT,
		       E820_HOLE), "hole", &f);
	free(bytes);
}

/* A pointer of that size in a table. */
static uint64_t pointer_at(const uint8_t *p, uint32_t size)
{
	uint64_t value = 0;

	memcpy(&value, p, size);
	return value;
}

static const uint8_t *at(uint64_t gpa, uint64_t len)
{
	const uint8_t *p = gmem_at(&memory, gpa, len);

	if (p == NULL || gpa == 0)
		errx(1, "a table at %#llx", (unsigned long long)gpa);
	return p;
}

static void table_write(FILE *out, const char *folder, uint64_t gpa)
{
	static struct {
		char signature[5];
		unsigned int count;
	} seen[64];
	uint32_t size = word_at(at(gpa, 8) + 4);
	const uint8_t *p = at(gpa, size);
	char name[16];
	size_t i = 0;

	while (seen[i].count != 0 && memcmp(seen[i].signature, p, 4) != 0)
		i++;
	memcpy(seen[i].signature, p, 4);
	snprintf(name, sizeof(name), seen[i].count == 0 ? "%s" : "%s%u",
		 seen[i].signature, seen[i].count + 1);
	seen[i].count++;
	fprintf(out, "table %s at %#llx\n", name, (unsigned long long)gpa);
	file_write(folder, name, p, size);
	if (memcmp(p, "FACP", 4) == 0) {
		if (word_at(p + 0x24) != 0)
			table_write(out, folder, word_at(p + 0x24));
		table_write(out, folder, word_at(p + 0x28));
	}
}

/* The list of tables at gpa, with pointers of that size. */
static void list_write(FILE *out, const char *folder, uint64_t gpa,
		       uint32_t pointer)
{
	uint32_t size = word_at(at(gpa, 8) + 4);
	const uint8_t *p = at(gpa, size);

	table_write(out, folder, gpa);
	for (uint32_t off = 36; off < size; off += pointer)
		table_write(out, folder, pointer_at(p + off, pointer));
}

static void tables_write(FILE *out, const char *folder,
			 const struct acpi_result *r)
{
	const uint8_t *rsdp = at(r->rsdp_gpa, r->rsdp_size);

	file_write(folder, "RSDP", rsdp, r->rsdp_size);
	if (rsdp[15] >= 2 && pointer_at(rsdp + 24, 8) != 0)
		list_write(out, folder, pointer_at(rsdp + 24, 8), 8);
	else
		list_write(out, folder, word_at(rsdp + 16), 4);
}

static void script_run(struct set *s, struct e820_map *map, const char *folder)
{
	const struct items items = {set_find, set_read, set_write, s};
	struct acpi_place place = {
		.mem = &memory, .map = map,
		.high_floor = HIGH_START >> PAGE_SHIFT,
		.high_limit = e820_ram_end(map, IDENTITY_MAP >> PAGE_SHIFT),
		.fseg_gpa = EBDA_RSDP, .fseg_end = EBDA_MP,
	};
	static struct acpi_result result;
	struct fault f = {0};
	uint32_t size;
	void *script = item_read(s, "etc/table-loader", &size);

	if (script == NULL)
		errx(1, "%s: no etc/table-loader", s->folder);
	check(acpi_script_run(script, size, &items, &place, &result, &f),
	      "command", &f);
	map_print(s->out, "after the script", map);
	for (uint32_t i = 0; i < result.file_count; i++)
		fprintf(s->out, "file %s at %#x size %u\n",
			result.file[i].name, result.file[i].gpa,
			result.file[i].size);
	fprintf(s->out, "skipped %u\nrsdp at %#x size %u\n", result.skipped,
		result.rsdp_gpa, result.rsdp_size);
	tables_write(s->out, folder, &result);
	free(script);
}

static void smbios_run(struct set *s)
{
	uint32_t size = 0;
	void *tables = item_read(s, "etc/smbios/smbios-tables", &size);

	if (tables != NULL)
		fprintf(s->out, "smbios %u closed %d\n", size,
			smbios_close(tables, size, size + 64));
	free(tables);
}

int main(int argc, char **argv)
{
	static struct e820_map map;
	struct fault f = {0};
	struct set s;
	char report[4096];
	uint8_t *dir;
	uint32_t size;

	if (argc != 3)
		errx(2, "usage: golden-link SET OUT");
	s = (struct set){.folder = argv[1]};
	snprintf(report, sizeof(report), "%s/report.txt", argv[2]);
	s.out = fopen(report, "w");
	dir = file_read(s.folder, "directory", &size);
	if (s.out == NULL || dir == NULL)
		errx(1, "%s: no directory, or no place for the report",
		     s.folder);
	memory.host = (uintptr_t)mmap(NULL, memory.size, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS |
				      MAP_NORESERVE, -1, 0);
	check(fwcfg_dir_parse(&s.dir, dir, size, FILES_MAX, &f), "file", &f);
	map_setup(&s, &map);
	script_run(&s, &map, argv[2]);
	smbios_run(&s);
	free(dir);
	return fclose(s.out) != 0;
}
