/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/boot_params.h - the Linux/x86 boot protocol.
 * [BOOT] Documentation/arch/x86/boot.rst, zero-page.rst */
#ifndef CORE_ABI_BOOT_PARAMS_H
#define CORE_ABI_BOOT_PARAMS_H

#include "core/abi/e820.h"
#include "core/base.h"

#define SETUP_HEADER_OFFSET 0x1f1 /* the same in bzImage and zero page */
#define SETUP_HEADER_MAGIC  0x53726448 /* "HdrS" */
#define SETUP_BOOT_FLAG     0xaa55
#define SETUP_SECTOR        512
#define SETUP_WINDOW        0x290 /* header's end, whatever its version */

/* [BOOT] "Details of Header Fields" */
struct setup_header {
	uint8_t setup_sects;             /* 1f1 0 means 4 */
	uint16_t root_flags;             /* 1f2 */
	uint32_t syssize;                /* 1f4 in 16 bytes; 16 bits < 2.04 */
	uint16_t ram_size;               /* 1f8 */
	uint16_t vid_mode;               /* 1fa */
	uint16_t root_dev;               /* 1fc */
	uint16_t boot_flag;              /* 1fe 0xaa55 */
	uint16_t jump;                   /* 200 second byte: header length */
	uint32_t header;                 /* 202 "HdrS" */
	uint16_t version;                /* 206 */
	uint32_t realmode_swtch;         /* 208 */
	uint16_t start_sys_seg;          /* 20c */
	uint16_t kernel_version;         /* 20e */
	uint8_t type_of_loader;          /* 210 */
	uint8_t loadflags;               /* 211 */
	uint16_t setup_move_size;        /* 212 */
	uint32_t code32_start;           /* 214 */
	uint32_t ramdisk_image;          /* 218 */
	uint32_t ramdisk_size;           /* 21c */
	uint32_t bootsect_kludge;        /* 220 */
	uint16_t heap_end_ptr;           /* 224 2.01 */
	uint8_t ext_loader_ver;          /* 226 2.02 */
	uint8_t ext_loader_type;         /* 227 2.02 */
	uint32_t cmd_line_ptr;           /* 228 2.02 */
	uint32_t initrd_addr_max;        /* 22c 2.03 */
	uint32_t kernel_alignment;       /* 230 2.05 */
	uint8_t relocatable_kernel;      /* 234 2.05 */
	uint8_t min_alignment;           /* 235 2.10 */
	uint16_t xloadflags;             /* 236 2.12 */
	uint32_t cmdline_size;           /* 238 2.06 without the NUL */
	uint32_t hardware_subarch;       /* 23c 2.07 */
	uint64_t hardware_subarch_data;  /* 240 2.07 */
	uint32_t payload_offset;         /* 248 2.08 */
	uint32_t payload_length;         /* 24c 2.08 */
	uint64_t setup_data;             /* 250 2.09 */
	uint64_t pref_address;           /* 258 2.10 */
	uint32_t init_size;              /* 260 2.10 */
	uint32_t handover_offset;        /* 264 2.11 */
	uint32_t kernel_info_offset;     /* 268 2.15 */
	uint8_t pad[0x290 - 0x26c];      /* 26c */
} PACKED;
ASSERT_SIZE(struct setup_header, SETUP_WINDOW - SETUP_HEADER_OFFSET);
ASSERT_OFFSET(struct setup_header, header, 0x202 - SETUP_HEADER_OFFSET);
ASSERT_OFFSET(struct setup_header, init_size, 0x260 - SETUP_HEADER_OFFSET);

/* protocol versions */
#define SETUP_V2_00 0x200
#define SETUP_V2_02 0x202
#define SETUP_V2_03 0x203
#define SETUP_V2_04 0x204
#define SETUP_V2_05 0x205
#define SETUP_V2_06 0x206
#define SETUP_V2_08 0x208
#define SETUP_V2_09 0x209
#define SETUP_V2_10 0x20a
#define SETUP_V2_12 0x20c
#define SETUP_V2_14 0x20e

/* loadflags */
#define LOADED_HIGH  0x01
#define KASLR_FLAG   0x02
#define CAN_USE_HEAP 0x80

/* xloadflags */
#define XLF_KERNEL_64              0x0001
#define XLF_CAN_BE_LOADED_ABOVE_4G 0x0002

#define LOADER_TYPE_QEMU  0xb0 /* a header that QEMU has filled in */
#define LOADER_TYPE_UNDEF 0xff /* "no assigned ID" */

#define ENTRY64_OFFSET 0x200   /* [BOOT] "64-bit Boot Protocol" */

/* [BOOT] "struct setup_data" */
struct setup_data {
	uint64_t next; /* 00 guest-physical, 0 ends the list */
	uint32_t type; /* 08 */
	uint32_t len;  /* 0c bytes of data that follow */
} PACKED;
ASSERT_SIZE(struct setup_data, 16);

#define SETUP_NONE     0 /* [LINUX] setup_data types */
#define SETUP_RNG_SEED 9

#define E820_MAX_ENTRIES 128 /* in the zero page */

/* [BOOT] zero-page.rst: what we fill */
struct boot_params {
	uint8_t screen_info[0x40];       /* 000 */
	uint8_t pad1[0x70 - 0x40];       /* 040 */
	uint64_t acpi_rsdp_addr;         /* 070 2.14 */
	uint8_t pad2[0xc0 - 0x78];       /* 078 */
	uint32_t ext_ramdisk_image;      /* 0c0 */
	uint32_t ext_ramdisk_size;       /* 0c4 */
	uint32_t ext_cmd_line_ptr;       /* 0c8 */
	uint8_t pad3[0x1e8 - 0xcc];      /* 0cc */
	uint8_t e820_entries;            /* 1e8 */
	uint8_t pad4[0x1f1 - 0x1e9];     /* 1e9 the sentinel at 1ef stays 0 */
	struct setup_header hdr;         /* 1f1 */
	uint8_t pad5[0x2d0 - 0x290];     /* 290 */
	struct e820_entry e820[E820_MAX_ENTRIES]; /* 2d0 */
	uint8_t pad6[0x1000 - 0xcd0];    /* cd0 */
} PACKED;
ASSERT_SIZE(struct boot_params, 0x1000);
ASSERT_OFFSET(struct boot_params, e820_entries, 0x1e8);
ASSERT_OFFSET(struct boot_params, hdr, 0x1f1);
ASSERT_OFFSET(struct boot_params, e820, 0x2d0);

#endif
