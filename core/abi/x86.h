/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/x86.h - processor bits.  [SDM] Intel 64 and IA-32 SDM, volume in each
 * line.  nasm reads the plain `#define NAME 0xHEX` lines too. */
#ifndef CORE_ABI_X86_H
#define CORE_ABI_X86_H

/* [SDM] 3A 2.5 Control Registers */
#define CR0_PE         0x00000001
#define CR0_ET         0x00000010
#define CR0_NE         0x00000020
#define CR0_PG         0x80000000
#define CR4_PAE        0x00000020
#define CR4_OSFXSR     0x00000200

/* [SDM] 4 2.1 */
#define MSR_EFER       0xc0000080
#define EFER_LME       0x00000100
#define EFER_LMA       0x00000400
#define MSR_MTRR_DEF   0x000002ff
#define MTRR_DEF_WB_ON 0x00000806 /* [SDM] 3A 12.11.2.1: E, type 6 */

/* [SDM] 2A CPUID leaf 1, EDX */
#define CPUID1_MTRR    0x00001000
#define CPUID1_SSE2    0x04000000

/* [SDM] 2A CPUID leaf 80000001H, EDX */
#define CPUID_EXTENDED 0x80000001
#define CPUIDX_LM      0x20000000

/* [SDM] 3A 4.5 Table 4-14 ff. */
#define PTE_PRESENT    0x01
#define PTE_WRITE      0x02
#define PTE_ACCESSED   0x20
#define PTE_DIRTY      0x40
#define PTE_LARGE      0x80

#endif
