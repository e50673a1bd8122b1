/* SPDX-License-Identifier: BSD-2-Clause */
/* test_hwreduced_refuse.c - boards that cannot be. */
#include "tests/unit/hwreduced.h"

#include "core/abi/pc.h"

static void refused(int err, uint32_t record)
{
	assert_int_equal(hwreduced_build(&request, &b, &rsdp, &f), err);
	assert_int_equal(f.code, err);
	assert_int_equal(f.record, record);
	assert_int_equal(b.used, 0);
	for (uint32_t i = 0; i < ROOM; i++)
		assert_int_equal(bytes[i], FILL);
}

static void test_refuse_counts(void **state)
{
	(void)state;
	board.cpu_count = BL_CPUS_MAX + 1;
	assert_int_equal(hwreduced_room(&request), 0);
	refused(ERR_TOO_MANY, 0);
	board.cpu_count = UINT32_MAX;
	refused(ERR_TOO_MANY, 0);
	board.cpu_count = 0;
	refused(ERR_ABSENT, 0);
	board.cpu_count = 1;
	board.mmio_count = BL_MMIO_MAX + 1;
	assert_int_equal(hwreduced_room(&request), 0);
	refused(ERR_TOO_MANY, 0);
	board.mmio_count = UINT32_MAX;
	refused(ERR_TOO_MANY, 0);
}

static void test_refuse_absent(void **state)
{
	(void)state;
	board.mmio = NULL;
	refused(ERR_ABSENT, 0);
	board.mmio_count = 0;
	built();
	setup(NULL);
	board.apic_id = NULL;
	refused(ERR_ABSENT, 0);
	request.board = NULL;
	assert_int_equal(hwreduced_room(&request), 0);
	refused(ERR_ABSENT, 0);
	assert_int_equal(hwreduced_build(&request, &b, &rsdp, NULL),
			 ERR_ABSENT);
}

static void test_refuse_apic_ids(void **state)
{
	(void)state;
	board.cpu_count = 4;
	ids[3] = 1;
	refused(ERR_DUPLICATE, 3);
	assert_int_equal(f.value, 1);
	ids[3] = UINT32_MAX;
	refused(ERR_UNSUPPORTED, 3);
}

static void test_refuse_interrupts(void **state)
{
	(void)state;
	board.mmio_count = 3;
	devices[2].gsi = BOARD_GSI_END;
	refused(ERR_UNSUPPORTED, 2);
	devices[2].gsi = board.ged_gsi;
	refused(ERR_DUPLICATE, 2);
	devices[2].gsi = board.com1_gsi;
	refused(ERR_DUPLICATE, 2);
	devices[2].gsi = BOARD_GSI_END - 1;
	board.com1_gsi = board.ged_gsi;
	refused(ERR_DUPLICATE, 4);
	board.com1_gsi = BOARD_GSI_END;
	refused(ERR_UNSUPPORTED, 4);
	board.com1_gsi = 4;
	board.ged_gsi = BOARD_GSI_END;
	refused(ERR_UNSUPPORTED, 3);
	board.ged_gpa = 0;
	devices[1].gsi = devices[2].gsi;
	built();
}

static void test_refuse_device_windows(void **state)
{
	(void)state;
	board.mmio_count = 2;
	devices[1].size = BOARD_MMIO_MIN - 1;
	refused(ERR_SIZE, 1);
	devices[1].size = MMIO_SIZE;
	devices[1].gpa = UINT64_MAX - 10;
	refused(ERR_WRAP, 1);
	devices[1].gpa = devices[0].gpa + MMIO_SIZE - 1;
	refused(ERR_OVERLAP, 1);
	devices[1].gpa = devices[0].gpa - MMIO_SIZE + 1;
	refused(ERR_OVERLAP, 1);
	devices[1].gpa = 0x100000 - 1;
	refused(ERR_OVERLAP, 1);
	devices[1].gpa = GIB(4) + 12;
	refused(ERR_OVERLAP, 1);
	devices[1].gpa = IOAPIC_GPA;
	refused(ERR_OVERLAP, 2);
	devices[1].gpa = LAPIC_GPA + 0xf00;
	refused(ERR_OVERLAP, 3);
	devices[1].gpa = devices[0].gpa - MMIO_SIZE;
	built();
}

static void test_refuse_registers(void **state)
{
	(void)state;
	board.ged_gpa = 1;
	refused(ERR_OVERLAP, 3);
	board.ged_gpa = MMIO_GPA;
	refused(ERR_OVERLAP, 3);
	board.ged_gpa = 0;
	board.sleep_control_gpa = 0x100000;
	refused(ERR_OVERLAP, 4);
	board.sleep_control_gpa = UINT64_MAX;
	refused(ERR_WRAP, 4);
	board.sleep_control_gpa = 0;
	board.reset_gpa = GIB(5) - 1;
	refused(ERR_OVERLAP, 5);
	board.reset_gpa = GIB(5);
	built();
}

static void test_refuse_ecam(void **state)
{
	(void)state;
	with_pci();
	request.ecam_size = MIB(1) + 4096;
	refused(ERR_SIZE, 3);
	request.ecam_size = MIB(257);
	refused(ERR_SIZE, 3);
	request.ecam_size = UINT64_MAX;
	refused(ERR_SIZE, 3);
	request.ecam_size = MIB(16);
	request.ecam_gpa += 4096;
	refused(ERR_ALIGN, 3);
	request.ecam_gpa = UINT64_MAX - MIB(16) + 1;
	refused(ERR_WRAP, 3);
	request.ecam_gpa = MMIO_GPA - MIB(1);
	refused(ERR_OVERLAP, 3);
	request.ecam_gpa = MIB(32);
	refused(ERR_OVERLAP, 3);
}

static void test_refuse_pci_window(void **state)
{
	(void)state;
	with_pci();
	board.pci_window_size = 0;
	refused(ERR_ABSENT, 4);
	board.pci_window_size = UINT64_MAX;
	refused(ERR_WRAP, 4);
	board.pci_window_size = GIB(4) - 0xe0000000 + 1;
	refused(ERR_WRAP, 4);
	board.pci_window_size = GIB(4) - 0xe0000000;
	refused(ERR_OVERLAP, 4);
	board.pci_window_gpa = 0;
	board.pci_window_size = 0x1000;
	refused(ERR_OVERLAP, 4);
	board.pci_window_gpa = GIB(4);
	refused(ERR_WRAP, 4);
	board.pci_window_gpa = request.ecam_gpa + MIB(1);
	refused(ERR_OVERLAP, 4);
}

static void test_refuse_block(void **state)
{
	uint32_t need;

	(void)state;
	b.gpa = BLOCK_GPA + 8;
	refused(ERR_ALIGN, 0);
	b.gpa = GIB(4);
	refused(ERR_WRAP, 0);
	b.gpa = UINT64_MAX - 15;
	refused(ERR_WRAP, 0);
	b.gpa = BLOCK_GPA;
	need = hwreduced_room(&request);
	for (b.capacity = 0; b.capacity < need; b.capacity += 97)
		refused(ERR_NO_ROOM, 0);
	b.capacity = need - 1;
	refused(ERR_NO_ROOM, 0);
	assert_int_equal(f.value, need);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_SETUP(test_refuse_counts, setup),
		CASE_SETUP(test_refuse_absent, setup),
		CASE_SETUP(test_refuse_apic_ids, setup),
		CASE_SETUP(test_refuse_interrupts, setup),
		CASE_SETUP(test_refuse_device_windows, setup),
		CASE_SETUP(test_refuse_registers, setup),
		CASE_SETUP(test_refuse_ecam, setup),
		CASE_SETUP(test_refuse_pci_window, setup),
		CASE_SETUP(test_refuse_block, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
