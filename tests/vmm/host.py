# SPDX-License-Identifier: BSD-2-Clause
"""A scripted host: RAM, board, fw_cfg items and files, and what is to fail."""

import struct

import fwcfg
import images
from fwcfg import Item

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
RAM, RESERVED = 1, 2
SSE2, MTRR = 1 << 26, 1 << 12
LONG_MODE = 1 << 29
CPUID = {0x0: (0xD, 0, 0, 0), 0x1: (0x663, 0, 0, 0x078BFBFD),
         0xB: (0, 1, 0x100, 0), 0x80000001: (0, 0, 0, LONG_MODE)}
CMDLINE = "console=ttyS0 root=/dev/vda1 quiet"


def u32(value):
    """Four bytes, little-endian."""
    return struct.pack("<I", value)


def e820(*entries):
    """The bytes of etc/e820: (addr, len, type) each."""
    return b"".join(struct.pack("<QQI", *entry) for entry in entries)


class Host:
    """What a machine is built on.  Change it, then run a bench.Machine."""

    def __init__(self, memory=64 * MIB, transport=fwcfg.QEMU, board="q35",
                 above=0):
        self.ram = [(0, memory)] + ([(4 * GIB, above)] if above else [])
        self.transport = transport
        self.board = board
        self.debugcon = True
        self.serial_ready = True
        self.floats = True          # ports without a device: all ones, or 0
        self.device = None          # a device model's class; None: QEMU's
        self.msrs = None            # those it knows; None: all
        self.mmio = None            # where a device in memory is
        self.start_info = None      # of a PVH start
        self.hole = "rom" if transport != fwcfg.QEMU else None
        self.cmos = None
        self.cpuid = dict(CPUID)
        self.dirt = []              # (gpa, bytes) of an earlier boot
        self.preload = []           # (gpa, bytes) of the VMM's: to be kept
        self.fault = None           # (DMA's index, key) -> "error", "hang"
        self.raw_directory = None
        self.sizes = {}             # file name -> size that the host claims
        self.files = {}             # file name -> Item
        self.cmdline, self.initrd, self.kernel = None, b"", None
        self.info, self.multiboot_blob = 0, b""     # multiboot's
        self.items = {
            fwcfg.SIGNATURE: Item(b"QEMU"),
            fwcfg.ID: Item(u32(1 if transport == fwcfg.BYTES else 3)),
            fwcfg.NB_CPUS: Item(struct.pack("<H", 1)),
            fwcfg.RAM_SIZE: Item(struct.pack("<Q", memory + above)),
        }
        self.file("etc/e820", e820(*self.map_entries()))
        if board in ("pc", "q35"):  # QEMU: where a chip has sleep states
            self.file("etc/system-states", bytes((128, 0, 0, 129, 128, 128)))

    def map_entries(self):
        """etc/e820 as QEMU writes it: not sorted, no legacy hole."""
        return [(0xFD00000000, 0x300000000, RESERVED)] + [
            (start, size, RAM) for start, size in reversed(self.ram)]

    # Items.

    def item(self, key, data):
        """A numeric key."""
        self.items[key] = Item(data)
        return self

    def number(self, key, value):
        """A numeric key that holds a u32."""
        return self.item(key, u32(value))

    def file(self, name, data, size=None, writable=False):
        """A named file; the directory may claim another size."""
        self.files[name] = Item(data, writable)
        self.sizes[name] = len(data) if size is None else size
        return self

    def without(self, *names):
        """Takes files away."""
        for name in names:
            del self.files[name], self.sizes[name]
        return self

    def directory(self):
        """The bytes of key 0x19, padded to QEMU's 0x20 slots."""
        if self.raw_directory is not None:
            return self.raw_directory
        records = [entry(name, self.sizes[name], fwcfg.FILE_FIRST + i)
                   for i, name in enumerate(self.files)]
        return directory(len(records), records).ljust(4 + 0x20 * 64, b"\0")

    def keys(self):
        """All items by key, as the device wants them."""
        keys = dict(self.items)
        for i, item in enumerate(self.files.values()):
            keys[fwcfg.FILE_FIRST + i] = item
        keys[fwcfg.FILE_DIR] = Item(self.directory())
        return keys

    # Payloads, with the items that QEMU makes of them.

    def bzimage(self, kernel=None, initrd=b"", cmdline=CMDLINE, filled=True):
        """A bzImage; `filled`: QEMU has patched its header."""
        kernel = kernel or images.BzImage()
        if filled:
            kernel.filled_in(len(initrd), kernel.fields.get("setup_data", 0))
        self.number(fwcfg.KERNEL_ADDR, MIB)
        self.item(fwcfg.KERNEL_DATA, kernel.body)
        self.number(fwcfg.KERNEL_SIZE, len(kernel.body))
        self.item(fwcfg.SETUP_DATA, kernel.setup)
        self.number(fwcfg.SETUP_SIZE, len(kernel.setup))
        self.kernel = kernel
        return self._rest(initrd, cmdline)

    def elf(self, header, entry, start, size, initrd=b"", cmdline=CMDLINE):
        """An ELF whose segments the VMM has placed: not our job to check
        that they are there, only that nobody overwrites them."""
        self.number(fwcfg.KERNEL_ENTRY, entry)
        self.number(fwcfg.KERNEL_ADDR, start)
        self.number(fwcfg.KERNEL_SIZE, size)
        self.item(fwcfg.SETUP_DATA, header)
        self.number(fwcfg.SETUP_SIZE, len(header))
        self.kernel = (start, size)
        return self._rest(initrd, cmdline)

    def pvh(self, start=16 * MIB, size=0x10000, entry=None, header=None,
            place=True, **rest):
        """A PVH kernel of one segment, which is in memory."""
        entry = start + 0x100 if entry is None else entry
        if place:
            code = bytearray(images.pattern(size, 5))
            code[entry - start:entry - start + 1] = images.HALT
            self.preload.append((start, bytes(code)))
        header = header or images.elf64([(start, size)], entry)
        return self.elf(header, entry, start, size, **rest)

    def multiboot(self, start=MIB, size=0x4000, entry=None, info=0x9500,
                  info_size=0x34):
        """A multiboot kernel as QEMU hands it over: blob and structure."""
        code = bytearray(images.pattern(size, 7))
        entry = start + 0x40 if entry is None else entry
        if start <= entry < start + size:
            code[entry - start:entry - start + 1] = images.HALT
        structure = bytearray(info_size)
        struct.pack_into("<I", structure, 0, 4)     # a command line's flag
        self.number(fwcfg.KERNEL_ENTRY, entry)
        self.number(fwcfg.KERNEL_ADDR, start)
        self.number(fwcfg.KERNEL_SIZE, size)
        self.item(fwcfg.KERNEL_DATA, bytes(code))
        self.number(fwcfg.INITRD_ADDR, info)
        self.number(fwcfg.INITRD_SIZE, info_size)
        self.item(fwcfg.INITRD_DATA, bytes(structure))
        self.kernel, self.info = (start, size), info
        self.multiboot_blob = bytes(code)
        return self

    def _rest(self, initrd, cmdline):
        line = cmdline.encode() + b"\0"
        self.number(fwcfg.CMDLINE_SIZE, len(line))
        self.item(fwcfg.CMDLINE_DATA, line)
        self.number(fwcfg.INITRD_SIZE, len(initrd))
        if initrd:
            self.item(fwcfg.INITRD_DATA, initrd)
        self.cmdline, self.initrd = cmdline, initrd
        return self


def entry(name, size, key):
    """One record of the directory; a name given as bytes is not ended."""
    name = name if isinstance(name, bytes) else name.encode() + b"\0"
    return struct.pack(">IHH56s", size & 0xFFFFFFFF, key, 0, name)


def directory(count, records):
    """A directory that says `count`."""
    return struct.pack(">I", count) + b"".join(records)


def fail_nth(index, how="error"):
    """A fault of one DMA, counted from 0."""
    return lambda n, key: how if n == index else None


def fail_key(wanted, how="error"):
    """A fault of every DMA on a key."""
    return lambda n, key: how if key == wanted else None
