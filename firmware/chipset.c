/* SPDX-License-Identifier: BSD-2-Clause */
/* chipset.c - i440FX and Q35: power management base, ECAM window. */
#include "firmware/chipset.h"
#include "core/abi/pci.h"
#include "core/layout.h"
#include "core/le.h"
#include "firmware/fwcfg.h"
#include "firmware/io.h"
#include "firmware/log.h"
#include "firmware/panic.h"

#define ECAM_FILE "opt/org.beeline/ecam" /* docs/boot.md, "Chipset" */
#define ECAM_WORD_MAX 4 /* "256" and an end of line */

#define PCI_DEVFN(dev, fn) ((dev) << 3 | (fn))
#define HOST_BRIDGE        PCI_DEVFN(0, 0)
#define PIIX3_ISA          PCI_DEVFN(1, 0)
#define PIIX4_PM           PCI_DEVFN(1, 3)
#define ICH9_LPC           PCI_DEVFN(0x1f, 0)

static uint32_t pci_read32(uint32_t devfn, uint32_t reg)
{
	io_out32(PCI_PORT_ADDRESS, PCI_ENABLE | devfn << 8 | reg);
	return io_in32(PCI_PORT_DATA);
}

static void pci_write32(uint32_t devfn, uint32_t reg, uint32_t value)
{
	io_out32(PCI_PORT_ADDRESS, PCI_ENABLE | devfn << 8 | reg);
	io_out32(PCI_PORT_DATA, value);
}

static void pci_write8(uint32_t devfn, uint32_t reg, uint8_t value)
{
	io_out32(PCI_PORT_ADDRESS, PCI_ENABLE | devfn << 8 | reg);
	io_out8(PCI_PORT_DATA, value);
}

static void ecam_write32(uint32_t devfn, uint32_t reg, uint32_t value)
{
	mmio_write32(ECAM_BASE + (devfn << 12) + reg, value);
}

/* [PIIX4]: the SMBus, the IDE timing and the PIRQs are Linux's. */
static void pc_setup(void)
{
	pci_write32(PIIX4_PM, PIIX4_PMBASE, PM_IO_BASE | PM_IO_ENABLE);
	pci_write8(PIIX4_PM, PIIX4_PMREGMISC, PIIX4_PMIOSE);
}

/* The window's size in MiB: one a bus.  64 unless the user says otherwise. */
static uint32_t ecam_choice(void)
{
	static const struct {
		char word[4];
		uint32_t size;
	} choice[] = {{"64", 64}, {"128", 128}, {"256", 256}, {"off", 0}};
	char word[ECAM_WORD_MAX] = {0};
	uint32_t len = fwcfg_file(ECAM_FILE, word, sizeof(word));

	if (len == 0)
		return choice[0].size;
	if (word[len - 1] == '\n')
		word[len - 1] = '\0';
	for (uint32_t i = 0; i < ARRAY_COUNT(choice); i++)
		if (word_at(word) == word_at(choice[i].word))
			return choice[i].size;
	panic_err(ECAM_FILE, ERR_UNSUPPORTED);
}

static uint32_t pciexbar_of(uint32_t size)
{
	return size == 256   ? Q35_PCIEXBAR_256M
	       : size == 128 ? Q35_PCIEXBAR_128M
			     : Q35_PCIEXBAR_64M;
}

/* The window serves its own next two writes: an access each, where the port
 * pair would need two.  [ICH9] PMBASE and ACPI_CNTL. */
static void q35_setup(struct chipset *chipset)
{
	uint32_t size = ecam_choice();

	if (size == 0) {
		pci_write32(ICH9_LPC, ICH9_PMBASE, PM_IO_BASE | PM_IO_ENABLE);
		pci_write8(ICH9_LPC, ICH9_ACPI_CNTL, ICH9_ACPI_EN);
		return;
	}
	chipset->ecam_gpa = ECAM_BASE;
	chipset->ecam_size = size << 20;
	pci_write32(HOST_BRIDGE, Q35_PCIEXBAR,
		    ECAM_BASE | pciexbar_of(size) | Q35_PCIEXBAR_EN);
	ecam_write32(ICH9_LPC, ICH9_PMBASE, PM_IO_BASE | PM_IO_ENABLE);
	ecam_write32(ICH9_LPC, ICH9_ACPI_CNTL, ICH9_ACPI_EN);
}

/* QEMU adds this file with the chip that has PMBASE (PIIX4 PM or ICH9): where
 * it is missing, there is nothing to program. */
static bool pm_chip_there(void)
{
	const struct items *items = fwcfg_items();
	struct item item;

	return items->find(items->ctx, "etc/system-states", &item) == 0;
}

/* Other VMMs show the same host bridge and nothing behind it; a device that
 * has vouched for being QEMU's (fwcfg.h) does not. */
static bool bridge_there(uint32_t devfn, uint32_t id)
{
	return fwcfg_transport() == FWCFG_DMA_QEMU ||
	       pci_read32(devfn, 0) == id;
}

void chipset_setup(struct chipset *chipset)
{
	uint32_t host;

	if (fwcfg_transport() == FWCFG_DMA_QEMU && !pm_chip_there()) {
		log_line("none");
		return;
	}
	host = pci_read32(HOST_BRIDGE, 0);
	if (host == PCI_ID_I440FX && bridge_there(PIIX3_ISA, PCI_ID_PIIX3)) {
		pc_setup();
		log_line("i440FX");
	} else if (host == PCI_ID_Q35 && bridge_there(ICH9_LPC, PCI_ID_ICH9)) {
		q35_setup(chipset);
		log_line("Q35");
	} else {
		log_line("none that we know");
	}
}
