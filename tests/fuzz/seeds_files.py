# SPDX-License-Identifier: BSD-2-Clause
"""Seed inputs for targets about files and words that a person gives."""
import gzip
import struct

from seeds_core import FSEG, HIGH, bzimage_seeds, elf_seeds

KERNEL, RSDP, TABLES, SCRIPT, ROM, ALL, BUILD_ID = range(7)


def sealed(data, at, size=None):
    """The bytes with a sum of 0."""
    data = bytearray(data)
    data[at] = -sum(data[:size]) & 0xFF
    return bytes(data)


def acpi_table(signature, body):
    """A table with a right sum."""
    head = struct.pack("<4sIBB6s8sI4sI", signature, 36 + len(body), 2, 0,
                       b"BEELIN", b"BEELINE ", 1, b"BLNE", 1)
    return sealed(head + body, 9)


def kernel_with_payload():
    """A bzImage of 2.15 whose payload is a small ELF, and its banner."""
    elf = dict(elf_seeds())["64"] + b"Linux version 6.1.0 (x@y) #1 SMP\0"
    packed = gzip.compress(elf, mtime=0) + struct.pack("<I", len(elf))
    head = bytearray(dict(bzimage_seeds())["20f-1"][:0x290])
    struct.pack_into("<B", head, 0x1F1, 1)
    struct.pack_into("<H", head, 0x20E, 0x100)
    struct.pack_into("<II", head, 0x248, 0x100, len(packed))
    head += bytes(0x300 - len(head)) + b"6.1.0 (x@y) #1\0"
    head += bytes(1024 + 0x100 - len(head))
    return bytes(head) + packed


def script():
    """A table-loader script of each command."""
    commands = (struct.pack("<I56sIB", 1, b"etc/acpi/rsdp", 16, FSEG),
                struct.pack("<I56sIB", 1, b"etc/acpi/tables", 64, HIGH),
                struct.pack("<I56s56sIB", 2, b"etc/acpi/rsdp",
                            b"etc/acpi/tables", 16, 4),
                struct.pack("<I56sIII", 3, b"etc/acpi/rsdp", 8, 0, 20),
                struct.pack("<I56s56sIIB", 4, b"etc/vmgenid_addr",
                            b"etc/acpi/tables", 0, 40, 8),
                struct.pack("<I", 77), b"")
    return b"".join(c.ljust(128, b"\0") for c in commands)


def inspect_seeds():
    """A file of each kind, whole and torn, to its own view and to all."""
    rsdp = sealed(struct.pack("<8sB6sBIIQB3x", b"RSD PTR ", 0, b"BEELIN", 2,
                              0, 36, 0x9FC00, 0), 8, 20)
    tables = acpi_table(b"APIC", bytes(20)) + bytes(8) + acpi_table(
        b"SSDT", b"\xa3" * 30) + struct.pack("<4sI56x", b"FACS", 64)
    about = struct.pack("<III8s64s", 8, 64, 1, b"Beeline",
                        b"Beeline 1.2.3") + struct.pack(
                            "<III4s", 4, 20, 3, b"GNU") + bytes(range(20))
    files = {"bzimage": (KERNEL, kernel_with_payload()),
             "rsdp": (RSDP, sealed(rsdp, 32)), "rsdp1": (RSDP, rsdp[:20]),
             "tables": (TABLES, tables), "script": (SCRIPT, script()),
             "rom": (ROM, b"\0" + about), "rom128": (ROM, b"\1" + about),
             "rom_odd": (ROM, b"\x80" + about), "rom_no": (ROM, b"\2"),
             "rom_long": (ROM, b"\0" + struct.pack(
                 "<III8s", 8, 0xFFFF, 1, b"Beeline") + b"Beeline 1" * 9),
             "rom_id": (ROM, b"\0" + about[84:])}
    for name, data in elf_seeds():
        files[f"elf_{name}"] = (KERNEL, data)
    for name, (view, data) in files.items():
        yield name, bytes([view]) + data
        yield f"{name}-all", bytes([0x80 | ALL + 7]) + data
        yield f"{name}-torn", bytes([view]) + data[:len(data) * 2 // 3]
    yield "empty", bytes([ALL])
    for size in (20, 16, 0):
        note = struct.pack("<III4s", 4, size, 3, b"GNU") + bytes(range(size))
        elf = dict(elf_seeds())["64"]
        elf = elf[:64] + struct.pack("<IIQQQQQQ", 4, 4, len(elf), 0, 0,
                                     len(note), 0, 4) + elf[120:]
        yield f"id{size}", bytes([BUILD_ID]) + elf + note


def cmdline_seeds():
    """Lines with and without words for init, rates and blanks."""
    lines = (b"", b"quiet", b"console=ttyS0 -- sh -c x", b"--", b" -- ",
             b"a  b   ", b"tsc_early_khz=5 a", b"a tsc_early_khz=5",
             b"xtsc_early_khz=5", b"a --b -- c")
    words = (b"", b" virtio_mmio.device=512@0xd0000000:5", b" a b")
    for i, line in enumerate(lines):
        for k, more in enumerate(words):
            for flags in (0, 3):
                yield f"{i}-{k}-{flags}", bytes((flags, len(more))) + (
                    more + line)
    for name, data in list(elf_seeds()) + list(bzimage_seeds()):
        yield f"kernel-{name}", b"\x80\0" + data


def rom_seeds():
    """Every stub; patches of each place; launches."""
    def rom(kind, patches=(), cut=0xFFFF, seed=0, line=b"quiet", most=2047):
        return struct.pack("<BIHB", kind, 0x1000000, most, len(patches)) + (
            b"".join(patches) + struct.pack("<HB", cut, seed) + line)
    for kind in range(0, 0x60):
        yield f"kind{kind:02x}", rom(kind, seed=kind % 33)
    for place in range(5):
        for off in (0, 1, 0x10, 0x1C):
            yield f"patch{place}-{off:x}", rom(
                0x40, (bytes((place, off, 7)),))
    for over in range(0xF0, 0xF4):
        yield f"full{over:x}", struct.pack(
            "<BIHB", 0x40, 0x1000000, 2047, over) + (
                b"\xff\0\xff\0" * (over % 64) + b"\xff\xff\0")
    yield "anywhere", rom(0x40, (b"\xff\0\x80\1",))
    yield "long", rom(0x40, line=b"x" * 2048)
    yield "longest", rom(0x40, line=b"x" * 3000, most=0xEFFF)
    yield "nul", rom(0x40, line=b"a\0b")
    yield "seed", rom(0x40, seed=33)
    yield "short", rom(0x40, cut=100)


def options_seeds():
    """Lines of both commands, by words: fuzz_options.c, word_take."""
    def line(run, *words):
        return bytes([run]) + b"".join(b"\xff" + word.encode() + b"\n"
                                       for word in words)
    extra = ("--", "-device", "virtio-rng-pci,id=r", "-netdev", "user,id=n",
             "-drive", "if=none,id=d,file=x", "-object", "rng-random,id=o",
             "-chardev", "socket,id=s,path=/s,server=on", "-serial", "file:x",
             "-D", "log", "--name", "x", "-usb", "disk.img")
    yield "run", line(1, "--kernel", "k")
    yield "extra", line(1, "--kernel", "k", *extra)
    yield "bake", line(0, "--kernel", "k", "--output", "o", *extra)
    yield "bundle", line(1, "--bundle", "b", "--append", "", "--no-console",
                         "--", "-chardev", "stdio,id=console", "-mon",
                         "console")
    yield "none", line(1, "--path=none", "--kernel=k", "--entry", "pvh",
                       "--no-kaslr", "--memory", "1G,slots=2,maxmem=4G",
                       "--cpus", "cpus=2,cores=2", "--machine", "q35")
    for i, words in enumerate((
            ("--help",), ("--kernel",), ("--kernl", "k"), ("k",),
            ("--kernel", "k", "--path", "x"), ("--no-cache=1",),
            ("--kernel", "k", "--memory", "0"),
            ("--kernel", "k", "--machine", "q35,accel=kvm"),
            ("--kernel", "k", "--", "-kernel", "x"),
            ("--kernel", "k", "--", "-device"),
            ("--kernel", "k", "--", "-drive", "if=pflash,file=x"),
            ("--kernel", "k", "--", "-chardev", '{"id": "x"}'))):
        yield f"wrong{i}", line(1, *words)


def fields_seeds():
    """Right objects, and one field after the other of another shape:
    fuzz_fields.c."""
    right = (b"\1\5\0\3\1\2\3\4\7\1\2\3\4\5\6\7\0\1\1\3abc" +
             b"\2\1x\2yz" + b"\4text\7\0" + b"\3abc\1\0" +
             b"\2\1a\5\0\1b\6\0")
    yield "right", b"\0\0\0" + right
    yield "others", b"\0\0\x12" + right
    for i in range(11):
        for kind in range(8):
            yield f"odd{i}-{kind}", struct.pack("<HB", 1 << i, 0) + right[
                :i] + bytes([kind, 3]) + right[i:]
    yield "empty", b""


def bundle_seeds():
    """Nothing changed, one number of the plan, one byte of a file:
    fuzz_bundle.c."""
    def number(value):
        shift = max(value.bit_length() - 16, 0)
        return struct.pack("<HB", value >> shift, shift)
    for entry in (0, 1):
        yield f"right{entry}", bytes([entry])
        for what in list(range(29)) + list(range(0xA9, 0xB6)):
            yield f"plan{entry}-{what:x}", bytes((entry | 2, what, 0)) + (
                number(0x1000) + b"\0\0\0")
        for gpa in (0, 0x35000, 0x35210, 0x39000, 0x3B000, 0x3B100, 0x3C000,
                    0x9FC00, 0x1000000, 0x1002000, 0x1F00000, 0x500000):
            yield f"image{entry}-{gpa:x}", bytes((entry, 1, 0)) + (
                number(gpa) + b"\x5a")
        for at in (0, 0xEFFF, 0xF000, 0xF008, 0xF010, 0xF040, 0xFD00, 0xFFF0):
            yield f"rom{entry}-{at:x}", bytes((entry, 0, 1)) + (
                number(at) + b"\x5a")


def start_info_seeds():
    """A whole one in raw memory, others by numbers: fuzz_start_info.c."""
    def raw(modules=1, cmdline=0x9300, version=1, entries=2, magic=0x336EC578,
            memmap=0x9400):
        memory = bytearray(0x500)
        struct.pack_into("<IIIIQQQQII", memory, 0x100, magic, version, 0,
                         modules, 0x9200, cmdline, 0x9FC00, memmap, entries, 0)
        struct.pack_into("<QQQQ", memory, 0x200, 0x9100, 64, 0, 0)
        memory[0x300:0x305] = b"quiet"
        struct.pack_into("<QQII", memory, 0x400, 0, 0xA0000, 1, 0)
        struct.pack_into("<QQII", memory, 0x418, 1 << 20, 1 << 28, 1, 0)
        return b"\0" + struct.pack("<I", 0x9100) + memory
    yield "raw", raw()
    yield "modules", raw(modules=3)
    yield "no_end", raw(cmdline=0xCFFF)
    yield "version", raw(version=0)
    yield "magic", raw(magic=0)
    yield "many", raw(entries=513)
    yield "none", raw(entries=0)
    yield "cut", raw(memmap=0xD000 - 44)
    yield "whole", raw(memmap=0xD000 - 48)
    entries = (struct.pack("<BHH", 0x0C, 0, 160) +
               struct.pack("<BHH", 0x94, 1, 0x1000) +
               struct.pack("<BHH", 0xA0, 1, 0xFFFF))
    numbers = b"\1\2" + b"\0\xfc\x09" + struct.pack(
        "<6H", 0x100, 64, 0x300, 5, 0, 0)
    yield "numbers", numbers + b"\xff" + entries
    for odd in (0, 4, 12, 19, 27, 35, 43, 49):
        yield f"odd{odd}", numbers + bytes((odd, 1)) + entries
    yield "apart", numbers + b"\xff" + b"".join(
        struct.pack("<BHH", 13, n, 1) for n in range(0, 400, 2))
    yield "together", numbers + b"\xff" + b"".join(
        struct.pack("<BHH", 12, n, 1) for n in range(400))


def rsdp_seeds():
    """One in each place, wrong ones before right ones, parts of memory."""
    def case(part, *pieces, ebda=0x9FC0):
        return struct.pack("<BHB", part, ebda, len(pieces)) + b"".join(pieces)
    right = (0x90, 0x92)    # no byte of it is changed
    for place in range(10):
        for how in right:
            yield f"place{place}-{how:x}", case(0, bytes((place, 0, how, 1)))
        yield f"wrong{place}", case(0, bytes((place, 0, 0x20, 1, 9)),
                                    bytes((3, 16, 0x92, 1)))
        yield f"odd{place}", case(0, bytes((place, 8, 0x92, 1)))
    for part in range(16):
        yield f"part{part}", case(part, bytes((0, 0, 0x92, 1)),
                                  bytes((3, 0, 0x92, 1)))
    yield "torn", case(0, bytes((8, 0x10, 0x92, 1)))
    yield "no_ebda", case(0, bytes((0, 0, 0x92, 1)), ebda=0)
    yield "ebda_end", case(12, bytes((8, 0x10, 0x92, 1)), ebda=0xFFFF)
    yield "bytes", case(0, b"\3\0\xc8RSD PTR ")
    yield "cut", case(0x38, b"\x10\0\x20\0"[:2], ebda=0x9FC0)
