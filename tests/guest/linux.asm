; SPDX-License-Identifier: BSD-2-Clause
; A test kernel in a bzImage: reports boot_params and machine state.
;
; -DENTRY64=1  has the 64-bit entry, is relocatable, and takes an initrd
;              above 4 GiB; else the 32-bit entry alone, at 1 MiB.
; -DELF=1      is the vmlinux of such a kernel instead: an ELF linked as Linux
;              is, which runs at any multiple of 2 MiB.
; -DINIT_SIZE=n  memory it claims to need.
;
; The 16-bit entry is there for firmware that starts kernels that way: it
; asks int 15h for the memory map, as Linux does.

%ifndef ENTRY64
%define ENTRY64 0
%endif
%ifndef ELF
%define ELF 0
%endif
%ifndef INIT_SIZE
%define INIT_SIZE 0x400000
%endif
%define SETUP_SECTS 8
%define LABEL(x) ((x) - protected)
%define E820_COUNT 0x1e8
%define E820_TABLE 0x2d0
%define E820_MAX 128

%include "macros.asm"

	org	0
%if ELF
	bits	64
%define LOAD 0x1000000
	db	0x7f, "ELF", 2, 1, 1    ; 64-bit, little endian
	times	9 db 0
	dw	2, 62                   ; executable, x86-64
	dd	1
	dq	LOAD + LABEL(entry64), headers, 0
	dd	0
	dw	64, 56, 1, 0, 0, 0
headers:
	dd	1, 7                    ; PT_LOAD
	dq	protected, 0xffffffff80000000 + LOAD, LOAD
	dq	end - protected, INIT_SIZE, 0x200000
	times	0x1000 - ($ - $$) db 0
%else
	bits	16
	times	0x1f1 - ($ - $$) db 0
	db	SETUP_SECTS             ; 1f1 setup_sects
	dw	0                       ; 1f2 root_flags
	dd	(end - protected) / 16  ; 1f4 syssize
	dw	0, 0xffff, 0            ; 1f8 ram_size, vid_mode, root_dev
	dw	0xaa55                  ; 1fe boot_flag
	jmp	short header_end        ; 200 jump
	db	"HdrS"                  ; 202
	dw	0x020f                  ; 206 version
	dd	0                       ; 208 realmode_swtch
	dw	0, 0                    ; 20c start_sys_seg, kernel_version
	db	0, 1                    ; 210 type_of_loader, loadflags: high
	dw	0                       ; 212 setup_move_size
	dd	0x100000                ; 214 code32_start
	dd	0, 0                    ; 218 ramdisk_image, ramdisk_size
	dd	0                       ; 220 bootsect_kludge
	dw	0                       ; 224 heap_end_ptr
	db	0, 0                    ; 226 ext_loader_ver, ext_loader_type
	dd	0                       ; 228 cmd_line_ptr
	dd	0x7fffffff              ; 22c initrd_addr_max
	dd	0x200000                ; 230 kernel_alignment
	db	ENTRY64                 ; 234 relocatable_kernel
	db	21                      ; 235 min_alignment
	dw	ENTRY64 * 3             ; 236 xloadflags: 64, above 4 GiB
	dd	2047                    ; 238 cmdline_size
	dd	0                       ; 23c hardware_subarch
	dq	0                       ; 240 hardware_subarch_data
	dd	0, 0                    ; 248 payload_offset, payload_length
	dq	0                       ; 250 setup_data
%if ENTRY64
	dq	0x1000000               ; 258 pref_address
%else
	dq	0x100000                ; 258 pref_address
%endif
	dd	INIT_SIZE               ; 260 init_size
	dd	0, 0                    ; 264 handover_offset, kernel_info_offset
header_end:
	jmp	near real

; Only for firmware that enters here.  The zero page is this segment.
	times	0x1000 - ($ - $$) db 0
real:	xor	ebx, ebx
	mov	di, E820_TABLE
	mov	byte [E820_COUNT], 0
.next:	mov	eax, 0xe820
	mov	ecx, 20
	mov	edx, 'PAMS'
	push	ds
	pop	es
	int	0x15
	jc	.done
	inc	byte [E820_COUNT]
	add	di, 20
	test	ebx, ebx
	jnz	.next
