# SPDX-License-Identifier: BSD-2-Clause
"""One virtual processor of /dev/kvm behind as much of Unicorn's interface as a
bench.Machine uses, and the machine.

What KVM does not show is not looked at: single writes of the processor, and
MSRs.  Memory is compared before and after instead."""

import ctypes
import errno
import fcntl
import mmap
import os
import signal
import struct

import bench
import entry
import images
from result import Result

PATH = "/dev/kvm"
CREATE_VM, VCPU_MMAP_SIZE, CREATE_VCPU = 0xAE01, 0xAE04, 0xAE41
SET_TSS_ADDR, RUN = 0xAE47, 0xAE80
GET_SUPPORTED_CPUID, SET_CPUID2 = 0xC008AE05, 0x4008AE90
SET_MEMORY, SET_IDENTITY = 0x4020AE46, 0x4008AE48
GET_REGS, SET_REGS = 0x8090AE81, 0x4090AE82
GET_SREGS, SET_SREGS = 0x8138AE83, 0x4138AE84
GET_MSRS = 0xC008AE88
EXIT_IO, EXIT_HLT, EXIT_MMIO, EXIT_SHUTDOWN = 2, 5, 6, 8
REGS = ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp", *(
    f"r{i}" for i in range(8, 16)), "rip", "eflags")
SEGMENTS = ("cs", "ds", "es", "fs", "gs", "ss", "tr", "ldt")
SEGMENT, TABLE = struct.Struct("<QIHBBBBBBBBBB"), struct.Struct("<QH6x")
CONTROL = ("cr0", "cr2", "cr3", "cr4", "cr8", "efer", "apic_base")
SREGS = struct.Struct("<192s32s7Q32s")
CODE, DATA, BUSY_TSS = 11, 3, 11
TSS, IDENTITY = 0x40000000, 0x40004000     # away from all memory
CPUIDS = 200
SECONDS = 10


def usable():
    """Can it be opened?"""
    return os.access(PATH, os.R_OK | os.W_OK)


def segment(selector, base, kind, big):
    """struct kvm_segment; big: 32 bits, 4 GiB."""
    return SEGMENT.pack(base, 0xFFFFFFFF if big else 0xFFFF, selector, kind,
                        1, 0, big, 1, 0, big, 0, 0, 0)


class Processor:
    """A VM of one processor."""

    def __init__(self):
        kvm = os.open(PATH, os.O_RDWR | os.O_CLOEXEC)
        self.vm = fcntl.ioctl(kvm, CREATE_VM, 0)
        for request, value in ((SET_IDENTITY, struct.pack("<Q", IDENTITY)),
                               (SET_TSS_ADDR, TSS)):
            try:
                fcntl.ioctl(self.vm, request, value)
            except OSError:     # only Intel's needs it
                pass
        self.cpu = fcntl.ioctl(self.vm, CREATE_VCPU, 0)
        self.state = mmap.mmap(self.cpu, fcntl.ioctl(kvm, VCPU_MMAP_SIZE, 0))
        cpuid = bytearray(struct.pack("<II", CPUIDS, 0) + bytes(40 * CPUIDS))
        fcntl.ioctl(kvm, GET_SUPPORTED_CPUID, cpuid)
        fcntl.ioctl(self.cpu, SET_CPUID2, cpuid)
        os.close(kvm)
        self.slots, self.windows = [], []

    def __del__(self):
        for handle in (self.cpu, self.vm):
            os.close(handle)

    # Unicorn's.

    def mem_map(self, gpa, size, _perms=None):
        """A slot."""
        memory = mmap.mmap(-1, size)
        host = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        fcntl.ioctl(self.vm, SET_MEMORY, struct.pack(
            "<IIQQQ", len(self.slots), 0, gpa, size, host))
        self.slots.append((gpa, size, memory))

    def mmio_map(self, gpa, size, read, _r, write, _w):
        """A device."""
        self.windows.append((gpa, size, read, write))

    def _pieces(self, gpa, size):
        """(memory, start, end) of each slot that a range touches."""
        end = gpa + size
        while gpa < end:
            for start, length, memory in self.slots:
                if start <= gpa < start + length:
                    stop = min(end, start + length)
                    yield memory, gpa - start, stop - start
                    gpa = stop
                    break
            else:
                raise bench.unicorn.UcError(bench.unicorn.UC_ERR_MAP)

    def mem_read(self, gpa, size):
        """Guest memory."""
        return bytearray(b"".join(
            memory[at:end] for memory, at, end in self._pieces(gpa, size)))

    def mem_write(self, gpa, data):
        """Guest memory."""
        done = 0
        for memory, at, end in self._pieces(gpa, len(data)):
            memory[at:end] = bytes(data[done:done + end - at])
            done += end - at

    def hook_add(self, *_what):
        """KVM has none."""

    def emu_stop(self):
        """The machine looks for a reason itself."""

    # Registers.

    def get(self):
        """All that tests look at."""
        regs = dict(zip(REGS, struct.unpack("<18Q", fcntl.ioctl(
            self.cpu, GET_REGS, bytes(144)))))
        segments, tables, *control, _ = SREGS.unpack(
            fcntl.ioctl(self.cpu, GET_SREGS, bytes(SREGS.size)))
        for i, name in enumerate(SEGMENTS):
            regs[name] = SEGMENT.unpack_from(segments, 24 * i)[2]
        for i, name in enumerate(("gdtr", "idtr")):
            base, limit = TABLE.unpack_from(tables, 16 * i)
            regs[name] = (0, base, limit, 0)
        regs.update(zip(CONTROL, control))
        msr = bytearray(struct.pack("<IIIIQ", 1, 0, bench.MSR_MTRR_DEF, 0, 0))
        fcntl.ioctl(self.cpu, GET_MSRS, msr)
        regs["mtrr_def"] = struct.unpack_from("<Q", msr, 16)[0]
        return regs

    def set(self, segments=None, gdt=(0, 0xFFFF), cr0=None, **regs):
        """The state at the start: those given, all else as after a reset."""
        values = dict(dict.fromkeys(REGS, 0), eflags=2, **regs)
        fcntl.ioctl(self.cpu, SET_REGS, struct.pack("<18Q", *values.values()))
        old = bytearray(fcntl.ioctl(self.cpu, GET_SREGS, bytes(SREGS.size)))
        if segments:
            old[:24 * 6] = b"".join(segments)
            old[192:208] = TABLE.pack(*gdt)
        if cr0:
            struct.pack_into("<Q", old, 224, cr0)
        fcntl.ioctl(self.cpu, SET_SREGS, bytes(old))


