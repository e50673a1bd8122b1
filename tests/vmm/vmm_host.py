# SPDX-License-Identifier: BSD-2-Clause
"""A host that a profile describes, and the ways a payload gets into it:
numeric keys, named items, or modules of a PVH start."""

import struct

import fwcfg
import images
from fwcfg import Item
from host import CMDLINE, MIB, RAM, Host, directory, e820, entry
from layout import HOLE

START_MAGIC = 0x336EC578
OURS, QEMUS = "opt/org.beeline/", "etc/boot/"
DIRTY = b"\xaa"             # what an earlier boot has left everywhere
PSEUDO = {fwcfg.SIGNATURE: "signature", fwcfg.ID: "id",
          fwcfg.NB_CPUS: "nb_cpus", fwcfg.FILE_DIR: "file_dir"}


def start_info(start, modules=(), rows=(), **more):
    """[PVH]: (gpa, bytes) of the structure and of its two lists, of modules
    (gpa, size) and of the memory map; `more` replaces fields."""
    fields = dict(magic=START_MAGIC, version=1, flags=0, count=len(modules),
                  modlist=start.modlist if modules else 0,
                  cmdline=start.cmdline, rsdp=start.rsdp,
                  memmap=start.memmap, entries=len(rows), reserved=0)
    fields.update(more)
    return [(start.info, struct.pack("<IIIIQQQQII", *fields.values())),
            (start.modlist, b"".join(struct.pack("<QQQQ", *module, 0, 0)
                                     for module in modules)),
            (start.memmap, b"".join(struct.pack("<QQII", *row, 0)
                                    for row in rows))]


