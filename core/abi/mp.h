/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/mp.h - the MP floating pointer and the records of the MP table.
 * [MP] Intel MultiProcessor Specification 1.4 */
#ifndef CORE_ABI_MP_H
#define CORE_ABI_MP_H

#include "core/base.h"

#define MP_SIG_FLOATING 0x5f504d5f /* "_MP_", little-endian */
#define MP_SIG_CONFIG   0x504d4350 /* "PCMP" */
#define MP_SPEC_REV     4          /* 1.4 */
#define MP_OEM_ID       "BEELINE "

/* [MP] 4.1 MP Floating Pointer Structure */
struct mp_floating {
	uint32_t signature;  /* 00 */
	uint32_t config_gpa; /* 04 */
	uint8_t length;      /* 08 in units of 16 bytes: 1 */
	uint8_t spec_rev;    /* 09 */
	uint8_t checksum;    /* 0a */
	uint8_t feature1;    /* 0b 0: there is a table */
	uint8_t feature2;    /* 0c bit 7: IMCR and PIC mode */
	uint8_t reserved[3]; /* 0d */
} PACKED;
ASSERT_SIZE(struct mp_floating, 16);
ASSERT_OFFSET(struct mp_floating, checksum, 0x0a);

/* [MP] 4.2 MP Configuration Table Header */
struct mp_config {
	uint32_t signature;      /* 00 */
	uint16_t base_length;    /* 04 this header included */
	uint8_t spec_rev;        /* 06 */
	uint8_t checksum;        /* 07 */
	char oem_id[8];          /* 08 space-padded, as the next */
	char product_id[12];     /* 10 */
	uint32_t oem_gpa;        /* 1c */
	uint16_t oem_size;       /* 20 */
	uint16_t entry_count;    /* 22 */
	uint32_t lapic_gpa;      /* 24 */
	uint16_t extended_len;   /* 28 */
	uint8_t extended_sum;    /* 2a */
	uint8_t reserved;        /* 2b */
} PACKED;
ASSERT_SIZE(struct mp_config, 0x2c);
ASSERT_OFFSET(struct mp_config, lapic_gpa, 0x24);

/* [MP] 4.3 Base MP Configuration Table Entries */
#define MP_PROCESSOR 0
#define MP_BUS       1
#define MP_IOAPIC    2
#define MP_IO_INT    3
#define MP_LOCAL_INT 4

/* [MP] 4.3.1 Processor Entries */
struct mp_processor {
	uint8_t type;          /* 00 */
	uint8_t apic_id;       /* 01 */
	uint8_t apic_version;  /* 02 */
	uint8_t flags;         /* 03 MP_CPU_* */
	uint32_t signature;    /* 04 CPUID 1 EAX */
	uint32_t features;     /* 08 CPUID 1 EDX */
	uint32_t reserved[2];  /* 0c */
} PACKED;
ASSERT_SIZE(struct mp_processor, 20);

#define MP_CPU_ENABLED 0x01
#define MP_CPU_BOOT    0x02

/* [MP] 4.3.2 Bus Entries */
struct mp_bus {
	uint8_t type;  /* 00 */
	uint8_t id;    /* 01 */
	char name[6];  /* 02 space-padded */
} PACKED;
ASSERT_SIZE(struct mp_bus, 8);

/* [MP] 4.3.3 I/O APIC Entries */
struct mp_ioapic {
	uint8_t type;    /* 00 */
	uint8_t id;      /* 01 */
	uint8_t version; /* 02 */
	uint8_t flags;   /* 03 */
	uint32_t gpa;    /* 04 */
} PACKED;
ASSERT_SIZE(struct mp_ioapic, 8);

#define MP_BUS_ISA "ISA   "

#define MP_IOAPIC_ENABLED 0x01

/* [MP] 4.3.4 I/O Interrupt Assignment Entries, 4.3.5 Local Interrupt
 * Assignment Entries: one shape */
struct mp_int {
	uint8_t type;      /* 00 */
	uint8_t kind;      /* 01 MP_INT_* */
	uint16_t flags;    /* 02 0: as the bus has it */
	uint8_t bus;       /* 04 source */
	uint8_t irq;       /* 05 source */
	uint8_t apic_id;   /* 06 destination */
	uint8_t pin;       /* 07 destination: INTIN or LINTIN */
} PACKED;
ASSERT_SIZE(struct mp_int, 8);

#define MP_INT_VECTORED 0
#define MP_INT_NMI      1
#define MP_INT_EXTINT   3

#define MP_ALL_LAPICS  0xff /* destination: every local APIC */
#define MP_APIC_ID_END 0xff /* ids from here have no entry */

#endif
