; SPDX-License-Identifier: BSD-2-Clause
; start_pvh.asm - fw.elf's first instructions.
;
; On entry: [PVH]: 32-bit flat, paging and interrupts off, EBX = start_info;
;   the loader's GDT, which may lie anywhere.
; On exit:  as start.asm's, with start_info in EBP.

%include "abi.inc"

extern start32
global pvh_start

SEG_CODE32 equ 0x10

section .pvh

bits 32
pvh_start:
	cli
	cld
	mov	ebp, ebx
	mov	eax, CR0_PE | CR0_ET | CR0_NE	; SSE: no EM, no TS
	mov	cr0, eax
	lgdt	[gdtr]
	jmp	SEG_CODE32:start32

align 8
gdt:	dq	0
	dq	0
	dq	0x00cf9b000000ffff	; 10 code, 32 bits, flat
	dq	0x00cf93000000ffff	; 18 data, flat
gdtr:	dw	gdtr - gdt - 1
	dd	gdt
