/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_acpi_script.c - any script over any files: memory that belongs to no
 * file stays as it is.
 *
 * Input: a mode, eight file sizes, then the script - as it is (mode
 * even), or 12 bytes a command that become 128 (mode odd), in which names are
 * a letter each, so that they meet. */
#include "tests/fuzz/fuzz.h"

#include "core/acpi_script.h"
#include "core/layout.h"
#include "core/le.h"

#define BLOBS    8
#define COMMANDS 96
#define GUARD    256
#define WINDOW   0x14000
#define BASE     0xfc000  /* guest address of the window */
#define FLOOR    (HIGH_START >> PAGE_SHIFT)
#define LIMIT    (FLOOR + 16)
#define RAM_END  (FLOOR + 40)
#define FSEG     0xfd000
#define FSEG_END 0xfe000
#define SIZE_MAX_MASK 0x1fff /* of a file: eight of them about fit */
#define FILL     0xa5

struct bench {
	uint32_t size[BLOBS];
	const uint8_t *data;
	size_t data_size;
	uint8_t written[BLOBS];
};

static uint8_t memory[GUARD + WINDOW + GUARD];

/* Files are called "a" to "h"; "h" is always missing. */
static int blob_find(void *ctx, const char *name, struct item *out)
{
	struct bench *b = ctx;
	uint32_t i = (uint32_t)(name[0] - 'a');

	if (i >= BLOBS - 1 || name[1] != '\0')
		return ERR_ABSENT;
	*out = (struct item){i, b->size[i]};
	return 0;
}

static int blob_read(void *ctx, const struct item *item, void *dst,
		     uint32_t len)
{
	struct bench *b = ctx;
	uint8_t *p = dst;

	PROPERTY(len <= b->size[item->key]);
	if (item->key == 0 && len >= 8) /* one may be an RSDP */
		return memcpy(p, "RSD PTR ", 8), 0;
	for (uint32_t i = 0; i < len; i++)
		p[i] = b->data_size == 0 || i % 8 > 1
			       ? 0 : b->data[i % b->data_size];
	return 0;
}

static int blob_write(void *ctx, const struct item *item, uint32_t off,
		      const void *src, uint32_t len)
{
	struct bench *b = ctx;

	PROPERTY(range_fits(off, len, b->size[item->key]));
	PROPERTY(len == 1 || len == 2 || len == 4 || len == 8);
	b->written[item->key] ^= *(const uint8_t *)src;
	return 0;
}

static void name_put(char *field, uint64_t letter)
{
	field[0] = (char)('a' + letter % (BLOBS + 1));
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
			 const struct e820_map *map)
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
		PROPERTY(in_a_file(r, r->rsdp_gpa + 19));
	for (uint32_t i = 0; i < sizeof(memory); i++)
		if (memory[i] != FILL)
			PROPERTY(i >= GUARD &&
				 in_a_file(r, BASE + (i - GUARD)));
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
	map_check(&map);
	result_check(&result, &map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct loader_command command[COMMANDS];
	struct input in = {data, size};
	uint64_t mode = take(&in, 1);
	struct bench b = {.data = data, .data_size = size};
	uint32_t count = 0;
	uint8_t *script;

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
