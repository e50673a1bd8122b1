; SPDX-License-Identifier: BSD-2-Clause
; A test kernel in an ELF with a 64-bit entry: checks what it was given, and
; prints PASS or the first thing that is wrong.
;
; -DSKEW=1  has its segments where no page of the file is a page of memory.
;
; Its command line starts with the letter of what to do last: e (exit with the
; digit behind), h (HLT), s (the sleep register), r (the reset register), f (a
; triple fault).  An i behind that letter, or that digit, says that an initrd
; is there.  Only plain instructions, for hosts that emulate the kernel mode.

%ifndef SKEW
%define SKEW 0
%endif
%define LOAD   0x1000000
%define DATA   0x1200120
%define BSS    0x6000               ; bytes
%define MEMORY 0x10000000
%define COM1   0x3f8
%define DEBUG  0x402
%define EXIT_PORT 0xf4
%if SKEW
%define TEXT_AT 0x100               ; file offsets
%define DATA_AT 0x8800
%else
%define TEXT_AT 0x1000
%define DATA_AT 0x9120
%endif
%define WORDS  0x1000               ; four bytes each, in both patterns
%define WORD(n) (((n) * 0x01030507) & 0xffffffff)

; must cc, "what": goes on if the condition holds, else says what.
%macro must 2
	j%1	%%good
	lea	rsi, [%%what]
	jmp	fail
%%what:	db	%2, 0
%%good:
%endmacro

; pattern start: [start, start + 4 * WORDS) must be what it was.
%macro pattern 2
	lea	rsi, [%1]
	xor	eax, eax
	mov	ecx, WORDS
%%next:	cmp	[rsi], eax
	must	e, %2
	add	rsi, 4
	add	eax, WORD(1)
	dec	ecx
	jnz	%%next
%endmacro

section head start=0 vstart=0
	bits	64
	db	0x7f, "ELF", 2, 1, 1    ; 64-bit, little endian
	times	9 db 0
	dw	2, 62                   ; executable, x86-64
	dd	1
	dq	entry, headers, 0
	dd	0
	dw	64, 56, 2, 0, 0, 0
headers:
	dd	1, 5                    ; PT_LOAD, read and execute
	dq	TEXT_AT, LOAD, LOAD, text_end - LOAD, text_end - LOAD, 0x1000
	dd	1, 6                    ; PT_LOAD, read and write
	dq	DATA_AT, DATA, DATA, data_end - DATA
	dq	data_end - DATA + BSS, 0x1000

section code start=TEXT_AT vstart=LOAD
	default	rel
entry:	mov	r15, rsi
	lea	rsp, [data_end + BSS - 0x100]
	pushfq
	pop	rbx
	test	rbx, 0x200
	must	z, "rflags"
	call	check_cpu
	pattern	text_words, "text"
	pattern	data_words, "data"
	call	check_bss
	call	check_params
	call	check_cmdline
	call	check_initrd
	call	check_map
	call	check_acpi
	lea	rsi, [passed]
	call	puts
	jmp	finish

check_cpu:
	mov	eax, cs
	cmp	eax, 0x10
	must	e, "cs"
	mov	eax, ds
	cmp	eax, 0x18
	must	e, "ds"
	mov	eax, es
	cmp	eax, 0x18
	must	e, "es"
	mov	eax, ss
	cmp	eax, 0x18
	must	e, "ss"
	mov	ds, eax                 ; from the GDT in memory
	mov	rax, cr0
	and	eax, 0x80000001
	cmp	eax, 0x80000001
	must	e, "cr0"
	mov	rax, cr4
	test	eax, 0x20
	must	nz, "cr4"
	mov	ecx, 0xc0000080
	rdmsr
	and	eax, 0x500
	cmp	eax, 0x500
	must	e, "efer"
	mov	ecx, 0x2ff
	rdmsr
	cmp	eax, 0x806              ; enabled, write-back
	must	e, "mtrr"
	ret

; Behind the data is nothing; and the page there can be written.
check_bss:
	lea	rsi, [data_end]
	mov	ecx, (BSS - 0x200) / 8
.next:	cmp	qword [rsi], 0
	must	e, "bss"
	add	rsi, 8
	dec	ecx
	jnz	.next
	mov	dword [data_words], 0x5a5a5a5a
	cmp	dword [data_words], 0x5a5a5a5a
	must	e, "write"
	ret

check_params:
	test	r15, 0xfff
	must	z, "boot_params"
	cmp	word [r15 + 0x1fe], 0xaa55
	must	e, "boot_flag"
	cmp	dword [r15 + 0x202], 'HdrS'
	must	e, "header"
	cmp	word [r15 + 0x206], 0x20c
	must	ae, "version"
	cmp	byte [r15 + 0x210], 0
	must	ne, "type_of_loader"
	cmp	byte [r15 + 0x1ef], 0
	must	e, "sentinel"
	ret

; Sets r14: what to do last, and its digit above that.
check_cmdline:
	mov	esi, [r15 + 0x228]
	test	esi, esi
	must	nz, "cmd_line_ptr"
	movzx	r14d, word [rsi]
	inc	rsi
	cmp	r14b, 'e'
	jne	.initrd
	inc	rsi
.initrd: xor	r13d, r13d
	cmp	byte [rsi], 'i'
	jne	.end
	inc	r13d
	inc	rsi
.end:	cmp	dword [rsi], ' end'
	must	e, "cmdline"
	cmp	byte [rsi + 4], 0
	must	e, "cmdline's end"
	ret

; Byte number n of the initrd is the low byte of 7 n.
check_initrd:
	mov	esi, [r15 + 0x218]
	mov	ecx, [r15 + 0x21c]
	test	r13d, r13d
	jnz	.there
	test	ecx, ecx
	must	z, "an initrd"
	ret
