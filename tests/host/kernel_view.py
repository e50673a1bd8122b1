# SPDX-License-Identifier: BSD-2-Clause
"""What a kernel is given, as it stands in memory: the map, ACPI and MP tables,
SMBIOS, in a form in which two can be compared wherever they stand."""

import struct

import guest_memory
from guest_memory import PAGE
from host_test import Wrong, check

START_INFO = 0x39000            # core/layout.h
RAM, RESERVED, ACPI, NVS = 1, 2, 3, 4
DEVICE = b"BEELINVIRTIO"        # OEM and table name of devices' SSDTs begin so


class Table:
    """An ACPI table, and where pointers are in it."""

    def __init__(self, memory, gpa):
        self.gpa = gpa
        self.name = memory(gpa, 4)
        size, = struct.unpack("<I", memory(gpa + 4, 4))
        check(8 <= size < 1 << 20, f"table at {gpa:#x}: {size:#x} bytes")
        self.data = memory(gpa, size)
        check(self.name == b"FACS" or sum(self.data) % 256 == 0,
              f"{self.name} at {gpa:#x}: checksum")

    def fields(self):
        """(offset, size) of each pointer."""
        data, end = self.data, len(self.data)
        if self.name == b"RSDT":
            return [(at, 4) for at in range(36, end, 4)]
        if self.name == b"XSDT":
            return [(at, 8) for at in range(36, end, 8)]
        if self.name == b"FACP":    # FACS, DSDT; X_FACS, X_DSDT
            both = [(36, 4), (40, 4), (132, 8), (140, 8)]
            return [(at, size) for at, size in both if at + size <= end]
        found = []                  # Name (VGIA, 0x...) of vmgenid, nvdimm
        for name in (b"\x08VGIA\x0c", b"\x08MEMA\x0c"):
            at = data.find(name) if self.name == b"SSDT" else -1
            if at >= 0:
                found.append((at + len(name), 4))
        return found

    def pointers(self):
        """What these hold."""
        return [int.from_bytes(self.data[at:at + size], "little")
                for at, size in self.fields()]

    def plain(self):
        """Its bytes without pointers, and without the sum over them."""
        data = bytearray(self.data)
        for at, size in self.fields():
            data[at:at + size] = bytes(size)
        if self.name != b"FACS":
            data[9] = 0
        return bytes(data)


def tables(memory):
    """RSDP without its pointers, and all tables in the order of pointers."""
    rsdp = bytearray(memory(guest_memory.RSDP, 36))
    check(rsdp[:8] == b"RSD PTR " and sum(rsdp[:20]) % 256 == 0, "no RSDP")
    old, = struct.unpack_from("<I", rsdp, 16)
    new, = struct.unpack_from("<Q", rsdp, 24)
    check(rsdp[15] < 2 or sum(rsdp) % 256 == 0, "RSDP: extended checksum")
    root = Table(memory, new if rsdp[15] >= 2 else old)
    found = [root]
    for gpa in root.pointers():
        found.append(Table(memory, gpa))
        if found[-1].name == b"FACP":
            found += [Table(memory, at) for at in
                      dict.fromkeys(found[-1].pointers()) if at]
    rsdp[8] = rsdp[32] = 0
    rsdp[16:20], rsdp[24:32] = bytes(4), bytes(8)
    pointers = [old, new if rsdp[15] >= 2 else 0]
    return bytes(rsdp[:36 if rsdp[15] >= 2 else 20]), pointers, found


def memory_map(memory, entry):
    """(address, size, type) of each line that the kernel is given."""
    if entry == "pvh":
        at, count = struct.unpack("<QI", memory(START_INFO + 40, 12))
        return [struct.unpack("<QQI", memory(at + i * 24, 20))
                for i in range(count)]
    page = memory(guest_memory.BOOT_PARAMS, PAGE)
    return [struct.unpack_from("<QQI", page, 0x2D0 + i * 20)
            for i in range(page[0x1E8])]


def split(lines):
    """A map without the ranges of tables, and these: ACPI and NVS are RAM
    that the placing of tables took."""
    board, taken = [], []
    for gpa, size, kind in lines:
        if kind in (ACPI, NVS):
            taken.append((gpa, size, kind))
            kind = RAM
        if board and kind == board[-1][2] and sum(board[-1][:2]) == gpa:
            gpa, size = board[-1][0], board.pop()[1] + size
        board.append((gpa, size, kind))
    return board, taken


def pointed(value, found, taken):
    """What a pointer points to, by a name that has no address in it."""
    for i, table in enumerate(found):
        if table.gpa == value:
            return i, table.name
    for i, (gpa, size, kind) in enumerate(taken):
        if kind == NVS and gpa <= value < gpa + size:
            return i, value - gpa
    check(value == 0, f"a pointer to {value:#x}, where nothing is")
    return None


class View:
    """All that a kernel is given, from one memory."""

    def __init__(self, memory, entry):
        self.memory = memory
        self.map = memory_map(memory, entry)
        self.board, self.taken = split(self.map)
        self.rsdp, roots, self.tables = tables(memory)
        self.devices = self.remove_devices()
        self.pointers = [
            [pointed(value, self.tables, self.taken) for value in values]
            for values in [roots] + [t.pointers() for t in self.tables]]
        self.gpas = [table.gpa for table in self.tables]
        self.raw = [table.data for table in self.tables]

    def remove_devices(self):
        """Leaves out SSDTs of virtio-mmio devices; how many there were."""
        count = len(self.tables)
        while self.tables[-1].data[10:].startswith(DEVICE):
            self.tables.pop()
        count -= len(self.tables)
        root = self.tables[0]
        if count:
            check(root.name == b"XSDT", "devices without an XSDT")
            size = len(root.data) - 8 * count
            root.data = root.data[:4] + struct.pack("<I", size) + \
                root.data[8:size]
        return count

    def pages(self):
        """Bytes of memory that is for AML, or that our own tables are in."""
        return [self.memory(gpa, size) for gpa, size, kind in self.taken
                if kind == NVS]

    def smbios(self):
        """Bytes of the reserved pages."""
        for gpa, size, kind in self.map:
            if gpa == guest_memory.SMBIOS and kind == RESERVED:
                return self.memory(gpa, size)
        raise Wrong("no SMBIOS tables in the map")
