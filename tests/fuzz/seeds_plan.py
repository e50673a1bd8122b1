# SPDX-License-Identifier: BSD-2-Clause
"""Seed inputs for targets that take a request, or a board: plan_case.h."""
import struct

from seeds_core import elf_seeds


def number(value):
    """A number of any size in three bytes: plan_number."""
    shift = max(value.bit_length() - 16, 0)
    return struct.pack("<HB", value >> shift, shift)


def ranges(ram, extra=()):
    """A map: plan_map_take."""
    return struct.pack("<BH", len(extra), ram) + b"".join(
        number(gpa) + number(size) + bytes([what])
        for gpa, size, what in extra)


def board(mmio=(), cpus=4, com1=4):
    """A board: plan_board_take."""
    data = number(0) + struct.pack("<BHB", 1, cpus, len(mmio)) + b"".join(
        number(gpa) + struct.pack("<HB", 0x200, gsi)
        for gpa, gsi in mmio) + b"\1"
    data += number(0xD0000000 if mmio else 0) + b"\x0a" + bytes([com1])
    return data + number(0) * 2 + number(0xC0000000) + number(1 << 27)


def hwreduced_seeds():
    """Boards with and without devices, PCI and room."""
    devices = ((0xD0010000, 5), (0xD0020000, 6))
    usual = 0x80
    for name, mmio, ecam in (
            ("bare", (), None), ("mmio", devices, None),
            ("pci", devices, (0xB0000000, 1 << 26)),
            ("in_ram", ((0x200000, 5),), None),
            ("twice", devices[:1] * 2, None),
            ("wrap", ((0xFFFF << 48, 5),), None),
            ("ecam", (), (0xB0000000, 1 << 19)),
            ("sixteen", tuple((0xD0010000 + (n << 16), 16 + n)
                              for n in range(16)), None)):
        for cpus in (0, 1, 288):
            for how in (0, 2, 0x81):
                flags = usual | (0x8000 if ecam else 0)
                yield f"{name}-{cpus}-{how:x}", struct.pack("<H", flags) + (
                    ranges(0x1F00) + board(mmio, cpus) +
                    b"".join(number(n) for n in ecam or ()) +
                    bytes([how]) + b"\0\x10\0\1\0\x40")


def plan_seeds():
    """Requests of each kind: fuzz_plan.h, plan_case_take."""
    def case(flags, kind, ram=0x1F00, extra=(), cmdline=5, initrd=0x12345,
             mmio=(), script=(), ecam=(), more=b"", sizes=(0,) * 5,
             smbios=0):
        flags |= 0x8000 if ecam else 0
        launch = struct.pack("<HB", cmdline, 32) + (
            struct.pack("<H", 2) if flags & 0x100 else b"") + b"\7"
        launch += number(initrd) + struct.pack("<I", 99) + number(0)
        launch += b"".join(number(n) for n in ecam)
        blobs = struct.pack("<BB5H", len(script), 0, *sizes) + b"".join(
            struct.pack("<BBBBII", *command) for command in script)
        return struct.pack("<HB", flags, kind) + launch + (
            ranges(ram, extra) + board(mmio) + blobs + number(smbios) + more)

    def segments(*sizes):
        return struct.pack("<BHH", len(sizes) - 1, 0x300, 0x100) + b"".join(
            number(size) + struct.pack("<HHB", 0x200, 0x1000, 14)
            for size in sizes) + b"\x20"
    kernel = segments(0x1000, 0x200000, 0x800)
    linux, rom, usual = 0x20, 4, 0x80
    devices = ((0xD0010000, 5), (0xD0020000, 6))
    script = ((1, 1, 1, 4, 0, 0), (1, 2, 0, 6, 0, 0), (1, 3, 0, 12, 0, 0),
              (2, 1, 2, 2, 16, 0), (3, 1, 0, 0, 8, 20), (4, 4, 3, 3, 0, 40))
    sizes = (36, 0x1234, 0x1000, 8, 0)
    for name, flags in (("linux", linux | 2), ("fixed", 0), ("pvh", 1),
                        ("class32", 0x11), ("nul", 0x100)):
        for tables, given in (("none", {}), ("script", {
                "script": script, "sizes": sizes}),
                              ("pc", {"mmio": devices}),
                              ("hw", {"mmio": devices,
                                      "ecam": (0xB0000000, 1 << 26)})):
            kind = ("none", "script", "pc", "hw").index(tables)
            yield f"{name}-{tables}", case(flags | usual, kind, more=kernel,
                                           **given)
            yield f"{name}-{tables}-rom", case(
                flags | usual | rom, kind + 8, more=kernel, smbios=7, **given)
    split = ((0, 0x8000, 1), (0x8000, 0x98000, 1), (1 << 20, 0x301000, 1),
             (0x401000, 0x1BFF000, 1))
    yield "split", case(linux, 2, extra=split, more=kernel)
    yield "many", case(usual, 2, more=segments(*(0x300,) * 63))
    yield "apart", case(usual, 1, script=((1, 4, 1, 2, 0, 0),) + script,
                        sizes=(36, 8, 4096, 8, 0), more=kernel)
    yield "told", case(usual, 1, script=script + ((4, 4, 1, 3, 0, 0),),
                       sizes=sizes, more=kernel)
    large = ((0, 0xA0000, 1), (1 << 20, 1 << 31, 1))
    yield "apart_large", case(0, 1, extra=large, sizes=(36, 8, 4096, 8, 0),
                              script=((1, 4, 1, 2, 0, 0),) + script,
                              more=kernel)
    yield "told_large", case(0, 1, extra=large, sizes=sizes, more=kernel,
                             script=script + ((4, 4, 1, 3, 0, 0),))
    yield "again", case(usual, 1, script=((1, 2, 0, 20, 0, 0),) * 9,
                        sizes=(36, 0xFFFF, 0, 0, 0), more=kernel)
    yield "ecam", case(usual, 0, ecam=(0, 1 << 19), more=kernel)
    yield "ioapic", case(usual, 2, extra=((0xFEC00000, 0x1000, 1),),
                         more=kernel)
    raw = dict(elf_seeds())
    yield "raw", case(linux | usual | 8, 2, more=raw["64"])
    yield "empty", case(linux | usual | 8, 2)
