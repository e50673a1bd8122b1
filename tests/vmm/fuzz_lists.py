# SPDX-License-Identifier: BSD-2-Clause
"""Mutations of what has a shape of its own: the directory, ACPI scripts, a
memory map, the board, a PVH start.  fuzz_mutate.py says what a mutation is."""

import struct

import acpi
import devices
import fwcfg
import images
from fuzz_items import ELF_FILE, name_field, note, put, values
from host import MIB, directory, entry

DIRECTORY = "directory"
RECORD = ((0, 4), (4, 2), (6, 2), (8, 1), (8, 56))
START_INFO = ((0, 4), (4, 4), (8, 4), (12, 4), (16, 8), (24, 8), (32, 8),
              (40, 8), (48, 4), (52, 4))
MODULE = ((0, 8), (8, 8), (16, 8))
MEMMAP_ROW = ((0, 8), (8, 8), (16, 4), (20, 4))




def dir_field(rng, host, lies):
    """A field of the directory."""
    raw = bytearray(host.directory())
    count = int.from_bytes(raw[:4], "big")
    at, size = 0, 4
    if rng.random() < 0.8 and count:
        at, size = rng.choice(RECORD)
        at += 4 + 64 * rng.randrange(count)
    if size == 56:
        raw[at:at + 56] = name_field(rng, host)
    else:
        old = int.from_bytes(raw[at:at + size], "big")
        value = values(rng, size, old, host)
        if at == 0 and rng.random() < 0.5:
            value = rng.choice((count + 1, 63, 64, 65, 510, 511, 512, 0))
        raw[at:at + size] = value.to_bytes(size, "big")
    host.raw_directory = bytes(raw)
    note(lies, DIRECTORY, f"{size} bytes at {at:#x} are now "
         f"{raw[at:at + min(size, 16)].hex()}")


def dir_twice(rng, host, lies):
    """A name stands twice, with another size or key."""
    names = list(host.files)
    if not names:
        return
    name = rng.choice(names)
    records = [entry(n, host.sizes[n], fwcfg.FILE_FIRST + i)
               for i, n in enumerate(names)]
    size = values(rng, 4, host.sizes[name], host)
    key = rng.choice((fwcfg.FILE_FIRST + rng.randrange(len(names)),
                      rng.choice(sorted(host.items) or [0]),
                      rng.getrandbits(16)))
    records.insert(rng.randrange(len(records) + 1), entry(name, size, key))
    host.raw_directory = directory(len(records), records)
    note(lies, DIRECTORY, f"{name} twice, once with {size:#x} bytes and key "
         f"{key:#x}")


def dir_tail(rng, host, lies):
    """Bytes behind the last record, where QEMU has zeros."""
    raw = host.directory()
    size = rng.choice((1, 4096, 8192, 16384, 32768))
    host.raw_directory = raw + bytes([rng.randrange(1, 256)]) * size
    note(lies, DIRECTORY, f"{size:#x} bytes behind its records")


def script(rng, host, lies):
    """Commands change places, go, come twice, or are new ones."""
    data = host.files.get(acpi.LOADER, fwcfg.Item()).data
    if not data:
        return
    lines = [data[at:at + 128] for at in range(0, len(data), 128)]
    i, k = rng.randrange(len(lines)), rng.randrange(len(lines))
    how = rng.choice(("swap", "cut", "twice", "new"))
    if how == "swap":
        lines[i], lines[k] = lines[k], lines[i]
    elif how == "cut":
        del lines[i]
    elif how == "twice":
        lines.insert(k, lines[i])
    else:
        lines.insert(i, command(rng, host))
    put(host, acpi.LOADER, b"".join(lines))
    note(lies, acpi.LOADER, f"command {i} {how} {k}")


def command(rng, host):
    """A command of any kind."""
    names = sorted(host.files) + ["etc/none"]
    one, two = rng.choice(names), rng.choice(names)

    def word(size=4):
        return values(rng, size, 64, host)

    return rng.choice((
        lambda: acpi.allocate(one, word(), rng.choice((1, 2, 2, 0, 3))),
        lambda: acpi.allocate(one, 1 << rng.randrange(21), 1),
        lambda: acpi.add_pointer(one, two, word(), rng.choice((1, 2, 4, 8))),
        lambda: acpi.add_checksum(one, word(), word(), word()),
        lambda: acpi.write_pointer(one, two, word(), word(),
                                   rng.choice((1, 2, 4, 8, 3))),
    ))()


