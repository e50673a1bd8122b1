/* SPDX-License-Identifier: BSD-2-Clause */
/* hw_pci.asl - an SSDT for a PCI Express root that is reached by ECAM alone.
 *
 * No _PRT: interrupts are messages (MSI, MSI-X), no pin is wired. */
#include "host-loader/lib/hwreduced_marks.h"

DefinitionBlock ("", "SSDT", 2, "BEELIN", "PCIEROOT", 1)
{
	Scope (\_SB)
	{
		/* [PCIFW] 4.1.2: the window is a motherboard resource.  Linux
		 * believes no other word for it where port 0xcf8 is silent. */
		Device (ECAM)
		{
			Name (_HID, EisaId ("PNP0C02"))
			Name (_UID, 0)
			Name (_CRS, ResourceTemplate ()
			{
				QWordMemory (ResourceConsumer, PosDecode,
					     MinFixed, MaxFixed, NonCacheable,
					     ReadWrite, 0, MARK_ECAM_FIRST,
					     MARK_ECAM_LAST, 0,
					     MARK_ECAM_LENGTH)
			})
		}

		Device (PCI0)
		{
			Name (_HID, EisaId ("PNP0A08"))
			Name (_CID, EisaId ("PNP0A03"))
			Name (_UID, 0)
			Name (_SEG, 0)
			Name (_BBN, 0)
			Name (_CCA, One)
			Name (_CBA, MARK_ECAM_GPA)
			Name (_CRS, ResourceTemplate ()
			{
				WordBusNumber (ResourceProducer, MinFixed,
					       MaxFixed, PosDecode, 0, 0,
					       MARK_BUS_LAST, 0, MARK_BUS_COUNT)
				DWordMemory (ResourceProducer, PosDecode,
					     MinFixed, MaxFixed, NonCacheable,
					     ReadWrite, 0, MARK_PCI_FIRST,
					     MARK_PCI_LAST, 0, MARK_PCI_LENGTH)
			})
		}
	}
}
