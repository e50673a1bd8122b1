; SPDX-License-Identifier: BSD-2-Clause
; fw_elf.asm - fw.elf's container: [ELF] 64-bit headers, since VMMs written in
; Rust read no others, a [PVH] note and those of core/about.h, and the flat
; image.
; FLAT, ABOUT: paths of the image and of its notes.

%include "abi.inc"

PT_LOAD equ 1
PT_NOTE equ 4
FLAGS_RX equ 5
FLAGS_R  equ 4
PHYS32_ENTRY equ 18
PAGE equ 0x1000

bits 64
file:	db	0x7f, "ELF", 2, 1, 1, 0		; 64 bits, little-endian
	dq	0
	dw	2, 62				; ET_EXEC, EM_X86_64
	dd	1
	dq	FW_ELF, headers - file, 0	; entry, program headers
	dd	0
	dw	64, 56, 2, 0, 0, 0
headers:
	dd	PT_LOAD, FLAGS_RX
	dq	image - file, FW_ELF, FW_ELF
	dq	image_end - image, image_end - image, PAGE
	dd	PT_NOTE, FLAGS_R
	dq	note - file, 0, 0
	dq	note_end - note, note_end - note, 4
note:	dd	4, 8, PHYS32_ENTRY		; sizes of name and value
	db	"Xen", 0
	dq	FW_ELF
	incbin ABOUT
note_end:
	times PAGE - ($ - file) db 0
image:	incbin FLAT
image_end:
