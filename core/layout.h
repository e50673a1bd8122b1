/* SPDX-License-Identifier: BSD-2-Clause */
/* layout.h - every guest address and budget of ours, once.
 *
 * Read by C, by the linker script and, through a rule of the Makefile, by
 * nasm: so only `#define NAME 0xHEX` lines with a comment behind.
 *
 *   0x00000000  interrupt vectors, BIOS data area (the EBDA word only)
 *   0x00001000  free: the kernel's
 *   0x00010000  scratch: large fw_cfg directory, table-loader script, e820 file
 *   0x00020000  free: other VMMs keep a command line here
 *   0x00030000  stack, .bss
 *   0x00034000  fw_cfg directory, boot_params, page tables, start_info, GDT
 *   0x0003c000  MP table, ACPI tables of our own (reserved when used)
 *   0x00040000  command line
 *   0x00050000  SMBIOS tables (reserved when used)
 *   0x00080000  free: other VMMs keep tables from here to 1 MiB
 *   0x0009fc00  EBDA: RSDP, MP floating pointer, power-off mailbox
 *   0x000a0000  hole: not even the RSDP needs to be there
 *   0x000f0000  fw-128k.bin, where it runs
 *   0x00100000  ACPI tables of the VMM, kernel, initrd: placed by the map
 *   0x00f00000  fw.elf, until the kernel is entered
 *   0xffff0000  fw.bin
 *
 * Why the middle of low memory: no VMM preloads anything there.  Nothing at
 * or above 1 MiB is touched before the kernel's extent is known, since a PVH
 * kernel is already in place when we start. */
#ifndef CORE_LAYOUT_H
#define CORE_LAYOUT_H

/* The ROM. */
#define ROM_BASE        0xffff0000 /* guest-physical start of fw.bin */
#define ROM_SIZE        0x00010000 /* exactly 64 KiB: docs/boot.md, "The ROM" */
#define ROM_ABOUT_SIZE  0x00000078 /* its first bytes: core/about.h */
#define ROM_TEXT        0xffffc000 /* code and constants start here */
#define ROM_TEXT_MAX    0x00004000 /* ... and may take this much, all told */
#define ROM_FAR_MAX     0x00002000 /* before that: what only other hosts run */
#define ROM_SMBIOS      0xffffff60 /* the static _SM3_ anchor */
#define ROM_TAIL        0xffffff80 /* 16-bit start, GDT, reset vector */
#define ROM_VECTOR      0xfffffff0 /* [SDM] 3A 9.1.4 First Instruction */

/* Low memory. */
#define BDA_EBDA_WORD   0x0000040e /* segment of the EBDA */
#define SCRATCH         0x00010000
#define SCRATCH_DIR     0x00010000 /* a directory too large for DIR_PAGE */
#define SCRATCH_DIR_MAX 0x00008000 /* 511 files */
#define SCRATCH_E820    0x00018000 /* etc/e820 as read */
#define SCRATCH_E820_MAX 0x00001000 /* 204 entries */
#define SCRATCH_SCRIPT  0x00019000 /* etc/table-loader as read */
#define SCRATCH_SCRIPT_MAX 0x00007000 /* 224 commands */
#define SCRATCH_END     0x00020000
#define FW_RAM          0x00030000 /* .bss upward, stack downward */
#define FW_RAM_SIZE     0x00004000
#define FW_STACK_TOP    0x00034000
/* Four pages in a row: the directory is read with a length that reaches over
 * all of them, and a host that fills what it has not with zeros clears the
 * three that must be clear.  docs/boot.md, "fw_cfg". */
#define DIR_PAGE        0x00034000 /* 63 files */
#define DIR_PAGE_SIZE   0x00001000
#define BOOT_PARAMS     0x00035000 /* zero page */
#define PML4            0x00036000
#define PDPT            0x00037000
#define CLEAR_END       0x00038000
#define PAGE_DIRECTORY  0x00038000
#define START_INFO      0x00039000 /* hvm_start_info, module, memory map */
#define START_INFO_SIZE 0x00002000
#define GDT_RAM         0x0003b000 /* GDT and the way into long mode */
#define GDT_RAM_SIZE    0x00001000
#define OWN_TABLES      0x0003c000 /* MP table, our own ACPI tables */
#define OWN_TABLES_SIZE 0x00004000
#define CMDLINE         0x00040000
#define CMDLINE_MAX     0x00010000 /* bytes, NUL included */
#define SMBIOS_TABLES   0x00050000
#define SMBIOS_MAX      0x00030000
#define FW_LOW_END      0x00080000 /* nothing of ours from here ... */
#define EBDA            0x0009fc00 /* ... to here */
#define EBDA_SIZE       0x00000400
#define EBDA_RSDP       0x0009fc00
#define EBDA_MP         0x0009fc40
#define MAILBOX         0x0009fc80 /* a word that outlives a reset, and */
#define MAILBOX_OFF     0x2146464f /* ... what our DSDT leaves: "OFF!" */
#define MAILBOX_DONE    0x2e66666f /* ... what we leave: "off." */
#define LEGACY_HOLE     0x000a0000 /* VGA, option ROMs, F segment */
#define RSDP_LOW        0x00080000 /* VMMs are known to put one here, at */
#define RSDP_BIOS       0x000e0000 /* LEGACY_HOLE, or from here to 1 MiB */
#define HIGH_START      0x00100000

/* fw.elf: above what kernels of old want at 1 MiB, below 16 MiB, where those
 * of today want to be. */
#define FW_ELF          0x00f00000
#define FW_ELF_MAX      0x00010000

/* fw-128k.bin runs in the copy of a ROM below 1 MiB. */
#define ROM_COPY        0x000f0000

/* Pages mapped for the 64-bit entry: this much from 0, 2 MiB each. */
#define IDENTITY_MAP    0x40000000

/* The no-firmware path: what a launch ROM and the image share.  Everything
 * else stands where fw.bin puts it. */
#define STUB_GDT        0x00000000 /* where GDTR points after a reset */
#define SEL_CODE64      0x00000010 /* [BOOT] __BOOT_CS */
#define SEL_DATA        0x00000018 /* [BOOT] __BOOT_DS */
#define SEL_CODE32      0x00000020
#define SEL_TSS         0x00000028
#define LAUNCH          0x0003b000 /* takes GDT_RAM's place */
#define LAUNCH_MARKER   0x0003b000 /* a word: has the stub been here? */
#define LAUNCH_CLEAN    0x6e65776d /* ... not yet: "mwen" */
#define LAUNCH_SEED     0x0003b010 /* struct setup_data, then the seed */
#define LAUNCH_SEED_SIZE 0x00000030
#define LAUNCH_SIZE     0x00000400
#define LAUNCH_DMA      0x0003b100 /* fw_cfg DMA requests, 16 bytes each */
#define LAUNCH_DMA_MAX  0x00000010 /* requests */
#define LAUNCH_DATA     0x0003b300 /* the pointers that they write */
#define STUB_CMDLINE    0x000f0000 /* the ROM, as the low MiB shows it */
#define STUB_CMDLINE_MAX 0x0000f000 /* bytes, NUL included */
#define STUB_SLOTS      0x000ff000 /* struct rom_slots */
#define STUB_CODE       0x000ffd00
#define STUB_SMBIOS     0x000fff60 /* the _SM3_ anchor */

/* Q35's ECAM window, where every firmware for that board puts it. */
#define ECAM_BASE       0xb0000000

#endif
