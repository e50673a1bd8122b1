# SPDX-License-Identifier: BSD-2-Clause
"""Holds a bench's machine against the rules of `beeline verify`: the real
bl_verify() of build/libbeeline.so looks at the emulated memory."""

import ctypes
import os

import bench

PAGE = 4096
ENTRY_64, ENTRY_PVH = 0, 1
LIBBEELINE = os.path.join(bench.ROOT, "build", "libbeeline.so")
ROM_ALIAS = 0xF0000         # where QEMU shows the ROM's last 64 KiB
ROM_ALIAS_SIZE = 0x10000
EFER_LME = 1 << 8


class _View(ctypes.Structure):
    READ = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_uint64,
                            ctypes.c_void_p, ctypes.c_uint64)
    _fields_ = [("read", READ), ("ctx", ctypes.c_void_p)]


class _Cpu(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in (
        "rip", "rsp", "rsi", "rbx", "rflags", "cr0", "cr3", "cr4", "efer",
        "gdt_gpa")] + [(name, ctypes.c_uint16) for name in (
            "gdt_limit", "cs", "ds", "ss", "tr")] + [
                ("mtrr_def_type", ctypes.c_uint64)]


class _Finding(ctypes.Structure):
    _fields_ = [("rule", ctypes.c_char_p), ("text", ctypes.c_char_p),
                ("value", ctypes.c_uint64), ("limit", ctypes.c_uint64)]


_FOUND = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(_Finding))


class Memory:
    """What bl_verify() reads: RAM and ROM of a machine, page by page."""

    def __init__(self, machine):
        self.machine = machine
        self.ram = list(machine.ram())
        if machine.host.hole:
            self.ram.append((bench.HOLE[0], bench.HOLE[1] - bench.HOLE[0]))
        self.pages = {}
        for base, data in machine.image.bytes():
            if base + len(data) == 1 << 32:     # else it is in RAM
                self._rom(base, data)
                if not machine.host.hole:
                    self._rom(ROM_ALIAS, data[-ROM_ALIAS_SIZE:])

    def _rom(self, base, data):
        for at in range(0, len(data), PAGE):
            self.pages[base + at] = data[at:at + PAGE]

    def page(self, gpa):
        """A page's bytes; None where there is none."""
        if gpa not in self.pages:
            there = any(start <= gpa and gpa + PAGE <= start + size
                        for start, size in self.ram)
            self.pages[gpa] = (self.machine.dma_read(gpa, PAGE) if there
                               else None)
        return self.pages[gpa]

    def read(self, _ctx, gpa, dst, size):
        """The callback: 0, or -1 where a byte is not there."""
        done = 0
        while done < size:
            at = (gpa + done) % PAGE
            page = self.page(gpa + done - at)
            if page is None:
                return -1
            part = min(size - done, PAGE - at)
            ctypes.memmove(dst + done, page[at:at + part], part)
            done += part
        return 0


def registers(result):
    """struct bl_cpu of a machine at its kernel's entry.

    EFER is what the firmware has written: the bench's own way to a reset
    vector leaves LME set (reset.py)."""
    regs, msrs = result.regs, result.machine.msrs
    cpu = _Cpu()
    for name in ("rip", "rsp", "rsi", "rbx", "cr0", "cr3", "cr4", "cs", "ds",
                 "ss"):
        setattr(cpu, name, regs[name])
    cpu.rflags = regs["eflags"]
    cpu.efer = msrs.get(bench.MSR_EFER, 0) & EFER_LME
    cpu.gdt_gpa, cpu.gdt_limit = regs["gdtr"][1], regs["gdtr"][2]
    cpu.mtrr_def_type = regs["mtrr_def"]
    return cpu


class Rules:
    """bl_verify() of a library."""

    def __init__(self, path=LIBBEELINE):
        self.verify = ctypes.CDLL(path).bl_verify
        self.verify.restype = ctypes.c_uint
        self.verify.argtypes = [
            ctypes.POINTER(_View), ctypes.POINTER(_Cpu), ctypes.c_int,
            ctypes.c_uint64, ctypes.c_uint64, _FOUND, ctypes.c_void_p]

    def broken(self, result, entry, kernel):
        """Rule -> sentence, of what is broken; `kernel` is (gpa, size)."""
        found = {}

        def note(_ctx, finding):
            f = finding.contents
            found[f.rule.decode()] = (
                f"{f.rule.decode()}: {f.text.decode()} ({f.value:#x}, "
                f"{f.limit:#x})")

        memory = Memory(result.machine)
        view = _View(_View.READ(memory.read), None)
        cpu = registers(result)
        count = self.verify(ctypes.byref(view), ctypes.byref(cpu), entry,
                            kernel[0], kernel[1], _FOUND(note), None)
        if count != len(found):
            raise AssertionError(f"{count} rules, {len(found)} findings")
        return found
