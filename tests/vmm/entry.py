# SPDX-License-Identifier: BSD-2-Clause
"""The firmware's images, and how a VMM places and starts each kind.

`code` is where the image's instructions may run; `start` is where the
emulator's first one is."""

import struct

import unicorn

import reset
from layout import LAYOUT, PAGE

TOP = 1 << 32
BIOS = (0xE0000, 0x100000)      # where a copy of a ROM's end goes
COPY = LAYOUT.get("ROM_COPY", 0xF0000)
GDT, FLAT = 0x500, reset.FLAT   # of the VMMs that start by PVH
PT_LOAD, PT_NOTE, NOTE_PVH = 1, 4, 18
READ_EXEC = unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC


class Rom:
    """At the end of 4 GiB, by the reset vector; no copy below 1 MiB."""

    start = reset.VECTOR

    def __init__(self, data):
        self.data = data
        self.base = TOP - len(data)
        self.code = [(self.base, TOP)]

    def place(self, uc):
        """Maps it."""
        uc.mem_map(self.base, len(self.data), READ_EXEC)
        uc.mem_write(self.base, self.data)

    def power_on(self, uc, _host):
        """The processor's reset."""
        reset.real_mode(uc, TOP - 0x10000)

    def bytes(self):
        """(gpa, bytes) of what runs."""
        return [(self.base, self.data)]


class LowCopy(Rom):
    """A copy in RAM below 1 MiB, started there; `top`: also mapped at the end
    of 4 GiB, where nothing of it is to run."""

    def __init__(self, data, top=True):
        super().__init__(data[-(BIOS[1] - BIOS[0]):])
        self.top = top
        self.code = [(COPY, BIOS[1])]

    def place(self, uc):
        if self.top:
            super().place(uc)
        uc.mem_write(BIOS[1] - len(self.data), self.data)

    def power_on(self, uc, host):
        reset.real_mode(uc, COPY, COPY)
        uc.reg_write(unicorn.x86_const.UC_X86_REG_RSP, 0x8000)

    def bytes(self):
        return [(BIOS[1] - len(self.data), self.data)]


class Elf:
    """An ELF64 whose segments the VMM loads, started by its PVH note."""

    def __init__(self, data):
        self.data = data
        (phoff,) = struct.unpack_from("<Q", data, 32)
        size, count = struct.unpack_from("<HH", data, 54)
        self.headers = [struct.unpack_from("<IIQQQQQQ", data, phoff + i * size)
                        for i in range(count)]
        self.segments = [
            (h[4], data[h[2]:h[2] + h[5]], h[6]) for h in self.headers
            if h[0] == PT_LOAD]                 # (gpa, bytes, size in memory)
        self.code = [(gpa, gpa + size) for gpa, _, size in self.segments]
        self.start = self.note()

    def note(self):
        """XEN_ELFNOTE_PHYS32_ENTRY of the first note that is one."""
        for header in self.headers:
            at, end = header[2], header[2] + header[5]
            while header[0] == PT_NOTE and at + 12 <= end:
                names, size, kind = struct.unpack_from("<III", self.data, at)
                at += 12 + -(-names // 4) * 4
                if kind == NOTE_PVH:
                    return int.from_bytes(self.data[at:at + size], "little")
                at += -(-size // 4) * 4
        raise ValueError("no PVH entry")

    def place(self, uc):
        """RAM is there: only the bytes are missing."""
        for gpa, data, size in self.segments:
            uc.mem_write(gpa, data.ljust(size, b"\0"))

    def power_on(self, uc, host):
        """[PVH]; what RSP is nobody says."""
        reset.protected_mode(uc, self.start, GDT, host.start_info)

    def bytes(self):
        """(gpa, bytes) of what runs."""
        return [(gpa, data) for gpa, data, _ in self.segments]

    @property
    def extent(self):
        """From the first page to the last."""
        return (self.code[0][0] // PAGE * PAGE,
                -(-self.code[-1][1] // PAGE) * PAGE)


def image_of(data):
    """The kind that an image's bytes show; a LowCopy only by name."""
    return Elf(data) if data[:4] == b"\x7fELF" else Rom(data)
