/* SPDX-License-Identifier: BSD-2-Clause */
/* hw_mmio.asl - an SSDT for one virtio-mmio device. */
#include "host-loader/lib/hwreduced_marks.h"

DefinitionBlock ("", "SSDT", 2, "BEELIN", "VIRTIO00", 1)
{
	Scope (\_SB)
	{
		/* VR00: the last two digits are the device's number. */
		Device (VR00)
		{
			Name (_HID, "LNRO0005")
			Name (_UID, MARK_MMIO_UID)
			Name (_CCA, One)
			Name (_CRS, ResourceTemplate ()
			{
				QWordMemory (ResourceConsumer, PosDecode,
					     MinFixed, MaxFixed, NonCacheable,
					     ReadWrite, 0, MARK_MMIO_FIRST,
					     MARK_MMIO_LAST, 0,
					     MARK_MMIO_LENGTH)
				Interrupt (ResourceConsumer, Edge, ActiveHigh,
					   Shared) { MARK_MMIO_GSI }
			})
		}
	}
}
