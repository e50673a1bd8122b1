/* SPDX-License-Identifier: BSD-2-Clause */
/* test_acpi_tables.c - the ACPI set of our own: what is built and refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/acpi_tables.h"
#include "core/sum8.h"

#define BLOCK_GPA 0x3c040
#define ROOM      8192

static uint32_t ids[ACPI_CPU_MAX + 1];
static uint8_t bytes[ROOM];
static uint8_t dsdt[ACPI_DSDT_MAX + 1];
static struct acpi_machine m;
static struct table_block b;
static struct acpi_rsdp rsdp;
static struct fault f;

static void dsdt_close(uint32_t size)
{
	struct acpi_header *h = (struct acpi_header *)(void *)dsdt;

	h->signature = ACPI_SIG_DSDT;
	h->length = size;
	h->checksum = 0;
	h->checksum = (uint8_t)-sum8(dsdt, size);
	m.dsdt_size = size;
}

static int setup(void **state)
{
	(void)state;
	memset(bytes, 0x5a, sizeof(bytes));
	memset(dsdt, 0, sizeof(dsdt));
	memset(&f, 0, sizeof(f));
	for (uint32_t i = 0; i <= ACPI_CPU_MAX; i++)
		ids[i] = i;
	m = (struct acpi_machine){
		.apic_id = ids, .cpu_count = 4, .lapic_gpa = 0xfee00000,
		.ioapic_gpa = 0xfec00000, .ioapic_id = 3, .timer_gsi = 2,
		.sci_irq = 13, .pic = true, .boot_arch = ACPI_BOOT_NO_VGA,
		.dsdt = dsdt,
	};
	b = (struct table_block){bytes, BLOCK_GPA, ROOM, 0};
	dsdt[40] = 0x5b;
	dsdt_close(60);
	return 0;
}

static int build(void)
{
	return acpi_tables_build(&m, &b, &rsdp, &f);
}

static void *at(uint64_t gpa)
{
	assert_in_range(gpa, b.gpa, b.gpa + b.used - 1);
	return bytes + (gpa - b.gpa);
}

/* The table at gpa, its header checked. */
static void *table_at(uint64_t gpa, uint32_t signature)
{
	struct acpi_header *h = at(gpa);

	assert_int_equal(gpa % 16, 0);
	assert_int_equal(h->signature, signature);
	assert_true(h->length <= b.used - (gpa - b.gpa));
	assert_int_equal(sum8(h, h->length), 0);
	return h;
}

static uint64_t xsdt_entry(unsigned int i)
{
	uint8_t *xsdt = table_at(rsdp.xsdt_gpa, ACPI_SIG_XSDT);
	uint64_t gpa;

	memcpy(&gpa, xsdt + sizeof(struct acpi_header) + 8 * i, sizeof(gpa));
	return gpa;
}

static struct acpi_fadt *fadt_of(void)
{
	return table_at(xsdt_entry(0), ACPI_SIG_FADT);
}

static struct acpi_madt *madt_of(void)
{
	return table_at(xsdt_entry(1), ACPI_SIG_MADT);
}

/* Entry number n of that type, or NULL. */
static void *madt_entry(uint8_t type, unsigned int n)
{
	struct acpi_madt *madt = madt_of();
	uint8_t *p = (uint8_t *)madt + sizeof(*madt);
	uint8_t *end = (uint8_t *)madt + madt->head.length;

	for (; p < end; p += p[1]) {
		assert_true(p[1] >= 2 && p[1] <= end - p);
		if (p[0] == type && n-- == 0)
			return p;
	}
	return NULL;
}

static void refused(int err, uint32_t record)
{
	assert_int_equal(build(), err);
	assert_int_equal(f.code, err);
	assert_int_equal(f.record, record);
}

static void test_rsdp(void **state)
{
	(void)state;
	assert_int_equal(build(), 0);
	assert_memory_equal(rsdp.signature, "RSD PTR ", 8);
	assert_int_equal(rsdp.revision, 2);
	assert_int_equal(sum8(&rsdp, ACPI_RSDP_V1_SIZE), 0);
	assert_int_equal(sum8(&rsdp, sizeof(rsdp)), 0);
	table_at(rsdp.xsdt_gpa, ACPI_SIG_XSDT);
}

static void test_fadt(void **state)
{
	struct acpi_fadt *fadt;
	struct acpi_facs *facs;

	(void)state;
	assert_int_equal(build(), 0);
	fadt = fadt_of();
	assert_int_equal(fadt->head.length, sizeof(*fadt));
	assert_int_equal(fadt->sci_irq, 13);
	assert_int_equal(fadt->boot_arch, ACPI_BOOT_NO_VGA);
	assert_int_equal(fadt->smi_command, 0);
	assert_int_equal(fadt->x_dsdt_gpa, fadt->dsdt_gpa);
	assert_int_equal(fadt->x_pm1a_event.space, ACPI_SPACE_MEMORY);
	at(fadt->x_pm1a_event.address);
	assert_int_equal(fadt->x_pm1a_control.address,
			 fadt->x_pm1a_event.address + 4);
	assert_int_equal(fadt->facs_gpa % 64, 0);
	facs = at(fadt->facs_gpa);
	assert_int_equal(facs->signature, ACPI_SIG_FACS);
	assert_int_equal(facs->length, 64);
}

static void test_dsdt_is_a_copy(void **state)
{
	(void)state;
	assert_int_equal(build(), 0);
	assert_memory_equal(table_at(fadt_of()->x_dsdt_gpa, ACPI_SIG_DSDT),
			    dsdt, 60);
}

/* A DSDT whose checksum iasl has not set gets one. */
static void test_dsdt_is_summed(void **state)
{
	(void)state;
	dsdt[50] ^= 1;
	assert_int_equal(build(), 0);
	table_at(fadt_of()->x_dsdt_gpa, ACPI_SIG_DSDT);
}

static void test_madt(void **state)
{
	struct acpi_madt_lapic *cpu;
	struct acpi_madt_ioapic *io;
	struct acpi_madt_override *o;

	(void)state;
	ids[3] = 6;
	assert_int_equal(build(), 0);
	assert_int_equal(madt_of()->lapic_gpa, 0xfee00000);
	assert_int_equal(madt_of()->flags, ACPI_MADT_PCAT);
	cpu = madt_entry(ACPI_MADT_LAPIC, 3);
	assert_non_null(cpu);
	assert_int_equal(cpu->uid, 3);
	assert_int_equal(cpu->apic_id, 6);
	assert_int_equal(cpu->flags, ACPI_MADT_ENABLED);
	assert_null(madt_entry(ACPI_MADT_LAPIC, 4));
	io = madt_entry(ACPI_MADT_IOAPIC, 0);
	assert_non_null(io);
	assert_int_equal(io->id, 3);
	assert_int_equal(io->gpa, 0xfec00000);
	o = madt_entry(ACPI_MADT_OVERRIDE, 0);
	assert_non_null(o);
	assert_int_equal(o->source, 0);
	assert_int_equal(o->gsi, 2);
	assert_non_null(madt_entry(ACPI_MADT_LAPIC_NMI, 0));
	assert_null(madt_entry(ACPI_MADT_X2APIC, 0));
	assert_null(madt_entry(ACPI_MADT_X2APIC_NMI, 0));
}

static void test_no_pic_no_override(void **state)
{
	(void)state;
	m.pic = false;
	m.timer_gsi = 0;
	assert_int_equal(build(), 0);
	assert_int_equal(madt_of()->flags, 0);
	assert_null(madt_entry(ACPI_MADT_OVERRIDE, 0));
}

static void test_x2apic_from_255(void **state)
{
	struct acpi_madt_x2apic *cpu;

	(void)state;
	m.cpu_count = ACPI_CPU_MAX;
	assert_int_equal(build(), 0);
	assert_non_null(madt_entry(ACPI_MADT_LAPIC, 254));
	assert_null(madt_entry(ACPI_MADT_LAPIC, 255));
	cpu = madt_entry(ACPI_MADT_X2APIC, 0);
	assert_non_null(cpu);
	assert_int_equal(cpu->apic_id, 255);
	assert_int_equal(cpu->uid, 255);
	assert_non_null(madt_entry(ACPI_MADT_X2APIC, ACPI_CPU_MAX - 256));
	assert_non_null(madt_entry(ACPI_MADT_X2APIC_NMI, 0));
}

static void test_exact_room_below_4g(void **state)
{
	(void)state;
	m.cpu_count = ACPI_CPU_MAX;
	b.capacity = acpi_tables_room(m.cpu_count, m.dsdt_size);
	assert_int_equal(build(), 0);
	assert_true(b.used <= b.capacity);
	for (uint32_t i = b.used; i < ROOM; i++)
		assert_int_equal(bytes[i], 0x5a);
	b = (struct table_block){bytes, 0xffffe000, ROOM, 0};
	assert_int_equal(build(), 0);
	fadt_of();
}

/* What is asked for is enough whatever the count and the DSDT's size. */
static void test_room_is_enough(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= ACPI_CPU_MAX; n += 7)
		for (uint32_t size = 36; size < 36 + 17; size++) {
			m.cpu_count = n;
			dsdt_close(size);
			b.used = 0;
			b.capacity = acpi_tables_room(n, size);
			assert_int_equal(build(), 0);
			assert_true(b.used <= b.capacity);
		}
}

static void untouched(void)
{
	for (uint32_t i = 0; i < ROOM; i++)
		assert_int_equal(bytes[i], 0x5a);
}

static void test_no_room(void **state)
{
	uint32_t need;

	(void)state;
	m.cpu_count = ACPI_CPU_MAX;
	need = acpi_tables_room(m.cpu_count, m.dsdt_size);
	for (b.capacity = 0; b.capacity < need; b.capacity++) {
		refused(ERR_NO_ROOM, 0);
		assert_int_equal(f.value, need);
		assert_int_equal(f.limit, b.capacity);
	}
	untouched();
}

static void test_crooked_address(void **state)
{
	(void)state;
	b.gpa = BLOCK_GPA + 16;
	refused(ERR_ALIGN, 0);
	untouched();
}

static void test_no_fault_wanted(void **state)
{
	(void)state;
	m.cpu_count = 0;
	assert_int_equal(acpi_tables_build(&m, &b, &rsdp, NULL), ERR_ABSENT);
}

static void test_no_cpu(void **state)
{
	(void)state;
	m.cpu_count = 0;
	refused(ERR_ABSENT, 0);
}

static void test_too_many_cpus(void **state)
{
	(void)state;
	m.cpu_count = ACPI_CPU_MAX + 1;
	refused(ERR_TOO_MANY, 0);
	m.cpu_count = 0xffffffff;
	refused(ERR_TOO_MANY, 0);
}

static void test_block_wraps(void **state)
{
	(void)state;
	b.gpa = 0xffffffc0;
	refused(ERR_WRAP, 0);
	b.gpa = UINT64_MAX - 63;
	refused(ERR_WRAP, 0);
	b.gpa = GIB(4);
	refused(ERR_WRAP, 0);
}

static void test_short_dsdt(void **state)
{
	(void)state;
	m.dsdt_size = 0;
	refused(ERR_SIZE, 0);
	m.dsdt_size = sizeof(struct acpi_header) - 1;
	refused(ERR_SIZE, 0);
	untouched();
}

static void test_long_dsdt(void **state)
{
	(void)state;
	m.dsdt_size = ACPI_DSDT_MAX + 1;
	refused(ERR_SIZE, 0);
	m.dsdt_size = UINT32_MAX;
	refused(ERR_SIZE, 0);
}

#define CASE(fn) cmocka_unit_test_setup(fn, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_rsdp),
		CASE(test_fadt),
		CASE(test_dsdt_is_a_copy),
		CASE(test_dsdt_is_summed),
		CASE(test_madt),
		CASE(test_no_pic_no_override),
		CASE(test_x2apic_from_255),
		CASE(test_exact_room_below_4g),
		CASE(test_room_is_enough),
		CASE(test_no_room),
		CASE(test_crooked_address),
		CASE(test_no_fault_wanted),
		CASE(test_no_cpu),
		CASE(test_too_many_cpus),
		CASE(test_block_wraps),
		CASE(test_short_dsdt),
		CASE(test_long_dsdt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
