/* SPDX-License-Identifier: BSD-2-Clause */
/* test_hwreduced.c - the hardware-reduced ACPI set: what is built of a board,
 * and which boards are refused. */
#include "tests/unit/unit.h"

#include "core/abi/pc.h"
#include "core/base.h"
#include "core/le.h"
#include "core/sum8.h"
#include "host-loader/lib/board.h"
#include "host-loader/lib/hwreduced.h"
#include "host-loader/lib/hwreduced_marks.h"

#define BLOCK_GPA 0x0ff00000
#define ROOM      0x8000
#define FILL      0x5a
#define MMIO_GPA  0xd0000000
#define MMIO_SIZE 0x1000

static uint32_t ids[BL_CPUS_MAX + 1];
static struct bl_mmio devices[BL_MMIO_MAX + 1];
static const struct bl_range ram[] = {
	{0, 0xa0000, 1}, {0xf0000, 0x10000, 2}, {0x100000, 0x0ff00000, 1},
	{GIB(4), GIB(1), 1},
};
static uint8_t bytes[ROOM] ALIGNED(16);
static struct bl_board board;
static struct bl_request request;
static struct table_block b;
static struct acpi_rsdp rsdp;
static struct fault f;

static int setup(void **state)
{
	(void)state;
	for (uint32_t i = 0; i <= BL_CPUS_MAX; i++)
		ids[i] = i;
	for (uint32_t i = 0; i <= BL_MMIO_MAX; i++)
		devices[i] = (struct bl_mmio){
			MMIO_GPA + i * MMIO_SIZE, MMIO_SIZE, 5 + i};
	board = (struct bl_board){
		.apic_id = ids, .cpu_count = 2, .rtc = false,
		.mmio = devices, .mmio_count = 1,
		.ged_gpa = 0xcf000000, .ged_gsi = 3, .com1_gsi = 4,
		.sleep_control_gpa = 0xcf000001, .reset_gpa = 0xcf000002,
		.reset_value = 0x42,
		.pci_window_gpa = 0xe0000000, .pci_window_size = 0x10000000,
	};
	request = (struct bl_request){
		.map = ram, .map_count = ARRAY_COUNT(ram),
		.tables = BL_TABLES_HWREDUCED, .board = &board,
	};
	memset(bytes, FILL, sizeof(bytes));
	memset(&f, 0, sizeof(f));
	b = (struct table_block){bytes, BLOCK_GPA, ROOM, 0};
	return 0;
}

static void with_pci(void)
{
	request.ecam_gpa = 0xc0000000;
	request.ecam_size = MIB(64);
}

static void built(void)
{
	b.used = 0;
	assert_int_equal(hwreduced_build(&request, &b, &rsdp, &f), 0);
	assert_true(b.used <= hwreduced_room(&request));
}

/* The table at gpa, its header checked. */
static void *table_at(uint64_t gpa)
{
	struct acpi_header *h;

	assert_in_range(gpa, BLOCK_GPA, BLOCK_GPA + b.used - 1);
	assert_int_equal(gpa % 16, 0);
	h = (struct acpi_header *)(void *)(bytes + (gpa - BLOCK_GPA));
	assert_true(h->length <= b.used - (gpa - BLOCK_GPA));
	assert_int_equal(sum8(h, h->length), 0);
	return h;
}

static uint32_t table_count(void)
{
	struct acpi_xsdt *xsdt = table_at(rsdp.xsdt_gpa);

	assert_int_equal(xsdt->head.signature, ACPI_SIG_XSDT);
	return (xsdt->head.length - (uint32_t)sizeof(*xsdt)) / 8;
}

/* Table number n of that signature, or NULL. */
static void *table(uint32_t signature, uint32_t n)
{
	struct acpi_xsdt *xsdt = table_at(rsdp.xsdt_gpa);

	for (uint32_t i = 0; i < table_count(); i++) {
		struct acpi_header *h = table_at(xsdt->entry[i]);

		if (h->signature == signature && n-- == 0)
			return h;
	}
	return NULL;
}

/* How many entries of that type the MADT has. */
static uint32_t madt_count(uint8_t type)
{
	struct acpi_madt *madt = table(ACPI_SIG_MADT, 0);
	uint8_t *p = (uint8_t *)(madt + 1);
	uint8_t *end = (uint8_t *)madt + madt->head.length;
	uint32_t n = 0;

	for (; p < end; p += p[1]) {
		assert_true(p[1] >= 2 && p[1] <= end - p);
		n += p[0] == type;
	}
	return n;
}

static uint32_t count(const void *in, uint32_t size, uint64_t number,
		      uint32_t width)
{
	uint32_t n = 0;

	for (uint32_t at = 0; at + width <= size; at++)
		n += memcmp((const uint8_t *)in + at, &number, width) == 0;
	return n;
}

static bool holds(struct acpi_header *h, uint64_t number, uint32_t width)
{
	return count(h, h->length, number, width) != 0;
}

#define ONCE(aml, mark, width)                                                 \
	assert_int_equal(count(aml, aml##_size, mark, width), 1)

static void test_marks_are_there_once(void **state)
{
	(void)state;
	ONCE(aml_hw_dsdt, MARK_GED_GPA, 8);
	ONCE(aml_hw_dsdt, MARK_GED_GSI, 4);
	ONCE(aml_hw_dsdt, MARK_GED_STATUS, 4);
	ONCE(aml_hw_dsdt, MARK_COM1_GSI, 4);
	ONCE(aml_hw_dsdt, MARK_COM1_STATUS, 4);
	ONCE(aml_hw_mmio, 0x30305256, 4); /* "VR00" */
	ONCE(aml_hw_mmio, MARK_MMIO_UID, 4);
	ONCE(aml_hw_mmio, MARK_MMIO_FIRST, 8);
	ONCE(aml_hw_mmio, MARK_MMIO_LAST, 8);
	ONCE(aml_hw_mmio, MARK_MMIO_LENGTH, 8);
	ONCE(aml_hw_mmio, MARK_MMIO_GSI, 4);
	ONCE(aml_hw_pci, MARK_ECAM_GPA, 8);
	ONCE(aml_hw_pci, MARK_ECAM_FIRST, 8);
	ONCE(aml_hw_pci, MARK_ECAM_LAST, 8);
	ONCE(aml_hw_pci, MARK_ECAM_LENGTH, 8);
	ONCE(aml_hw_pci, MARK_BUS_LAST, 2);
	ONCE(aml_hw_pci, MARK_BUS_COUNT, 2);
	ONCE(aml_hw_pci, MARK_PCI_FIRST, 4);
	ONCE(aml_hw_pci, MARK_PCI_LAST, 4);
	ONCE(aml_hw_pci, MARK_PCI_LENGTH, 4);
}

static void test_rsdp(void **state)
{
	(void)state;
	built();
	assert_memory_equal(rsdp.signature, "RSD PTR ", 8);
	assert_int_equal(rsdp.revision, 2);
	assert_int_equal(rsdp.rsdt_gpa, 0);
	assert_int_equal(sum8(&rsdp, ACPI_RSDP_V1_SIZE), 0);
	assert_int_equal(sum8(&rsdp, sizeof(rsdp)), 0);
	assert_int_equal(table_count(), 3);
}

static void test_fadt(void **state)
{
	struct acpi_fadt *fadt;
	struct acpi_header *dsdt;

	(void)state;
	built();
	fadt = table(ACPI_SIG_FADT, 0);
	assert_non_null(fadt);
	assert_int_equal(fadt->head.revision, 6);
	assert_true(fadt->flags & ACPI_FADT_HW_REDUCED);
	assert_true(fadt->flags & ACPI_FADT_RESET);
	assert_int_equal(fadt->boot_arch,
			 ACPI_BOOT_NO_VGA | ACPI_BOOT_NO_RTC);
	assert_int_equal(fadt->reset.address, 0xcf000002);
	assert_int_equal(fadt->reset.bit_width, 8);
	assert_int_equal(fadt->reset_value, 0x42);
	assert_int_equal(fadt->sleep_control.address, 0xcf000001);
	assert_int_equal(fadt->sleep_status.address, 0xcf000001);
	assert_int_equal(fadt->facs_gpa, 0);
	assert_int_equal(fadt->dsdt_gpa, 0);
	assert_int_equal(fadt->x_pm1a_event.address, 0);
	dsdt = table_at(fadt->x_dsdt_gpa);
	assert_int_equal(dsdt->signature, ACPI_SIG_DSDT);
	assert_true(holds(dsdt, 0xcf000000, 8));
	assert_false(holds(dsdt, MARK_GED_STATUS, 4));
	assert_false(holds(dsdt, MARK_COM1_GSI, 4));
}

static void test_no_registers(void **state)
{
	struct acpi_fadt *fadt;

	(void)state;
	board.ged_gpa = board.sleep_control_gpa = board.reset_gpa = 0;
	board.ged_gsi = UINT32_MAX;
	board.com1_gsi = 0;
	board.rtc = true;
	built();
	fadt = table(ACPI_SIG_FADT, 0);
	assert_false(fadt->flags & ACPI_FADT_RESET);
	assert_int_equal(fadt->boot_arch, ACPI_BOOT_NO_VGA);
	assert_int_equal(fadt->sleep_control.bit_width, 0);
	assert_int_equal(fadt->reset.bit_width, 0);
	assert_false(holds(table_at(fadt->x_dsdt_gpa), MARK_GED_STATUS, 4));
}

static void test_processors(void **state)
{
	static const uint32_t counts[] = {1, 2, 255, BL_CPUS_MAX};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(counts); i++) {
		uint32_t n = counts[i], old = n < 255 ? n : 255;

		board.cpu_count = n;
		built();
		assert_int_equal(madt_count(ACPI_MADT_LAPIC), old);
		assert_int_equal(madt_count(ACPI_MADT_X2APIC), n - old);
		assert_int_equal(madt_count(ACPI_MADT_X2APIC_NMI), n > 255);
		assert_int_equal(madt_count(ACPI_MADT_IOAPIC), 1);
		assert_int_equal(madt_count(ACPI_MADT_OVERRIDE), 0);
	}
	assert_int_equal(((struct acpi_madt *)table(ACPI_SIG_MADT, 0))->flags,
			 0);
}

static void test_devices(void **state)
{
	static const uint32_t counts[] = {0, 1, BL_MMIO_MAX};
	struct acpi_header *h;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(counts); i++) {
		board.mmio_count = counts[i];
		built();
		assert_int_equal(table_count(), 2 + counts[i]);
		for (uint32_t n = 0; n < counts[i]; n++) {
			uint64_t gpa = devices[n].gpa;
			const char name[] = {'V', 'R', (char)('0' + n / 16),
					     "0123456789ABCDEF"[n % 16]};

			h = table(ACPI_SIG_SSDT, n);
			assert_true(holds(h, word_at(name), 4));
			assert_true(holds(h, gpa, 8));
			assert_true(holds(h, gpa + MMIO_SIZE - 1, 8));
			assert_int_equal(count(h, h->length, MARK_MMIO_GSI, 4),
					 0);
			assert_memory_equal(h->oem_table_id + 6, name + 2, 2);
		}
	}
}

/* A number of the board that looks like a mark is left alone. */
static void test_board_like_a_mark(void **state)
{
	struct acpi_header *h;

	(void)state;
	devices[0].gpa = MARK_MMIO_LAST;
	devices[0].size = MARK_MMIO_GSI & 0x0fffffff;
	built();
	h = table(ACPI_SIG_SSDT, 0);
	assert_true(holds(h, MARK_MMIO_LAST, 8));
	assert_true(holds(h, devices[0].gpa + devices[0].size - 1, 8));
}

static void test_high_windows(void **state)
{
	struct acpi_fadt *fadt;

	(void)state;
	devices[0].gpa = GIB(64);
	board.ged_gpa = GIB(65);
	board.reset_gpa = UINT64_MAX - 1;
	built();
	fadt = table(ACPI_SIG_FADT, 0);
	assert_int_equal(fadt->reset.address, UINT64_MAX - 1);
	assert_true(holds(table(ACPI_SIG_SSDT, 0), GIB(64), 8));
}

static void test_pci(void **state)
{
	struct acpi_mcfg *mcfg;
	struct acpi_header *h;

	(void)state;
	with_pci();
	built();
	assert_int_equal(table_count(), 5);
	mcfg = table(ACPI_SIG_MCFG, 0);
	assert_non_null(mcfg);
	assert_int_equal(mcfg->ecam_gpa, 0xc0000000);
	assert_int_equal(mcfg->first_bus, 0);
	assert_int_equal(mcfg->last_bus, 63);
	h = table(ACPI_SIG_SSDT, 0);
	assert_memory_equal(h->oem_table_id, "PCIEROOT", 8);
	assert_int_equal(count(h, h->length, 0xc0000000, 8), 2);
	assert_true(holds(h, 0xc3ffffff, 8));
	assert_true(holds(h, 0xefffffff, 4));
	assert_true(holds(h, 64, 2));
	request.ecam_gpa = GIB(1024);
	request.ecam_size = MIB(256);
	built();
	mcfg = table(ACPI_SIG_MCFG, 0);
	assert_int_equal(mcfg->last_bus, 255);
	assert_true(holds(table(ACPI_SIG_SSDT, 0), 256, 2));
}

static void test_no_pci_without_ecam(void **state)
{
	(void)state;
	board.pci_window_size = 0;
	built();
	assert_null(table(ACPI_SIG_MCFG, 0));
}

static void test_room(void **state)
{
	uint32_t need;

	(void)state;
	with_pci();
	devices[0].gpa = 0xd0000000;
	for (uint32_t n = 1; n <= BL_CPUS_MAX; n += 41)
		for (uint32_t d = 0; d <= BL_MMIO_MAX; d++) {
			board.cpu_count = n;
			board.mmio_count = d;
			need = hwreduced_room(&request);
			assert_in_range(need, 1, ROOM);
			memset(bytes, FILL, sizeof(bytes));
			b.capacity = need;
			built();
			for (uint32_t i = need; i < ROOM; i++)
				assert_int_equal(bytes[i], FILL);
		}
}

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
		CASE_SETUP(test_marks_are_there_once, setup),
		CASE_SETUP(test_rsdp, setup),
		CASE_SETUP(test_fadt, setup),
		CASE_SETUP(test_no_registers, setup),
		CASE_SETUP(test_processors, setup),
		CASE_SETUP(test_devices, setup),
		CASE_SETUP(test_board_like_a_mark, setup),
		CASE_SETUP(test_high_windows, setup),
		CASE_SETUP(test_pci, setup),
		CASE_SETUP(test_no_pci_without_ecam, setup),
		CASE_SETUP(test_room, setup),
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
