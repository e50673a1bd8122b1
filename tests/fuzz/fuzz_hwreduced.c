/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_hwreduced.c - any board for any map as hardware-reduced ACPI tables:
 * what is accepted has windows apart from RAM and from each other, tables
 * inside the block with sums of 0, and every device's numbers in its own table;
 * a refusal writes nothing.
 *
 * Input: flags, the map, the board, an ECAM window, the block. */
#include "tests/fuzz/plan_case.h"

#include "core/abi/pc.h"
#include "host-loader/lib/hwreduced.h"

#define BLOCK_MAX 0x10000

static struct plan_case c;
static struct table_block block;

static bool apart(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b ? b - a >= a_size : a - b >= b_size;
}

struct window {
	uint64_t gpa, size;
};

/* Every window against all RAM and the windows before it. */
static void windows_check(const struct bl_request *r)
{
	struct window w[BL_MMIO_MAX + 4] = {{IOAPIC_GPA, 0x1000},
					    {LAPIC_GPA, 0x1000}};
	uint32_t count = 2;

	for (uint32_t i = 0; i < c.board.mmio_count; i++)
		w[count++] = (struct window){c.mmio[i].gpa, c.mmio[i].size};
	if (r->ecam_size != 0) {
		w[count++] = (struct window){r->ecam_gpa, r->ecam_size};
		w[count++] = (struct window){c.board.pci_window_gpa,
					     c.board.pci_window_size};
	}
	for (uint32_t i = 0; i < count; i++) {
		PROPERTY(w[i].size != 0 && w[i].gpa + w[i].size > w[i].gpa);
		for (uint32_t k = 0; k < r->map_count; k++)
			PROPERTY(c.map[k].type != E820_RAM ||
				 apart(w[i].gpa, w[i].size, c.map[k].gpa,
				       c.map[k].size));
		for (uint32_t k = 0; k < i; k++)
			PROPERTY(apart(w[i].gpa, w[i].size, w[k].gpa,
				       w[k].size));
	}
}

static const struct acpi_header *table(uint64_t gpa)
{
	const struct acpi_header *h =
		(const void *)(block.bytes + (gpa - block.gpa));

	PROPERTY(range_fits(gpa - block.gpa, sizeof(*h), block.used));
	PROPERTY(range_fits(gpa - block.gpa, h->length, block.used));
	PROPERTY(h->length >= sizeof(*h) && plain_sum(h, h->length) == 0);
	return h;
}

static bool has_number(const struct acpi_header *h, uint64_t number,
		       size_t size)
{
	const uint8_t *bytes = (const uint8_t *)h;

	for (size_t i = sizeof(*h); i + size <= h->length; i++)
		if (memcmp(bytes + i, &number, size) == 0)
			return true;
	return false;
}

/* Is one of the SSDTs this device's? */
static bool has_device(const struct acpi_xsdt *xsdt, uint32_t tables,
		       const struct bl_mmio *m)
{
	for (uint32_t i = 0; i < tables; i++) {
		const struct acpi_header *h = table(xsdt->entry[i]);

		if (h->signature == ACPI_SIG_SSDT &&
		    has_number(h, m->gpa, 8) &&
		    has_number(h, m->gpa + m->size - 1, 8) &&
		    has_number(h, m->size, 8) && has_number(h, m->gsi, 4))
			return true;
	}
	return false;
}

static void tables_check(const struct acpi_rsdp *rsdp,
			 const struct bl_request *r)
{
	const struct acpi_xsdt *xsdt = (const void *)table(rsdp->xsdt_gpa);
	uint32_t tables = (xsdt->head.length - 36) / 8;
	const struct acpi_fadt *fadt = (const void *)table(xsdt->entry[0]);
	const struct acpi_header *dsdt;

	PROPERTY(plain_sum(rsdp, 20) == 0 && plain_sum(rsdp, 36) == 0);
	PROPERTY(tables == 2 + c.board.mmio_count +
				   (r->ecam_size != 0 ? 2 : 0));
	PROPERTY(fadt->head.signature == ACPI_SIG_FADT);
	PROPERTY(fadt->flags & ACPI_FADT_HW_REDUCED && fadt->facs_gpa == 0);
	dsdt = table(fadt->x_dsdt_gpa);
	PROPERTY(dsdt->signature == ACPI_SIG_DSDT);
	if (c.board.ged_gpa != 0)
		PROPERTY(has_number(dsdt, c.board.ged_gpa, 8));
	for (uint32_t i = 0; i < tables; i++)
		for (uint32_t k = 0; k < i; k++)
			PROPERTY(apart(xsdt->entry[i],
				       table(xsdt->entry[i])->length,
				       xsdt->entry[k],
				       table(xsdt->entry[k])->length));
	for (uint32_t i = 0; i < c.board.mmio_count; i++)
		PROPERTY(has_device(xsdt, tables, &c.mmio[i]));
}

static void block_take(struct input *in)
{
	uint32_t room = hwreduced_room(&c.request);
	uint32_t how = (uint32_t)take(in, 1);

	block.gpa = take(in, 3) << 8 | (how & 0x40 ? take(in, 1) : 0);
	if (how & 0x80)
		block.gpa <<= take(in, 1) & 7; /* up to beyond 4 GiB */
	/* often just what is asked for, or a little less */
	block.capacity = how & 1 ? (uint32_t)take(in, 2) % BLOCK_MAX
				 : room - (how >> 1 & 3) % (room + 1);
	block.bytes = guarded_new(block.capacity);
	block.used = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	uint32_t flags = (uint32_t)take(&in, 2);
	uint8_t *rsdp = guarded_new(sizeof(struct acpi_rsdp));
	struct fault f = {0};
	int err;

	memset(&c, 0, sizeof(c));
	plan_map_take(&c, &in, flags);
	plan_board_take(&c, &in, flags);
	if (flags & PLAN_ECAM) {
		c.request.ecam_gpa = plan_number(&in);
		c.request.ecam_size = plan_number(&in);
	}
	block_take(&in);
	err = hwreduced_build(&c.request, &block, (void *)rsdp, &f);
	PROPERTY(guarded_kept(block.bytes, block.capacity, 0,
			      err == 0 ? block.used : 0));
	PROPERTY(guarded_kept(rsdp, sizeof(struct acpi_rsdp), 0,
			      err == 0 ? sizeof(struct acpi_rsdp) : 0));
	if (err == 0) {
		PROPERTY(block.used <= hwreduced_room(&c.request));
		windows_check(&c.request);
		tables_check((const void *)rsdp, &c.request);
	} else {
		PROPERTY(f.code == err && block.used == 0);
	}
	guarded_free(block.bytes);
	guarded_free(rsdp);
	return 0;
}
