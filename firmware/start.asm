; SPDX-License-Identifier: BSD-2-Clause
; start.asm - from the reset vector to fw_main.
;
; On entry: [SDM] 3A 9.1: real mode, CS base 0xffff0000, IP 0xfff0, interrupts
;   off, caches off, no stack.  Nothing is assumed of the copy below 1 MiB.
; On exit:  32-bit flat, paging off, CS 0x10, data segments 0x18, ESP at
;   FW_STACK_TOP, .bss zero, SSE2 usable; EAX = EDX of CPUID leaf 1, EDX = EBP.
; Not done: A20, PIC, PIT, RTC (docs/boot.md, "Left alone").

%include "abi.inc"

extern fw_main, panic_no_sse2, bss_start, bss_words
global start32

SEG_CODE32 equ 0x10		; __BOOT_CS of [BOOT] "32-bit Boot Protocol"
SEG_DATA   equ 0x18		; __BOOT_DS

section .text

bits 32
start32:
	mov	eax, SEG_DATA
	mov	ds, eax
	mov	es, eax
	mov	fs, eax
	mov	gs, eax
	mov	ss, eax
	mov	esp, FW_STACK_TOP

	mov	eax, 1		; features in EDX
	cpuid
%if SSE
	test	edx, CPUID1_SSE2
	jz	panic_no_sse2

	mov	eax, CR4_OSFXSR	; SSE: tables are summed by it
	mov	cr4, eax
%endif
	xor	eax, eax
	mov	edi, bss_start
	mov	ecx, bss_words
	rep	stosd

	mov	eax, edx
	mov	edx, ebp	; start_pvh.asm: start_info
	call	fw_main		; does not return

; The static SMBIOS entry point, [SMBIOS] 5.2.2.  QEMU shows the ROM's last
; 64 KiB at 0xf0000 too, where kernels look for it.
section .smbios
smbios:	db	"_SM3_"
	db	SMBIOS_CHECKSUM
	db	0x18, 3, 0, 0, 1, 0
	dd	SMBIOS_MAX
	dq	SMBIOS_TABLES
SMBIOS_SUM equ "_" + "S" + "M" + "3" + "_" + 0x18 + 3 + 1 \
	+ (SMBIOS_MAX & 0xff) + ((SMBIOS_MAX >> 8) & 0xff) \
	+ ((SMBIOS_MAX >> 16) & 0xff) + ((SMBIOS_MAX >> 24) & 0xff) \
	+ (SMBIOS_TABLES & 0xff) + ((SMBIOS_TABLES >> 8) & 0xff) \
	+ ((SMBIOS_TABLES >> 16) & 0xff) + ((SMBIOS_TABLES >> 24) & 0xff)
SMBIOS_CHECKSUM equ (-SMBIOS_SUM) & 0xff

; The last 128 bytes.  The accessed bits are set: the CPU cannot set them in
; a ROM.
section .tail
tail:
gdt:	dq	0
	dq	0
	dq	0x00cf9b000000ffff	; 10 code, 32 bits, flat
	dq	0x00cf93000000ffff	; 18 data, flat
gdtr:	dw	gdtr - gdt - 1
	dd	gdt

bits 16
start16:
	o32 lgdt [cs:gdtr - tail + (ROM_TAIL & 0xffff)]
	mov	eax, CR0_PE | CR0_ET | CR0_NE
	mov	cr0, eax		; caches on: CD and NW are clear
	jmp	dword SEG_CODE32:start32

	times (ROM_VECTOR - ROM_TAIL) - ($ - tail) db 0xff
vector:	jmp	start16
	times 128 - ($ - tail) db 0xff
