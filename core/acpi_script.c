/* SPDX-License-Identifier: BSD-2-Clause */
/* acpi_script.c - one function for each command of the table-loader. */
#include "core/acpi_script.h"
#include "core/le.h"
#include "core/sum8.h"

#define NAME_TELLING 8 /* offset of the word that is compared first */

/* What a run carries from command to command. */
struct run {
	const struct items *items;
	struct acpi_place *place;
	struct acpi_result *result;
	uint32_t value, limit; /* for the fault */
};

static __attribute__((noinline)) int refuse(struct run *run, int code,
					    uint32_t value, uint32_t limit)
{
	run->value = value;
	run->limit = limit;
	return code;
}

/* From the end: QEMU pads names with NULs. */
static bool name_ends(const char name[LOADER_NAME_SIZE])
{
	for (uint32_t i = LOADER_NAME_SIZE; i-- > 0;)
		if (name[i] == '\0')
			return true;
	return false;
}

/* Are names equal whose telling words are?  They fill their fields with NULs,
 * so fields are compared, up to a word that ends with a NUL. */
static bool name_equal(const char *a, const char *b)
{
	uint32_t i = NAME_TELLING + 4;
	uint32_t word = word_at(a + i);

	if (word != word_at(b + i) || word_at(a) != word_at(b) ||
	    word_at(a + 4) != word_at(b + 4))
		return false;
	while (word >> 24 != 0 && i < LOADER_NAME_SIZE - 4) {
		i += 4;
		word = word_at(a + i);
		if (word != word_at(b + i))
			return false;
	}
	return true;
}

/* The ALLOCATEd file of that name.  0, ERR_NAME or ERR_ABSENT.
 * Nearly all names begin with "etc/acpi": the word behind that tells most of
 * them apart. */
static __attribute__((noinline)) int
file_find(struct run *run, const char *name, struct acpi_file **out)
{
	struct acpi_file *f = run->result->file;
	uint32_t count = run->result->file_count;
	uint32_t word = word_at(name + NAME_TELLING);

	if (!name_ends(name))
		return refuse(run, ERR_NAME, 0, 0);
	for (; count > 0; count--, f++) {
		if (word_at(f->name + NAME_TELLING) != word ||
		    !name_equal(f->name, name))
			continue;
		*out = f;
		return 0;
	}
	return refuse(run, ERR_ABSENT, 0, 0);
}

/* A page-aligned file is one that host or AML go on using (vmgenid, the
 * nvdimm DSM page): NVS, which no kernel reclaims. */
static int place_high(struct run *run, uint32_t size, uint32_t align,
		      uint32_t *gpa)
{
	struct acpi_place *p = run->place;
	uint32_t type = align >= PAGE_SIZE ? E820_NVS : E820_ACPI;
	uint32_t pages = page_count(size);
	pfn_t start;
	int err = e820_find(p->map, pages, page_count(align), p->high_floor,
			    p->high_limit, &start);

	if (err == 0)
		err = e820_set(p->map, start, start + pages, type);
	if (err != 0)
		return refuse(run, err, size, 0);
	*gpa = start << PAGE_SHIFT;
	return 0;
}

static int place_fseg(struct run *run, uint32_t size, uint32_t align,
		      uint32_t *gpa)
{
	struct acpi_place *p = run->place;
	uint32_t at = (p->fseg_gpa + (align - 1)) & -align;

	if (at > p->fseg_end || size > p->fseg_end - at)
		return place_high(run, size, align, gpa);
	*gpa = at;
	p->fseg_gpa = at + size;
	return 0;
}

/* [ACPI] 5.2.5.3: the RSDP is known by its signature, not by its file. */
static void rsdp_note(struct acpi_result *r, const struct acpi_file *f)
{
	static const char signature[8] = {'R', 'S', 'D', ' ',
					  'P', 'T', 'R', ' '};

	if (r->rsdp_gpa != 0 || f->size < 20 ||
	    memcmp(f->bytes, signature, sizeof(signature)) != 0)
		return;
	r->rsdp_gpa = f->gpa;
	r->rsdp_size = f->size < 36 ? 20 : 36;
}

static int run_allocate(struct run *run, const struct loader_allocate *c)
{
	struct acpi_result *r = run->result;
	struct acpi_file *f;
	struct item item;
	int err = file_find(run, c->file, &f);

	if (err == 0)
		return refuse(run, ERR_DUPLICATE, 0, 0);
	if (err != ERR_ABSENT)
		return err;
	if (c->align == 0 || (c->align & (c->align - 1)) != 0 ||
	    c->align > ACPI_ALIGN_MAX)
		return refuse(run, ERR_ALIGN, c->align, ACPI_ALIGN_MAX);
	if (c->zone != LOADER_ZONE_HIGH && c->zone != LOADER_ZONE_FSEG)
		return refuse(run, ERR_ZONE, c->zone, LOADER_ZONE_FSEG);
	if (r->file_count == ACPI_SCRIPT_FILES)
		return refuse(run, ERR_TOO_MANY, r->file_count,
			      ACPI_SCRIPT_FILES);
	f = &r->file[r->file_count++];
	*f = (struct acpi_file){.name = c->file};
	if (run->items->find(run->items->ctx, c->file, &item) != 0 ||
	    item.size == 0) {
		r->skipped++;
		return 0;
	}
	err = c->zone == LOADER_ZONE_FSEG
		      ? place_fseg(run, item.size, c->align, &f->gpa)
		      : place_high(run, item.size, c->align, &f->gpa);
	if (err != 0)
		return err;
	f->size = item.size;
	f->bytes = gmem_at(run->place->mem, f->gpa, f->size);
	if (f->bytes == NULL)
		return refuse(run, ERR_NO_ROOM, f->size, 0);
	err = run->items->read(run->items->ctx, &item, f->bytes, item.size);
	if (err != 0)
		return refuse(run, err, item.size, 0);
	rsdp_note(r, f);
	return 0;
}

