/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_rsdp.c - RSDPs, right and wrong, anywhere in any part of the low memory:
 * the first right one is found that a plain search finds, and nothing outside
 * of that part is read.
 *
 * Input: which part of memory is there, then pieces to put into it. */
#include "tests/fuzz/fuzz.h"

#include "core/layout.h"
#include "core/rsdp.h"

#include <sanitizer/asan_interface.h>

#define PIECES 12
#define PIECE  64 /* bytes, at most */

static uint8_t low[HIGH_START + 0x2000];
static uint64_t start, end; /* of what is there */
static uint32_t piece[PIECES], piece_count;

static bool there(uint64_t gpa, uint64_t size)
{
	return gpa >= start && range_fits(gpa, size, end);
}

/* [ACPI] 5.2.5.3 */
static bool is_rsdp(uint32_t gpa)
{
	const uint8_t *p = low + gpa;

	if (*p != 'R' || !there(gpa, 20) || memcmp(p, "RSD PTR ", 8) != 0 ||
	    plain_sum(p, 20) != 0)
		return false;
	return p[15] < 2 || (there(gpa, 36) && plain_sum(p, 36) == 0);
}

static uint32_t search(uint32_t gpa, uint32_t size)
{
	for (uint32_t at = gpa; at < gpa + size; at += 16)
		if (is_rsdp(at))
			return at;
	return 0;
}

static uint32_t plain_search(void)
{
	uint32_t ebda = 0, found = 0;

	if (there(0x40e, 2))
		ebda = (uint32_t)(low[0x40e] | low[0x40f] << 8) << 4;
	if (ebda != 0)
		found = search(ebda, 1024);
	if (found == 0)
		found = search(0x80000, 1024);
	if (found == 0)
		found = search(0xa0000, 1024);
	return found != 0 ? found : search(0xe0000, 0x20000);
}

/* Where a piece goes: near the places that are looked at, or anywhere. */
static uint32_t place(struct input *in)
{
	const uint32_t places[] = {0x9fc00, 0x80000, 0xa0000, 0xe0000, 0xf0000,
				   0x803f0, 0x9fff0, 0xa03f0, 0xfffe0, 0x400};
	uint32_t which = (uint32_t)take(in, 1);
	uint32_t off = (uint32_t)take(in, 1);

	if (which < ARRAY_COUNT(places))
		return places[which] + off;
	return (uint32_t)take(in, 2) << 4;
}

/* An RSDP with right sums, or one byte of it something else, or bytes. */
static void piece_put(struct input *in)
{
	uint32_t gpa = place(in), how = (uint32_t)take(in, 1);
	uint8_t *p = low + gpa;

	if (gpa > HIGH_START)
		return;
	piece[piece_count++] = gpa;
	if (how >= 0xc0) {
		for (uint32_t i = 0; i < how - 0xc0; i++)
			p[i] = (uint8_t)take(in, 1);
		return;
	}
	memset(p, 0, 36);
	memcpy(p, "RSD PTR ", 8);
	p[15] = (uint8_t)(how & 3);
	p[16] = (uint8_t)take(in, 1);
	p[20] = 36;
	p[8] = (uint8_t)-plain_sum(p, 20);
	p[32] = (uint8_t)-plain_sum(p, 36);
	if (how >> 2 < 36)
		p[how >> 2] = (uint8_t)take(in, 1);
}

static void memory_take(struct input *in)
{
	static const uint32_t starts[] = {0, 0x1000, 0x9f000, 0xe0000};
	static const uint32_t ends[] = {HIGH_START, 0xa0000, 0x9fc10,
					HIGH_START + 0x1000};
	uint32_t part = (uint32_t)take(in, 1);

	while (piece_count > 0)
		memset(low + piece[--piece_count], 0, PIECE);
	start = starts[part & 3];
	end = ends[part >> 2 & 3];
	if (part & 0x10)
		start += take(in, 2);
	if (part & 0x20)
		end -= take(in, 2);
	low[0x40e] = (uint8_t)take(in, 1);
	low[0x40f] = (uint8_t)take(in, 1);
	for (uint32_t n = (uint32_t)take(in, 1) % PIECES; n > 0; n--)
		piece_put(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct gmem mem;
	uint32_t want;

	memory_take(&in);
	if (start > end)
		start = end;
	want = plain_search();
	/* what is not there must not be read either */
	ASAN_POISON_MEMORY_REGION(low, start);
	ASAN_POISON_MEMORY_REGION(low + end, sizeof(low) - end);
	mem = (struct gmem){(uintptr_t)(low + start), start, end - start};
	PROPERTY(rsdp_find(&mem) == want);
	ASAN_UNPOISON_MEMORY_REGION(low, sizeof(low));
	return 0;
}
