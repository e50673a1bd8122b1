/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/acpi.h - the fixed ACPI tables: RSDP, XSDT, FADT, MADT, FACS, MCFG.
 * [ACPI] Advanced Configuration and Power Interface 6.4
 * [PCIFW] PCI Firmware Specification 3.3 */
#ifndef CORE_ABI_ACPI_H
#define CORE_ABI_ACPI_H

#include "core/base.h"

/* Signatures, as a little-endian number. */
#define ACPI_SIG_XSDT 0x54445358 /* "XSDT" */
#define ACPI_SIG_FADT 0x50434146 /* "FACP" */
#define ACPI_SIG_MADT 0x43495041 /* "APIC" */
#define ACPI_SIG_DSDT 0x54445344 /* "DSDT" */
#define ACPI_SIG_FACS 0x53434146 /* "FACS" */
#define ACPI_SIG_MCFG 0x4746434d /* "MCFG" */
#define ACPI_SIG_SSDT 0x54445353 /* "SSDT" */

/* [ACPI] 5.2.6: creator of tables that no ASL compiler made */
#define ACPI_OEM_ID       "BEELIN"
#define ACPI_OEM_TABLE_ID "BEELINE "
#define ACPI_CREATOR 0x454e4c42 /* "BLNE" */

/* [ACPI] 5.2.5.3 Root System Description Pointer (RSDP) Structure */
struct acpi_rsdp {
	char signature[8];      /* 00 "RSD PTR " */
	uint8_t checksum;       /* 08 of the first 20 bytes */
	char oem_id[6];         /* 09 */
	uint8_t revision;       /* 0f 2 */
	uint32_t rsdt_gpa;      /* 10 0: none */
	uint32_t length;        /* 14 */
	uint64_t xsdt_gpa;      /* 18 */
	uint8_t extended_sum;   /* 20 of all 36 bytes */
	uint8_t reserved[3];    /* 21 */
} PACKED;
ASSERT_SIZE(struct acpi_rsdp, 0x24);
ASSERT_OFFSET(struct acpi_rsdp, xsdt_gpa, 0x18);

#define ACPI_RSDP_SIGNATURE "RSD PTR "
#define ACPI_RSDP_V1_SIZE 20 /* what its first checksum covers */

/* [ACPI] 5.2.6 System Description Table Header */
struct acpi_header {
	uint32_t signature;        /* 00 */
	uint32_t length;           /* 04 this header included */
	uint8_t revision;          /* 08 */
	uint8_t checksum;          /* 09 */
	char oem_id[6];            /* 0a */
	char oem_table_id[8];      /* 10 */
	uint32_t oem_revision;     /* 18 */
	uint32_t creator_id;       /* 1c */
	uint32_t creator_revision; /* 20 */
} PACKED;
ASSERT_SIZE(struct acpi_header, 0x24);
ASSERT_OFFSET(struct acpi_header, checksum, 0x09);

/* [ACPI] 5.2.8 XSDT, with the two entries that ours has */
struct acpi_xsdt2 {
	struct acpi_header head; /* 00 "XSDT" */
	uint64_t entry[2];       /* 24 */
} PACKED;
ASSERT_SIZE(struct acpi_xsdt2, 0x34);

/* [ACPI] 5.2.8 XSDT, with as many entries as its length says */
struct acpi_xsdt {
	struct acpi_header head; /* 00 "XSDT" */
	uint64_t entry[];        /* 24 */
} PACKED;
ASSERT_SIZE(struct acpi_xsdt, 0x24);

/* [ACPI] 5.2.3.2 Generic Address Structure */
struct acpi_address {
	uint8_t space;      /* 00 */
	uint8_t bit_width;  /* 01 */
	uint8_t bit_offset; /* 02 */
	uint8_t access;     /* 03 */
	uint64_t address;   /* 04 */
} PACKED;
ASSERT_SIZE(struct acpi_address, 0x0c);

#define ACPI_SPACE_MEMORY 0
#define ACPI_ACCESS_BYTE  1
#define ACPI_ACCESS_WORD  2

/* [ACPI] 5.2.9 Fixed ACPI Description Table (FADT), revision 6 */
struct acpi_fadt {
	struct acpi_header head;           /* 00 "FACP" */
	uint32_t facs_gpa;                 /* 24 */
	uint32_t dsdt_gpa;                 /* 28 */
	uint8_t reserved1;                 /* 2c */
	uint8_t profile;                   /* 2d preferred PM profile */
	uint16_t sci_irq;                  /* 2e */
	uint32_t smi_command;              /* 30 0: always in ACPI mode */
	uint8_t acpi_enable;               /* 34 */
	uint8_t acpi_disable;              /* 35 */
	uint8_t s4bios_request;            /* 36 */
	uint8_t pstate_control;            /* 37 */
	uint32_t pm1a_event;               /* 38 ports: 0 where x_ is used */
	uint32_t pm1b_event;               /* 3c */
	uint32_t pm1a_control;             /* 40 */
	uint32_t pm1b_control;             /* 44 */
	uint32_t pm2_control;              /* 48 */
	uint32_t pm_timer;                 /* 4c */
	uint32_t gpe0;                     /* 50 */
	uint32_t gpe1;                     /* 54 */
	uint8_t pm1_event_len;             /* 58 bytes, as the next five */
	uint8_t pm1_control_len;           /* 59 */
	uint8_t pm2_control_len;           /* 5a */
	uint8_t pm_timer_len;              /* 5b */
	uint8_t gpe0_len;                  /* 5c */
	uint8_t gpe1_len;                  /* 5d */
	uint8_t gpe1_base;                 /* 5e */
	uint8_t cstate_control;            /* 5f */
	uint16_t c2_latency;               /* 60 us; above 100: no C2 */
	uint16_t c3_latency;               /* 62 us; above 1000: no C3 */
	uint16_t flush_size;               /* 64 */
	uint16_t flush_stride;             /* 66 */
	uint8_t duty_offset;               /* 68 */
	uint8_t duty_width;                /* 69 */
	uint8_t day_alarm;                 /* 6a */
	uint8_t month_alarm;               /* 6b */
	uint8_t century;                   /* 6c */
	uint16_t boot_arch;                /* 6d ACPI_BOOT_* */
	uint8_t reserved2;                 /* 6f */
	uint32_t flags;                    /* 70 ACPI_FADT_* */
	struct acpi_address reset;         /* 74 */
	uint8_t reset_value;               /* 80 */
	uint16_t arm_boot_arch;            /* 81 */
	uint8_t minor_version;             /* 83 */
	uint64_t x_facs_gpa;               /* 84 */
	uint64_t x_dsdt_gpa;               /* 8c */
	struct acpi_address x_pm1a_event;   /* 94 */
	struct acpi_address x_pm1b_event;   /* a0 */
	struct acpi_address x_pm1a_control; /* ac */
	struct acpi_address x_pm1b_control; /* b8 */
	struct acpi_address x_pm2_control;  /* c4 */
	struct acpi_address x_pm_timer;     /* d0 */
	struct acpi_address x_gpe0;         /* dc */
	struct acpi_address x_gpe1;         /* e8 */
	struct acpi_address sleep_control;  /* f4 */
	struct acpi_address sleep_status;   /* 100 */
	uint64_t hypervisor;                /* 10c vendor identity */
} PACKED;
ASSERT_SIZE(struct acpi_fadt, 0x114);
ASSERT_OFFSET(struct acpi_fadt, pm1_event_len, 0x58);
ASSERT_OFFSET(struct acpi_fadt, flags, 0x70);
ASSERT_OFFSET(struct acpi_fadt, x_dsdt_gpa, 0x8c);
ASSERT_OFFSET(struct acpi_fadt, sleep_control, 0xf4);

#define ACPI_FADT_REVISION 6
#define ACPI_NO_C2         101  /* us: one more than the longest */
#define ACPI_NO_C3         1001

/* [ACPI] 5.2.9 Table 5.10 Fixed ACPI Description Table Fixed Feature Flags */
#define ACPI_FADT_WBINVD       0x00000001 /* wbinvd works */
#define ACPI_FADT_PROC_C1      0x00000004 /* hlt on every processor */
#define ACPI_FADT_NO_PWR_FIXED 0x00000010 /* no fixed power button */
#define ACPI_FADT_NO_SLP_FIXED 0x00000020 /* no fixed sleep button */
#define ACPI_FADT_NO_RTC_FIXED 0x00000040 /* no RTC wake in fixed space */
#define ACPI_FADT_RESET        0x00000400 /* there is a reset register */
#define ACPI_FADT_HEADLESS     0x00001000
#define ACPI_FADT_HW_REDUCED   0x00100000 /* no fixed hardware at all */

/* [ACPI] 5.2.9.3 IA-PC Boot Architecture Flags */
#define ACPI_BOOT_LEGACY_DEVICES 0x0001 /* there are ISA devices */
#define ACPI_BOOT_8042           0x0002
#define ACPI_BOOT_NO_VGA         0x0004
#define ACPI_BOOT_NO_RTC         0x0020 /* no CMOS clock */

/* [ACPI] 4.8.3 Fixed Hardware Feature Registers, as the memory they are in
 * for a machine that has none: PM1 status, enable and control. */
struct acpi_pm1 {
	uint16_t status;  /* 00 */
	uint16_t enable;  /* 02 */
	uint16_t control; /* 04 */
	uint16_t unused;  /* 06 */
} PACKED;
ASSERT_SIZE(struct acpi_pm1, 8);

/* [ACPI] 5.2.10 Firmware ACPI Control Structure (FACS) */
struct acpi_facs {
	uint32_t signature;   /* 00 "FACS" */
	uint32_t length;      /* 04 */
	uint32_t hw_signature; /* 08 */
	uint32_t waking;      /* 0c */
	uint32_t global_lock; /* 10 */
	uint32_t flags;       /* 14 */
	uint64_t x_waking;    /* 18 */
	uint8_t version;      /* 20 2 */
	uint8_t reserved[31]; /* 21 */
} PACKED;
ASSERT_SIZE(struct acpi_facs, 0x40);

