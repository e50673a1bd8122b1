/* SPDX-License-Identifier: BSD-2-Clause */
/* board.h - is what a VMM says of its board something that can be? */
#ifndef HOST_LOADER_BOARD_H
#define HOST_LOADER_BOARD_H

#include "core/err.h"
#include "host-loader/beeline.h"

#define BOARD_GSI_END  240   /* an IOAPIC has at most so many pins */
#define BOARD_MMIO_MIN 0x100 /* [VIRTIO] 4.2.2: no configuration space */

/* Looks at map (in bounds and without overlaps), board and ECAM window of a
 * request.  0, or
 *   ERR_ABSENT      no board, no processor, no list of them or of devices, an
 *                   ECAM window without a PCI window
 *   ERR_TOO_MANY    processors or devices
 *   ERR_UNSUPPORTED processor `record` has the broadcast id; device `record`
 *                   has an interrupt that no IOAPIC has (behind the virtio
 *                   devices: event device, serial port)
 *   ERR_DUPLICATE   processor `record` has another one's id; device `record`
 *                   has the interrupt of event device or serial port
 *   ERR_SIZE        a window is too small, or no whole number of buses
 *   ERR_WRAP        a window reaches over 2^64, or the PCI window over 4 GiB
 *   ERR_OVERLAP     a window or register lies in RAM or in another window
 *   ERR_ALIGN       the ECAM window does not begin at a MiB
 * `record` counts windows like this: the devices, IOAPIC, local APICs, ECAM,
 * PCI window; behind these the registers of event device, sleep and reset. */
int board_check(const struct bl_request *request, struct fault *fault);

#endif
