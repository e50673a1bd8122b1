; SPDX-License-Identifier: BSD-2-Clause
; A multiboot 1 test kernel: reports its memory map, module and command line.

%define LOAD  0x200000
%define MAGIC 0x1badb002
%define FLAGS 0x00010003            ; align modules, memory map, addresses below
%define LABEL(x) ((x) - header)

%include "macros.asm"

	org	LOAD
	bits	32
	align	4
header:	dd	MAGIC, FLAGS, -(MAGIC + FLAGS)
	dd	header                  ; header_addr
	dd	LOAD                    ; load_addr
	dd	end                     ; load_end_addr
	dd	LOAD + 0x40000          ; bss_end_addr
	dd	start                   ; entry_addr

start:	mov	esp, LOAD + STACK
	mov	[magic], eax
	mov	[info], ebx
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
	mov	ebp, LOAD
	enter_long

	bits	64
	default	rel
main64:	xor	eax, eax
	mov	ss, eax
	mov	ds, eax
	mov	es, eax
	mov	r15, [info]
	text	"BEELINE kernel=payload multiboot", 10
	report	"base", LOAD
	report	"init_size", 0x40000
	report	"params", r15
	mov	ebx, [magic]
	report	"magic", rbx
	mov	ebx, [r15]
	report	"start_flags", rbx
	mov	ebx, [r15 + 4]
	report	"mem_lower", rbx
	mov	ebx, [r15 + 8]
	report	"mem_upper", rbx
	mov	ebx, [r15 + 20]
	report	"modules", rbx
	call	report_machine
	mov	esi, [r15 + 16]
	call	report_cmdline
	xor	esi, esi
	xor	ecx, ecx
	cmp	dword [r15 + 20], 0
	je	.initrd
	mov	ebx, [r15 + 24]
	mov	esi, [rbx]
	mov	ecx, [rbx + 4]
	sub	ecx, esi
.initrd: call	report_initrd
	mov	r13d, [r15 + 48]
	mov	r14d, [r15 + 44]
	add	r14, r13
.map:	cmp	r13, r14
	jae	.tables
	mov	rsi, [r13 + 4]
	mov	rdi, [r13 + 12]
	mov	ebx, [r13 + 20]
	call	report_e820
	mov	eax, [r13]
	lea	r13, [r13 + rax + 4]
	jmp	.map
.tables: call	report_low
	jmp	finish

	align	8
info:	dq	0
magic:	dd	0
%include "report.asm"
	align	16
end:
