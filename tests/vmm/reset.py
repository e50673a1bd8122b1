# SPDX-License-Identifier: BSD-2-Clause
"""Brings Unicorn's processor into the state that a reset leaves.

Unicorn lets nobody set a segment's base, and only its 64-bit processor can
enter long mode again once it has left it.  So we start that one, and a few
instructions of ours walk it down: paging on and off, which ends long mode; a
far jump into a code segment whose base is 0xffff0000; PE off, which keeps the
base.  What differs from real hardware: the selectors are not f000 and 0, and
EFER.LME is set already, so a bench has to look for the write itself."""

import struct

import unicorn
from unicorn import x86_const as x86

ROM_BASE = 0xFFFF0000
VECTOR = 0xFFF0             # behind a CS base of ROM_BASE
STUB, TABLES, USED = 0x1000, 0x2000, 0x4000

WALK_DOWN = bytes.fromhex(
    "0f011559000000"        # lgdt [rip + 0x59]
    "b800200000 0f22d8"     # mov cr3, TABLES
    "b820000000 0f22e0"     # mov cr4, PAE
    "b811000080 0f22c0"     # mov cr0, PG | ET | PE
    "b811000000 0f22c0"     # mov cr0, ET | PE: 32 bits from here
    "66b81000 8ed8 8ec0 8ed0 8ee0 8ee8"     # ds es ss fs gs = 0x10
    "31c0 0f22e0 0f22d8"    # cr4 = cr3 = 0
    "ea000000000800"        # jmp 0x08:0
    "90909090"
    "0000000000000000"      # 00
    "ffff0000ff9b00ff"      # 08 code, 16 bits, base 0xffff0000
    "ffff000000930000"      # 10 data, 16 bits, base 0
    "1700 4810000000000000")                # limit, base of these three

REAL_MODE = bytes.fromhex(
    "66b810000060 0f22c0"   # mov eax, CD | NW | ET; mov cr0, eax
    "e9e4ff")               # jmp VECTOR, where we stop


def power_on(uc, rom):
    """Runs the two stubs, then puts the ROM and zeros in their place.

    `uc` has RAM from 0 and the ROM's pages mapped, and no hooks."""
    tables = bytearray(3 * 0x1000)
    for i, entry in enumerate((TABLES + 0x1007, TABLES + 0x2007, 0x87)):
        struct.pack_into("<Q", tables, i * 0x1000, entry)
    kept = bytes(uc.mem_read(STUB, USED))
    uc.mem_write(STUB, WALK_DOWN)
    uc.mem_write(TABLES, bytes(tables))
    uc.mem_write(ROM_BASE, rom)
    uc.mem_write(ROM_BASE, REAL_MODE)
    uc.emu_start(STUB, ROM_BASE + VECTOR)
    if uc.reg_read(x86.UC_X86_REG_RIP) & 0xFFFF != VECTOR:
        raise unicorn.UcError(unicorn.UC_ERR_EXCEPTION)
    uc.mem_write(ROM_BASE, rom)
    uc.mem_write(STUB, kept)
    for name in ("RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP", "RSP"):
        uc.reg_write(getattr(x86, f"UC_X86_REG_{name}"), 0)
    uc.reg_write(x86.UC_X86_REG_GDTR, (0, 0, 0xFFFF, 0))
    uc.reg_write(x86.UC_X86_REG_EFLAGS, 2)
