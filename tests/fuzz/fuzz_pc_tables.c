/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_pc_tables.c - any processors, addresses and DSDT as ACPI set and MP
 * table in one block: all of it is inside the block, every sum is 0, every
 * processor is told once, and a refusal writes nothing.
 *
 * Input: the topology, the block, the machine, then the DSDT. */
#include "tests/fuzz/fuzz.h"

#include "core/acpi_tables.h"
#include "core/mptable.h"
#include "core/topology.h"

#define BLOCK_MAX 0x6000
#define IDS       300

static struct table_block block;
static uint32_t apic_id[IDS], cpu_count;

/* A piece of the block: it must lie in what is used. */
static const uint8_t *piece(uint64_t gpa, uint64_t size)
{
	PROPERTY(range_fits(gpa - block.gpa, size, block.used));
	return block.bytes + (gpa - block.gpa);
}

static const struct acpi_header *table(uint64_t gpa, uint32_t signature)
{
	const struct acpi_header *h = (const void *)piece(gpa, sizeof(*h));

	PROPERTY(h->signature == signature && gpa % 4 == 0);
	piece(gpa, h->length);
	PROPERTY(plain_sum(h, h->length) == 0);
	return h;
}

/* Processor entries stand in the order of the processors. */
static void madt_check(const struct acpi_madt *madt)
{
	const uint8_t *at = (const uint8_t *)(madt + 1);
	const uint8_t *end = (const uint8_t *)madt + madt->head.length;
	uint32_t next = 0, ioapics = 0;

	while (at < end) {
		const struct acpi_madt_lapic *lapic = (const void *)at;
		const struct acpi_madt_x2apic *x2apic = (const void *)at;

		PROPERTY(end - at >= 2 && at[1] >= 2 && at[1] <= end - at);
		if (at[0] == ACPI_MADT_LAPIC) {
			PROPERTY(lapic->apic_id == apic_id[next] &&
				 lapic->uid == next && lapic->flags == 1);
			PROPERTY(lapic->apic_id < 255 && next < 255);
			next++;
		} else if (at[0] == ACPI_MADT_X2APIC) {
			PROPERTY(x2apic->apic_id == apic_id[next] &&
				 x2apic->uid == next && x2apic->flags == 1);
			PROPERTY(next >= 255 || apic_id[next] >= 255);
			next++;
		} else if (at[0] == ACPI_MADT_IOAPIC) {
			ioapics++;
		}
		at += at[1];
	}
	PROPERTY(at == end && next == cpu_count && ioapics == 1);
}

static void fadt_check(const struct acpi_fadt *fadt,
		       const struct acpi_machine *m)
{
	const struct acpi_header *dsdt;
	const struct acpi_facs *facs =
		(const void *)piece(fadt->facs_gpa, sizeof(*facs));

	PROPERTY(fadt->facs_gpa % 64 == 0 && facs->length == sizeof(*facs) &&
		 facs->signature == ACPI_SIG_FACS);
	PROPERTY(fadt->dsdt_gpa == fadt->x_dsdt_gpa);
	dsdt = (const void *)piece(fadt->dsdt_gpa, m->dsdt_size);
	PROPERTY(dsdt->length == m->dsdt_size);
	PROPERTY(plain_sum(dsdt, dsdt->length) == 0);
	PROPERTY(memcmp(dsdt + 1, m->dsdt + sizeof(*dsdt),
			m->dsdt_size - sizeof(*dsdt)) == 0);
	piece(fadt->x_pm1a_event.address, 4);
	piece(fadt->x_pm1a_control.address, 2);
}

static void acpi_check(const struct acpi_rsdp *rsdp,
		       const struct acpi_machine *m)
{
	const struct acpi_xsdt2 *xsdt;

	PROPERTY(memcmp(rsdp->signature, ACPI_RSDP_SIGNATURE, 8) == 0);
	PROPERTY(rsdp->revision == 2 && rsdp->length == sizeof(*rsdp));
	PROPERTY(plain_sum(rsdp, 20) == 0 && plain_sum(rsdp, 36) == 0);
	xsdt = (const void *)table(rsdp->xsdt_gpa, ACPI_SIG_XSDT);
	PROPERTY(xsdt->head.length == sizeof(*xsdt));
	fadt_check((const void *)table(xsdt->entry[0], ACPI_SIG_FADT), m);
	madt_check((const void *)table(xsdt->entry[1], ACPI_SIG_MADT));
}

static void mp_entries_check(const struct mp_config *config)
{
	const uint8_t *at = (const uint8_t *)(config + 1);
	const uint8_t *end = (const uint8_t *)config + config->base_length;
	uint32_t entries = 0, next = 0;

	for (; at < end; entries++) {
		PROPERTY(at[0] <= MP_LOCAL_INT);
		if (at[0] == MP_PROCESSOR) {
			while (apic_id[next] >= MP_APIC_ID_END)
				next++;
			PROPERTY(next < cpu_count && at[1] == apic_id[next]);
			PROPERTY(at[3] == (next == 0 ? 3 : 1));
			next++;
		}
		at += at[0] == MP_PROCESSOR ? 20 : 8;
	}
	while (next < cpu_count && apic_id[next] >= MP_APIC_ID_END)
		next++;
	PROPERTY(at == end && entries == config->entry_count);
	PROPERTY(next == cpu_count);
}

/* before: bytes of the block that others have used. */
static void mp_check(const struct mp_floating *f, uint32_t before)
{
	const struct mp_config *config =
		(const void *)piece(f->config_gpa, sizeof(*config));

	PROPERTY(f->signature == MP_SIG_FLOATING && f->length == 1);
	PROPERTY(plain_sum(f, sizeof(*f)) == 0);
	PROPERTY(f->config_gpa >= block.gpa + before);
	PROPERTY(f->config_gpa % MP_BLOCK_ALIGN == 0);
	PROPERTY(config->signature == MP_SIG_CONFIG);
	piece(f->config_gpa, config->base_length);
	PROPERTY(plain_sum(config, config->base_length) == 0);
	mp_entries_check(config);
}

static void mp_run(struct input *in)
{
	const struct mp_machine m = {
		.apic_id = apic_id, .cpu_count = cpu_count,
		.cpu_signature = (uint32_t)take(in, 2),
		.lapic_gpa = (uint32_t)take(in, 2),
		.lapic_version = (uint8_t)take(in, 1),
		.ioapic_id = (uint8_t)take(in, 1),
		.timer_pin2 = take(in, 1) & 1,
	};
	uint8_t *floating = guarded_new(sizeof(struct mp_floating));
	uint8_t *copy = exact_copy(block.bytes, block.capacity);
	uint32_t before = block.used;
	struct fault f = {0};
	int err = mptable_build(&m, &block, (void *)floating, &f);

	PROPERTY(memcmp(copy, block.bytes, before) == 0);
	if (err == 0) {
		PROPERTY(block.used - before <= mptable_room(cpu_count));
		mp_check((const void *)floating, before);
	} else {
		PROPERTY(f.code == err && block.used == before);
		PROPERTY(memcmp(copy, block.bytes, block.capacity) == 0);
		PROPERTY(guarded_kept(floating, sizeof(struct mp_floating), 0,
				      0));
	}
	free(copy);
	guarded_free(floating);
}

static void acpi_run(struct input *in)
{
	struct acpi_machine m = {
		.apic_id = apic_id, .cpu_count = cpu_count,
		.lapic_gpa = (uint32_t)take(in, 2),
		.ioapic_gpa = (uint32_t)take(in, 2),
		.gsi_base = (uint32_t)take(in, 1),
		.ioapic_id = (uint8_t)take(in, 1),
		.timer_gsi = (uint8_t)take(in, 1),
		.sci_irq = (uint8_t)take(in, 1),
		.pic = take(in, 1) & 1,
		.boot_arch = (uint16_t)take(in, 2),
	};
	uint32_t more = (uint32_t)take(in, 2) & 0x7fff;
	uint8_t *rsdp = guarded_new(sizeof(struct acpi_rsdp));
	uint8_t *dsdt = calloc(1, in->left + more + 1);
	struct fault f = {0};
	int err;

	memcpy(dsdt, in->at, in->left);
	m.dsdt = dsdt;
	m.dsdt_size = (uint32_t)(in->left + more);
	err = acpi_tables_build(&m, &block, (void *)rsdp, &f);
	if (err == 0) {
		PROPERTY(block.used <=
			 acpi_tables_room(cpu_count, m.dsdt_size));
		acpi_check((const void *)rsdp, &m);
	} else {
		PROPERTY(f.code == err && block.used == 0);
		PROPERTY(guarded_kept(rsdp, sizeof(struct acpi_rsdp), 0, 0));
	}
	free(dsdt);
	guarded_free(rsdp);
}

/* Ids rise, so no two are alike. */
static void ids_take(struct input *in)
{
	uint32_t n[4], base;
	struct topology t;

	for (uint32_t i = 0; i < 4; i++)
		n[i] = (uint32_t)take(in, 2);
	t = topology_of(n[0], n[1], n[2], n[3]);
	PROPERTY(t.threads != 0 && t.per_package != 0 &&
		 t.per_package % t.threads == 0);
	cpu_count = (uint32_t)take(in, 2) % IDS;
	base = (uint32_t)take(in, 1);
	for (uint32_t i = 0; i < IDS; i++) {
		apic_id[i] = topology_apic_id(&t, i);
		PROPERTY(i == 0 || apic_id[i] > apic_id[i - 1]);
	}
	/* so that an id of 255 is not always that of number 255 */
	for (uint32_t i = 0; i < IDS; i++)
		apic_id[i] += base;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	uint32_t skip;

	ids_take(&in);
	block.gpa = take(&in, 3) << 8 | take(&in, 1);
	block.gpa <<= take(&in, 1) & 7; /* up to beyond 4 GiB */
	block.capacity = (uint32_t)take(&in, 2) % BLOCK_MAX;
	block.bytes = guarded_new(block.capacity);
	block.used = 0;
	skip = (uint32_t)take(&in, 1);
	if (skip & 1) { /* the MP table alone, behind something */
		block.used = skip < block.capacity ? skip : 0;
		mp_run(&in);
	} else {
		struct input again = in;

		acpi_run(&in);
		mp_run(&again);
	}
	PROPERTY(block.used <= block.capacity);
	PROPERTY(guarded_kept(block.bytes, block.capacity, 0, block.used));
	guarded_free(block.bytes);
	return 0;
}