def e820_rows(rng, host, lies):
    """A row more, a row away, many rows, or all in another order."""
    data = host.files.get("etc/e820", fwcfg.Item()).data
    if not data:
        return
    rows = [data[at:at + 20] for at in range(0, len(data), 20)]
    how = rng.choice(("add", "add", "add", "cut", "many", "shuffle"))
    if how == "add":
        row = (values(rng, 8, MIB, host), values(rng, 8, MIB, host),
               rng.choice((0, 1, 1, 2, 2, 3, 4, 5, 12, 0xBEE1, 0xFFFFFFFF)))
        rows.insert(rng.randrange(len(rows) + 1), struct.pack("<QQI", *row))
        how = f"row {row[0]:#x}+{row[1]:#x} type {row[2]:#x}"
    elif how == "cut":
        del rows[rng.randrange(len(rows))]
    elif how == "many":
        count = rng.randrange(1, 210)
        rows += [struct.pack("<QQI", (8 << 30) + i * 8192, 4096,
                             rng.choice((1, 2))) for i in range(count)]
        how = f"{count} more"
    else:
        rng.shuffle(rows)
    put(host, "etc/e820", b"".join(rows))
    note(lies, "etc/e820", how)


def board(rng, host, lies):
    """PCI identities, CMOS bytes, what CPUID says."""
    how = rng.randrange(3)
    if how == 0:
        ids = [0, 0xFFFFFFFF, 0x80868086] + [
            one for board_ids in devices.PCI_IDS.values()
            for one in board_ids.values()]
        devfn = rng.choice((0x00, 0x08, 0x0B, 0xF8))
        lies.pci[devfn] = rng.choice(ids)
        what = f"PCI {devfn:#x} is {lies.pci[devfn]:#x}"
    elif how == 1:
        host.cmos = {**(host.cmos or {}), **{
            reg: values(rng, 1, 0, host)
            for reg in rng.sample((0x34, 0x35, 0x5B, 0x5C, 0x5D, 0x0D), 2)}}
        what = f"CMOS {host.cmos}"
    else:
        leaf = rng.choice((0x0, 0xB, 0xB, 0x80000001))
        host.cpuid[leaf] = tuple(values(rng, 4, 1, host) for _ in range(4))
        what = f"CPUID {leaf:#x} {host.cpuid[leaf]}"
    lies.touched.add("board")
    lies.text.append(what)


def handover(rng, host, lies):
    """A PVH start: its structure, its lists, or what is in a module."""
    if host.start_info is None:
        return
    start = host.profile.start
    i = rng.choice([i for i, (gpa, data) in enumerate(host.preload) if data
                    and (gpa >= MIB or gpa in (start.info, start.modlist,
                                               start.memmap, start.cmdline))])
    gpa, data = host.preload[i]
    spots = {start.info: START_INFO, start.modlist: MODULE,
             start.memmap: MEMMAP_ROW}.get(gpa)
    if spots:
        step = {start.modlist: 32, start.memmap: 24}.get(gpa, len(data))
        base = step * rng.randrange(len(data) // step)
        spots = [(base + at, size) for at, size in spots]
    elif data[:4] == b"\x7fELF":
        spots = ELF_FILE
    elif gpa >= MIB:
        spots = list(images.HEADER_FIELDS.values())
    else:
        spots = [(len(data) - 1, 1)]
    at, size = rng.choice(spots)
    if at + size > len(data):
        return
    value = values(rng, size, int.from_bytes(data[at:at + size], "little"),
                   host)
    data = data[:at] + value.to_bytes(size, "little") + data[at + size:]
    host.preload[i] = (gpa, data)
    note(lies, "start_info", f"at {gpa:#x}: {size} bytes at {at:#x} are now "
         f"{value:#x}")