.there:	test	ecx, ecx
	must	nz, "ramdisk_size"
	test	esi, 0xfff
	must	z, "ramdisk_image"
	xor	eax, eax
.next:	cmp	[rsi], al
	must	e, "initrd"
	add	al, 7
	inc	rsi
	dec	ecx
	jnz	.next
	ret

; The map: this kernel in RAM, ACPI tables, no RAM above the memory.
check_map:
	movzx	ecx, byte [r15 + 0x1e8]
	lea	rsi, [r15 + 0x2d0]
	xor	r12d, r12d              ; bit 0: RAM with us, 1: ACPI
.next:	test	ecx, ecx
	jz	.end
	mov	rax, [rsi]
	mov	rdx, [rsi + 8]
	add	rdx, rax
	cmp	dword [rsi + 16], 3
	jne	.ram
	or	r12d, 2
	mov	[acpi_start], rax
	mov	[acpi_end], rdx
.ram:	cmp	dword [rsi + 16], 1
	jne	.over
	cmp	rdx, MEMORY
	must	be, "e820 end"
	cmp	rax, LOAD
	ja	.over
	lea	rbx, [data_end + BSS]
	cmp	rdx, rbx
	jb	.over
	or	r12d, 1
.over:	add	rsi, 20
	dec	ecx
	jmp	.next
.end:	cmp	r12d, 3
	must	e, "e820"
	ret

; Sum of the rcx bytes at rsi, in al.
sum8:	xor	eax, eax
.next:	add	al, [rsi]
	inc	rsi
	dec	rcx
	jnz	.next
	test	al, al
	ret

; A table in its place with a good sum.  In: rsi; out: eax = its signature.
check_table:
	cmp	rsi, [acpi_start]
	must	ae, "table"
	mov	ecx, [rsi + 4]
	cmp	ecx, 36
	must	ae, "table length"
	lea	rax, [rsi + rcx]
	cmp	rax, [acpi_end]
	must	be, "table end"
	push	rsi
	call	sum8
	must	z, "table sum"
	pop	rsi
	mov	eax, [rsi]
	ret

; Counts FADT (1), MADT (0x10), SSDT (0x100) in r12.
check_acpi:
	mov	rsi, [r15 + 0x70]
	test	rsi, rsi
	must	nz, "acpi_rsdp_addr"
	mov	rax, 'RSD PTR '
	cmp	[rsi], rax
	must	e, "RSDP"
	mov	rbx, [rsi + 24]
	mov	ecx, 36
	call	sum8
	must	z, "RSDP sum"
	mov	rsi, rbx
	call	check_table
	cmp	eax, 'XSDT'
	must	e, "XSDT"
	mov	ebp, [rbx + 4]
	add	rbp, rbx
	add	rbx, 36
	xor	r12d, r12d
.next:	cmp	rbx, rbp
	jae	.end
	mov	rsi, [rbx]
	add	rbx, 8
	call	check_table
	cmp	eax, 'FACP'
	jne	.madt
	inc	r12d
	mov	[fadt], rsi
	test	dword [rsi + 0x70], 1 << 20
	must	nz, "HW_REDUCED_ACPI"
	mov	rsi, [rsi + 0x8c]
	call	check_table
	cmp	eax, 'DSDT'
	must	e, "DSDT"
	jmp	.next
.madt:	cmp	eax, 'APIC'
	jne	.ssdt
	add	r12d, 0x10
	jmp	.next
.ssdt:	cmp	eax, 'SSDT'
	must	e, "unknown table"
	add	r12d, 0x100
	jmp	.next
.end:	cmp	r12d, 0x111
	must	e, "tables"
	ret

finish:	mov	rbx, [fadt]
	cmp	r14b, 'h'
	je	.halt
	cmp	r14b, 'f'
	je	.fault
	cmp	r14b, 's'
	je	.sleep
	cmp	r14b, 'r'
	je	.reset
	mov	eax, r14d
	shr	eax, 8
	sub	al, '0'
	mov	edx, EXIT_PORT
	out	dx, al
.halt:	cli
	hlt
	jmp	.halt
.sleep:	mov	rdx, [rbx + 0xf8]       ; sleep control register
	mov	byte [rdx], 0x34        ; SLP_EN, SLP_TYP 5
	jmp	.halt
.reset:	mov	rdx, [rbx + 0x78]       ; reset register
	mov	al, [rbx + 0x80]
	mov	[rdx], al
	jmp	.halt
.fault:	lidt	[no_idt]
	int3
	jmp	.halt

; Says what is wrong, through the other port, and ends with exit code 9.
fail:	lea	rdi, [wrong]
	xchg	rsi, rdi
	call	puts
	mov	rsi, rdi
	call	puts
	lea	rsi, [newline]
	call	puts
	mov	al, 9
	mov	edx, EXIT_PORT
	out	dx, al
.halt:	hlt
	jmp	.halt

puts:	mov	edx, COM1
	cmp	byte [rsi], '!'         ; what is wrong goes to the other port
	jne	.next
	mov	edx, DEBUG
.next:	mov	al, [rsi]
	test	al, al
	jz	.end
	out	dx, al
	inc	rsi
	jmp	.next
.end:	ret

passed:	db	"PASS", 10, 0
wrong:	db	"! ", 0
newline: db	10, 0
	align	16, db 0
text_words:
%assign n 0
%rep WORDS
	dd	WORD(n)
%assign n n + 1
%endrep
text_end:

section words start=DATA_AT vstart=DATA
data_words:
%assign n 0
%rep WORDS
	dd	WORD(n)
%assign n n + 1
%endrep
acpi_start: dq	0
acpi_end: dq	0
fadt:	dq	0
no_idt:	dw	0
	dq	0
data_end:
