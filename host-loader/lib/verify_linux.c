/* SPDX-License-Identifier: BSD-2-Clause */
/* verify_linux.c - boot_params and what hangs on it.
 * Source: [BOOT] boot.rst "Details of Header Fields", "64-bit Boot Protocol",
 * zero-page.rst. */
#include "host-loader/lib/verify.h"

#include "core/abi/boot_params.h"

/* [LINUX] arch/x86/include/uapi/asm/setup_data.h: types that are known */
#define DATA_E820_EXT  1
#define DATA_TYPE_MAX  10
#define DATA_INDIRECT  0x80000000 /* a flag on another type */

#define DATA_RECORDS   32       /* followed, of the chain */
#define DATA_SIZE_MAX  0x100000 /* bytes of one record */
#define SEED_MAX       4096
#define CMDLINE_SIZE   2048     /* [LINUX] asm/setup.h COMMAND_LINE_SIZE */
#define CMDLINE_LIMIT  0x10000  /* whatever the header says */
#define ALIGNMENT_MIN  4096

static void header_verify(struct verify *v, const struct boot_params *bp)
{
	const struct setup_header *h = &bp->hdr;
	const uint8_t *page = (const uint8_t *)bp;
	uint8_t sentinel = page[offsetof(struct boot_params, hdr) - 2];

	verify_rule(v, RULE_PARAMS_FLAG, h->boot_flag == SETUP_BOOT_FLAG,
		    h->boot_flag, SETUP_BOOT_FLAG);
	verify_rule(v, RULE_PARAMS_HEADER, h->header == SETUP_HEADER_MAGIC,
		    h->header, SETUP_HEADER_MAGIC);
	verify_rule(v, RULE_PARAMS_VERSION, h->version >= SETUP_V2_12,
		    h->version, SETUP_V2_12);
	verify_rule(v, RULE_PARAMS_LOADFLAGS,
		    (h->loadflags & LOADED_HIGH) != 0, h->loadflags,
		    LOADED_HIGH);
	verify_rule(v, RULE_PARAMS_LOADER, h->type_of_loader != 0, 0, 0);
	verify_rule(v, RULE_PARAMS_SENTINEL, sentinel == 0, sentinel, 0);
	verify_rule(v, RULE_PARAMS_ALIGNMENT,
		    h->kernel_alignment >= ALIGNMENT_MIN &&
			    is_power_of_two(h->kernel_alignment),
		    h->kernel_alignment, ALIGNMENT_MIN);
}

/* A pointer of 0 stands for an empty command line. */
static void cmdline_verify(struct verify *v, const struct boot_params *bp)
{
	uint64_t gpa = (uint64_t)bp->ext_cmd_line_ptr << 32 |
		       bp->hdr.cmd_line_ptr;
	uint64_t max = bp->hdr.cmdline_size == 0 ?
			       CMDLINE_SIZE :
			       (uint64_t)bp->hdr.cmdline_size + 1;

	if (gpa == 0)
		return;
	if (max > CMDLINE_LIMIT)
		max = CMDLINE_LIMIT;
	v->cmdline_gpa = gpa;
	v->cmdline_size = verify_string(v, gpa, max);
	verify_rule(v, RULE_CMDLINE_END, v->cmdline_size != 0, gpa, max);
	verify_claim(v, OWNER_CMDLINE, gpa, v->cmdline_size);
}

static void initrd_verify(struct verify *v, const struct boot_params *bp)
{
	uint64_t gpa = (uint64_t)bp->ext_ramdisk_image << 32 |
		       bp->hdr.ramdisk_image;
	uint64_t size = (uint64_t)bp->ext_ramdisk_size << 32 |
			bp->hdr.ramdisk_size;

	if (!verify_rule(v, RULE_PARAMS_INITRD,
			 size == 0 || (gpa != 0 &&
				       range_fits(gpa, size, UINT64_MAX)),
			 gpa, size) ||
	    size == 0)
		return;
	verify_claim(v, OWNER_INITRD, gpa, size);
	verify_rule(v, RULE_INITRD_MEMORY,
		    verify_map_is(v, gpa, size, MAP_TYPE(E820_RAM)), gpa,
		    size);
}

static void map_read(struct verify *v, const struct boot_params *bp)
{
	uint32_t count = bp->e820_entries;

	verify_rule(v, RULE_MAP_COUNT, count >= 1 && count <= E820_MAX_ENTRIES,
		    count, E820_MAX_ENTRIES);
	if (count > E820_MAX_ENTRIES)
		count = E820_MAX_ENTRIES;
	for (uint32_t i = 0; i < count; i++)
		verify_map_add(v, bp->e820[i].addr, bp->e820[i].len,
			       bp->e820[i].type);
}

/* SETUP_E820_EXT: entries that the zero page has no room for. */
static void map_read_more(struct verify *v, uint64_t gpa, uint32_t len)
{
	struct e820_entry e;

	for (; len >= sizeof(e) && v->map_count < VERIFY_MAP_MAX;
	     len -= (uint32_t)sizeof(e), gpa += sizeof(e)) {
		if (!verify_read(v, gpa, &e, sizeof(e)))
			return;
		verify_map_add(v, e.addr, e.len, e.type);
	}
}

static bool record_type_known(uint32_t type)
{
	return (type & DATA_INDIRECT) != 0 || type <= DATA_TYPE_MAX;
}

static bool record_length_right(const struct setup_data *d)
{
	switch (d->type) {
	case DATA_E820_EXT:
		return d->len % sizeof(struct e820_entry) == 0;
	case SETUP_RNG_SEED:
		return d->len <= SEED_MAX;
	default:
		return d->len <= DATA_SIZE_MAX;
	}
}

/* What a record holds; a seed of no bytes is none. */
static void record_verify(struct verify *v, uint64_t gpa,
			  const struct setup_data *d)
{
	uint64_t data = gpa + sizeof(*d);

	verify_rule(v, RULE_DATA_TYPE, record_type_known(d->type), d->type,
		    DATA_TYPE_MAX);
	if (!verify_rule(v, RULE_DATA_LENGTH,
			 d->len <= DATA_SIZE_MAX && record_length_right(d),
			 d->len, DATA_SIZE_MAX) ||
	    !verify_rule(v, RULE_DATA_READ,
			 range_fits(data, d->len, UINT64_MAX), gpa, d->len))
		return;
	verify_claim(v, OWNER_DATA, gpa, sizeof(*d) + d->len);
	if (d->type == SETUP_RNG_SEED && d->len != 0)
		verify_rule(v, RULE_DATA_SEED, !verify_is_zero(v, data, d->len),
			    gpa, d->len);
	if (d->type == DATA_E820_EXT)
		map_read_more(v, data, d->len);
}

static void setup_data_verify(struct verify *v, uint64_t gpa)
{
	struct { uint64_t gpa, size; } seen[DATA_RECORDS];
	struct setup_data d;
	uint32_t count;

	for (count = 0; gpa != 0; count++) {
		for (uint32_t i = 0; i < count; i++)
			if (!verify_rule(v, RULE_DATA_CYCLE, seen[i].gpa != gpa,
					 gpa, 0))
				return;
		if (!verify_rule(v, RULE_DATA_COUNT, count < DATA_RECORDS, gpa,
				 DATA_RECORDS) ||
		    !verify_rule(v, RULE_DATA_READ,
				 verify_read(v, gpa, &d, sizeof(d)), gpa, 0))
			break;
		seen[count].gpa = gpa;
		seen[count].size = sizeof(d) + d.len;
		record_verify(v, gpa, &d);
		gpa = d.next;
	}
	/* only now is all of the map known */
	for (uint32_t i = 0; i < count; i++)
		verify_rule(v, RULE_DATA_MEMORY,
			    verify_map_is(v, seen[i].gpa, seen[i].size,
					  MAP_TYPE(E820_RAM)),
			    seen[i].gpa, seen[i].size);
}

void verify_linux(struct verify *v)
{
	uint64_t gpa = v->cpu->rsi;
	struct boot_params bp;

	if (!verify_rule(v, RULE_PARAMS_READ,
			 gpa != 0 && verify_read(v, gpa, &bp, sizeof(bp)), gpa,
			 0))
		return;
	verify_claim(v, OWNER_PARAMS, gpa, sizeof(bp));
	header_verify(v, &bp);
	map_read(v, &bp);
	cmdline_verify(v, &bp);
	setup_data_verify(v, bp.hdr.setup_data);
	verify_map(v);
	initrd_verify(v, &bp);
	v->rsdp_gpa = bp.acpi_rsdp_addr;
}
