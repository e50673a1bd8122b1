# SPDX-License-Identifier: BSD-2-Clause
"""Runs the real images under the Unicorn CPU emulator on a scripted host.

A machine starts as its VMM starts the image (entry.py, reset.py) and ends at a
halt, at the kernel's entry, at an instruction limit, or at the first thing
that no firmware may do: a write outside RAM, into the ROM, or against a
device's contract."""

import unicorn
from unicorn import x86_const as x86

import devices
import entry
import fwcfg
import images
from layout import GIB, HOLE, LAYOUT, OWN, PAGE, ROOT, outside
from result import Result, Write

LIMIT = 20_000_000          # instructions; a boot takes some thousands
ENTERED, HALTED, HUNG, BROKEN = "entered", "halted", "hung", "broken"
RESET = "reset"             # a triple fault

REGISTERS = {name.lower(): getattr(x86, f"UC_X86_REG_{name}") for name in (
    "RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP", "RSP", "RIP", "EFLAGS",
    "CS", "DS", "ES", "SS", "CR0", "CR3", "CR4", "GDTR", "IDTR")}
MSR_MTRR_DEF, MSR_EFER = 0x2FF, 0xC0000080
INVALID = {unicorn.UC_MEM_WRITE_UNMAPPED: "write, no memory",
           unicorn.UC_MEM_WRITE_PROT: "write to ROM",
           unicorn.UC_MEM_READ_UNMAPPED: "read, no memory",
           unicorn.UC_MEM_FETCH_UNMAPPED: "fetch, no memory"}
WRMSR, RDMSR, HLT, UD2 = b"\x0f\x30", b"\x0f\x32", b"\xf4", b"\x0f\x0b"
FLOATING = 0xFF             # what a place without memory reads as


