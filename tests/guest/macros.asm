; SPDX-License-Identifier: BSD-2-Clause
; What the test kernels share, macros: the way into long mode, and reports.
;
; A kernel defines LABEL(x) as x's offset from its start, and uses nothing
; from report.asm before it is in long mode with a stack.

%define TABLES     0x10000          ; page tables, from the kernel's start
%define STACK      0x2f000          ; grows down
%define MAPPED_GIB 16
%define COM1       0x3f8
%define EXIT_PORT  0xf4

; Maps the first 16 GiB one to one with 2 MiB pages.  Only 32-bit registers,
; so that the same text serves in both modes.  In: ebp = kernel's start.
%macro make_tables 0
	cld
	lea	edi, [ebp + TABLES]
	xor	eax, eax
	mov	ecx, (2 + MAPPED_GIB) * 1024
	rep	stosd
	lea	edi, [ebp + TABLES]
	lea	eax, [ebp + TABLES + 0x1003]
	mov	[edi], eax
	mov	ecx, MAPPED_GIB
%%pdpt:	add	edi, 8
	add	eax, 0x1000
	mov	[edi + 0xff8], eax
	dec	ecx
	jnz	%%pdpt
	lea	edi, [ebp + TABLES + 0x2000]
	mov	eax, 0x83
	xor	edx, edx
	mov	ecx, MAPPED_GIB * 512
%%pd:	mov	[edi], eax
	mov	[edi + 4], edx
	add	edi, 8
	add	eax, 0x200000
	adc	edx, 0
	dec	ecx
	jnz	%%pd
%endmacro

; From 32-bit protected mode to `main64`.  In: ebp = kernel's start.
%macro enter_long 0
	make_tables
	lea	eax, [ebp + LABEL(gdt)]
	mov	[ebp + LABEL(gdtr) + 2], eax
	lgdt	[ebp + LABEL(gdtr)]
	mov	eax, cr4
	or	eax, 1 << 5             ; PAE
	mov	cr4, eax
	lea	eax, [ebp + TABLES]
	mov	cr3, eax
	mov	ecx, 0xc0000080         ; EFER
	rdmsr
	or	eax, 1 << 8             ; LME
	wrmsr
	mov	eax, cr0
	or	eax, 1 << 31            ; PG
	mov	cr0, eax
	lea	esp, [ebp + STACK]
	lea	eax, [ebp + LABEL(main64)]
	push	8
	push	eax
	retf
%endmacro

; text "words" [, ...]: prints text.
%macro text 1+
	push	rsi
	lea	rsi, [%%string]
	call	puts
	pop	rsi
	jmp	%%over
%%string: db	%1, 0
%%over:
%endmacro

; report "key", value: prints one line with a 64-bit value.
%macro report 2
	text	"BEELINE ", %1, "=0x"
	mov	rax, %2
	call	puthex
	call	newline
%endmacro

; look "key", "anchor", first, end: reports where an anchor is, and keeps it
; in rax.
%macro look 4
	mov	rax, %2
%strlen %%length %2
	mov	edx, %%length
	mov	edi, %3
	mov	ecx, %4
	call	scan
	push	rax
	report	%1, [rsp]
	pop	rax
%endmacro
