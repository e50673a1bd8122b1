/* SPDX-License-Identifier: BSD-2-Clause */
/* board.c - processors, interrupts, and a list of windows that grows. */
#include "host-loader/lib/board.h"

#include "core/abi/acpi.h"
#include "core/abi/e820.h"
#include "core/abi/pc.h"
#include "core/acpi_tables.h"

#define WINDOWS_MAX (BL_MMIO_MAX + 4)
#define BUSES_MAX   256
#define APIC_SIZE   0x1000

_Static_assert(BL_CPUS_MAX <= ACPI_CPU_MAX, "the MADT has no room for that");

struct window {
	uint64_t gpa, size;
};

struct windows {
	uint32_t count;
	struct window at[WINDOWS_MAX];
};

static int cpus_check(const struct bl_board *board, struct fault *f)
{
	const uint32_t *id = board->apic_id;

	if (board->cpu_count == 0 || id == NULL)
		return fault_set(f, ERR_ABSENT, 0, 0, 0);
	for (uint32_t i = 0; i < board->cpu_count; i++) {
		if (id[i] == ACPI_X2APIC_ID_NONE)
			return fault_set(f, ERR_UNSUPPORTED, i, id[i], 0);
		for (uint32_t j = 0; j < i; j++)
			if (id[j] == id[i])
				return fault_set(f, ERR_DUPLICATE, i, id[i], 0);
	}
	return 0;
}

/* Virtio devices may share interrupts with each other, nobody else may. */
static int gsi_check(const struct bl_board *board, struct fault *f)
{
	const uint32_t ged = board->ged_gpa != 0 ? board->ged_gsi : UINT32_MAX;
	const uint32_t com1 = board->com1_gsi != 0 ? board->com1_gsi :
						     UINT32_MAX;
	const uint32_t n = board->mmio_count;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t gsi = board->mmio[i].gsi;

		if (gsi >= BOARD_GSI_END)
			return fault_set(f, ERR_UNSUPPORTED, i, gsi,
					 BOARD_GSI_END);
		if (gsi == ged || gsi == com1)
			return fault_set(f, ERR_DUPLICATE, i, gsi, 0);
	}
	if (board->ged_gpa != 0 && ged >= BOARD_GSI_END)
		return fault_set(f, ERR_UNSUPPORTED, n, ged, BOARD_GSI_END);
	if (board->com1_gsi >= BOARD_GSI_END)
		return fault_set(f, ERR_UNSUPPORTED, n + 1, com1,
				 BOARD_GSI_END);
	if (board->com1_gsi != 0 && com1 == ged)
		return fault_set(f, ERR_DUPLICATE, n + 1, com1, 0);
	return 0;
}

/* Are [gpa, gpa + size) and the window disjoint? */
static bool apart(const struct window *w, uint64_t gpa, uint64_t size)
{
	return w->gpa < gpa ? gpa - w->gpa >= w->size : w->gpa - gpa >= size;
}

/* A place for registers: neither in RAM nor in one of the windows. */
static int place_check(const struct bl_request *r, const struct windows *ws,
		       const struct window *w, uint32_t record, struct fault *f)
{
	if (w->size > UINT64_MAX - w->gpa)
		return fault_set(f, ERR_WRAP, record, w->gpa, UINT64_MAX);
	for (uint32_t i = 0; i < r->map_count; i++)
		if (r->map[i].type == E820_RAM &&
		    !apart(w, r->map[i].gpa, r->map[i].size))
			return fault_set(f, ERR_OVERLAP, record, w->gpa,
					 r->map[i].gpa);
	for (uint32_t i = 0; i < ws->count; i++)
		if (!apart(w, ws->at[i].gpa, ws->at[i].size))
			return fault_set(f, ERR_OVERLAP, record, w->gpa,
					 ws->at[i].gpa);
	return 0;
}

/* Checks a window and puts it behind the others. */
static int window_add(const struct bl_request *r, struct windows *ws,
		      uint64_t gpa, uint64_t size, struct fault *f)
{
	const struct window w = {gpa, size};
	int err = place_check(r, ws, &w, ws->count, f);

	ws->at[ws->count++] = w;
	return err;
}

static int pci_check(const struct bl_request *r, struct windows *ws,
		     struct fault *f)
{
	const struct bl_board *board = r->board;
	uint32_t n = ws->count;
	int err;

	if (r->ecam_size == 0)
		return 0;
	if (r->ecam_size % MIB(1) != 0 || r->ecam_size > MIB(BUSES_MAX))
		return fault_set(f, ERR_SIZE, n, r->ecam_size, MIB(BUSES_MAX));
	if (r->ecam_gpa % MIB(1) != 0)
		return fault_set(f, ERR_ALIGN, n, r->ecam_gpa, MIB(1));
	err = window_add(r, ws, r->ecam_gpa, r->ecam_size, f);
	if (err != 0)
		return err;
	if (board->pci_window_size == 0)
		return fault_set(f, ERR_ABSENT, n + 1, 0, 0);
	if (!range_fits(board->pci_window_gpa, board->pci_window_size, GIB(4)))
		return fault_set(f, ERR_WRAP, n + 1, board->pci_window_gpa,
				 GIB(4));
	return window_add(r, ws, board->pci_window_gpa, board->pci_window_size,
			  f);
}

/* Event device, sleep and reset: bytes, two of which may be the same one. */
static int registers_check(const struct bl_request *r, const struct windows *ws,
			   struct fault *f)
{
	const uint64_t gpa[] = {r->board->ged_gpa, r->board->sleep_control_gpa,
				r->board->reset_gpa};
	int err = 0;

	for (uint32_t i = 0; err == 0 && i < ARRAY_COUNT(gpa); i++)
		if (gpa[i] != 0)
			err = place_check(r, ws, &(struct window){gpa[i], 1},
					  ws->count + i, f);
	return err;
}

static int places_check(const struct bl_request *r, struct fault *f)
{
	const struct bl_board *board = r->board;
	struct windows ws = {0};
	int err = 0;

	for (uint32_t i = 0; err == 0 && i < board->mmio_count; i++) {
		if (board->mmio[i].size < BOARD_MMIO_MIN)
			return fault_set(f, ERR_SIZE, i, board->mmio[i].size,
					 BOARD_MMIO_MIN);
		err = window_add(r, &ws, board->mmio[i].gpa,
				 board->mmio[i].size, f);
	}
	if (err == 0)
		err = window_add(r, &ws, IOAPIC_GPA, APIC_SIZE, f);
	if (err == 0)
		err = window_add(r, &ws, LAPIC_GPA, APIC_SIZE, f);
	if (err == 0)
		err = pci_check(r, &ws, f);
	return err != 0 ? err : registers_check(r, &ws, f);
}

int board_check(const struct bl_request *request, struct fault *fault)
{
	const struct bl_board *board = request->board;
	int err;

	if (board == NULL || (board->mmio == NULL && board->mmio_count != 0))
		return fault_set(fault, ERR_ABSENT, 0, 0, 0);
	if (board->cpu_count > BL_CPUS_MAX)
		return fault_set(fault, ERR_TOO_MANY, 0, board->cpu_count,
				 BL_CPUS_MAX);
	if (board->mmio_count > BL_MMIO_MAX)
		return fault_set(fault, ERR_TOO_MANY, 0, board->mmio_count,
				 BL_MMIO_MAX);
	err = cpus_check(board, fault);
	if (err == 0)
		err = gsi_check(board, fault);
	return err != 0 ? err : places_check(request, fault);
}