.done:	cli
	mov	byte [entered_16], 1
	xor	esi, esi
	mov	si, ds
	shl	esi, 4
	lea	eax, [esi + gdt_16]
	mov	[gdtr_16 + 2], eax
	lgdt	[gdtr_16]
	mov	eax, cr0
	or	al, 1
	mov	cr0, eax
	mov	edi, [0x214]
	mov	ax, 0x18
	mov	ds, ax
	mov	es, ax
	mov	ss, ax
	mov	byte [dword esi + 0x1e4], 16
	push	dword 0x10
	push	edi
	o32 retf
	align	8
gdt_16:	dq	0, 0
	dq	0x00cf9b000000ffff
	dq	0x00cf93000000ffff
gdtr_16: dw	31
	dd	0
entered_16: db	0
	times	(SETUP_SECTS + 1) * 512 - ($ - $$) db 0
%endif

; The 32-bit entry, at the start of the protected-mode part.
protected:
	bits	32
	lea	esp, [esi + 0x1e8]      ; scratch, as Linux uses it
	pushfd
	pop	ebx
	call	.here
.here:	pop	ebp
	sub	ebp, LABEL(.here)
	lea	edi, [ebp + LABEL(saved)]
	mov	[edi], cs
	mov	[edi + 8], ds
	mov	[edi + 16], es
	mov	[edi + 24], ss
	mov	eax, cr0
	mov	[edi + 32], eax
	mov	eax, cr4
	mov	[edi + 40], eax
	mov	[edi + 48], ebx
	mov	ecx, 0xc0000080
	rdmsr
	mov	[edi + 56], eax
	mov	[ebp + LABEL(params)], esi
	mov	byte [ebp + LABEL(entry)], 32
	enter_long

	times	0x200 - ($ - protected) db 0xcc
	bits	64
	default	rel
entry64:
	lea	rdi, [saved]
	mov	[rdi], cs
	mov	[rdi + 8], ds
	mov	[rdi + 16], es
	mov	[rdi + 24], ss
	mov	rax, cr0
	mov	[rdi + 32], rax
	mov	rax, cr4
	mov	[rdi + 40], rax
	mov	[params], rsi
	mov	byte [entry], 64
	lea	rbp, [protected]
	lea	rsp, [rbp + STACK]
	pushfq
	pop	qword [rdi + 48]
	mov	ecx, 0xc0000080
	rdmsr
	mov	[rdi + 56], eax
	make_tables
	lea	rax, [rbp + TABLES]
	mov	cr3, rax

main64:	xor	eax, eax
	mov	ss, eax
	mov	ds, eax
	mov	es, eax
	lea	rbp, [protected]
	mov	r15, [params]
	text	"BEELINE kernel=payload linux", 10
	movzx	eax, byte [entry]
	mov	rbx, rax
	report	"entry", rbx
	report	"base", rbp
	report	"init_size", INIT_SIZE
	report	"params", r15
	movzx	ebx, byte [r15 + 0x210]
	report	"loader", rbx
	movzx	ebx, byte [r15 + 0x1ef]
	report	"sentinel", rbx
	mov	rbx, [r15 + 0x250]
	report	"setup_data", rbx
	call	report_machine
	mov	esi, [r15 + 0x228]
	mov	ebx, [r15 + 0xc8]       ; ext_cmd_line_ptr
	shl	rbx, 32
	or	rsi, rbx
	push	rsi
	report	"cmdline_at", [rsp]
	pop	rsi
	call	report_cmdline
	mov	esi, [r15 + 0x218]
	mov	ebx, [r15 + 0xc0]       ; ext_ramdisk_image
	shl	rbx, 32
	or	rsi, rbx
	mov	ecx, [r15 + 0x21c]
	mov	ebx, [r15 + 0xc4]       ; ext_ramdisk_size
	shl	rbx, 32
	or	rcx, rbx
	call	report_initrd
	movzx	r14d, byte [r15 + E820_COUNT]
	lea	r13, [r15 + E820_TABLE]
.e820:	test	r14d, r14d
	jz	.tables
	mov	rsi, [r13]
	mov	rdi, [r13 + 8]
	mov	ebx, [r13 + 16]
	call	report_e820
	add	r13, 20
	dec	r14d
	jmp	.e820
.tables: mov	rsi, [r15 + 0x70]       ; acpi_rsdp_addr
	call	report_acpi
	call	report_low
	jmp	finish

params:	dq	0
entry:	db	0
%include "report.asm"
	align	16
end:
