# SPDX-License-Identifier: BSD-2-Clause
"""Seed inputs for the targets of core/: pairs of a name and bytes."""
import struct

HIGH, FSEG = 1, 2


def command(what, one, two=0, size=0, x=0, y=0, z=0):
    """The 12-byte form of a command: fuzz_acpi_script.c, command_expand."""
    return struct.pack("<BBBBHHI", what, one, two, size, x, y, z)


def script_seeds():
    """Short scripts over files a, b, c; h is missing."""
    sizes = struct.pack("<8H", 36, 300, 4096, 64, 0, 8, 1, 16)
    alloc = command(1, 0, FSEG - 1, 4) + command(1, 1, HIGH - 1, 6)
    link = command(2, 0, 1, 2, 16) + command(3, 0, 0, 0, 8, 20)
    guid = command(1, 2, HIGH - 1, 12) + command(4, 5, 2, 3, 0, 40)
    missing = command(1, 7, 0, 4) + command(2, 7, 1, 3, 400)
    empty = command(1, 4, 0, 4) + command(3, 4, 0, 0, 8, 20)
    raw = struct.pack("<I56sIB59x", 1, b"a", 16, FSEG) + struct.pack(
        "<I56sIB63x", 1, b"b", 64, HIGH) + struct.pack(
        "<I56s56sIB7x", 2, b"a", b"b", 16, 4)
    raw = b"".join(raw[i:i + 128].ljust(128, b"\0")
                   for i in range(0, len(raw), 128))
    many = b"".join(command(1, i, i % 2, i) for i in range(9))
    yield "linked", b"\1" + sizes + alloc + link
    yield "written", b"\1" + sizes + alloc + guid + link
    yield "missing", b"\1" + sizes + alloc + missing + link
    yield "empty", b"\1" + sizes + alloc + empty + link
    yield "far", b"\1" + sizes + alloc + command(2, 0, 1, 0x83, z=0xFFFFFFF9)
    yield "small", b"\1" + sizes + alloc + command(2, 0, 1, 0, 16)
    yield "many", b"\1" + sizes + many + many
    yield "raw", b"\0" + sizes + raw
    yield "wrap", b"\1" + sizes + alloc + command(3, 0, 0, 0xC0, 0, 2,
                                                  0xFFFFFFFF)
    yield "edge", b"\1" + sizes + guid[:12] + command(4, 5, 2, 3, 0, 4096)
    names = command(1, 5, 0, 4) + command(1, 6, 0, 4)
    yield "names", b"\1" + sizes + names + command(3, 6, 0, 0, 0, 1)
    yield "absent", b"\1" + sizes + names[:12] + command(3, 6, 0, 0, 0, 1)


def e820_seeds():
    """A PC's map, wrong ones, and a few calls."""
    def file(*entries):
        data = b"".join(struct.pack("<QQI", *entry) for entry in entries)
        return struct.pack("<H", len(data)) + data
    usual = file((1 << 32, 1 << 31, 1), (0, 3 << 30, 1),
                 (0xFD00000000, 3 << 32, 2))
    calls = bytes(range(5, 250, 6)) + bytes(range(2, 255, 7))
    yield "usual", usual + calls
    yield "overlap", file((0, 4096, 1), (4095, 1, 1)) + calls
    yield "wrap", file((1 << 63, 1 << 63, 1)) + calls
    yield "last", file(((1 << 64) - 4095, 1, 1)) + calls
    yield "parts", file((0, 0x9FC00, 1), (0x9FC00, 1024, 2)) + calls
    yield "far", file((1 << 32, 1 << 45, 1), (1 << 46, 4096, 2)) + calls
    yield "size", b"\x15\0" + usual[2:]
    yield "calls", b"\0\0" + bytes((7 * i) % 256 for i in range(400))


def dir_seeds():
    """Directories that are right, short, long, and endless names."""
    names = (b"etc/e820", b"etc/table-loader", b"etc/acpi/rsdp", b"a", b"")
    entries = b"".join(struct.pack(">IHH56s", 64, 32 + i, 0, name)
                       for i, name in enumerate(names))
    yield "five", struct.pack(">I", 5) + entries
    yield "lies", struct.pack(">I", 0x4000001) + entries
    yield "endless", struct.pack(">I", 1) + bytes(8) + b"x" * 56
    yield "none", bytes(4)


def bzimage_seeds():
    """Headers of a few versions, with a map and sizes behind them."""
    for version in (0x200, 0x204, 0x206, 0x20A, 0x20F):
        for relocatable in (0, 1):
            head = bytearray(0x290)
            struct.pack_into("<BHI", head, 0x1F1, 31, 0, 0x7D000)
            struct.pack_into("<HHI", head, 0x1FE, 0xAA55, 0x6AEB, 0x53726448)
            struct.pack_into("<H", head, 0x206, version)
            struct.pack_into("<BB", head, 0x210, 0, 1)
            struct.pack_into("<IIB", head, 0x22C, 0x7FFFFFFF, 0x200000,
                             relocatable)
            struct.pack_into("<HI", head, 0x236, 3, 2047)
            struct.pack_into("<QI", head, 0x258, 0x1000000, 0x2345000)
            ram = (b"\2" + b"\0" + (1 << 8).to_bytes(4, "little") +
                   (511 << 8).to_bytes(3, "little") +
                   b"\0" + (1 << 20).to_bytes(4, "little") +
                   (1 << 18).to_bytes(3, "little"))
            sizes = (b"\3" + (8 << 20).to_bytes(4, "little") +
                     (1 << 18).to_bytes(3, "little") +
                     b"\3" + (64 << 20).to_bytes(4, "little"))
            yield f"{version:x}-{relocatable}", bytes(head) + ram + sizes
    struct.pack_into("<QI", head, 0x258, (1 << 64) - 1, 4096)
    small = b"\3" + (4096).to_bytes(4, "little") + sizes[5:]
    yield "wrap", bytes(head) + ram + small


def elf_seeds():
    """Both classes, two segments each."""
    ident = b"\x7fELF%c\1\1" + bytes(9)
    base = 1 << 24
    head64 = ident % 2 + struct.pack("<HHIQQQIHHH", 2, 62, 1, base, 64, 0, 0,
                                     64, 56, 3) + bytes(6)
    load64 = b"".join(struct.pack(
        "<IIQQQQQQ", 1, 5, 232, base + at + 0xffffffff80000000, base + at,
        64, 4096, 4096) for at in (0, 4096))
    note64 = struct.pack("<IIQQQQQQ", 4, 4, 232, 0, 0, 20, 20, 4)
    note = struct.pack("<III4sI", 4, 4, 18, b"Xen", base + 16)
    head32 = ident % 1 + struct.pack("<HHIIIIIHHH", 2, 3, 1, base, 52, 0, 0,
                                     52, 32, 1) + bytes(6)
    load32 = struct.pack("<IIIIIIII", 1, 0, 0, base, 84, 4096, 5, 4096)
    last = (1 << 64) - 4096
    yield "wrap", head64[:24] + struct.pack("<Q", last) + head64[32:] + (
        struct.pack("<IIQQQQQQ", 1, 5, 232, last, last, 64, 4097, 4096) +
        bytes(200))
    yield "64", head64 + load64 + note64 + note + bytes(64)
    yield "32", head32 + load32
    yield "short", head64[:40]


def smbios_seeds():
    """Structures with an end and without one, torn ones, little room."""
    bios = bytes((0, 4, 0, 0)) + b"B\0C\0\0"
    chassis = bytes((3, 9, 1, 0)) + bytes(5) + b"\0\0"
    end = bytes((127, 4, 2, 0, 0, 0))
    for spare in (0, 5, 6, 200):
        room = bytes((spare, 0))
        yield f"open{spare}", room + bios + chassis
        yield f"closed{spare}", room + bios + end
        yield f"none{spare}", room
    system = bytes((1, 8, 0, 1, 1, 0, 0, 0)) + b"S\0\0"
    for spare in (0, 10, 11, 17):
        yield f"system{spare}", bytes((spare, 0)) + system + chassis + end
        yield f"chassis{spare}", bytes((spare, 0)) + chassis + system
        yield f"late{spare}", bytes((spare, 0)) + system + bios + end
        yield f"other{spare}", bytes((spare, 0)) + chassis + bios + end
    yield "less", bytes((0, 3)) + bios
    yield "behind", b"\x09\0" + bios + end + chassis
    yield "string", b"\x09\0" + bios[:4] + b"\x7f\4ab\0\0"
    yield "torn", b"\x09\0" + bios[:-2] + b"\1"


def ranges(*given):
    """A map: fuzz map.h, map_take.  (type, first page, pages)."""
    return bytes([len(given)]) + b"".join(
        bytes([kind - 1]) + struct.pack("<I", start) +
        pages.to_bytes(3, "little") for kind, start, pages in given)


SMALL = ranges((1, 0x100, 0x1FF00))
SPLIT = ranges((1, 0x100, 0x7FF00), (2, 0xB0000, 0x10000),
               (1, 0x100000, 0xFF000), (3, 0x80000, 16), (4, 0x80010, 16))
MANY = ranges(*((1 + n % 2, 0x100 + 16 * n, 8) for n in range(15)))


def initrd_seeds():
    """Sizes about what there is, limits of old and new kernels."""
    for name, memory in (("small", SMALL), ("split", SPLIT), ("many", MANY)):
        for last in (0x37FFFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFF, 0x10FFFF):
            for flags in (0, 1, 3):
                yield f"{name}-{last:x}-{flags}", struct.pack(
                    "<BIIB", 3, 64 << 20, last, flags) + memory
    yield "all", struct.pack("<BIIB", 3, 0x1FF00000, 0xFFFFFFFF, 0) + SMALL
    yield "more", struct.pack("<BIIB", 3, 0x1FF00001, 0xFFFFFFFF, 0) + SMALL
    yield "above", struct.pack("<BIIB", 3, 0x80000000, 0xFFFFFFFF, 1) + SPLIT
    yield "byte", struct.pack("<BBIB", 0, 1, 0xFFFFFFFF, 0) + MANY
    for pages in (0x100, 0x180, 0x200, 0x280):
        yield f"across{pages:x}", struct.pack(
            "<BIIB", 3, pages << 12, 0xFFFFFFFF, 1) + ranges(
                (1, 0xFFF00, 0x300))


def handover_seeds():
    """Headers of several versions, rooms that fit and that do not."""
    for name, memory in (("none", b"\0"), ("split", SPLIT), ("many", MANY)):
        for version in (0x200, 0x208, 0x209, 0x20F):
            head = bytearray(0x290)
            struct.pack_into("<HHI", head, 0x1FE, 0xAA55, 0x6AEB, 0x53726448)
            struct.pack_into("<HBBB", head, 0x206, version, 0, 0, 0x81)
            for rooms in ((0x1000, 0x60, 0xFFF), (0x58 + 24, 0x34, 24),
                          (0, 0x33, 0)):
                yield f"{name}-{version:x}-{rooms[0]:x}", struct.pack(
                    "<IIIHIIIHBH", 0x1000000, 0x40000, 0x7F000000, 1, 4096,
                    0x9FC00, 0x3B010, *rooms) + memory + bytes(head)


def pc_tables_seeds():
    """A few topologies, blocks that fit and that do not, a DSDT."""
    dsdt = b"DSDT" + bytes(32) + b"\xa3" * 40
    for name, topology in (("flat", (0, 1, 0, 1)), ("cores", (0, 1, 3, 8)),
                           ("threads", (1, 2, 4, 12)), ("odd", (1, 3, 0, 2)),
                           ("wide", (0, 1, 31, 1))):
        for cpus in (0, 1, 8, 255, 288, 289):
            for gpa, room in ((0x3C0, 0x5F00), (0x3C0, 0x400),
                              (0x3C1, 0x5F00)):
                yield f"{name}-{cpus}-{gpa:x}-{room:x}", struct.pack(
                    "<5HB", *topology, cpus, cpus % 7) + (
                        gpa.to_bytes(3, "little") +
                        struct.pack("<BBHB", 0, 0, room, 0) +
                        bytes(14) + dsdt)
    two = struct.pack("<5HB", 0, 1, 0, 1, 2, 0)
    yield "alone", two + b"\xc0\3\0" + (
        struct.pack("<BBHB", 0, 0, 0x3000, 33) + bytes(9))
    yield "high", two + b"\xff\xff\xff" + (
        struct.pack("<BBHB", 0, 0, 0x3000, 0) +
        bytes(14) + dsdt)