class VmmHost(Host):
    """What a Profile says.  Then give it a payload."""

    def __init__(self, profile, image=None):
        absent = profile.device is None
        super().__init__(profile.memory, fwcfg.ABSENT if absent else
                         fwcfg.SAFE, profile.board)
        self.profile, self.image = profile, image
        self.device, self.mmio = profile.device, profile.mmio
        self.transport = (fwcfg.QEMU if profile.mark and not absent
                          else self.transport)
        self.debugcon, self.floats = profile.debugcon, profile.floats
        self.msrs, self.hole, self.cmos = (
            profile.msrs, profile.hole, profile.cmos)
        self.start_info = profile.start.info
        self.items = {key: Item(data) for key, data in profile.items.items()}
        self.files, self.sizes, self.again = {}, {}, []
        self.rows = profile.rows(profile.memory)
        if profile.map_in == "e820":
            self.file("etc/e820", e820(*self.rows))
        self.file_rest()
        self.dirt = [(0x500, DIRTY * (HOLE[0] - 0x500)),
                     (MIB, DIRTY * (profile.memory - MIB))]
        self.module, self.line = [], None
        for gpa, data in profile.preload:
            self.preload.append((gpa, data))

    def file_rest(self):
        """Its tables and other files; a second time after a reboot."""
        profile = self.profile
        for name, data in profile.files.items():
            self.file(name, data)
        if profile.script:
            profile.script.install(self)
        if profile.again:
            self.again = [(name, item) for name, item in self.files.items()]

    def records(self):
        """(name, size, key, item) in the directory's order."""
        rows = [(name, self.sizes[name], item)
                for name, item in self.files.items()]
        rows += [(name, len(item.data), item) for name, item in self.again]
        rows = [(name, size, fwcfg.FILE_FIRST + i, item)
                for i, (name, size, item) in enumerate(rows)]
        if self.profile.pseudo_names:
            rows += [(name, 4, key, None) for key, name in PSEUDO.items()]
            rows.sort()
        return rows

    def directory(self):
        rows = [entry(*row[:3]) for row in self.records()]
        return directory(len(rows), rows)

    def keys(self):
        keys = dict(self.items)
        keys.update((row[2], row[3]) for row in self.records() if row[3])
        keys[fwcfg.FILE_DIR] = Item(self.directory())
        return keys

    # Payloads.

    def give(self, channel, protocol, initrd=b"", cmdline=CMDLINE):
        """`channel`: numeric, named, etc-boot, modules, mixed; `protocol`:
        bzimage or pvh."""
        getattr(self, channel.replace("-", "_"))(protocol, initrd, cmdline)
        return self.finish()

    def numeric(self, protocol, initrd, cmdline):
        """QEMU's numeric keys, as this VMM fills them."""
        if protocol == "pvh":
            self.pvh(initrd=initrd, cmdline=cmdline)
            return
        self.bzimage(initrd=initrd, cmdline=cmdline,
                     filled=self.profile.keys == "qemu")
        if self.profile.keys == "qemu":
            return
        kernel = self.kernel
        if self.profile.keys == "stratovirt":
            kernel.filled_in(len(initrd))
            kernel.fields["type_of_loader"] = 0x0B
            self.item(fwcfg.SETUP_DATA, kernel.setup)
            return
        for key in (fwcfg.KERNEL_ADDR, fwcfg.INITRD_SIZE):
            del self.items[key]
        kernel.fields["type_of_loader"] = 0xFF
        self.item(fwcfg.SETUP_DATA, kernel.file[:4096])
        self.number(fwcfg.SETUP_SIZE, 4096)
        if initrd:
            self.number(fwcfg.INITRD_SIZE, len(initrd))

    def payload(self, protocol):
        """A kernel's file; what the judge is to find is left in the host."""
        if protocol == "bzimage":
            self.kernel = images.BzImage()
            return self.kernel.file
        file, self.segments = images.pvh_file()
        start = self.segments[0][0]
        end = self.segments[-1][0] + len(self.segments[-1][1])
        self.kernel = (start, end - start)
        return file

    def named(self, protocol, initrd, cmdline, prefix=OURS):
        """Items with names."""
        end = b"\0" if self.profile.nul else b""
        self.file(prefix + "kernel", self.payload(protocol))
        if initrd:
            self.file(prefix + "initrd", initrd)
        if cmdline:
            self.file(OURS + "cmdline", cmdline.encode() + end)
        self.initrd, self.cmdline = initrd, cmdline

    def etc_boot(self, protocol, initrd, cmdline):
        """QEMU 10's names."""
        self.named(protocol, initrd, cmdline, QEMUS)

    def modules(self, protocol, initrd, cmdline):
        """Modules of the start_info: a kernel, then its initrd."""
        self.module.append(self.payload(protocol))
        if initrd:
            self.module.append(initrd)
        self.initrd, self.cmdline = initrd, cmdline
        self.line = cmdline

    def mixed(self, protocol, initrd, cmdline):
        """A named kernel; module 0 is its initrd."""
        self.named(protocol, b"", None)
        self.module.append(initrd)
        self.initrd, self.cmdline, self.line = initrd, cmdline, cmdline

    def itself(self, style):
        """The keys that a VMM fills with fw.elf, its kernel, and the module,
        its initrd: nothing of that is a payload by these keys."""
        data = self.image.data
        if style == "self-alioth":
            kernel = bytearray(data[:4096])
            kernel[0x1F1], kernel[0x210] = kernel[0x1F1] or 4, 0xFF
            self.number(fwcfg.SETUP_SIZE, 4096)
            self.item(fwcfg.SETUP_DATA, bytes(kernel))
            rest = data[(kernel[0x1F1] + 1) * 512:]
            self.item(fwcfg.KERNEL_DATA, rest)
            self.number(fwcfg.KERNEL_SIZE, len(rest))
        else:
            low, high = self.image.code[0][0], self.image.code[-1][1]
            self.elf(data[:8192].ljust(8192, b"\0"), self.image.start, low,
                     high - low)
        if self.module:
            self.number(fwcfg.INITRD_SIZE, len(self.module[0]))
            self.item(fwcfg.INITRD_DATA, self.module[0])

    def finish(self, **more):
        """Puts the PVH start into memory; `more` goes into start_info."""
        if self.profile.keys.startswith("self"):
            kept = self.kernel, self.initrd, self.cmdline
            self.itself(self.profile.keys)
            self.kernel, self.initrd, self.cmdline = kept
        start = self.profile.start
        if start.info is None:
            return self
        top, modules = self.profile.memory, []
        for data in self.module:        # at the top, or where a test says
            if isinstance(data, bytes):
                top = (top - len(data)) & ~0xFFF
                data = top, data
            self.preload.append(data[:2])
            modules.append((data[0], data[-1] if len(data) > 2
                            else len(data[1])))
        line = (self.line or "").encode() + b"\0"
        self.preload += [(start.cmdline, line)] + start_info(
            start, modules, self.rows, **more)
        self.preload = [row for row in self.preload if row[1]]
        return self


def cmos(low, high=0):
    """CMOS bytes for `low` bytes below and `high` bytes above 4 GiB."""
    units = (low - 16 * MIB) >> 16
    return {0x34: units & 0xFF, 0x35: units >> 8, 0x5B: high >> 16 & 0xFF,
            0x5C: high >> 24 & 0xFF, 0x5D: high >> 32 & 0xFF}


def told_ram(rows, hole):
    """Spans that a VMM's rows call RAM, without a hole."""
    for start, size, kind in rows:
        if kind != RAM:
            continue
        for low, high in ((start, min(start + size, hole[0])),
                          (max(start, hole[1]), start + size)):
            if low < high:
                yield low, high
