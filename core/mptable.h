/* SPDX-License-Identifier: BSD-2-Clause */
/* mptable.h - builds an MP table for kernels that take no ACPI.
 *
 * One ISA bus, one IOAPIC, the processors with 8-bit APIC ids. */
#ifndef CORE_MPTABLE_H
#define CORE_MPTABLE_H

#include "core/abi/mp.h"
#include "core/table_block.h"

#define MP_CPU_MAX     288 /* processors, those without an entry included */
#define MP_BLOCK_ALIGN 16

struct mp_machine {
	const uint32_t *apic_id; /* cpu_count of them; [0] is the boot CPU */
	uint32_t cpu_count;      /* 1 to MP_CPU_MAX */
	uint32_t cpu_signature;  /* CPUID leaf 1 EAX, the same for all */
	uint32_t cpu_features;   /* CPUID leaf 1 EDX */
	uint32_t lapic_gpa;
	uint32_t ioapic_gpa;
	uint8_t lapic_version;   /* its version register, low byte */
	uint8_t ioapic_id;
	uint8_t ioapic_version;  /* its version register, low byte */
	bool timer_pin2;         /* ISA interrupt 0 arrives at INTIN 2 */
};

/* Bytes that a block must have left for so many processors. */
uint32_t mptable_room(uint32_t cpu_count);

/* Builds the table behind what the block holds, at the next MP_BLOCK_ALIGN
 * (which its gpa must have), and the pointer to it into floating.
 *
 * A processor whose APIC id is 255 or more is left out: the table has 8 bits.
 * ISA interrupts go to the INTIN of their number; with timer_pin2 interrupt 0
 * goes to INTIN 2 and interrupt 2, the cascade, nowhere.  ExtINT arrives at
 * LINTIN 0 and NMI at LINTIN 1 of every local APIC.
 *
 * 0, or
 *   ERR_ABSENT    no processor
 *   ERR_TOO_MANY  more than MP_CPU_MAX processors
 *   ERR_RANGE     a boot CPU whose APIC id has no entry
 *   ERR_ALIGN     a block whose gpa is no multiple of MP_BLOCK_ALIGN
 *   ERR_WRAP      a block that does not lie below 4 GiB
 *   ERR_NO_ROOM   less left than mptable_room()
 * and nothing is written. */
int mptable_build(const struct mp_machine *machine, struct table_block *block,
		  struct mp_floating *floating, struct fault *fault);

#endif
