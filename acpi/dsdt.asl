/* SPDX-License-Identifier: BSD-2-Clause */
/* dsdt.asl - what a machine whose VMM offers no ACPI can still do: power off.
 *
 * There is no power-off device.  What there is: the message window of the
 * local APICs at 0xFEE00000.  _PTS (5) leaves a word in a mailbox and sends
 * INIT to all processors; the first one comes out at the reset vector, where
 * the firmware finds the word (docs/boot.md, "Power off"). */
#include "core/layout.h"

DefinitionBlock ("", "DSDT", 2, "BEELIN", "BEELINE ", 1)
{
	OperationRegion (MAIL, SystemMemory, MAILBOX, 4)
	Field (MAIL, DWordAcc, NoLock, Preserve) { WORD, 32 }

	/* [SDM] 3A 11.11.1: destination 0xFF (bits 12 to 19), physical.  Not
	 * in the first 4 KiB, which a processor keeps for its own APIC. */
	OperationRegion (MSIA, SystemMemory, 0xFEEFF000, 4)
	Field (MSIA, DWordAcc, NoLock, WriteAsZeros) { MSID, 32 }

	Name (\_S5, Package () { 0, 0, 0, 0 })

	Method (\_PTS, 1, NotSerialized)
	{
		If (Arg0 == 5)
		{
			WORD = MAILBOX_OFF
			MSID = 0x0500           /* [SDM] 3A 11.11.2: INIT */
		}
	}
}
