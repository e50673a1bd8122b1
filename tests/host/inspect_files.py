# SPDX-License-Identifier: BSD-2-Clause
"""Files for `beeline inspect`: made here, or captured from QEMU."""

import os
import struct
import tarfile

SETS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(
    __file__))), "golden", "sets")
BANNER = b"Linux version 9.8.7 (someone) #1 SMP\n\0"
VERSION = b"9.8.7 (someone) #1\0"


def elf(note=True, entry=0x1000000):
    """A small kernel, linked as Linux is, with its banner and a PVH note."""
    text = b"%s version %s\0Linux version %s\0" + BANNER
    name = struct.pack("<III4sI", 4, 4, 18, b"Xen\0", 0x1000010)
    count = 2 if note else 1
    body = (text + name).ljust(0x100, b"\0")
    head = (b"\x7fELF\2\1\1" + bytes(9) + struct.pack(
        "<HHIQQQIHHHHHH", 2, 62, 1, entry, 64, 0, 0, 64, 56, count, 0, 0, 0))
    load = struct.pack("<IIQQQQQQ", 1, 5, 0x1000, 0xFFFFFFFF81000000,
                       0x1000000, len(body), 0x2000, 0x1000)
    notes = struct.pack("<IIQQQQQQ", 4, 4, 0x1000 + len(text), 0, 0,
                        len(name), len(name), 4)
    head += load + (notes if note else b"")
    return head.ljust(0x1000, b"\0") + body


def elf32():
    """A kernel of class 32, without a note."""
    head = (b"\x7fELF\1\1\1" + bytes(9) + struct.pack(
        "<HHIIIIIHHHHHH", 2, 3, 1, 0x1000000, 52, 0, 0, 52, 32, 1, 0, 0, 0))
    load = struct.pack("<IIIIIIII", 1, 0x1000, 0x1000000, 0x1000000, 0x100,
                       0x2000, 5, 0x1000)
    return (head + load).ljust(0x1100, b"\0")


def bzimage(payload, version=VERSION, at=None):
    """A bzImage of protocol 2.15 around a payload."""
    setup = bytearray(0x800)
    struct.pack_into("<BHI", setup, 0x1F1, 3, 0, (len(payload) + 15) // 16)
    struct.pack_into("<HHI", setup, 0x1FE, 0xAA55, 0x6AEB, 0x53726448)
    struct.pack_into("<HIHH", setup, 0x206, 0x20F, 0, 0,
                     0x100 if at is None else at)
    struct.pack_into("<BB", setup, 0x210, 0, 1)
    struct.pack_into("<IIB", setup, 0x22C, 0x7FFFFFFF, 0x200000, 1)
    struct.pack_into("<BHI", setup, 0x235, 21, 0x3, 2047)
    struct.pack_into("<II", setup, 0x248, 0, len(payload))
    struct.pack_into("<QI", setup, 0x258, 0x1000000, 0x345000)
    setup[0x300:0x300 + len(version)] = version
    return bytes(setup) + payload


def captured(name, *files):
    """Files of a captured machine."""
    with tarfile.open(os.path.join(SETS, name + ".tar.xz")) as tar:
        found = [tar.extractfile(file).read() for file in files]
    return found[0] if len(found) == 1 else found


def table(signature, body=b"", length=None):
    """An ACPI table with a right checksum."""
    size = 36 + len(body) if length is None else length
    data = bytearray(struct.pack("<4sIBB6s8sI4sI", signature, size, 2, 0,
                                 b"OEMID ", b"TABLE   ", 7, b"MADE", 1) + body)
    data[9] = -sum(data) & 0xFF
    return bytes(data)
