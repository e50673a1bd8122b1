# SPDX-License-Identifier: BSD-2-Clause
"""A machine at its kernel's entry: what its kernel is told and given, held
against what the host has delivered."""

import struct

import bench
import fwcfg
import images
import judge
from fuzz_known import ElfFile

L = bench.LAYOUT
PAGE = 4096
VERSION_RELOCATABLE, VERSION_DATA = 0x205, 0x209
VERSION_INIT_SIZE, VERSION_64 = 0x20A, 0x20C
MULTIBOOT = 0x2BADB002


class Entered:
    """Spans by name, spans that may have been written, the map, faults."""

    def __init__(self, result):
        self.result, self.known = result, result.machine.known
        self.device = result.machine.fw_cfg
        self.faults, self.map, self.spans = [], [], {}
        self.allowed = [judge.BDA_WORD, judge.EBDA]
        self.kernel = (0, 0)        # (gpa, size) for bl_verify()
        self.file = self.known.kernel_file(result.machine.image.start)
        regs = result.regs
        if regs["rax"] == MULTIBOOT:
            self.kind = "multiboot"
            self._multiboot()
        elif regs["rsi"] == L["BOOT_PARAMS"]:
            self.kind = "64" if regs["cr0"] & judge.CR0_PG else "32"
            self._linux()
        elif regs["rbx"] == L["START_INFO"]:
            self.kind = "pvh"
            self._pvh()
        else:
            self.kind = "none"
            self.fault(f"entered {result.entry:#x} in no state of ours")
        item = self.known.named_kernel()
        if item:
            self.allowed.append((item.gpa, item.gpa + item.asked))

    def fault(self, text):
        """One more."""
        self.faults.append(text)

    def same(self, gpa, want, what, skip=()):
        """These bytes stand at gpa."""
        want, got = bytearray(want), bytearray(self.result.read(gpa,
                                                                len(want)))
        for at, size in skip:
            want[at:at + size] = got[at:at + size]
        if want != got:
            self.fault(f"{what} at {gpa:#x} is not what was delivered")

    def body(self, load, is64):
        """The protected-mode kernel stands where it was loaded; its size."""
        skip = [(images.SAVED, 20)] if is64 else ()
        if self.file is not None:
            data, size = self.file
            setup = ((data[0x1F1] or 4) + 1) * 512
            self.same(load, data[setup:], "kernel", skip)
            return size - setup
        item = self.device.last(fwcfg.KERNEL_DATA)
        if item is None:
            self.fault("the kernel was never read")
            return 0
        if item.gpa != load:
            self.fault(f"the kernel went to {item.gpa:#x}, not {load:#x}")
        self.same(load, item.bytes(), "kernel", skip)
        return item.asked

    def initrd(self, gpa, size):
        """The initrd is there, and it is the host's."""
        if size == 0:
            return
        data = self.known.initrd(gpa, size)
        if data is None:
            self.fault(f"no initrd of {size:#x} bytes came to {gpa:#x}")
        else:
            self.same(gpa, data, "initrd")
        self.spans["initrd"] = (gpa, gpa + size)
        self.allowed.append((gpa, -(-(gpa + size) // PAGE) * PAGE))

    def cmdline(self, gpa):
        """The command line is the host's."""
        want = self.known.cmdline()
        if want is not None:
            self.same(gpa, want + b"\0", "command line")
            self.spans["command line"] = (gpa, gpa + len(want) + 1)

    # One a protocol.

    def _linux(self):
        result, page = self.result, L["BOOT_PARAMS"]
        field = {name: result.number(page + at, size) for name, (at, size)
                 in images.HEADER_FIELDS.items()}
        load, is64 = field["code32_start"], self.kind == "64"
        if result.entry != load + (images.ENTRY64 if is64 else 0):
            self.fault(f"entered {result.entry:#x}, loaded at {load:#x}")
        if is64 and not (field["xloadflags"] & images.XLF_KERNEL_64 and
                         field["version"] >= VERSION_64):
            self.fault("64-bit entry of a kernel that has none")
        size = self.body(load, is64)
        run, need = self._run_place(field, load, size)
        self.kernel = (run, need) if run == load else (load, size)
        self.spans["kernel"] = (run, run + need)
        self.allowed.append((load, load + size))
        self.map = [struct.unpack("<QQI", result.read(page + 0x2D0 + 20 * i,
                                                      20))
                    for i in range(result.number(page + 0x1E8, 1))]
        self.initrd(field["ramdisk_image"] | result.number(page + 0xC0) << 32,
                    field["ramdisk_size"])
        self.cmdline(field["cmd_line_ptr"])
        if field["version"] >= VERSION_DATA and field["setup_data"]:
            at = field["setup_data"]
            self.spans["setup_data"] = (at, at + 16 + result.number(at + 12))
            self.allowed.append(self.spans["setup_data"])
        self.spans["boot_params"] = (page, page + PAGE)

    @staticmethod
    def _run_place(field, load, size):
        """Where the kernel runs, and how much it wants there."""
        body = -(-size // PAGE)
        need, run = 4 * body, load
        if field["version"] >= VERSION_INIT_SIZE and field["init_size"]:
            need = -(-field["init_size"] // PAGE)
        if not (field["version"] >= VERSION_RELOCATABLE and
                field["relocatable_kernel"]):
            run = field["pref_address"] if field["version"] >= \
                VERSION_INIT_SIZE else 0
            run = max(-(-run // PAGE) * PAGE, L["HIGH_START"])
        return run, max(need, body) * PAGE

    def _pvh(self):
        result, info = self.result, L["START_INFO"]
        (magic, version, flags, count, modules, cmdline, _rsdp, memmap,
         entries, reserved) = struct.unpack("<IIIIQQQQII",
                                            result.read(info, 56))
        if (magic, version, flags, reserved) != (0x336EC578, 1, 0, 0) or \
                count > 1:
            self.fault("start_info's head is wrong")
        if self.file is None:
            self._placed("PVH")
        else:
            data, size = self.file
            self._elf(ElfFile(data), len(data) == size)
        self.map = [struct.unpack("<QQI", result.read(memmap + 24 * i, 20))
                    for i in range(min(entries, 128))]
        if count:
            self.initrd(*struct.unpack("<QQ", result.read(modules, 16)))
        self.cmdline(cmdline)
        self.spans["start_info"] = (info, memmap + 24 * entries)

    def _elf(self, elf, whole):
        """A file whose segments the firmware places; whole, or a part of it
        was lost."""
        if self.result.entry != elf.entry:
            self.fault(f"entered {self.result.entry:#x}, not {elf.entry:#x}")
        for gpa, size, data in elf.segments:
            if size <= 1 << 24:
                self.same(gpa, data.ljust(size if whole else 0, b"\0"),
                          "segment")
            self.allowed.append((gpa, gpa + size))
        self.kernel = (elf.start, elf.end - elf.start)
        self.spans["kernel"] = (elf.start, elf.end)

    def _multiboot(self):
        result, info = self.result, self.result.regs["rbx"]
        if info != self.known.number(fwcfg.INITRD_ADDR):
            self.fault("EBX is not the information structure's address")
        length, at = struct.unpack("<II", result.read(info + 0x2C, 8))
        rows = [struct.unpack("<IQQI", result.read(at + 24 * i, 24))
                for i in range(min(length, 24 * 128) // 24)]
        self.map = [row[1:] for row in rows]
        self._placed("multiboot")
        if self.body(self.kernel[0], False) != self.kernel[1]:
            self.fault("multiboot: the kernel's size is another")
        self.spans["information"] = (
            info, info + self.known.number(fwcfg.INITRD_SIZE))
        self.spans["memory map"] = (at, at + length)
        self.allowed += [self.spans["kernel"], self.spans["information"]]

    def _placed(self, what):
        """A kernel whose extent fw_cfg tells."""
        start, size, entry = (self.known.number(key) for key in (
            fwcfg.KERNEL_ADDR, fwcfg.KERNEL_SIZE, fwcfg.KERNEL_ENTRY))
        if self.result.entry != entry:
            self.fault(f"{what}: entered {self.result.entry:#x}")
        self.kernel = (start, size)
        self.spans["kernel"] = (start, start + size)
