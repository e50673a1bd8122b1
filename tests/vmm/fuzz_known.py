# SPDX-License-Identifier: BSD-2-Clause
"""What a firmware could know of its host in one run: RAM, files and a PVH
start, as they were delivered, read by code that is not the firmware's."""

import struct

import fwcfg
import vmm_host
from layout import HOLE, LAYOUT, PAGE

MIB, GIB = 1 << 20, 1 << 30
RAM = 1
ROWS_MAX, FILE_MAX = 512, 64 * MIB
PT_LOAD, PT_NOTE, NOTE_PVH = 1, 4, 18


def merged(spans):
    """(start, end) spans, sorted, neighbours joined."""
    joined = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


class Told:
    """A PVH start, as it is in memory before the first instruction."""

    def __init__(self, machine):
        self.rows, self.modules, self.cmdline, self.rsdp = [], [], b"", 0
        if machine.host.start_info is not None:
            self._read(machine, machine.host.start_info)

    def _read(self, machine, at):
        def there(gpa, size):
            try:
                return bytes(machine.uc.mem_read(gpa, size))
            except Exception:   # pylint: disable=broad-exception-caught
                return bytes(size)      # unmapped: the firmware sees to it

        (_magic, _version, _flags, count, modules, line, self.rsdp, memmap,
         rows, _reserved) = struct.unpack("<IIIIQQQQII", there(at, 56))
        self.rows = [struct.unpack("<QQI", there(memmap + 24 * i, 20))
                     for i in range(min(rows, ROWS_MAX))]
        for i in range(min(count, 2)):
            gpa, size = struct.unpack("<QQ", there(modules + 32 * i, 16))
            data = there(gpa, min(size, FILE_MAX))
            self.modules.append((gpa, size, data))
        if line:
            self.cmdline = there(line, PAGE).split(b"\0")[0]


class Known:
    """A machine's device and start, asked for what they have told."""

    def __init__(self, machine):
        self.machine = machine
        self.told = Told(machine)

    @property
    def device(self):
        """The device, which remembers."""
        return self.machine.fw_cfg

    def file_entry(self, name):
        """(selector, size) that the delivered directory has for a name."""
        raw = self.device.got(fwcfg.FILE_DIR)
        count = int.from_bytes(raw[:4], "big")
        for at in range(4, min(len(raw) - 63, 4 + 64 * count), 64):
            size, key, _, text = struct.unpack_from(">IHH56s", raw, at)
            if text.split(b"\0")[0] == name.encode():
                return key, size
        return None, 0

    def file(self, name):
        """A file's last delivery, whole or not; None where it was not read.
        Of an empty one none is, whatever else has its selector."""
        key, size = self.file_entry(name)
        return self.device.last(key) if size else None

    def named_kernel(self):
        """A named kernel's delivery, ours or QEMU's; None: none was read.  It
        is the first above 1 MiB, whatever else has its key."""
        for name in (vmm_host.OURS, vmm_host.QEMUS):
            key, _ = self.file_entry(name + "kernel")
            for item in self.device.deliveries:
                if item.key == key and item.gpa >= LAYOUT["HIGH_START"]:
                    return item
        return None

    def number(self, key, size=4):
        """A numeric item."""
        return int.from_bytes(self.device.got(key)[:size], "little")

    # Memory.

    def rows(self):
        """Rows of the memory map that was delivered."""
        if self.told.rows:
            return self.told.rows
        key, size = self.file_entry("etc/e820")
        raw = next((item.bytes() for item in self.device.deliveries
                    if size and (item.key, item.asked) == (key, size)), b"")
        return list(struct.iter_unpack("<QQI", raw[:len(raw) // 20 * 20]))

    def claimed(self, kinds=(RAM,)):
        """Memory that the host has spoken of: (start, end) spans."""
        rows = self.rows()
        if rows:
            return [(start, start + size) for start, size, kind in rows
                    if kind in kinds]
        size, cmos = self.number(fwcfg.RAM_SIZE, 8), self.machine.cmos.values
        if cmos and not PAGE <= size < 2 * GIB + PAGE:
            return list(_cmos_spans(cmos))
        return [(0, size)]

    def is_ram(self, gpa, length, hole=HOLE):
        """Has the host called it RAM?"""
        if gpa < hole[1] and gpa + length > hole[0]:
            return False
        return any(start <= gpa and gpa + length <= end
                   for start, end in merged(self.claimed()))

    # Payloads.

    def kernel_file(self, image_start):
        """A whole kernel file, named or a module: its bytes and its size, of
        which some may have been lost.  None: it came by numeric keys."""
        item = self.named_kernel()
        if item:
            return item.bytes(), item.asked
        entry = self.device.last(fwcfg.KERNEL_ENTRY)
        itself = entry and self.number(fwcfg.KERNEL_ENTRY) == image_start
        if self.told.modules and (itself or not (
                entry or self.device.last(fwcfg.KERNEL_DATA))):
            return self.told.modules[0][2], self.told.modules[0][1]
        return None

    def cmdline(self):
        """The command line, up to its NUL; None: a part of it was lost."""
        for item in reversed(self.device.deliveries):
            if item.gpa == LAYOUT["CMDLINE"]:
                return item.bytes().split(b"\0")[0] if \
                    item.length == item.asked else None
        return self.told.cmdline

    def initrd(self, gpa, size):
        """An initrd's bytes that came to gpa, or were there; None: neither."""
        for item in reversed(self.device.deliveries):
            if item.gpa == gpa and item.asked == size:
                return item.bytes()
        for at, length, data in self.told.modules:
            if (at, length) == (gpa, size):
                return data
        return None


def _cmos_spans(values):
    low, high = (sum(values.get(at + i, 0) << 8 * i for i in range(count))
                 for at, count in ((0x34, 2), (0x5B, 3)))
    yield 0, 16 * MIB + (low << 16)
    yield 4 * GIB, 4 * GIB + (high << 16)


class ElfFile:
    """A whole ELF file of either class: extent, PVH entry, segments."""

    def __init__(self, data):
        self.data = data
        self.segments, self.entry = [], 0
        wide = data[4] == 2
        phoff, = struct.unpack_from("<Q" if wide else "<I", data,
                                    32 if wide else 28)
        size, count = struct.unpack_from("<HH", data, 54 if wide else 42)
        for i in range(count):
            at = phoff + i * size
            if wide:
                kind, _, off, _, gpa, have, need, _ = struct.unpack_from(
                    "<IIQQQQQQ", data, at)
            else:
                kind, off, _, gpa, have, need, _, _ = struct.unpack_from(
                    "<IIIIIIII", data, at)
            if kind == PT_LOAD and need:
                self.segments.append((gpa, need, data[off:off + have]))
            if kind == PT_NOTE and not self.entry:
                self._notes(data[off:off + have])
        self.start = min([gpa for gpa, _, _ in self.segments], default=0)
        self.end = max([gpa + need for gpa, need, _ in self.segments],
                       default=0)

    def _notes(self, notes):
        while len(notes) >= 12:
            name, size, kind = struct.unpack_from("<III", notes)
            at = 12 + -(-name // 4) * 4
            if kind == NOTE_PVH and notes[12:16] == b"Xen\0":
                self.entry = int.from_bytes(notes[at:at + 4], "little")
                return
            notes = notes[at + -(-size // 4) * 4:]
