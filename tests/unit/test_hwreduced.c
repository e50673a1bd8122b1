/* SPDX-License-Identifier: BSD-2-Clause */
/* test_hwreduced.c - the hardware-reduced ACPI set that is built of a board. */
#include "tests/unit/hwreduced.h"

#include "core/abi/pc.h"
#include "core/le.h"
#include "core/sum8.h"
#include "host-loader/lib/hwreduced_marks.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
