/* SPDX-License-Identifier: BSD-2-Clause */
/* hw_dsdt.asl - the DSDT of a hardware-reduced machine: a power button behind
 * a generic event device, a serial port, and the way to power off.
 *
 * There are no processor devices: Linux takes processors from the MADT, and
 * uses ACPI0007 for power states, throttling and hotplug, which such a machine
 * has not. */
#include "host-loader/lib/hwreduced_marks.h"

DefinitionBlock ("", "DSDT", 2, "BEELIN", "HWREDUCE", 1)
{
	/* The value of SLP_TYP for the sleep control register ([ACPI] 4.8.3.7).
	 * Without such a register nobody uses it. */
	Name (\_S5, Package () { 5, 0, 0, 0 })

	Scope (\_SB)
	{
		/* [ACPI] 5.6.9 Interrupt-signaled ACPI events */
		Device (GED0)
		{
			Name (_HID, "ACPI0013")
			Name (_UID, 0)
			Name (_STA, MARK_GED_STATUS)
			Name (_CRS, ResourceTemplate ()
			{
				Interrupt (ResourceConsumer, Edge, ActiveHigh,
					   Exclusive) { MARK_GED_GSI }
			})
			OperationRegion (EVTR, SystemMemory, MARK_GED_GPA, 1)
			Field (EVTR, ByteAcc, NoLock, WriteAsZeros) { EVTS, 8 }

			/* Reading the register clears it. */
			Method (_EVT, 1, Serialized)
			{
				Local0 = EVTS
				If (Local0 & 1)
				{
					Notify (PWRB, 0x80)
				}
			}
		}

		/* [ACPI] 4.8.2.2.1.2 Control Method Power Button */
		Device (PWRB)
		{
			Name (_HID, "PNP0C0C")
			Name (_UID, 0)
			Method (_STA)
			{
				Return (^^GED0._STA)
			}
		}

		/* Without a PIC no kernel takes interrupt 4 for granted. */
		Device (COM1)
		{
			Name (_HID, EisaId ("PNP0501"))
			Name (_UID, 0)
			Name (_STA, MARK_COM1_STATUS)
			Name (_CRS, ResourceTemplate ()
			{
				IO (Decode16, 0x3f8, 0x3f8, 0, 8)
				Interrupt (ResourceConsumer, Edge, ActiveHigh,
					   Exclusive) { MARK_COM1_GSI }
			})
		}
	}
}
