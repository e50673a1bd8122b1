# SPDX-License-Identifier: BSD-2-Clause
"""Seed inputs for the targets of host-loader/ that read what others say."""
import bz2
import gzip
import json
import lzma
import struct
import zlib

from seeds_core import HIGH


def manifest_seeds():
    """A small bundle's manifest, with and without an initrd, and no such."""
    digest = "0123456789abcdef" * 4
    ram = {"gpa": 0, "size": 1 << 26, "type": 1}
    cpu = dict.fromkeys("rip rsp rsi rbx rflags cr0 cr3 cr4 efer gdt_gpa "
                        "gdt_limit cs ds ss tr mtrr_def_type".split(), 1)
    extent = {"gpa": 1 << 24, "size": 4096, "source": "kernel", "offset": 0}
    plan = dict.fromkeys("initrd_gpa initrd_size rsdp_gpa smbios_gpa "
                         "cmdline_gpa cmdline_max".split(), 0)
    plan.update(entry="64", kernel_gpa=1 << 24, kernel_size=4096, cpu=cpu,
                extent=[extent, dict(extent, gpa=1 << 25, source="zero")],
                map=[ram], dma=[{"key": 1, "write": False, "skip": 0,
                                 "size": 8, "gpa": 4096}])
    vm = dict.fromkeys(("qemu", "machine", "memory", "cpus", "accel"), "/q")
    vm.update(table_args=["-device", "x"], host_args=[])
    kernel = {"path": "/k", "size": 9, "digest": digest}
    whole = dict.fromkeys(("qemu_build", "qemu_version", "append",
                           "machine_words"), "")
    whole.update(dict.fromkeys(("kaslr", "is_linux", "own_tables"), True),
                 version=1, beeline="0", qemu_major=7, qemu_minor=2, vm=vm,
                 kernel=kernel, initrd=None, entry="64", chipset="q35",
                 ram_size=1 << 26, ram=[ram], plan=plan, image_digest=digest)
    yield "whole", json.dumps(whole).encode()
    yield "initrd", json.dumps(dict(whole, initrd=kernel)).encode()
    yield "version", json.dumps(dict(whole, version=2)).encode()
    yield "twice", b'{"version": 1, "version": 1}'
    yield "deep", b"[" * 3000


def payload_seeds():
    """A stream of each codec: its number, the size, the bytes."""
    plain = b"a kernel of text " * 12
    size = struct.pack("<I", len(plain))
    run = plain[:200]

    def lzop(flags):
        head = struct.pack(">HHHBBIIIIB", 0x1040, 0x20A0, 0x940, 3, 9, flags,
                           0o100644, 0, 0, 0)
        # 17 literals, a match of 183 bytes 17 back, the end marker
        block = b"\x22" + run[:17] + b"\x20\x96\x40\0" + b"\x11\0\0"
        stored = struct.pack(">III", 4, 4, zlib.adler32(b"tail")) + b"tail"
        sums = struct.pack(">I", zlib.adler32(run))
        if flags & 2:
            sums += struct.pack(">I", zlib.adler32(block))
        return (b"\x89LZO\0\r\n\x1a\n" + head +
                struct.pack(">I", zlib.adler32(head)) +
                struct.pack(">II", len(run), len(block)) + sums + block +
                stored + bytes(4))
    lz4 = b"\xf0" + bytes([len(run) - 15]) + run
    streams = {
        "none": (1, plain, len(plain)),
        "gzip": (2, gzip.compress(plain, mtime=0), len(plain)),
        "bzip2": (3, bz2.compress(plain) + size, len(plain)),
        "lzma": (4, lzma.compress(plain, lzma.FORMAT_ALONE, preset=0) + size,
                 len(plain)),
        "xz": (5, lzma.compress(plain, check=lzma.CHECK_CRC32, preset=0) +
               size, len(plain)),
        "lzo": (6, lzop(3), 204),
        "lzo1": (6, lzop(1), 204),
        "lz4": (7, struct.pack("<II", 0x184C2102, len(lz4)) + lz4 +
                struct.pack("<I", len(run)), len(run)),
        # a frame of one raw block: content size, no sum
        "zstd": (8, struct.pack("<IBB", 0xFD2FB528, 0x20, len(run)) +
                 (len(run) << 3 | 1).to_bytes(3, "little") + run +
                 struct.pack("<I", len(run)), len(run)),
    }
    for name, (codec, stream, unpacked) in streams.items():
        yield name, struct.pack("<BH", codec, unpacked) + stream


def qtest_bytes(size, data):
    """A piece of fuzz_qtest.c: an answer of so many bytes."""
    return struct.pack("<BHH", 3, size, len(data)) + data


def qtest_item(data, size=0):
    """The answers to a read of a fw_cfg item, whose request comes first."""
    return b"\1\1" + qtest_bytes(16 + max(size, len(data)),
                                 bytes(16) + data)


def qtest_raw(text):
    """Pieces that are this text."""
    return b"".join(bytes((0, len(text[i:i + 255]))) + text[i:i + 255]
                    for i in range(0, len(text), 255))


def qtest_seeds():
    """Whole conversations: fw_cfg, chipsets, a board; parsers' texts."""
    files = ((b"etc/table-loader", 256), (b"etc/acpi/tables", 8),
             (b"etc/e820", 40), (b"etc/smbios/smbios-tables", 5))
    entries = b"".join(struct.pack(">IHH56s", size, 32 + i, 0, name)
                       for i, (name, size) in enumerate(files))
    directory = qtest_item(struct.pack(">I", 4) + entries, 4 + 64 * 511)
    script = struct.pack("<I56sIB63x", 1, files[1][0], 16, HIGH) + struct.pack(
        "<I56s56sII4x", 4, files[1][0], files[1][0], 0, 0)
    e820 = struct.pack("<QQIQQI", 0, 1 << 29, 1, 1 << 32, 1 << 20, 2)
    mark = struct.pack("<BI", 2, 0x47464320)
    rest = qtest_item(e820) + qtest_item(b"12345")
    yield "fw_cfg", (b"\0" + mark + directory + qtest_item(script) +
                     directory + rest + qtest_item(b"12345678"))
    yield "no_script", (b"\0" + mark + 2 * qtest_item(
        struct.pack(">I", 1) + entries[128:192], 4 + 64 * 511) + rest)
    values = {"q35": (0x29C08086, 0x29188086, 0xB0000005, 0, 0x601, 0x80),
              "pc": (0x12378086, 0x71138086, 0x70008086, 0x601, 1)}
    hello = qtest_raw(b'{"QMP": {"version": {"qemu": {"micro": 1, "minor": 2,'
                      b' "major": 7}, "package": "x"}}}\n{"return": {}}\n')
    for name, answers in values.items():
        said = [b"\1" + struct.pack("<BI", 2, value) for value in answers]
        ids = 3 if name == "pc" else 2
        said[ids:] = [b"\1\1" + answer for answer in said[ids:]]
        yield name, b"\1" + b"".join(said) + b"\4" + hello
    words = [b'[{"qom-path": "/a"}, {"qom-path": "/b"}]', b"0", b"1", b"15",
             b"107", b"1", b'[{"cpuid-register": "EDX", "cpuid-input-eax": 1,'
             b' "features": 126614525}]', b'"microvm-machine"', b"true"]
    said = b"".join(b'{"return": ' + word + b"}\n" for word in words)
    yield "board", (b"\2\1" + struct.pack("<BI", 2, 0x80) + 8 * struct.pack(
        "<BIBI", 2, 0x74726976, 2, 1) + b"\4" + qtest_raw(said))
    for i, text in enumerate((b"OK", b"OK 0x0601", b"OK AQI=", b"FAIL no")):
        yield f"text{i}", b"\3" + text


def verify_seeds():
    """Patches to a right machine, and memory that is all input:
    fuzz_verify.c, patch."""
    registers = b"\0\0"
    for entry in (0, 1):
        yield f"right{entry}", bytes([entry]) + registers
        yield f"memory{entry}", bytes([2 | entry]) + registers + bytes(
            range(1, 200))
    for place in range(19):
        yield f"patch{place}", (
            bytes([place == 8]) + registers + bytes([place, 8]) +
            bytes(1 + place % 2) + bytes([3, 1, 1, 2, 3, 4]))
    yield "registers", b"\0\3\x28\0\x30\x10\x58\1\3" + struct.pack(
        "<QQ", 1 << 20, 1 << 50)
