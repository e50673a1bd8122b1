/* SPDX-License-Identifier: BSD-2-Clause */
/* test_mptable.c - the MP table: what is built and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/mptable.h"
#include "core/sum8.h"

#define BLOCK_GPA 0x3c000
#define ROOM      8192

static uint32_t ids[MP_CPU_MAX + 1];
static uint8_t bytes[ROOM];
static struct mp_machine m;
static struct table_block b;
static struct mp_floating floating;
static struct fault f;

static int setup(void **state)
{
	(void)state;
	memset(bytes, 0x5a, sizeof(bytes));
	memset(&f, 0, sizeof(f));
	for (uint32_t i = 0; i <= MP_CPU_MAX; i++)
		ids[i] = i;
	m = (struct mp_machine){
		.apic_id = ids, .cpu_count = 4, .cpu_signature = 0x663,
		.cpu_features = 0x0781abfd, .lapic_gpa = 0xfee00000,
		.ioapic_gpa = 0xfec00000, .lapic_version = 0x14,
		.ioapic_id = 9, .ioapic_version = 0x20, .timer_pin2 = true,
	};
	b = (struct table_block){bytes, BLOCK_GPA, ROOM, 0};
	return 0;
}

static int build(void)
{
	return mptable_build(&m, &b, &floating, &f);
}

/* Entry number n of that type, or NULL; walks the whole table. */
static void *entry(uint8_t type, unsigned int n)
{
	struct mp_config h;
	uint8_t *p = bytes + sizeof(h), *found = NULL;

	memcpy(&h, bytes, sizeof(h));
	for (unsigned int i = 0; i < h.entry_count; i++) {
		if (p[0] == type && n-- == 0)
			found = p;
		p += p[0] == MP_PROCESSOR ? 20 : 8;
	}
	assert_ptr_equal(p, bytes + h.base_length);
	return found;
}

/* INTIN of an ISA interrupt, or -1. */
static int pin_of(uint8_t irq)
{
	struct mp_int *e;

	for (unsigned int i = 0; (e = entry(MP_IO_INT, i)) != NULL; i++)
		if (e->irq == irq) {
			assert_int_equal(e->apic_id, 9);
			return e->pin;
		}
	return -1;
}

static void refused(int err, uint32_t record)
{
	assert_int_equal(build(), err);
	assert_int_equal(f.code, err);
	assert_int_equal(f.record, record);
}

static void test_pointer_and_header(void **state)
{
	struct mp_config h;

	(void)state;
	assert_int_equal(build(), 0);
	assert_memory_equal(&floating, "_MP_", 4);
	assert_int_equal(floating.config_gpa, BLOCK_GPA);
	assert_int_equal(floating.length, 1);
	assert_int_equal(sum8(&floating, sizeof(floating)), 0);
	memcpy(&h, bytes, sizeof(h));
	assert_memory_equal(bytes, "PCMP", 4);
	assert_int_equal(h.base_length, b.used);
	assert_int_equal(h.entry_count, 4 + 1 + 1 + 15 + 2);
	assert_int_equal(h.lapic_gpa, 0xfee00000);
	assert_int_equal(sum8(bytes, b.used), 0);
	assert_int_equal(bytes[b.used], 0x5a);
}

static void test_cpus(void **state)
{
	struct mp_processor *e;

	(void)state;
	ids[3] = 6;
	assert_int_equal(build(), 0);
	e = entry(MP_PROCESSOR, 0);
	assert_non_null(e);
	assert_int_equal(e->flags, MP_CPU_ENABLED | MP_CPU_BOOT);
	assert_int_equal(e->signature, 0x663);
	assert_int_equal(e->features, 0x0781abfd);
	e = entry(MP_PROCESSOR, 3);
	assert_non_null(e);
	assert_int_equal(e->apic_id, 6);
	assert_int_equal(e->apic_version, 0x14);
	assert_int_equal(e->flags, MP_CPU_ENABLED);
	assert_null(entry(MP_PROCESSOR, 4));
}

static void test_bus_and_ioapic(void **state)
{
	struct mp_ioapic *io;
	struct mp_bus *bus;

	(void)state;
	assert_int_equal(build(), 0);
	bus = entry(MP_BUS, 0);
	assert_non_null(bus);
	assert_memory_equal(bus->name, "ISA   ", 6);
	io = entry(MP_IOAPIC, 0);
	assert_non_null(io);
	assert_int_equal(io->id, 9);
	assert_int_equal(io->version, 0x20);
	assert_int_equal(io->gpa, 0xfec00000);
	assert_int_equal(io->flags, MP_IOAPIC_ENABLED);
}

static void test_interrupts(void **state)
{
	struct mp_int *e;

	(void)state;
	assert_int_equal(build(), 0);
	assert_int_equal(pin_of(0), 2);
	assert_int_equal(pin_of(2), -1);
	assert_int_equal(pin_of(4), 4);
	assert_int_equal(pin_of(15), 15);
	e = entry(MP_LOCAL_INT, 0);
	assert_non_null(e);
	assert_int_equal(e->kind, MP_INT_EXTINT);
	assert_int_equal(e->pin, 0);
	e = entry(MP_LOCAL_INT, 1);
	assert_non_null(e);
	assert_int_equal(e->kind, MP_INT_NMI);
	assert_int_equal(e->apic_id, MP_ALL_LAPICS);
	assert_int_equal(e->pin, 1);
}

static void test_identity(void **state)
{
	(void)state;
	m.timer_pin2 = false;
	assert_int_equal(build(), 0);
	for (uint8_t irq = 0; irq < 16; irq++)
		assert_int_equal(pin_of(irq), irq);
}

static void test_wide_ids_left_out(void **state)
{
	(void)state;
	m.cpu_count = MP_CPU_MAX;
	assert_int_equal(build(), 0);
	assert_non_null(entry(MP_PROCESSOR, 254));
	assert_null(entry(MP_PROCESSOR, 255));
}

static void test_no_fault_wanted(void **state)
{
	(void)state;
	m.cpu_count = 0;
	assert_int_equal(mptable_build(&m, &b, &floating, NULL), ERR_ABSENT);
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
	m.cpu_count = MP_CPU_MAX + 1;
	refused(ERR_TOO_MANY, 0);
	m.cpu_count = 0xffffffff;
	refused(ERR_TOO_MANY, 0);
}

static void test_boot_cpu_has_no_entry(void **state)
{
	(void)state;
	ids[0] = 255;
	refused(ERR_RANGE, 0);
}

static void test_crooked_address(void **state)
{
	(void)state;
	b.gpa = BLOCK_GPA + 4;
	refused(ERR_ALIGN, 0);
}

static void test_block_wraps(void **state)
{
	(void)state;
	b.gpa = 0xfffffff0;
	refused(ERR_WRAP, 0);
	b.gpa = GIB(4);
	refused(ERR_WRAP, 0);
	b.gpa = UINT64_MAX - 15;
	refused(ERR_WRAP, 0);
}

static void test_no_room(void **state)
{
	uint32_t need = mptable_room(4);

	(void)state;
	for (b.capacity = 0; b.capacity < need; b.capacity++) {
		refused(ERR_NO_ROOM, 0);
		assert_int_equal(f.value, need);
		assert_int_equal(f.limit, b.capacity);
	}
	for (uint32_t i = 0; i < ROOM; i++)
		assert_int_equal(bytes[i], 0x5a);
	assert_int_equal(build(), 0);
	assert_true(b.used <= need);
}

/* Behind other tables it starts at the next boundary and leaves them alone. */
static void test_behind_others(void **state)
{
	(void)state;
	b.used = 33;
	b.capacity = 33 + mptable_room(4);
	assert_int_equal(build(), 0);
	assert_int_equal(floating.config_gpa, BLOCK_GPA + 48);
	assert_memory_equal(bytes + 48, "PCMP", 4);
	for (uint32_t i = 0; i < 33; i++)
		assert_int_equal(bytes[i], 0x5a);
	b.used = 34;
	refused(ERR_NO_ROOM, 0);
}

#define CASE(fn) cmocka_unit_test_setup(fn, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_pointer_and_header),
		CASE(test_cpus),
		CASE(test_bus_and_ioapic),
		CASE(test_interrupts),
		CASE(test_identity),
		CASE(test_wide_ids_left_out),
		CASE(test_no_fault_wanted),
		CASE(test_no_cpu),
		CASE(test_too_many_cpus),
		CASE(test_boot_cpu_has_no_entry),
		CASE(test_crooked_address),
		CASE(test_block_wraps),
		CASE(test_no_room),
		CASE(test_behind_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
