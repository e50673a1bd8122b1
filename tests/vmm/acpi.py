# SPDX-License-Identifier: BSD-2-Clause
"""Table-loader commands, and a small ACPI set as QEMU's would look."""

import struct

HIGH, FSEG = 1, 2
LOADER, RSDP, TABLES = "etc/table-loader", "etc/acpi/rsdp", "etc/acpi/tables"
COMMAND_SIZE = 128
FACS_SIZE, HEADER_SIZE, FACS_AT = 64, 36, 0


def _name(name):
    return name if isinstance(name, bytes) else name.encode() + b"\0"


def command(number, body=b""):
    """Any command, known or not."""
    return (struct.pack("<I", number) + body).ljust(COMMAND_SIZE, b"\0")


def allocate(name, align=64, zone=HIGH):
    """ALLOCATE."""
    return command(1, struct.pack("<56sIB", _name(name), align, zone))


def add_pointer(dest, src, offset, size=4):
    """ADD_POINTER."""
    return command(2, struct.pack("<56s56sIB", _name(dest), _name(src),
                                  offset, size))


def add_checksum(name, offset, start, length):
    """ADD_CHECKSUM."""
    return command(3, struct.pack("<56sIII", _name(name), offset, start,
                                  length))


def write_pointer(dest, src, dest_offset=0, src_offset=0, size=8):
    """WRITE_POINTER."""
    return command(4, struct.pack("<56s56sIIB", _name(dest), _name(src),
                                  dest_offset, src_offset, size))


def table(signature, body):
    """A table whose checksum is to be added."""
    return struct.pack("<4sIBB6s8sI4sI", signature, HEADER_SIZE + len(body), 1,
                       0, b"BEELIN", b"BENCH   ", 1, b"TEST", 1) + body


class Set:
    """FACS, DSDT, FADT, RSDT in one file, an RSDP in another, and a script."""

    def __init__(self, xsdt=False, rsdp=RSDP, tables=TABLES):
        self.names = rsdp, tables
        self.width = 8 if xsdt else 4
        dsdt = table(b"DSDT", bytes(range(40)))
        self.dsdt_at = FACS_SIZE
        self.fadt_at = self.dsdt_at + len(dsdt)
        fadt = table(b"FACP", struct.pack("<II", FACS_AT, self.dsdt_at)
                     + bytes(80))
        self.root_at = self.fadt_at + len(fadt)
        root = table(b"XSDT" if xsdt else b"RSDT",
                     self.fadt_at.to_bytes(self.width, "little"))
        facs = b"FACS" + struct.pack("<I", FACS_SIZE)
        self.tables = facs.ljust(FACS_SIZE, b"\0") + dsdt + fadt + root
        self.tables = self.tables.ljust(4096, b"\0")
        self.spans = [(self.dsdt_at, len(dsdt)), (self.fadt_at, len(fadt)),
                      (self.root_at, len(root))]
        self.rsdp = self._rsdp(xsdt)
        self.script = self._script()

    def _rsdp(self, xsdt):
        first = struct.pack("<8sB6sBI", b"RSD PTR ", 0, b"BEELIN",
                            2 if xsdt else 0, 0 if xsdt else self.root_at)
        if not xsdt:
            return first
        return first + struct.pack("<IQB3x", 36, self.root_at, 0)

    def _script(self):
        rsdp, tables = self.names
        script = [allocate(rsdp, 16, FSEG), allocate(tables)]
        for at, length in self.spans[:1]:
            script.append(add_checksum(tables, at + 9, at, length))
        for offset in (HEADER_SIZE, HEADER_SIZE + 4):
            script.append(add_pointer(tables, tables, self.fadt_at + offset))
        script.append(add_pointer(tables, tables, self.root_at + HEADER_SIZE,
                                  self.width))
        for at, length in self.spans[1:]:
            script.append(add_checksum(tables, at + 9, at, length))
        script.append(add_pointer(rsdp, tables, 24 if self.width == 8 else 16,
                                  self.width))
        script.append(add_checksum(rsdp, 8, 0, 20))
        if self.width == 8:
            script.append(add_checksum(rsdp, 32, 0, 36))
        return script

    def install(self, host, extra=(), script=None):
        """Puts the files into a host; `extra` commands go behind."""
        script = self.script if script is None else script
        host.file(self.names[0], self.rsdp).file(self.names[1], self.tables)
        host.file(LOADER, b"".join(list(script) + list(extra)))
        return host

    def placed(self, rsdp, tables):
        """The set as a VMM leaves it in memory: (gpa, bytes) each."""
        data = bytearray(self.tables)
        for at, size, target in (
                (self.fadt_at + HEADER_SIZE, 4, FACS_AT),
                (self.fadt_at + HEADER_SIZE + 4, 4, self.dsdt_at),
                (self.root_at + HEADER_SIZE, self.width, self.fadt_at)):
            data[at:at + size] = (tables + target).to_bytes(size, "little")
        for at, length in self.spans:
            data[at + 9] = -sum(data[at:at + length]) & 0xFF
        head = bytearray(self.rsdp)
        at = 24 if self.width == 8 else 16
        head[at:at + self.width] = (tables + self.root_at).to_bytes(
            self.width, "little")
        head[8] = -sum(head[:20]) & 0xFF
        if self.width == 8:
            head[32] = -sum(head) & 0xFF
        return [(rsdp, bytes(head)), (tables, bytes(data))]


class Split(Set):
    """The same tables in a file each, as bhyve has them."""

    FILES = ("facs", "dsdt", "facp", "root")

    def install(self, host, extra=(), script=None):
        ends = [self.dsdt_at] + [at + size for at, size in self.spans]
        starts = [0] + ends[:-1]
        name = "etc/acpi/{}".format
        data, rsdp = bytearray(self.tables), bytearray(self.rsdp)
        for at, size in ((self.fadt_at + HEADER_SIZE, 8),
                         (self.root_at + HEADER_SIZE, self.width)):
            data[at:at + size] = bytes(size)    # each points to a file's start
        rsdp[16:20], rsdp[24:32] = bytes(4), bytes(len(rsdp[24:32]))
        for file, at, end in zip(self.FILES, starts, ends):
            host.file(name(file), bytes(data[at:end]))
        facs, dsdt, facp, root = map(name, self.FILES)
        rows = [allocate(name(file)) for file in self.FILES]
        rows += [allocate(RSDP, 16, FSEG),
                 add_pointer(facp, facs, HEADER_SIZE),
                 add_pointer(facp, dsdt, HEADER_SIZE + 4),
                 add_pointer(root, facp, HEADER_SIZE, self.width),
                 add_pointer(RSDP, root, 24 if self.width == 8 else 16,
                             self.width)]
        rows += [add_checksum(file, 9, 0, length) for file, (_, length) in
                 zip((dsdt, facp, root), self.spans)]
        rows.append(add_checksum(RSDP, 8, 0, 20))
        if self.width == 8:
            rows.append(add_checksum(RSDP, 32, 0, 36))
        host.file(RSDP, bytes(rsdp))
        host.file(LOADER, b"".join(rows + list(extra)))
        return host
