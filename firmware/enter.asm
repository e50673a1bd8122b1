; SPDX-License-Identifier: BSD-2-Clause
; enter.asm - the one-way doors.  C calls them with regparm(3).

%include "abi.inc"

global enter_linux64, enter_linux32, enter_pvh, enter_multiboot

SEG64_CODE32 equ 0x08
SEG64_CODE64 equ 0x10		; __BOOT_CS of [BOOT] "64-bit Boot Protocol"
SEG64_DATA   equ 0x18		; __BOOT_DS

section .text
bits 32

; enter_linux64(entry, boot_params, pml4)
; On entry: EAX, EDX, ECX; paging off.
; On exit:  64-bit mode, CS 0x10, data segments 0x18, RSI = boot_params,
;   the page tables in force, interrupts off.
; The ROM is not in our page tables, so the last steps run in RAM, under a GDT
; in RAM that is loaded and in use before paging goes on: KVM hosts have
; refused a switch that changes the GDT on its way.
enter_linux64:
	mov	ebx, eax
	mov	ebp, ecx
	mov	esi, ram_image
	mov	edi, GDT_RAM
	mov	ecx, (ram_image_end - ram_image + 3) / 4
	rep	movsd
	mov	esi, edx
	lgdt	[GDT_RAM + (gdtr64 - ram_image)]
	jmp	SEG64_CODE32:GDT_RAM + (switch - ram_image)

align 16
ram_image:
	dq	0
	dq	0x00cf9b000000ffff	; 08 code, 32 bits, flat
	dq	0x00af9b000000ffff	; 10 code, 64 bits
	dq	0x00cf93000000ffff	; 18 data, flat
gdtr64:	dw	gdtr64 - ram_image - 1
	dd	GDT_RAM
switch:
	mov	eax, SEG64_DATA
	mov	ds, eax
	mov	es, eax
	mov	ss, eax
	mov	eax, CR4_PAE
	mov	cr4, eax
	mov	cr3, ebp
	mov	ecx, MSR_EFER
	mov	eax, EFER_LME
	xor	edx, edx
	wrmsr
	mov	eax, CR0_PG | CR0_PE | CR0_ET | CR0_NE
	mov	cr0, eax
	jmp	SEG64_CODE64:GDT_RAM + (long_mode - ram_image)
bits 64
long_mode:
	mov	esi, esi		; upper halves are undefined until set
	mov	ebx, ebx
	jmp	rbx
ram_image_end:

bits 32
; enter_linux32(entry, boot_params)
; On exit: [BOOT] "32-bit Boot Protocol": CS 0x10, data segments 0x18,
;   ESI = boot_params, EBP = EDI = EBX = 0, paging and interrupts off.
enter_linux32:
	mov	esi, edx
	xor	ebp, ebp
	xor	edi, edi
	xor	ebx, ebx
	xor	edx, edx
	mov	cr4, edx
	jmp	eax

; enter_pvh(entry, start_info)
; On exit: [PVH] EBX = start_info, CR0 PE, CR4 0, flat segments.
enter_pvh:
	mov	ebx, edx
	xor	edx, edx
	mov	cr4, edx
	mov	edx, CR0_PE | CR0_ET
	mov	cr0, edx
	jmp	eax

; enter_multiboot(entry, multiboot_info, magic)
; On exit: [MB] 3.2: EAX = magic, EBX = multiboot_info, flat segments.
enter_multiboot:
	mov	ebx, edx
	mov	edx, eax
	xor	eax, eax
	mov	cr4, eax
	mov	eax, ecx
	mov	ecx, CR0_PE | CR0_ET
	mov	cr0, ecx
	jmp	edx
