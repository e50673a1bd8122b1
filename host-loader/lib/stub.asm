; SPDX-License-Identifier: BSD-2-Clause
; stub.asm - from reset to the kernel, when all else is in memory already.
;
; On entry: real mode as after reset ([SDM] 3A 9.1.4), CS f000; GDTR base 0,
;           where the image has a GDT; RAM as the plan says.
; On exit:  the kernel's entry state, [BOOT] "64-bit Boot Protocol" or [PVH].
;
; -DCHIPSET_none|i440fx|q35, -DENTRY_64|pvh.  Runs at STUB_CODE, in the alias of
; the ROM below 1 MiB.

%include "abi.inc"

%define DEBUG_PORT 0x402
%define COM1       0x3f8
%define DMA_PORT   0x518            ; fw_cfg, low half, big-endian
%define PCI_ADDRESS 0xcf8
%define PCI_DATA   0xfc             ; low byte of 0xcfc
%define SEED       STUB_SLOTS + 0x40 ; struct rom_slots

	org	STUB_CODE
	bits	16

; pci devfn, register, value [, al]: one register of bus 0.  In: dh = 0xc.
%macro pci 3-4 eax
	mov	eax, 0x80000000 | %1 << 8 | %2
	mov	dl, PCI_ADDRESS & 0xff
	out	dx, eax
	mov	dl, PCI_DATA
	mov	%4, %3
	out	dx, %4
%endmacro

start:
%ifdef CHIPSET_q35
	mov	dh, PCI_ADDRESS >> 8
	pci	0x00, Q35_PCIEXBAR, ECAM_BASE | Q35_PCIEXBAR_64M | Q35_PCIEXBAR_EN
	pci	0xf8, ICH9_PMBASE, PM_IO_BASE | PM_IO_ENABLE
	pci	0xf8, ICH9_ACPI_CNTL, ICH9_ACPI_EN, al
%elifdef CHIPSET_i440fx
	mov	dh, PCI_ADDRESS >> 8
	pci	0x0b, PIIX4_PMBASE, PM_IO_BASE | PM_IO_ENABLE
	pci	0x0b, PIIX4_PMREGMISC, PIIX4_PMIOSE, al
%elifndef CHIPSET_none
%error which chipset?
%endif
	mov	ecx, MSR_MTRR_DEF       ; without it Linux 6.1 turns PAT off
	mov	eax, MTRR_DEF_WB_ON
	xor	edx, edx
	wrmsr
%ifdef ENTRY_64
	mov	ecx, MSR_EFER
	mov	eax, EFER_LME
	wrmsr
	mov	eax, CR4_PAE
	mov	cr4, eax
	mov	eax, PML4
	mov	cr3, eax
	mov	eax, CR0_PG | CR0_ET | CR0_PE
	mov	cr0, eax
	jmp	dword SEL_CODE64:flat
	bits	64
	default	abs
%elifdef ENTRY_pvh
	mov	eax, CR0_ET | CR0_PE
	mov	cr0, eax
	jmp	dword SEL_CODE32:flat
	bits	32
%else
%error which entry?
%endif

flat:	mov	eax, SEL_DATA
	mov	ds, eax
	mov	es, eax
	mov	ss, eax
	; Once only: a guest that resets itself leaves dirty memory.
	mov	ebx, LAUNCH_MARKER
	cmp	dword [ebx], LAUNCH_CLEAN
	jne	dirty
	mov	dword [ebx], ebx
%ifdef ENTRY_64
	mov	esi, SEED
	mov	edi, LAUNCH_SEED
	mov	ecx, LAUNCH_SEED_SIZE / 8
	rep	movsq
%endif
	mov	ecx, [STUB_SLOTS + 0x10] ; number of DMA requests
	jecxz	enter
	mov	ebx, LAUNCH_DMA
request:
	mov	eax, ebx
	bswap	eax
	mov	edx, DMA_PORT
	out	dx, eax
	cmp	dword [ebx], 0
	jne	refused
	add	ebx, 16
	dec	ecx
	jnz	request
enter:
%ifdef ENTRY_64
	mov	esi, BOOT_PARAMS
	jmp	[STUB_SLOTS + 8]
%else
	mov	eax, SEL_TSS
	ltr	ax
	mov	ebx, START_INFO
	jmp	[STUB_SLOTS + 8]
%endif

dirty:	; acpi/dsdt.asl switches a machine off by coming here: then reset it
	; for good, which -no-reboot makes QEMU's end.
	cmp	dword [MAILBOX], MAILBOX_OFF
	jne	again
	mov	dword [MAILBOX], MAILBOX_DONE
	lidt	[STUB_SLOTS + 0x20]     ; zeros: no interrupt table
	ud2
again:	mov	esi, reset_text
	jmp	say
refused:
	mov	esi, refused_text
say:	lodsb
	mov	edx, COM1
	out	dx, al
	mov	edx, DEBUG_PORT
	out	dx, al
	test	al, al
	jnz	say
halt:	cli
	hlt
	jmp	halt

reset_text:
	db	"beeline: the guest reset itself, its memory is used up", 13, 10, 0
refused_text:
	db	"beeline: fw_cfg refused a launch request", 13, 10, 0
%if $ - start > STUB_SMBIOS - STUB_CODE
%error the stub reaches into the SMBIOS entry point
%endif
