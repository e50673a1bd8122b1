; SPDX-License-Identifier: BSD-2-Clause
; The first process of a measured boot: says when it runs, and ends the guest.
;
; Its first act is RDTSC, its second the byte 'I' at port 0x7f0, to which no
; firmware writes, and at port 0x402; the host stamps it.  Behind that come a
; line on the console, and at both ports the counter's 16 hexadecimal digits
; and a line feed.  Under -icount shift=0,sleep=off the counter counts
; instructions since reset, one a nanosecond.  The guest then leaves by
; isa-debug-exit, if that device is there, and is powered off, or else
; restarted, if not.

%define DEBUG     0x402
%define REPORT    0x7f0
%define EXIT_PORT 0xf4
%define SYS_write    1
%define SYS_reboot 169
%define SYS_ioperm 173
%define MAGIC1    0xfee1dead
%define MAGIC2    0x28121969
%define RESTART   0x01234567
%define POWER_OFF 0x4321fedc
%define BASE      0x400000

	bits	64
	org	BASE
	db	0x7f, "ELF", 2, 1, 1    ; 64-bit, little endian
	times	9 db 0
	dw	2, 62                   ; executable, x86-64
	dd	1
	dq	start, headers - BASE, 0
	dd	0
	dw	64, 56, 1, 0, 0, 0
headers:
	dd	1, 5                    ; PT_LOAD, read and execute
	dq	0, BASE, BASE, end - BASE, end - BASE, 0x1000

; ports first, count: this process may write to them.
%macro ports 2
	mov	eax, SYS_ioperm
	mov	edi, %1
	mov	esi, %2
	mov	edx, 1
	syscall
%endmacro

start:	rdtsc
	shl	rdx, 32
	lea	rbx, [rdx + rax]
	ports	DEBUG, REPORT - DEBUG + 1
	mov	al, 'I'
	call	put
	mov	eax, SYS_write
	mov	edi, 1
	mov	esi, line
	mov	edx, line_end - line
	syscall
	mov	ecx, 16
.digit:	rol	rbx, 4
	mov	eax, ebx
	and	eax, 15
	mov	al, [digits + rax]
	call	put
	dec	ecx
	jnz	.digit
	mov	al, 10
	call	put
	ports	EXIT_PORT, 1
	xor	eax, eax
	out	EXIT_PORT, al
	mov	edx, POWER_OFF
	call	reboot
	mov	edx, RESTART
	call	reboot
.wait:	pause
	jmp	.wait

; put(byte in al)
put:	mov	edx, REPORT
	out	dx, al
	mov	edx, DEBUG
	out	dx, al
	ret

; reboot(command in edx)
reboot:	mov	eax, SYS_reboot
	mov	edi, MAGIC1
	mov	esi, MAGIC2
	syscall
	ret

digits:	db	"0123456789abcdef"
; short: a UART's FIFO takes it whole before the machine is switched off
line:	db	"bench: init", 10
line_end:
end:
