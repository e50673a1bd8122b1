/* SPDX-License-Identifier: BSD-2-Clause */
/* chipset_pull.c - i440FX and Q35: the registers that QEMU's tables show.
 *
 * firmware/chipset.c programs the same; here all is read back, as a QEMU whose
 * chipset takes it otherwise would give tables that are wrong without a
 * word. */
#include "host-loader/qemu/pull_parts.h"

#include "core/abi/pci.h"
#include "core/layout.h"
#include "host-loader/qemu/qtest.h"

#define PCI_DEVFN(dev, fn) ((dev) << 3 | (fn))
#define HOST_BRIDGE        PCI_DEVFN(0, 0)
#define PIIX3_ISA          PCI_DEVFN(1, 0)
#define PIIX4_PM           PCI_DEVFN(1, 3)
#define ICH9_LPC           PCI_DEVFN(0x1f, 0)
#define NOTHING_THERE      UINT32_MAX

/* What to write at a register, and which of its bits must then read so. */
struct setting {
	uint8_t devfn, reg;
	bool byte;
	uint32_t value, mask;
};

static const struct setting pc_settings[] = {
	{PIIX4_PM, PIIX4_PMBASE, false, PM_IO_BASE | PM_IO_ENABLE, UINT32_MAX},
	{PIIX4_PM, PIIX4_PMREGMISC, true, PIIX4_PMIOSE, PIIX4_PMIOSE},
};

static const struct setting q35_settings[] = {
	{HOST_BRIDGE, Q35_PCIEXBAR, false,
	 ECAM_BASE | Q35_PCIEXBAR_64M | Q35_PCIEXBAR_EN, UINT32_MAX},
	{HOST_BRIDGE, Q35_PCIEXBAR + 4, false, 0, UINT32_MAX},
	{ICH9_LPC, ICH9_PMBASE, false, PM_IO_BASE | PM_IO_ENABLE, UINT32_MAX},
	{ICH9_LPC, ICH9_ACPI_CNTL, true, ICH9_ACPI_EN, ICH9_ACPI_EN},
};

static int pci_select(struct peer *qtest, uint32_t devfn, uint32_t reg)
{
	return qtest_out32(qtest, PCI_PORT_ADDRESS,
			   PCI_ENABLE | devfn << 8 | reg);
}

static int pci_read(struct peer *qtest, uint32_t devfn, uint32_t reg,
		    uint32_t *value)
{
	if (pci_select(qtest, devfn, reg) != 0)
		return -1;
	return qtest_in32(qtest, PCI_PORT_DATA, value);
}

static int setting_make(struct peer *qtest, const struct setting *set)
{
	uint32_t value;
	int err;

	if (pci_select(qtest, set->devfn, set->reg) != 0)
		return -1;
	err = set->byte ? qtest_out8(qtest, PCI_PORT_DATA,
				     (uint8_t)set->value)
			: qtest_out32(qtest, PCI_PORT_DATA, set->value);
	if (err != 0 || pci_read(qtest, set->devfn, set->reg, &value) != 0)
		return -1;
	if ((value & set->mask) != (set->value & set->mask))
		return peer_fail(qtest, "chipset: does not behave as known: "
				 "register %#x of 0:%x.%x reads %#x, not %#x",
				 set->reg, set->devfn >> 3, set->devfn & 7,
				 value & set->mask, set->value);
	return 0;
}

/* Is the second chip there? */
static int chip_check(struct peer *qtest, uint32_t devfn, uint32_t id)
{
	uint32_t found;

	if (pci_read(qtest, devfn, 0, &found) != 0)
		return -1;
	if (found != id)
		return peer_fail(qtest, "chipset: does not behave as known: "
				 "0:%x.%x is %04x:%04x",
				 devfn >> 3, devfn & 7, found & UINT16_MAX,
				 found >> 16);
	return 0;
}

static int settings_make(struct peer *qtest, const struct setting *set,
			 size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (setting_make(qtest, &set[i]) != 0)
			return -1;
	return 0;
}

/* QEMU leaves the PM function out with acpi=off; then nothing is left to be
 * programmed. */
static int pc_setup(struct pull *pull, struct peer *qtest)
{
	uint32_t pm;

	if (pci_read(qtest, PIIX4_PM, 0, &pm) != 0)
		return -1;
	if (pm == NOTHING_THERE)
		return 0;
	pull->chipset = BL_CHIPSET_I440FX;
	if (chip_check(qtest, PIIX3_ISA, PCI_ID_PIIX3) != 0)
		return -1;
	return settings_make(qtest, pc_settings, ARRAY_COUNT(pc_settings));
}

static int q35_setup(struct pull *pull, struct peer *qtest)
{
	pull->chipset = BL_CHIPSET_Q35;
	pull->ecam_gpa = ECAM_BASE;
	pull->ecam_size = MIB(64);
	if (chip_check(qtest, ICH9_LPC, PCI_ID_ICH9) != 0)
		return -1;
	return settings_make(qtest, q35_settings, ARRAY_COUNT(q35_settings));
}

int chipset_pull(struct pull *pull, struct peer *qtest)
{
	uint32_t host;

	pull->chipset = BL_CHIPSET_NONE;
	if (pci_read(qtest, HOST_BRIDGE, 0, &host) != 0)
		return -1;
	if (host == PCI_ID_I440FX)
		return pc_setup(pull, qtest);
	if (host == PCI_ID_Q35)
		return q35_setup(pull, qtest);
	return 0;
}