/* [ACPI] 5.2.12 Multiple APIC Description Table (MADT) */
struct acpi_madt {
	struct acpi_header head; /* 00 "APIC" */
	uint32_t lapic_gpa;      /* 24 */
	uint32_t flags;          /* 28 */
} PACKED;
ASSERT_SIZE(struct acpi_madt, 0x2c);

#define ACPI_MADT_REVISION 4
#define ACPI_MADT_PCAT     0x01 /* two 8259 are there too */

#define ACPI_MADT_LAPIC      0
#define ACPI_MADT_IOAPIC     1
#define ACPI_MADT_OVERRIDE   2
#define ACPI_MADT_LAPIC_NMI  4
#define ACPI_MADT_X2APIC     9
#define ACPI_MADT_X2APIC_NMI 10

#define ACPI_MADT_ENABLED    0x01 /* flags of a processor */
#define ACPI_MADT_ALL_CPUS   0xff /* uid in an 8-bit NMI entry */
#define ACPI_MADT_ALL_X2CPUS 0xffffffff
#define ACPI_XAPIC_ID_END    0xff /* ids from here need an x2APIC entry */
#define ACPI_X2APIC_ID_NONE  0xffffffff

struct acpi_madt_head {
	uint8_t type;   /* 00 */
	uint8_t length; /* 01 */
} PACKED;
ASSERT_SIZE(struct acpi_madt_head, 2);

/* [ACPI] 5.2.12.2 Processor Local APIC Structure */
struct acpi_madt_lapic {
	struct acpi_madt_head head; /* 00 */
	uint8_t uid;                /* 02 */
	uint8_t apic_id;            /* 03 */
	uint32_t flags;             /* 04 */
} PACKED;
ASSERT_SIZE(struct acpi_madt_lapic, 8);

/* [ACPI] 5.2.12.3 I/O APIC Structure */
struct acpi_madt_ioapic {
	struct acpi_madt_head head; /* 00 */
	uint8_t id;                 /* 02 */
	uint8_t reserved;           /* 03 */
	uint32_t gpa;               /* 04 */
	uint32_t gsi_base;          /* 08 */
} PACKED;
ASSERT_SIZE(struct acpi_madt_ioapic, 12);

/* [ACPI] 5.2.12.5 Interrupt Source Override Structure */
struct acpi_madt_override {
	struct acpi_madt_head head; /* 00 */
	uint8_t bus;                /* 02 0: ISA */
	uint8_t source;             /* 03 ISA interrupt */
	uint32_t gsi;               /* 04 */
	uint16_t flags;             /* 08 0: as the bus has it */
} PACKED;
ASSERT_SIZE(struct acpi_madt_override, 10);

/* [ACPI] 5.2.12.7 Local APIC NMI Structure */
struct acpi_madt_lapic_nmi {
	struct acpi_madt_head head; /* 00 */
	uint8_t uid;                /* 02 */
	uint16_t flags;             /* 03 */
	uint8_t lint;               /* 05 */
} PACKED;
ASSERT_SIZE(struct acpi_madt_lapic_nmi, 6);

/* [ACPI] 5.2.12.12 Processor Local x2APIC Structure */
struct acpi_madt_x2apic {
	struct acpi_madt_head head; /* 00 */
	uint16_t reserved;          /* 02 */
	uint32_t apic_id;           /* 04 */
	uint32_t flags;             /* 08 */
	uint32_t uid;               /* 0c */
} PACKED;
ASSERT_SIZE(struct acpi_madt_x2apic, 16);

/* [ACPI] 5.2.12.13 Local x2APIC NMI Structure */
struct acpi_madt_x2apic_nmi {
	struct acpi_madt_head head; /* 00 */
	uint16_t flags;             /* 02 */
	uint32_t uid;               /* 04 */
	uint8_t lint;               /* 08 */
	uint8_t reserved[3];        /* 09 */
} PACKED;
ASSERT_SIZE(struct acpi_madt_x2apic_nmi, 12);

/* [PCIFW] 4.1.2 MCFG Table, with the one window that ours has */
struct acpi_mcfg {
	struct acpi_header head; /* 00 "MCFG" */
	uint64_t reserved1;      /* 24 */
	uint64_t ecam_gpa;       /* 2c of bus 0 */
	uint16_t segment;        /* 34 */
	uint8_t first_bus;       /* 36 */
	uint8_t last_bus;        /* 37 */
	uint32_t reserved2;      /* 38 */
} PACKED;
ASSERT_SIZE(struct acpi_mcfg, 0x3c);
ASSERT_OFFSET(struct acpi_mcfg, ecam_gpa, 0x2c);

#define ACPI_MCFG_BUS_SHIFT 20 /* 1 MiB of window for each bus */

#endif
