# SPDX-License-Identifier: BSD-2-Clause
"""Brings Unicorn's processor into the state that a VMM starts a guest in: a
reset, a reset into the copy of the ROM below 1 MiB, or a PVH start.

Unicorn lets nobody set a segment's base, and only its 64-bit processor can
enter long mode again once it has left it.  So we start that one, and a few
instructions of ours walk it down: paging on and off, which ends long mode; a
far jump into a code segment of the wanted base; and, for real mode, PE off,
which keeps the base.  What differs from real hardware: the selectors of real
mode are not f000 and 0, and EFER.LME is set already, so a bench has to look
for the write itself."""

import struct

import unicorn
from unicorn import x86_const as x86

VECTOR = 0xFFF0             # behind a CS base that ends in 0000
STUB, TABLES, USED = 0x1000, 0x2000, 0x4000
GDT = 0x48                  # in the stub
CODE, DATA = 0x08, 0x10
CODE16, DATA16 = 0x009B, 0x0093         # attributes as in a descriptor
CODE32, DATA32 = 0xC09B, 0xC093
TSS32 = 0x008B

WALK_DOWN = bytes.fromhex(
    "0f011559000000"        # lgdt [rip + 0x59]
    "b800200000 0f22d8"     # mov cr3, TABLES
    "b820000000 0f22e0"     # mov cr4, PAE
    "b811000080 0f22c0"     # mov cr0, PG | ET | PE
    "b811000000 0f22c0"     # mov cr0, ET | PE: 32 bits from here
    "66b81000 8ed8 8ec0 8ed0 8ee0 8ee8"     # ds es ss fs gs = DATA
    "31c0 0f22e0 0f22d8"    # cr4 = cr3 = 0
    "ea")                   # jmp CODE:...

REAL_MODE = bytes.fromhex(
    "66b810000060 0f22c0"   # mov eax, CD | NW | ET; mov cr0, eax
    "e9e4ff")               # jmp VECTOR, where we stop


def descriptor(base, limit, attributes):
    """A segment descriptor."""
    return struct.pack("<HHBHB", limit & 0xFFFF, base & 0xFFFF,
                       base >> 16 & 0xFF,
                       attributes | limit >> 8 & 0xF00, base >> 24)


FLAT = (descriptor(0, 0xFFFFF, CODE32) + descriptor(0, 0xFFFFF, DATA32) +
        descriptor(0, 0x67, TSS32))     # behind the null descriptor


def _walk_down(uc, code, data, offset, stop):
    """Out of long mode, to CODE:offset, where the processor stops."""
    paging = bytearray(3 * 0x1000)
    for i, entry in enumerate((TABLES + 0x1007, TABLES + 0x2007, 0x87)):
        struct.pack_into("<Q", paging, i * 0x1000, entry)
    stub = WALK_DOWN + struct.pack("<IH", offset, CODE)
    stub = stub.ljust(GDT, b"\x90") + bytes(8) + code + data
    stub += struct.pack("<HQ", 3 * 8 - 1, STUB + GDT)
    kept = bytes(uc.mem_read(STUB, USED))
    uc.mem_write(STUB, stub)
    uc.mem_write(TABLES, bytes(paging))
    uc.emu_start(STUB, stop)
    if uc.reg_read(x86.UC_X86_REG_RIP) & 0xFFFF != stop & 0xFFFF:
        raise unicorn.UcError(unicorn.UC_ERR_EXCEPTION)
    uc.mem_write(STUB, kept)
    for name in ("RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP", "RSP"):
        uc.reg_write(getattr(x86, f"UC_X86_REG_{name}"), 0)
    uc.reg_write(x86.UC_X86_REG_EFLAGS, 2)


def real_mode(uc, base, data_base=0):
    """To VECTOR behind a CS base.  RAM is mapped, code is at base, and there
    are no hooks; a real reset has 0xffff0000 and data from 0."""
    kept = bytes(uc.mem_read(base, len(REAL_MODE)))
    uc.mem_write(base, REAL_MODE)
    _walk_down(uc, descriptor(base, 0xFFFF, CODE16),
               descriptor(data_base, 0xFFFF, DATA16), 0, base + VECTOR)
    uc.mem_write(base, kept)
    uc.reg_write(x86.UC_X86_REG_GDTR, (0, 0, 0xFFFF, 0))


def protected_mode(uc, entry, gdt, start_info):
    """[PVH]: 32 bits, flat, paging off, EBX, a GDT of the VMM's."""
    _walk_down(uc, FLAT[:8], FLAT[8:16], entry, entry)
    table = bytes(8) + FLAT
    uc.mem_write(gdt, table)
    uc.reg_write(x86.UC_X86_REG_GDTR, (0, gdt, len(table) - 1, 0))
    uc.reg_write(x86.UC_X86_REG_RBX, start_info)
