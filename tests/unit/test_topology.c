/* SPDX-License-Identifier: BSD-2-Clause */
/* test_topology.c - APIC ids from CPUID's topology leaf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/topology.h"

static void ids_are(const struct topology *t, const uint32_t *want,
		    uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(topology_apic_id(t, i), want[i]);
}

static void test_powers_of_two(void **state)
{
	static const uint32_t want[] = {0, 1, 2, 3, 4, 5, 6, 7};
	struct topology t = topology_of(1, 2, 2, 4);

	(void)state;
	ids_are(&t, want, 8);
}

/* -smp 6,sockets=2,cores=3: a package's ids leave one out. */
static void test_three_cores(void **state)
{
	static const uint32_t want[] = {0, 1, 2, 4, 5, 6};
	struct topology t = topology_of(0, 1, 2, 3);

	(void)state;
	ids_are(&t, want, 6);
}

/* -smp 12,sockets=2,cores=3,threads=2 */
static void test_three_cores_two_threads(void **state)
{
	static const uint32_t want[] = {0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13};
	struct topology t = topology_of(1, 2, 3, 6);

	(void)state;
	ids_are(&t, want, 12);
}

/* The upper bits of EAX and EBX are reserved. */
static void test_reserved_bits(void **state)
{
	static const uint32_t want[] = {0, 1, 2, 4};
	struct topology t =
		topology_of(0xffffff00, 0xffff0001, 0xffffff02, 0xffff0003);

	(void)state;
	ids_are(&t, want, 4);
}

static void in_order(uint32_t eax0, uint32_t ebx0, uint32_t eax1, uint32_t ebx1)
{
	static const uint32_t want[] = {0, 1, 2, 3, 4, 5};
	struct topology t = topology_of(eax0, ebx0, eax1, ebx1);

	ids_are(&t, want, 6);
}

static void test_nonsense_counts_in_order(void **state)
{
	(void)state;
	in_order(0, 0, 0, 0);             /* the leaf says nothing */
	in_order(0, 1, 0, 0);             /* no processors in a package */
	in_order(1, 2, 2, 1);             /* fewer in a package than a core */
	in_order(1, 2, 2, 3);             /* half a core */
	in_order(2, 1, 1, 2);             /* the package inside the core */
	in_order(0, 2, 2, 4);             /* two threads in no bits */
	in_order(0, 1, 1, 3);             /* three cores in one bit */
	in_order(31, 0xffff, 0, 0xffff);
	in_order(0, 1, 31, 1);            /* packages above bit 31 */
	in_order(0, 1, 24, 1);
}

/* The highest of all ids still fits. */
static void test_widest_packages(void **state)
{
	struct topology t = topology_of(0, 1, 23, 1);

	(void)state;
	assert_int_equal(topology_apic_id(&t, 1), 0x00800000);
	assert_int_equal(topology_apic_id(&t, TOPOLOGY_CPU_MAX - 1),
			 0xff800000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_powers_of_two),
		cmocka_unit_test(test_three_cores),
		cmocka_unit_test(test_three_cores_two_threads),
		cmocka_unit_test(test_reserved_bits),
		cmocka_unit_test(test_nonsense_counts_in_order),
		cmocka_unit_test(test_widest_packages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
