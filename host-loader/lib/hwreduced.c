/* SPDX-License-Identifier: BSD-2-Clause */
/* hwreduced.c - one function per table, front to back in one block. */
#include "host-loader/lib/hwreduced.h"

#include "core/abi/pc.h"
#include "core/acpi_parts.h"
#include "host-loader/lib/board.h"
#include "host-loader/lib/hwreduced_marks.h"

#define TABLES_MAX (4 + BL_MMIO_MAX) /* FADT, MADT, MCFG, PCI, devices */
#define DEVICE_ON  0xf               /* [ACPI] 6.3.7 _STA */
#define MARK_NAME  0x30305256        /* "VR00", the name of a device */

/* A number in AML, and what takes its place. */
struct mark {
	uint64_t mark, value;
	uint32_t size; /* bytes */
};

/* The set as it grows. */
struct set {
	struct table_block *block;
	uint32_t count;
	uint64_t gpa[TABLES_MAX];
};

static int request_check(const struct bl_request *r,
			 const struct table_block *b, struct fault *f)
{
	int err = board_check(r, f);

	if (err == 0 && b->gpa % HWREDUCED_ALIGN != 0)
		err = fault_set(f, ERR_ALIGN, 0, b->gpa, HWREDUCED_ALIGN);
	return err != 0 ? err : table_block_check(b, hwreduced_room(r), f);
}

/* Copies a table that iasl made, its marks replaced.  They are looked for in
 * the original: what takes the place of one may look like another. */
static void *aml_take(struct table_block *b, const uint8_t *aml, uint32_t size,
		      const struct mark *marks, uint32_t count)
{
	uint8_t *table = memcpy(table_block_take(b, size), aml, size);

	for (uint32_t i = 0; i < count; i++)
		for (uint32_t at = 0; at + marks[i].size <= size; at++)
			if (!memcmp(aml + at, &marks[i].mark, marks[i].size))
				memcpy(table + at, &marks[i].value,
				       marks[i].size);
	return table;
}

static void set_add(struct set *s, void *table)
{
	s->gpa[s->count++] = acpi_table_end(s->block, table);
}

static uint32_t dsdt_build(struct table_block *b, const struct bl_board *board)
{
	const struct mark marks[] = {
		{MARK_GED_GPA, board->ged_gpa, 8},
		{MARK_GED_GSI, board->ged_gsi, 4},
		{MARK_GED_STATUS, board->ged_gpa != 0 ? DEVICE_ON : 0, 4},
		{MARK_COM1_GSI, board->com1_gsi, 4},
		{MARK_COM1_STATUS, board->com1_gsi != 0 ? DEVICE_ON : 0, 4},
	};

	return acpi_table_end(b, aml_take(b, aml_hw_dsdt, aml_hw_dsdt_size,
					  marks, ARRAY_COUNT(marks)));
}

/* A register of a byte, where there is one. */
static void byte_at(struct acpi_address *a, uint64_t gpa)
{
	if (gpa == 0)
		return;
	a->space = ACPI_SPACE_MEMORY;
	a->bit_width = 8;
	a->access = ACPI_ACCESS_BYTE;
	a->address = gpa;
}

static void fadt_add(struct set *s, const struct bl_board *board,
		     uint32_t dsdt_gpa)
{
	struct acpi_fadt *fadt = acpi_table_begin(
		s->block, ACPI_SIG_FADT, ACPI_FADT_REVISION, sizeof(*fadt));

	fadt->x_dsdt_gpa = dsdt_gpa;
	fadt->boot_arch = ACPI_BOOT_NO_VGA;
	if (!board->rtc)
		fadt->boot_arch |= ACPI_BOOT_NO_RTC;
	fadt->flags = ACPI_FADT_WBINVD | ACPI_FADT_PROC_C1 |
		      ACPI_FADT_NO_PWR_FIXED | ACPI_FADT_NO_SLP_FIXED |
		      ACPI_FADT_NO_RTC_FIXED | ACPI_FADT_HW_REDUCED;
	if (board->reset_gpa != 0)
		fadt->flags |= ACPI_FADT_RESET;
	byte_at(&fadt->reset, board->reset_gpa);
	fadt->reset_value = board->reset_value;
	/* One byte serves as both: what is written to the status register,
	 * WAK_STS alone, is nothing to the control register. */
	byte_at(&fadt->sleep_control, board->sleep_control_gpa);
	byte_at(&fadt->sleep_status, board->sleep_control_gpa);
	set_add(s, fadt);
}

static void madt_add(struct set *s, const struct bl_board *board)
{
	const struct acpi_machine machine = {
		.apic_id = board->apic_id,
		.cpu_count = board->cpu_count,
		.lapic_gpa = LAPIC_GPA,
		.ioapic_gpa = IOAPIC_GPA,
	};

	s->gpa[s->count++] = acpi_madt_build(s->block, &machine);
}

static void pci_add(struct set *s, const struct bl_request *r)
{
	const struct bl_board *board = r->board;
	uint64_t buses = r->ecam_size >> ACPI_MCFG_BUS_SHIFT;
	uint64_t window_end = board->pci_window_gpa + board->pci_window_size;
	const struct mark marks[] = {
		{MARK_ECAM_GPA, r->ecam_gpa, 8},
		{MARK_ECAM_FIRST, r->ecam_gpa, 8},
		{MARK_ECAM_LAST, r->ecam_gpa + r->ecam_size - 1, 8},
		{MARK_ECAM_LENGTH, r->ecam_size, 8},
		{MARK_BUS_LAST, buses - 1, 2},
		{MARK_BUS_COUNT, buses, 2},
		{MARK_PCI_FIRST, board->pci_window_gpa, 4},
		{MARK_PCI_LAST, window_end - 1, 4},
		{MARK_PCI_LENGTH, board->pci_window_size, 4},
	};
	struct acpi_mcfg *mcfg =
		acpi_table_begin(s->block, ACPI_SIG_MCFG, 1, sizeof(*mcfg));

	mcfg->ecam_gpa = r->ecam_gpa;
	mcfg->last_bus = (uint8_t)(buses - 1);
	set_add(s, mcfg);
	set_add(s, aml_take(s->block, aml_hw_pci, aml_hw_pci_size, marks,
			    ARRAY_COUNT(marks)));
}

uint32_t hwreduced_mmio_build(struct table_block *block,
			      const struct bl_mmio *mmio, uint32_t n)
{
	const char name[4] = {'V', 'R', "0123456789ABCDEF"[n / 16],
			      "0123456789ABCDEF"[n % 16]};
	struct mark marks[] = {
		{MARK_NAME, 0, sizeof(name)},
		{MARK_MMIO_UID, n, 4},
		{MARK_MMIO_FIRST, mmio->gpa, 8},
		{MARK_MMIO_LAST, mmio->gpa + mmio->size - 1, 8},
		{MARK_MMIO_LENGTH, mmio->size, 8},
		{MARK_MMIO_GSI, mmio->gsi, 4},
	};
	struct acpi_header *head;

	memcpy(&marks[0].value, name, sizeof(name));
	head = aml_take(block, aml_hw_mmio, aml_hw_mmio_size, marks,
			ARRAY_COUNT(marks));
	memcpy(head->oem_table_id + 6, name + 2, 2);
	return acpi_table_end(block, head);
}

static uint32_t xsdt_build(const struct set *s)
{
	uint32_t size = s->count * (uint32_t)sizeof(s->gpa[0]);
	struct acpi_xsdt *xsdt = acpi_table_begin(
		s->block, ACPI_SIG_XSDT, 1, (uint32_t)sizeof(*xsdt) + size);

	memcpy(xsdt->entry, s->gpa, size);
	return acpi_table_end(s->block, &xsdt->head);
}

uint32_t hwreduced_room(const struct bl_request *request)
{
	const struct bl_board *board = request->board;

	if (board == NULL || board->cpu_count > BL_CPUS_MAX ||
		board->mmio_count > BL_MMIO_MAX)
		return 0;
	return acpi_tables_room(board->cpu_count, aml_hw_dsdt_size) +
		   (uint32_t)sizeof(struct acpi_mcfg) + aml_hw_pci_size +
		   board->mmio_count * aml_hw_mmio_size +
		   TABLES_MAX * (uint32_t)(sizeof(uint64_t) + ACPI_TABLE_ALIGN);
}

int hwreduced_build(const struct bl_request *request, struct table_block *block,
		    struct acpi_rsdp *rsdp, struct fault *fault)
{
	const struct bl_board *board = request->board;
	int err = request_check(request, block, fault);
	struct set s = {.block = block};

	if (err != 0)
		return err;
	fadt_add(&s, board, dsdt_build(block, board));
	madt_add(&s, board);
	if (request->ecam_size != 0)
		pci_add(&s, request);
	for (uint32_t i = 0; i < board->mmio_count; i++)
		s.gpa[s.count++] =
			hwreduced_mmio_build(block, &board->mmio[i], i);
	acpi_rsdp_build(rsdp, xsdt_build(&s));
	return 0;
}
