# SPDX-License-Identifier: BSD-2-Clause
"""The items of a host, for whoever changes them: their bytes, the fields that
mean something, and the numbers that are worth a try."""

import struct

import acpi
import fwcfg
import images
from host import MIB
from layout import LAYOUT

NUMBERS = {fwcfg.KERNEL_ADDR: 4, fwcfg.KERNEL_SIZE: 4, fwcfg.KERNEL_ENTRY: 4,
           fwcfg.INITRD_ADDR: 4, fwcfg.INITRD_SIZE: 4, fwcfg.CMDLINE_SIZE: 4,
           fwcfg.SETUP_SIZE: 4, fwcfg.NB_CPUS: 2, fwcfg.RAM_SIZE: 8,
           fwcfg.ID: 4, fwcfg.SIGNATURE: 4}
# (offset, size) of a command's fields: number, names, numbers behind them
COMMAND = ((0, 4), (4, 56), (60, 56), (60, 4), (64, 1), (64, 4), (68, 4),
           (116, 4), (120, 1), (120, 4), (124, 1))
E820_ROW = ((0, 8), (8, 8), (16, 4))
ELF = ((0, 4), (4, 1), (5, 1), (16, 2), (18, 2), (24, 8), (32, 8), (54, 2),
       (56, 2), (64, 4), (72, 8), (80, 8), (88, 8), (96, 8), (104, 8))
# ... and of images.pvh_file(): its other headers and its note
ELF_FILE = ELF + tuple(
    (64 + 56 * i + at, size) for i in (1, 2)
    for at, size in ((0, 4), (8, 8), (16, 8), (24, 8), (32, 8), (40, 8))
) + ((0x400, 4), (0x404, 4), (0x408, 4), (0x40C, 4), (0x410, 4))


def values(rng, size, old, host):
    """A number for a field of `size` bytes, at or beside a border."""
    bits = 8 * size
    top = host.ram[0][1]
    pools = (
        (0, 1, 2, 3, 4, 7, 8, 0xFF),
        ((1 << bits) - 1, (1 << bits) - 2, 1 << (bits - 1),
         (1 << (bits - 1)) - 1, 0xFFFFFFFF, 0x80000000, 0xFFFFF000),
        (old + 1, old - 1, old * 2, old // 2, old ^ 1 << rng.randrange(bits),
         old + 4096, old - 4096, -old),
        (top, top - 1, top + 1, top - 4096, top - MIB, MIB, MIB - 1,
         16 * MIB, 4 << 30, 1 << 30),
        tuple(LAYOUT.values()),
        (rng.getrandbits(bits), rng.getrandbits(8), rng.getrandbits(16)),
    )
    value = rng.choice(rng.choice(pools)) + rng.choice((0, 0, 0, 0, 1, -1))
    return value & ((1 << bits) - 1)


# Items: numeric keys by number, files by name.

def name_of(item):
    """For people."""
    return item if isinstance(item, str) else f"key {item:#x}"


def get(host, item):
    """Its bytes."""
    if item is None:
        return b""
    return (host.files[item] if isinstance(item, str)
            else host.items[item]).data


def put(host, item, data, resize=True):
    """Other bytes; with resize the directory tells the new size."""
    if isinstance(item, str):
        host.files[item] = fwcfg.Item(data, host.files[item].writable)
        if resize:
            host.sizes[item] = len(data)
    else:
        host.items[item] = fwcfg.Item(data)


def pick(rng, host):
    """An item that a boot looks at, most of the time."""
    files = [name for name in host.files if name.startswith(
        ("etc/acpi", "etc/e820", "etc/table", "etc/smbios", "etc/vmgenid",
         "etc/system", "etc/boot/", "opt/org"))]
    kind = rng.randrange(10)
    if files and kind < 5:
        return rng.choice(files)
    if host.items and kind < 9:
        return rng.choice(sorted(host.items))
    return rng.choice(sorted(host.files) or sorted(host.items) or [None])


def fields(host, item):
    """(offset, size) of fields that mean something."""
    data = get(host, item)
    if item == "etc/table-loader":
        return [(at + i, size) for at in range(0, len(data), 128)
                if any(data[at:at + 4]) for i, size in COMMAND]
    if item == "etc/e820":
        return [(at + i, size) for at in range(0, len(data), 20)
                for i, size in E820_ROW]
    if item == fwcfg.SETUP_DATA:
        header = [images.HEADER_FIELDS[name] for name in images.HEADER_FIELDS]
        return list(ELF) if data[:4] == b"\x7fELF" else header + [(0x201, 1)]
    if item == "etc/acpi/tables":
        return pointers(host)
    if item in NUMBERS:
        return [(0, NUMBERS[item])]
    if isinstance(item, str) and item.endswith("/kernel"):
        return list(ELF_FILE) if data[:4] == b"\x7fELF" else [
            images.HEADER_FIELDS[name] for name in images.HEADER_FIELDS]
    return [(0, 4), (max(0, len(data) - 6), 1), (max(0, len(data) - 1), 1)]


def pointers(host):
    """What the script's ADD_POINTERs write to, and headers' lengths."""
    data = host.files.get(acpi.LOADER, fwcfg.Item()).data
    spots = []
    for at in range(0, len(data) - 127, 128):
        command_number, = struct.unpack_from("<I", data, at)
        offset, size = struct.unpack_from("<IB", data, at + 116)
        if command_number == 2 and data[at + 4:].startswith(
                b"etc/acpi/tables\0"):
            spots.append((offset, size))
    return spots or [(4, 4)]


def note(lies, item, what):
    """Writes it down."""
    lies.touched.add(item)
    lies.text.append(f"{name_of(item)}: {what}")


def name_field(rng, host):
    """56 bytes for a name."""
    return rng.choice((
        b"n" * 56, bytes(56), b"\0" * 55 + b"x",
        b"etc/acpi".ljust(56, b"\xff"),
        rng.choice(sorted(host.files) or ["x"]).encode()[:55]
    )).ljust(56, b"\0")