static bool pointer_size_ok(uint32_t size)
{
	return size == 4 || size == 8 || size == 1 || size == 2;
}

/* range_fits for 32-bit numbers, of which a script is full. */
static bool inside(uint32_t off, uint32_t len, uint32_t size)
{
	return len <= size && off <= size - len;
}

/* Does an address fit a field of size bytes? */
static bool address_fits(uint32_t address, uint32_t size)
{
	return size >= 4 || address >> (8 * size) == 0;
}

static int run_add_pointer(struct run *run, const struct loader_add_pointer *c)
{
	struct acpi_file *dest, *src;
	uint32_t value, upper;
	uint8_t *field;
	int err = file_find(run, c->dest, &dest);

	if (err == 0)
		err = file_find(run, c->src, &src);
	if (err != 0)
		return err;
	if (!pointer_size_ok(c->size))
		return refuse(run, ERR_SIZE, c->size, 8);
	if (dest->gpa == 0 || src->gpa == 0)
		return 0;
	if (!inside(c->offset, c->size, dest->size))
		return refuse(run, ERR_RANGE, c->offset, dest->size);
	/* the field holds an offset into src, and becomes an address */
	field = dest->bytes + c->offset;
	value = le_get(field, c->size);
	upper = c->size == 8 ? word_at(field + 4) : 0;
	if (value > src->size || upper != 0)
		return refuse(run, ERR_RANGE, value, src->size);
	value += src->gpa;
	if (!address_fits(value, c->size))
		return refuse(run, ERR_RANGE, value, c->size);
	le_put(field, value, c->size);
	return 0;
}

static int run_add_checksum(struct run *run,
			    const struct loader_add_checksum *c)
{
	struct acpi_file *f;
	int err = file_find(run, c->file, &f);

	if (err != 0)
		return err;
	if (f->gpa == 0)
		return 0;
	if (!inside(c->start, c->length, f->size))
		return refuse(run, ERR_RANGE, c->start, f->size);
	if (c->offset >= f->size)
		return refuse(run, ERR_RANGE, c->offset, f->size);
	f->bytes[c->offset] = (uint8_t)(f->bytes[c->offset] -
					sum8(f->bytes + c->start, c->length));
	return 0;
}

static int run_write_pointer(struct run *run,
			     const struct loader_write_pointer *c)
{
	const struct items *items = run->items;
	struct acpi_file *src;
	struct item dest;
	uint64_t address;
	uint32_t value;
	int err = file_find(run, c->src, &src);

	if (err != 0)
		return err;
	if (!name_ends(c->dest))
		return refuse(run, ERR_NAME, 0, 0);
	if (!pointer_size_ok(c->size))
		return refuse(run, ERR_SIZE, c->size, 8);
	if (src->gpa == 0 ||
	    items->find(items->ctx, c->dest, &dest) != 0 || dest.size == 0)
		return 0;
	if (c->src_offset >= src->size)
		return refuse(run, ERR_RANGE, c->src_offset, src->size);
	if (!inside(c->dest_offset, c->size, dest.size))
		return refuse(run, ERR_RANGE, c->dest_offset, dest.size);
	value = src->gpa + c->src_offset;
	if (!address_fits(value, c->size))
		return refuse(run, ERR_RANGE, value, c->size);
	if (items->write == NULL)
		return refuse(run, ERR_UNSUPPORTED, 0, 0);
	address = value;
	err = items->write(items->ctx, &dest, c->dest_offset, &address,
			   c->size);
	return err == 0 ? 0 : refuse(run, err, c->dest_offset, dest.size);
}

static int run_command(struct run *run, const struct loader_command *c)
{
	switch (c->command) {
	case LOADER_ALLOCATE:
		return run_allocate(run, &c->allocate);
	case LOADER_ADD_POINTER:
		return run_add_pointer(run, &c->pointer);
	case LOADER_ADD_CHECKSUM:
		return run_add_checksum(run, &c->checksum);
	case LOADER_WRITE_POINTER:
		return run_write_pointer(run, &c->write);
	default:
		return 0;
	}
}

int acpi_script_run(const void *script, uint32_t len, const struct items *items,
		    struct acpi_place *place, struct acpi_result *result,
		    struct fault *fault)
{
	const struct loader_command *c = script;
	uint32_t count = len / sizeof(*c);
	struct run run = {.items = items, .place = place, .result = result};

	result->rsdp_gpa = 0;
	result->skipped = 0;
	result->file_count = 0;
	if (len % sizeof(*c) != 0)
		return fault_set(fault, ERR_SIZE, count, len, sizeof(*c));
	for (uint32_t i = 0; i < count; i++, c++) {
		int err = c->command == 0 ? 0 : run_command(&run, c);

		if (err != 0)
			return fault_set32(fault, err, i, run.value, run.limit);
	}
	return 0;
}
