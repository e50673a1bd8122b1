/* SPDX-License-Identifier: BSD-2-Clause */
/* script.h - for the two acpi_script programs: named blobs in an array, a
 * script that grows command by command, and guest memory with guards. */
#ifndef TESTS_UNIT_SCRIPT_H
#define TESTS_UNIT_SCRIPT_H

#include "tests/unit/unit.h"

#include "core/acpi_script.h"
#include "core/layout.h"
#include "core/le.h"

#define BLOBS      48
#define BLOB_MAX   128
#define COMMANDS   64
#define WINDOW_GPA 0x80000  /* the test's guest memory ... */
#define WINDOW     0x180000 /* ... bytes of it */
#define LOW        EBDA
#define LOW_END    (EBDA + 0x100)
#define FLOOR      (HIGH_START >> PAGE_SHIFT) /* pages of zone HIGH ... */
#define LIMIT      (FLOOR + 0x100)

struct blob {
	char name[LOADER_NAME_SIZE];
	uint8_t bytes[BLOB_MAX];
	uint32_t size;
	uint32_t writes; /* how often it was written */
	int read_err;    /* what reading it says */
};

struct bench {
	struct blob blob[BLOBS];
	uint32_t blob_count;
	struct loader_command command[COMMANDS];
	uint32_t command_count;
	uint8_t *memory; /* guarded, WINDOW bytes */
	struct e820_map map;
	struct gmem mem;
	struct items items;
	struct acpi_place place;
	struct acpi_result result;
	struct fault fault;
};

static struct bench b;

static inline int blob_find(void *ctx, const char *name, struct item *out)
{
	struct bench *bench = ctx;

	for (uint32_t i = 0; i < bench->blob_count; i++)
		if (strcmp(bench->blob[i].name, name) == 0) {
			*out = (struct item){i, bench->blob[i].size};
			return 0;
		}
	return ERR_ABSENT;
}

static inline int blob_read(void *ctx, const struct item *item, void *dst,
			    uint32_t len)
{
	struct blob *blob = &((struct bench *)ctx)->blob[item->key];

	assert_true(len <= blob->size);
	if (blob->read_err != 0)
		return blob->read_err;
	/* a blob of more than BLOB_MAX bytes is zero behind them */
	memset(dst, 0, len);
	memcpy(dst, blob->bytes, len < BLOB_MAX ? len : BLOB_MAX);
	return 0;
}

static inline int blob_write(void *ctx, const struct item *item, uint32_t off,
			     const void *src, uint32_t len)
{
	struct blob *blob = &((struct bench *)ctx)->blob[item->key];

	assert_true(range_fits(off, len, blob->size));
	memcpy(blob->bytes + off, src, len);
	blob->writes++;
	return 0;
}

static inline struct blob *blob_add(const char *name, uint32_t size)
{
	struct blob *blob = &b.blob[b.blob_count++];

	assert_true(b.blob_count <= BLOBS);
	memcpy(blob->name, name, strlen(name));
	blob->size = size;
	return blob;
}

static inline int bench_setup(void **state)
{
	(void)state;
	b = (struct bench){.memory = guarded_new(WINDOW, 0xee)};
	assert_int_equal(e820_add(&b.map, WINDOW_GPA >> PAGE_SHIFT,
				  EBDA >> PAGE_SHIFT, E820_RAM), 0);
	assert_int_equal(e820_add(&b.map, EBDA >> PAGE_SHIFT,
				  LEGACY_HOLE >> PAGE_SHIFT, E820_RESERVED),
			 0);
	assert_int_equal(e820_add(&b.map, FLOOR, LIMIT, E820_RAM), 0);
	b.mem = (struct gmem){(uintptr_t)b.memory, WINDOW_GPA, WINDOW};
	b.items = (struct items){blob_find, blob_read, blob_write, &b};
	b.place = (struct acpi_place){&b.mem, &b.map, FLOOR, LIMIT, LOW,
				      LOW_END};
	return 0;
}

static inline int bench_teardown(void **state)
{
	(void)state;
	guarded_check(b.memory, WINDOW);
	guarded_free(b.memory);
	return 0;
}

static inline void name_put(char field[LOADER_NAME_SIZE], const char *name)
{
	memcpy(field, name, strlen(name));
}

static inline struct loader_command *command_add(uint32_t command)
{
	assert_true(b.command_count < COMMANDS);
	b.command[b.command_count].command = command;
	return &b.command[b.command_count++];
}

static inline struct loader_command *allocate(const char *file, uint32_t align,
					      uint8_t zone)
{
	struct loader_command *c = command_add(LOADER_ALLOCATE);

	name_put(c->allocate.file, file);
	c->allocate.align = align;
	c->allocate.zone = zone;
	return c;
}

static inline struct loader_command *add_pointer(const char *dest,
						 const char *src,
						 uint32_t offset, uint8_t size)
{
	struct loader_command *c = command_add(LOADER_ADD_POINTER);

	name_put(c->pointer.dest, dest);
	name_put(c->pointer.src, src);
	c->pointer.offset = offset;
	c->pointer.size = size;
	return c;
}

static inline struct loader_command *add_checksum(const char *file,
						  uint32_t offset,
						  uint32_t start,
						  uint32_t length)
{
	struct loader_command *c = command_add(LOADER_ADD_CHECKSUM);

	name_put(c->checksum.file, file);
	c->checksum.offset = offset;
	c->checksum.start = start;
	c->checksum.length = length;
	return c;
}

static inline struct loader_command *write_pointer(const char *dest,
						   const char *src,
						   uint32_t dest_offset,
						   uint32_t src_offset,
						   uint8_t size)
{
	struct loader_command *c = command_add(LOADER_WRITE_POINTER);

	name_put(c->write.dest, dest);
	name_put(c->write.src, src);
	c->write.dest_offset = dest_offset;
	c->write.src_offset = src_offset;
	c->write.size = size;
	return c;
}

/* Runs a copy of exactly len bytes: names point into it, so it stays until
 * the process ends. */
static inline int run_bytes(uint32_t len)
{
	static uint8_t copy[sizeof(b.command)];

	memcpy(copy, b.command, sizeof(copy));
	return acpi_script_run(copy, len, &b.items, &b.place, &b.result,
			       &b.fault);
}

static inline int run(void)
{
	return run_bytes(b.command_count *
			 (uint32_t)sizeof(struct loader_command));
}

static inline struct acpi_file *file_of(const char *name)
{
	for (uint32_t i = 0; i < b.result.file_count; i++)
		if (strcmp(b.result.file[i].name, name) == 0)
			return &b.result.file[i];
	fail_msg("no file %s", name);
	return NULL;
}

/* A number of eight bytes, as a blob's bytes begin. */
static inline void put64(uint8_t *at, uint64_t value)
{
	le_put(at, (uint32_t)value, 4);
	le_put(at + 4, (uint32_t)(value >> 32), 4);
}

static inline uint64_t get64(const uint8_t *at)
{
	return le_get(at, 4) | (uint64_t)le_get(at + 4, 4) << 32;
}

/* What stands at off of that file in guest memory. */
static inline uint64_t number_in(const char *name, uint32_t off, uint32_t size)
{
	struct acpi_file *f = file_of(name);
	const void *p;

	assert_true(f->gpa != 0 && range_fits(off, size, f->size));
	p = gmem_at(&b.mem, f->gpa + off, size);
	assert_non_null(p);
	assert_ptr_equal(p, f->bytes + off);
	return size == 8 ? get64(p) : le_get(p, size);
}

/* The last command of the script is refused with this code; guest memory and
 * writable files are as the commands before it have left them. */
static inline void assert_refused(int code)
{
	uint8_t *before = bytes_new(WINDOW, 0);
	struct blob blobs[BLOBS];
	const struct e820_map map = b.map;
	uint32_t fseg = b.place.fseg_gpa;
	uint32_t last = b.command_count - 1;

	assert_int_equal(
		run_bytes(last * (uint32_t)sizeof(b.command[0])), 0);
	memcpy(before, b.memory, WINDOW);
	memcpy(blobs, b.blob, sizeof(blobs));
	b.map = map;
	b.place.fseg_gpa = fseg;

	assert_int_equal(run(), code);
	assert_int_equal(b.fault.code, code);
	assert_int_equal(b.fault.record, last);
	assert_memory_equal(b.memory, before, WINDOW);
	assert_memory_equal(b.blob, blobs, sizeof(blobs));
	b.map = map;
	b.place.fseg_gpa = fseg;
	b.command_count = last;
	memset(&b.command[last], 0, sizeof(b.command[0]));
	free(before);
}

#define BENCH_CASE(fn)                                                         \
	cmocka_unit_test_setup_teardown(fn, bench_setup, bench_teardown)

#endif
