/* SPDX-License-Identifier: BSD-2-Clause */
/* script_bench.h - files for a table-loader script, and the memory that they
 * are placed in. */
#ifndef TESTS_FUZZ_SCRIPT_BENCH_H
#define TESTS_FUZZ_SCRIPT_BENCH_H

#include "tests/fuzz/map.h"

#include "core/acpi_script.h"
#include "core/layout.h"

#define BLOBS    8
#define GUARD    256
#define WINDOW   0x14000
#define BASE     0xfc000  /* guest address of the window */
#define FLOOR    (HIGH_START >> PAGE_SHIFT)
#define LIMIT    (FLOOR + 16)
#define RAM_END  (FLOOR + 40)
#define FSEG     0xfd000
#define FSEG_END 0xfe000
#define FILL     0xa5
#define WRITES   1024

struct bench_write { /* by a WRITE_POINTER */
	uint32_t blob, off, len;
	uint64_t value;
};

struct bench {
	uint32_t size[BLOBS];
	const uint8_t *data;
	size_t data_size;
	uint32_t write_count;
	struct bench_write write[WRITES];
};

static uint8_t memory[GUARD + WINDOW + GUARD];

/* Some begin alike, as QEMU's do.  The last two are always missing. */
static const char *const bench_names[BLOBS + 1] = {
	"a", "b", "etc/acpi/tab-c", "etc/acpi/tab-d", "etc/acpi/tables-of-e",
	"etc/acpi/tables-of-f", "etc/acpi/tables-of-ff", "h",
	"etc/acpi/tables-of-i",
};

static inline int blob_find(void *ctx, const char *name, struct item *out)
{
	struct bench *b = ctx;

	for (uint32_t i = 0; i < BLOBS - 1; i++)
		if (strcmp(name, bench_names[i]) == 0) {
			*out = (struct item){i, b->size[i]};
			return 0;
		}
	return ERR_ABSENT;
}

static inline int blob_read(void *ctx, const struct item *item, void *dst,
			    uint32_t len)
{
	struct bench *b = ctx;
	uint8_t *p = dst;

	PROPERTY(len <= b->size[item->key]);
	memset(p, 0, len);
	if (item->key == 0 && len >= 8) { /* one may be an RSDP */
		memcpy(p, "RSD PTR ", 8);
		return 0;
	}
	for (uint32_t i = 0; i < len && b->data_size != 0; i += 8) {
		p[i] = b->data[i % b->data_size];
		if (i + 1 < len)
			p[i + 1] = b->data[(i + 1) % b->data_size];
	}
	return 0;
}

/* Is all memory but that of files as it was?  By pieces, for speed. */
static inline bool memory_kept(bool (*mine)(const struct acpi_result *r,
					    uint32_t gpa),
			       const struct acpi_result *r)
{
	static uint8_t fill[GUARD];

	memset(fill, FILL, sizeof(fill));
	for (uint32_t at = 0; at < sizeof(memory); at += sizeof(fill)) {
		if (memcmp(memory + at, fill, sizeof(fill)) == 0)
			continue;
		for (uint32_t i = at; i < at + sizeof(fill); i++)
			if (memory[i] != FILL &&
			    (i < GUARD || !mine(r, BASE + (i - GUARD))))
				return false;
	}
	return true;
}

static inline int blob_write(void *ctx, const struct item *item, uint32_t off,
			     const void *src, uint32_t len)
{
	struct bench *b = ctx;
	struct bench_write *w = &b->write[b->write_count];

	PROPERTY(b->write_count < WRITES);
	PROPERTY(item->key < BLOBS && range_fits(off, len, b->size[item->key]));
	PROPERTY(len == 1 || len == 2 || len == 4 || len == 8);
	*w = (struct bench_write){item->key, off, len, 0};
	memcpy(&w->value, src, len);
	b->write_count++;
	return 0;
}

#endif