class Machine:
    """One guest: its memory, its ports, its one processor."""

    def __init__(self, image, host):
        self.host = host
        self.image = (entry.image_of(image) if isinstance(image, bytes)
                      else image)
        self.high = {}              # page number -> bytes above 4 GiB
        self.writes = []
        self.msrs = {}              # what the trampoline has written
        self.why = ""
        self.entered = self.entry_regs = None
        self.fw_cfg = (host.device or fwcfg.FwCfg)(
            host.keys(), host.transport, self, host.fault)
        self.debugcon = devices.Debugcon(host.debugcon)
        self.serial = devices.Serial(host.serial_ready)
        self.sink = devices.Sink()
        self.cmos = devices.Cmos(host.cmos)
        self.pci = devices.PciHost(host.board)
        self.uc = self._processor()
        self._memory_map()
        self._hooks()
        self.before = self.low_memory()

    # What fw_cfg asks of a machine.

    def dma_read(self, gpa, length):
        """Bytes of RAM or ROM, for a device or a test."""
        if gpa < 4 * GIB:
            try:
                return bytes(self.uc.mem_read(gpa, length))
            except unicorn.UcError:
                self.violation(f"{length} bytes read at {gpa:#x}: no memory")
                return bytes(length)
        first, last = gpa // PAGE, (gpa + length - 1) // PAGE
        pages = (self.high.get(n, bytes(PAGE)) for n in range(first, last + 1))
        return b"".join(pages)[gpa % PAGE:][:length]

    def dma_write(self, gpa, data, label):
        """A device's write; nowhere but into RAM."""
        if not data or not self._wrote(gpa, len(data), label):
            return
        if gpa < 4 * GIB:
            self.uc.mem_write(gpa, data)
            return
        for at in range(gpa - gpa % PAGE, gpa + len(data), PAGE):
            page = bytearray(self.high.get(at // PAGE, bytes(PAGE)))
            start, end = max(gpa, at), min(gpa + len(data), at + PAGE)
            page[start - at:end - at] = data[start - gpa:end - gpa]
            self.high[at // PAGE] = bytes(page)

    def dma_zero(self, gpa, length, label):
        """A device's zeros, a piece at a time: lengths may lie."""
        if length <= 0 or not self._wrote(gpa, length, label):
            return
        end = min(gpa + length, 4 * GIB)
        for at in range(gpa, end, 1 << 20):
            self.uc.mem_write(at, bytes(min(end - at, 1 << 20)))

    def violation(self, text):
        """Something that no firmware may do: the run ends here."""
        self.why = self.why or text
        self.uc.emu_stop()

    def _wrote(self, gpa, length, label):
        if not any(start <= gpa and gpa + length <= start + size
                   for start, size in self.ram()):
            self.violation(f"{label}: {length:#x} bytes written to {gpa:#x}, "
                           "where there is no RAM")
            return False
        if not any(start <= gpa and gpa + length <= end
                   for start, end in OWN):
            self.writes.append(Write(gpa, length, label))
        return True

    def ram(self):
        """The host's RAM as (start, size), without the legacy hole."""
        for start, size in self.host.ram:
            if start < HOLE[0] < start + size:
                yield start, HOLE[0] - start
                start, size = HOLE[1], start + size - HOLE[1]
            if size > 0:
                yield start, size

    # Setting up.

    def _processor(self):
        return unicorn.Uc(unicorn.UC_ARCH_X86, unicorn.UC_MODE_64)

    def _memory_map(self):
        for start, size in self.ram():
            if start < 4 * GIB:
                self.uc.mem_map(start, size)
        if self.host.hole:
            self.uc.mem_map(HOLE[0], HOLE[1] - HOLE[0], unicorn.UC_PROT_ALL
                            if self.host.hole == "ram" else entry.READ_EXEC)
            self.uc.mem_write(HOLE[0], bytes([
                0 if self.host.hole == "ram" else FLOATING]) *
                (HOLE[1] - HOLE[0]))
        for gpa, data in self.host.dirt:
            self.uc.mem_write(gpa, data)
        self.image.place(self.uc)
        for gpa, data in self.host.preload:
            self.uc.mem_write(gpa, data)
        self.image.power_on(self.uc, self.host)
        if self.host.mmio:
            self.uc.mmio_map(self.host.mmio, PAGE, self._mmio_read, None,
                             self._mmio_write, None)
        if self.pci.has_ecam:
            self.uc.mmio_map(devices.ECAM_BASE + devices.ECAM_LPC, PAGE,
                             self._ecam_read, None, self._ecam_write, None)

    def _hooks(self):
        def on(kind, call, start=1, end=0, *rest):
            self.uc.hook_add(kind, call, None, start, end, *rest)

        insn = unicorn.UC_HOOK_INSN
        on(insn, self._port_in, 1, 0, x86.UC_X86_INS_IN)
        on(insn, self._port_out, 1, 0, x86.UC_X86_INS_OUT)
        on(insn, self._cpuid, 1, 0, x86.UC_X86_INS_CPUID)
        on(unicorn.UC_HOOK_MEM_INVALID, self._invalid)
        for start, end in outside(self.image.code, 4 * GIB):
            on(unicorn.UC_HOOK_CODE, self._code_in_ram, start, end - 1)
        for start, end in outside(OWN, LAYOUT["ROM_BASE"]):
            on(unicorn.UC_HOOK_MEM_WRITE, self._cpu_write, start, end - 1)
        for at in self._msr_accesses() if self.host.msrs else ():
            on(unicorn.UC_HOOK_CODE, self._msr, at, at)

    def _msr_accesses(self):
        """Where the image has the bytes of rdmsr or wrmsr."""
        for gpa, data in self.image.bytes():
            for code in (WRMSR, RDMSR):
                at = data.find(code)
                while at >= 0:
                    yield gpa + at
                    at = data.find(code, at + 1)

    def low_memory(self):
        """All that is mapped below 1 MiB, as (gpa, bytes)."""
        spans = [span for span in self.ram() if span[0] < HOLE[0]]
        if self.host.hole:
            spans.append((HOLE[0], HOLE[1] - HOLE[0]))
        return [(gpa, bytes(self.uc.mem_read(gpa, size)))
                for gpa, size in spans]

    # What Unicorn calls.

    def _device(self, port):
        for device, ports in (
                (self.fw_cfg, range(0x510, 0x51C)), (self.debugcon, (0x402,)),
                (self.serial, range(0x3F8, 0x400)),
                (self.sink, (0x80, 0xF4, 0x501)), (self.cmos, (0x70, 0x71)),
                (self.pci, (0xCF8, 0xCFC, 0xCFD, 0xCFE, 0xCFF))):
            if port in ports:
                return device
        self.violation(f"port {port:#x}: docs/boot.md knows no such exit")
        return self.sink

    def _port_in(self, _uc, port, size, _user):
        value = self._device(port).read(port, size)
        ones = (1 << 8 * size) - 1
        if value is None:
            return ones if self.host.floats else 0
        return value & ones

    def _port_out(self, _uc, port, size, value, _user):
        self._device(port).write(port, size, value)

    def _invalid(self, _uc, access, address, size, _value, _user):
        if self.entered is None:
            self.violation(f"{INVALID.get(access, access)}: {size} bytes at "
                           f"{address:#x}")
        return False

    def _cpu_write(self, _uc, _access, address, size, _value, _user):
        window = (self.pci.has_ecam and address >= devices.ECAM_BASE or
                  self.host.mmio and address & -PAGE == self.host.mmio)
        if self.entered is not None or window:
            return
        last = self.writes[-1] if self.writes else None
        if last and last.by == "cpu" and last.end == address:
            last.length += size
        else:
            self.writes.append(Write(address, size, "cpu"))

    def _code_in_ram(self, uc, address, _size, _user):
        """The trampoline, then the kernel; only CODE64 may run on."""
        trampoline = LAYOUT["GDT_RAM"]
        if self.entered is not None:
            return
        if trampoline <= address < trampoline + LAYOUT["GDT_RAM_SIZE"]:
            if uc.mem_read(address, 2) == WRMSR:
                self._msr_known(uc.reg_read(x86.UC_X86_REG_RCX))
                self.msrs[uc.reg_read(x86.UC_X86_REG_RCX)] = \
                    uc.reg_read(x86.UC_X86_REG_RAX)
            return
        self.entered, self.entry_regs = address, self._registers()
        if self.dma_read(address, len(images.CODE64)) != images.CODE64:
            uc.emu_stop()

    def _cpuid(self, uc, _user):
        leaf = uc.reg_read(x86.UC_X86_REG_RAX)
        answer = self.host.cpuid.get(leaf, (0, 0, 0, 0))
        for name, value in zip(("RAX", "RBX", "RCX", "RDX"), answer):
            uc.reg_write(getattr(x86, f"UC_X86_REG_{name}"), value)
        return 1

    def _msr(self, uc, _address, _size, _user):
        self._msr_known(uc.reg_read(x86.UC_X86_REG_RCX))

    def _msr_known(self, number):
        if self.host.msrs and number not in self.host.msrs:
            self.violation(f"MSR {number:#x}: this VMM does not know it")

    def _mmio_read(self, _uc, offset, size, _user):
        return self.fw_cfg.mmio_read(offset, size)

    def _mmio_write(self, _uc, offset, size, value, _user):
        self.fw_cfg.mmio_write(offset, size, value)

    def _ecam_read(self, _uc, offset, size, _user):
        self.violation(f"ECAM window: {size} bytes read at {offset:#x}")
        return 0

    def _ecam_write(self, _uc, offset, size, value, _user):
        if not self.pci.ecam_write(devices.ECAM_LPC + offset, size, value):
            self.violation("ECAM window: a write while it is closed")

    # Running.

    def _registers(self):
        regs = {name: self.uc.reg_read(code)
                for name, code in REGISTERS.items()}
        regs["mtrr_def"] = self.uc.msr_read(MSR_MTRR_DEF)
        regs["efer"] = self.uc.msr_read(MSR_EFER)
        return regs

    def run(self, limit=LIMIT):
        """From the VMM's start to a halt or the kernel's entry."""
        error = None
        try:
            self.uc.emu_start(self.image.start, 1 << 63, count=limit)
        except unicorn.UcError as problem:
            error = problem
        regs = self._registers()
        if self.why:
            return Result(BROKEN, self, regs, self.why)
        if self.entered is not None:
            return Result(ENTERED, self, self.entry_regs, "", self.entered)
        if (error and regs["idtr"][2] == 0 and
                self.dma_read(regs["rip"], 2) == UD2):
            return Result(RESET, self, regs)
        if error:
            return Result(BROKEN, self, regs, f"{error} at {regs['rip']:#x}")
        halted = self.dma_read(regs["rip"] - 1, 1) == HLT
        return Result(HALTED if halted else HUNG, self, regs)
