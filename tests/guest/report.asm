; SPDX-License-Identifier: BSD-2-Clause
; What the test kernels share, code: the serial port, and the reports on
; memory map, initrd, command line and tables.

	bits	64
	default	rel

putc:	push	rdx
	mov	dx, COM1
	out	dx, al
	pop	rdx
	ret

puts:	push	rax
.next:	lodsb
	test	al, al
	jz	.end
	call	putc
	jmp	.next
.end:	pop	rax
	ret

newline: push	rax
	mov	al, 10
	call	putc
	pop	rax
	ret

space:	push	rax
	mov	al, ' '
	call	putc
	pop	rax
	ret

; Prints rax in hex without leading zeros.
puthex:	push	rcx
	push	rdx
	mov	rdx, rax
	mov	ecx, 60
.skip:	test	ecx, ecx
	jz	.digit
	mov	rax, rdx
	shr	rax, cl
	test	al, 15
	jnz	.digit
	sub	ecx, 4
	jmp	.skip
.digit:	mov	rax, rdx
	shr	rax, cl
	and	al, 15
	cmp	al, 10
	jb	.dec
	add	al, 'a' - '0' - 10
.dec:	add	al, '0'
	call	putc
	sub	ecx, 4
	jns	.digit
	pop	rdx
	pop	rcx
	ret

; Prints rcx bytes at rsi in hex, two digits each.
putbytes:
	movzx	eax, byte [rsi]
	shr	eax, 4
	call	puthex
	movzx	eax, byte [rsi]
	and	eax, 15
	call	puthex
	inc	rsi
	loop	putbytes
	ret

; Prints rcx characters at rsi.
putchars:
	lodsb
	call	putc
	loop	putchars
	ret

; Prints the command line at rsi, 0 for none, and looks for what to do last.
report_cmdline:
	text	"BEELINE cmdline="
	test	rsi, rsi
	jz	.end
	mov	rdi, rsi
	call	puts
	call	find_action
.end:	call	newline
	ret

; In: rdi = command line.  Sets `action` to the letter behind beeline.exit=.
find_action:
	mov	rax, 'ne.exit='
.next:	cmp	byte [rdi], 0
	je	.end
	cmp	[rdi], rax
	je	.found
	inc	rdi
	jmp	.next
.found:	mov	al, [rdi + 8]
	mov	[action], al
.end:	ret

; In: rsi = address, rcx = length of the initrd.
report_initrd:
	text	"BEELINE initrd=0x"
	mov	rax, rsi
	call	puthex
	text	" 0x"
	mov	rax, rcx
	call	puthex
	test	rcx, rcx
	jz	.end
	text	" "
	push	rcx
	push	rsi
	mov	ecx, 16
	call	putbytes
	call	space
	pop	rsi
	pop	rcx
	push	rsi
	push	rcx
	lea	rsi, [rsi + rcx - 16]
	mov	ecx, 16
	call	putbytes
	pop	rcx
	pop	rsi
	text	" 0x"
	shr	rcx, 3
	xor	eax, eax
	jrcxz	.sum
.add:	add	rax, [rsi]
	add	rsi, 8
	dec	rcx
	jnz	.add
.sum:	call	puthex
.end:	call	newline
	ret

; One line of the memory map.  In: rsi = address, rdi = length, ebx = type.
report_e820:
	text	"BEELINE e820=0x"
	mov	rax, rsi
	call	puthex
	text	" 0x"
	mov	rax, rdi
	call	puthex
	text	" "
	mov	eax, ebx
	call	puthex
	call	newline
	ret

; Sum of the rcx bytes at rsi, in al.
sum8:	push	rcx
	push	rsi
	xor	eax, eax
	jrcxz	.end
.next:	add	al, [rsi]
	inc	rsi
	loop	.next
.end:	movzx	eax, al
	pop	rsi
	pop	rcx
	ret

; Looks for the edx bytes (4 to 8) of rax at each 16th byte of [rdi, rcx).
; Out: rax = address or 0.
scan:	push	rbx
	mov	rbx, -1
	push	rcx
	mov	ecx, 64
	lea	edx, [edx * 8]
	sub	ecx, edx
	shr	rbx, cl
	pop	rcx
	and	rax, rbx
.next:	cmp	rdi, rcx
	jae	.none
	mov	rdx, [rdi]
	and	rdx, rbx
	cmp	rdx, rax
	je	.found
	add	rdi, 16
	jmp	.next
.none:	xor	edi, edi
.found:	mov	rax, rdi
	pop	rbx
	ret

; One ACPI table.  In: rsi = its address.
report_table:
	push	rcx
	push	rsi
	text	"BEELINE acpi="
	mov	ecx, 4
	call	putchars
	mov	rsi, [rsp]
	text	" 0x"
	mov	rax, rsi
	call	puthex
	text	" 0x"
	mov	ecx, [rsi + 4]
	mov	eax, ecx
	call	puthex
	text	" sum "
	xor	eax, eax
	cmp	ecx, 1 << 20
	ja	.sum
	call	sum8
.sum:	call	puthex
	call	newline
	pop	rsi
	cmp	dword [rsi], 'FACP'
	jne	.end
	push	rsi
	mov	esi, [rsi + 40]         ; DSDT
	test	esi, esi
	jz	.popped
	call	report_table
.popped: pop	rsi
.end:	pop	rcx
	ret

; The tables behind an RSDP.  In: rsi = its address or 0.
report_acpi:
	push	rsi
	report	"rsdp", [rsp]
	pop	rsi
	test	rsi, rsi
	jz	.end
	text	"BEELINE rsdp_head="
	push	rsi
	mov	ecx, 8
	call	putchars
	pop	rsi
	text	" revision "
	movzx	eax, byte [rsi + 15]
	call	puthex
	text	" sum "
	mov	ecx, 20
	call	sum8
	call	puthex
	call	newline
	mov	rbx, [rsi + 24]         ; XSDT
	mov	edx, 8
	cmp	byte [rsi + 15], 2
	jae	.root
	mov	ebx, [rsi + 16]         ; RSDT
	mov	edx, 4
.root:	mov	rsi, rbx
	call	report_table
	mov	ecx, [rbx + 4]
	add	rcx, rbx
	add	rbx, 36
.next:	cmp	rbx, rcx
	jae	.end
	mov	esi, [rbx]
	cmp	edx, 8
	jne	.show
	mov	rsi, [rbx]
.show:	call	report_table
	add	rbx, rdx
	jmp	.next
.end:	ret

; What lies where a kernel scans for it.
report_low:
	look	"ebda_rsdp", "RSD PTR ", 0x9fc00, 0xa0000
	look	"hole_rsdp", "RSD PTR ", 0xe0000, 0x100000
	look	"ebda_mp", "_MP_", 0x9fc00, 0xa0000
	look	"hole_mp", "_MP_", 0xf0000, 0x100000
	look	"smbios2", "_SM_", 0xf0000, 0x100000
	look	"smbios3", "_SM3_", 0xf0000, 0x100000
	test	rax, rax
	jz	.end
	push	qword [rax + 16]
	push	rax
	mov	rsi, rax
	movzx	ecx, byte [rax + 6]
	call	sum8
	mov	rsi, rax
	report	"smbios3_sum", rsi
	pop	rax
	report	"smbios3_table", [rsp]
	pop	rsi
	text	"BEELINE smbios3_head="
	mov	ecx, 8
	call	putbytes
	call	newline
.end:	movzx	ebx, word [abs 0x40e]
	report	"ebda_word", rbx
	ret

; The registers that `saved` holds, then the MTRR default type.
report_machine:
	lea	rbx, [saved]
	report	"cs", [rbx + 0]
	report	"ds", [rbx + 8]
	report	"es", [rbx + 16]
	report	"ss", [rbx + 24]
	report	"cr0", [rbx + 32]
	report	"cr4", [rbx + 40]
	report	"flags", [rbx + 48]
	report	"efer", [rbx + 56]
	mov	ecx, 0x2ff
	rdmsr
	shl	rdx, 32
	or	rdx, rax
	report	"mtrr_default", rdx
	ret

; Says that it is done, then resets or ends the machine.
finish:	text	"BEELINE done=ok", 10
	cmp	byte [action], 'r'
	je	.reset
	mov	dx, EXIT_PORT
	xor	eax, eax
	out	dx, eax
.halt:	cli
	hlt
	jmp	.halt
.reset:	lidt	[no_idt]                ; a triple fault resets every machine
	int3

	align	8
saved:	times 16 dq 0
no_idt:	dw	0
	dq	0
action:	db	0
	align	8
gdt:	dq	0
	dq	0x00af9b000000ffff      ; 08: 64-bit code
	dq	0x00cf93000000ffff      ; 10: data
	dq	0x00cf93000000ffff      ; 18: data
gdtr:	dw	31
	dd	0
	dd	0
