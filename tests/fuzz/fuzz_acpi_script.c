/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_acpi_script.c - any script over any files: memory that belongs to no
 * file stays as it is, files are apart, pointers that are written out point
 * into one; an accepted script does what a plain model of it does, and its sums
 * are right.
 *
 * Input: a mode, eight file sizes, then the script - as it is (mode
 * even), or 12 bytes a command that become 128 (mode odd), in which names are
 * few, so that they meet. */
#include "tests/fuzz/script_model.h"

#define COMMANDS 96
#define SIZE_MAX_MASK 0x1fff /* of a file: eight of them about fit */

static void name_put(char *field, uint64_t letter)
{
	strcpy(field, bench_names[letter % (BLOBS + 1)]);
}

static void command_expand(struct loader_command *c, struct input *in)
{
	uint64_t what = take(in, 1), one = take(in, 1), two = take(in, 1);
	uint32_t size = (uint32_t)take(in, 1);
	uint32_t x = (uint32_t)take(in, 2), y = (uint32_t)take(in, 2);
	uint32_t z = (uint32_t)take(in, 4);

	memset(c, 0, sizeof(*c));
	c->command = what % 6;
	name_put(c->allocate.file, one);
	switch (c->command) {
	case LOADER_ALLOCATE:
		c->allocate.align = 1u << (size % 13);
		c->allocate.zone = (uint8_t)(1 + two % 2);
		break;
	case LOADER_ADD_POINTER:
		name_put(c->pointer.src, two);
		c->pointer.offset = size & 0x80 ? z : x;
		c->pointer.size = (uint8_t)(size & 0x10 ? size
							: 1u << (size & 3));
		break;
	case LOADER_ADD_CHECKSUM:
		c->checksum.offset = size & 0x80 ? z : x;
		c->checksum.start = size & 0x40 ? z : (uint32_t)two;
		c->checksum.length = y;
		break;
	case LOADER_WRITE_POINTER:
		name_put(c->write.src, two);
		c->write.dest_offset = size & 0x80 ? z : x;
		c->write.src_offset = y;
		c->write.size = (uint8_t)(1u << (size & 3));
		break;
	}
}

static bool in_a_file(const struct acpi_result *r, uint32_t gpa)
{
	for (uint32_t i = 0; i < r->file_count; i++)
		if (r->file[i].gpa != 0 && gpa >= r->file[i].gpa &&
		    gpa - r->file[i].gpa < r->file[i].size)
			return true;
	return false;
}

static bool is_high(const struct acpi_file *f)
{
	return f->gpa >= FLOOR << PAGE_SHIFT;
}

/* Do they share a byte, or a page where each has pages of its own? */
static bool files_meet(const struct acpi_file *a, const struct acpi_file *b)
{
	uint32_t unit = is_high(a) && is_high(b) ? PAGE_SIZE : 1;

	return a->gpa != 0 && b->gpa != 0 &&
	       a->gpa < align_up(b->gpa + b->size, unit) &&
	       b->gpa < align_up(a->gpa + a->size, unit);
}

/* A file in zone HIGH is no longer RAM, and nothing else is. */
static void file_check(const struct acpi_file *f, const struct e820_map *map)
{
	pfn_t start = f->gpa >> PAGE_SHIFT;
	pfn_t end = start + page_count(f->size);

	if (!is_high(f)) {
		PROPERTY(f->gpa >= FSEG && f->gpa + f->size <= FSEG_END);
		return;
	}
	PROPERTY(f->gpa % PAGE_SIZE == 0 && end <= LIMIT);
	PROPERTY(map_has(map, start, end, E820_ACPI) ||
		 map_has(map, start, end, E820_NVS));
}

static void result_check(const struct acpi_result *r,
			 const struct e820_map *map, const struct bench *b)
{
	uint64_t pages = 0;

	PROPERTY(r->file_count <= ACPI_SCRIPT_FILES);
	for (uint32_t i = 0; i < r->file_count; i++) {
		const struct acpi_file *f = &r->file[i];

		if (f->gpa == 0 || f->size == 0)
			continue; /* none, or refused before it was placed */
		file_check(f, map);
		if (is_high(f))
			pages += page_count(f->size);
		for (uint32_t k = 0; k < i; k++)
			PROPERTY(!files_meet(f, &r->file[k]));
	}
	PROPERTY(map_pages(map, E820_ACPI) + map_pages(map, E820_NVS) == pages);
	if (r->rsdp_gpa != 0)
		PROPERTY(in_a_file(r, r->rsdp_gpa + r->rsdp_size - 1));
	for (uint32_t i = 0; i < b->write_count; i++)
		PROPERTY(in_a_file(r, (uint32_t)b->write[i].value));
	PROPERTY(memory_kept(in_a_file, r));
}

/* A file that is there twice, or never: is it so? */
static void refusal_check(const struct loader_command *c, uint32_t record,
			  int err)
{
	bool dest = false, src = false;

	if ((err != ERR_DUPLICATE && err != ERR_ABSENT) ||
	    !names_tidy(c, record + 1))
		return;
	for (uint32_t i = 0; i < record; i++) {
		if (c[i].command != LOADER_ALLOCATE)
			continue;
		dest |= strcmp(c[i].allocate.file, c[record].pointer.dest) == 0;
		src |= strcmp(c[i].allocate.file, c[record].pointer.src) == 0;
	}
	switch (c[record].command) {
	case LOADER_ALLOCATE:
		PROPERTY(err == ERR_DUPLICATE && dest);
		break;
	case LOADER_ADD_POINTER:
		PROPERTY(err == ERR_ABSENT && !(dest && src));
		break;
	case LOADER_ADD_CHECKSUM:
		PROPERTY(err == ERR_ABSENT && !dest);
		break;
	default:
		PROPERTY(err == ERR_ABSENT && !src);
	}
}

static void script_run(const uint8_t *script, uint32_t len, struct bench *b)
{
	struct e820_map map = {0};
	const struct gmem mem = {(uintptr_t)(memory + GUARD), BASE, WINDOW};
	const struct items items = {blob_find, blob_read, blob_write, b};
	struct acpi_place place = {&mem, &map, FLOOR, LIMIT, FSEG, FSEG_END};
	struct acpi_result result;
	struct fault f = {0};
	int err;

	memset(memory, FILL, sizeof(memory));
	e820_add(&map, 1, EBDA >> PAGE_SHIFT, E820_RAM);
	e820_add(&map, FLOOR, RAM_END, E820_RAM);
	err = acpi_script_run(script, len, &items, &place, &result, &f);
	PROPERTY(err <= 0);
	PROPERTY(err == 0 || (f.code == err && f.record <= len / 128));
	if (err != 0 && f.record < len / sizeof(struct loader_command))
		refusal_check((const void *)script, f.record, err);
	map_check(&map);
	result_check(&result, &map, b);
	if (err == 0)
		model_check((const void *)script,
			    len / (uint32_t)sizeof(struct loader_command), b,
			    &result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct loader_command command[COMMANDS];
	struct input in = {data, size};
	uint64_t mode = take(&in, 1);
	static struct bench b;
	uint32_t count = 0;
	uint8_t *script;

	b.data = data;
	b.data_size = size;
	b.write_count = 0;
	for (uint32_t i = 0; i < BLOBS; i++)
		b.size[i] = (uint32_t)take(&in, 2) & SIZE_MAX_MASK;
	if (mode % 2 == 0) {
		script = exact_copy(in.at, in.left);
		script_run(script, (uint32_t)in.left, &b);
	} else {
		while (in.left > 0 && count < COMMANDS)
			command_expand(&command[count++], &in);
		script = exact_copy((const uint8_t *)command,
				    count * sizeof(command[0]));
		script_run(script, count * (uint32_t)sizeof(command[0]), &b);
	}
	free(script);
	return 0;
}