class Machine(bench.Machine):
    """A bench.Machine on KVM."""

    def _processor(self):
        return Processor()

    def _memory_map(self):
        image, self.image = self.image, _Placed(self.image)
        super()._memory_map()
        self.image = image

    def _port(self):
        """KVM_EXIT_IO."""
        out, size, port, count, at = struct.unpack_from("<BBHIQ",
                                                        self.uc.state, 32)
        for i in range(at, at + size * count, size):
            if out:
                value = int.from_bytes(self.uc.state[i:i + size], "little")
                self._port_out(None, port, size, value, None)
            else:
                value = self._port_in(None, port, size, None)
                self.uc.state[i:i + size] = value.to_bytes(size, "little")

    def _memory(self):
        """KVM_EXIT_MMIO."""
        gpa, data, size, write = struct.unpack_from("<Q8sIB", self.uc.state,
                                                    32)
        for start, length, on_read, on_write in self.uc.windows:
            if start <= gpa < start + length:
                if write:
                    value = int.from_bytes(data[:size], "little")
                    on_write(None, gpa - start, size, value, None)
                else:
                    value = on_read(None, gpa - start, size, None)
                    self.uc.state[40:40 + size] = value.to_bytes(size,
                                                                 "little")
                return
        self.violation(f"{'write' if write else 'read'}, no memory: {size} "
                       f"bytes at {gpa:#x}")

    def _end(self):
        """What a halt means: the firmware's, or the kernel's first."""
        regs, self.regs = self.uc.get(), None
        halt = regs["rip"] - 1
        if any(low <= halt < high for low, high in self.image.code):
            return Result(bench.HALTED, self, regs)
        size = len(images.CODE64)
        start = regs["rip"] - size
        entered = start if (start > 0 and self.dma_read(start, size)
                            == images.CODE64) else halt
        self.msrs[bench.MSR_EFER] = regs["efer"]
        return Result(bench.ENTERED, self, regs, "", entered)

    def run(self, limit=SECONDS):
        """To a halt; `limit` in seconds."""
        def late(_signal, _frame):
            self.violation(f"no end after {limit} seconds")
            raise InterruptedError

        before = signal.signal(signal.SIGALRM, late)
        signal.alarm(min(limit, SECONDS))
        try:
            return self._run()
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)

    def _run(self):
        while not self.why:
            try:
                fcntl.ioctl(self.uc.cpu, RUN, 0)
            except OSError as problem:
                if problem.errno != errno.EINTR:
                    self.violation(f"KVM_RUN: {problem.strerror}")
                continue
            (reason,) = struct.unpack_from("<I", self.uc.state, 8)
            if reason == EXIT_HLT:
                return self._end()
            if reason == EXIT_IO:
                self._port()
            elif reason == EXIT_MMIO:
                self._memory()
            elif reason == EXIT_SHUTDOWN:
                return Result(bench.RESET, self, self.uc.get())
            else:
                self.violation(f"KVM's exit reason is {reason}")
        return Result(bench.BROKEN, self, self.uc.get(), self.why)


class _Placed:
    """An image whose start is KVM's business."""

    def __init__(self, image):
        self.image = image

    def place(self, vm):
        """As the image is placed."""
        self.image.place(vm)

    def power_on(self, vm, host):
        """The state in which its VMM starts it."""
        if isinstance(self.image, entry.Elf):
            flat = [segment(8, 0, CODE, 1)] + [segment(16, 0, DATA, 1)] * 5
            vm.mem_write(entry.GDT, bytes(8) + entry.FLAT)
            vm.set(flat, (entry.GDT, 8 + len(entry.FLAT) - 1), 0x11,
                   rip=self.image.start, rbx=host.start_info)
        elif isinstance(self.image, entry.LowCopy):
            low = [segment(0xF000, entry.COPY, kind, 0)
                   for kind in (CODE,) + (DATA,) * 5]
            vm.set(low, rip=self.image.start, rsp=0x8000, rbp=0x8000)
        else:
            vm.set(rip=self.image.start)
