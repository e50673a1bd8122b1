; SPDX-License-Identifier: BSD-2-Clause
; A test kernel in an ELF with a PVH note: reports hvm_start_info.  LINKED: what
; its addresses and its e_entry are above those in memory.

%ifndef LOAD
%define LOAD 0x1000000
%endif
%ifndef LINKED
%define LINKED 0
%endif
%define LABEL(x) ((x) - elf)

%include "macros.asm"

	org	LOAD
	bits	64
elf:	db	0x7f, "ELF", 2, 1, 1    ; 64-bit, little endian
	times	9 db 0
	dw	2, 62                   ; executable, x86-64
	dd	1
	dq	LINKED + start, headers - elf, 0
	dd	0
	dw	64, 56, 2, 0, 0, 0
headers:
	dd	1, 7                    ; PT_LOAD
	dq	0, LINKED + LOAD, LOAD, end - elf, 0x40000, 0x1000
	dd	4, 4                    ; PT_NOTE
	dq	note - elf, note, note, note_end - note, note_end - note, 4
note:	dd	4, 8, 18                ; name, value, XEN_ELFNOTE_PHYS32_ENTRY
	db	"Xen", 0
	dq	start
note_end:

	bits	32
	align	16
start:	mov	esp, LOAD + STACK
	pushfd
	pop	eax
	mov	edi, saved
	mov	[edi + 48], eax
	mov	[edi], cs
	mov	[edi + 8], ds
	mov	[edi + 16], es
	mov	[edi + 24], ss
	mov	eax, cr0
	mov	[edi + 32], eax
	mov	eax, cr4
	mov	[edi + 40], eax
	mov	ecx, 0xc0000080
	rdmsr
	mov	[edi + 56], eax
	mov	[info], ebx
	mov	ebp, LOAD
	enter_long

	bits	64
	default	rel
main64:	xor	eax, eax
	mov	ss, eax
	mov	ds, eax
	mov	es, eax
	mov	r15, [info]
	text	"BEELINE kernel=payload pvh", 10
	report	"base", LOAD
	report	"init_size", 0x40000
	report	"params", r15
	mov	ebx, [r15]
	report	"magic", rbx
	mov	ebx, [r15 + 4]
	report	"version", rbx
	mov	ebx, [r15 + 8]
	report	"start_flags", rbx
	mov	ebx, [r15 + 12]
	report	"modules", rbx
	call	report_machine
	mov	rbx, [r15 + 24]
	report	"cmdline_at", rbx
	mov	rsi, rbx
	call	report_cmdline
	xor	esi, esi
	xor	ecx, ecx
	cmp	dword [r15 + 12], 0
	je	.initrd
	mov	rbx, [r15 + 16]
	mov	rsi, [rbx]
	mov	rcx, [rbx + 8]
.initrd: call	report_initrd
	mov	r14d, [r15 + 48]
	mov	r13, [r15 + 40]
.e820:	test	r14d, r14d
	jz	.tables
	mov	rsi, [r13]
	mov	rdi, [r13 + 8]
	mov	ebx, [r13 + 16]
	call	report_e820
	add	r13, 24
	dec	r14d
	jmp	.e820
.tables: mov	rsi, [r15 + 32]
	call	report_acpi
	call	report_low
	jmp	finish

	align	8
info:	dq	0
%include "report.asm"
	align	16
end:
