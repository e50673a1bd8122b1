/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/pc.h - interrupt hardware of every PC.
 * [LINUX] arch/x86/include/asm/apicdef.h, [SDM] 3A 11.4.1, QEMU
 * hw/i386/x86.c */
#ifndef CORE_ABI_PC_H
#define CORE_ABI_PC_H

#define LAPIC_GPA      0xfee00000 /* after reset */
#define LAPIC_VERSION  0x14
#define IOAPIC_GPA     0xfec00000
#define IOAPIC_VERSION 0x20
#define TIMER_PIN      2  /* QEMU wires ISA interrupt 0 there */
#define SCI_IRQ        13 /* the coprocessor's: virtio-mmio has 5 to 12 */

#endif
