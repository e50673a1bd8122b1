# SPDX-License-Identifier: BSD-2-Clause
"""Finds out whether KVM runs ring-0 code at speed, and the host's TSC rate."""

import ctypes
import functools
import mmap
import os
import subprocess
import tempfile
import time

LOOPS = 20000               # passes of the probe's loop
PER_LOOP = 4                # ring-0 instructions in a pass
LIMIT = 10                  # seconds for the whole probe
TOO_SLOW = 1000             # TSC ticks an instruction: that is emulation
FALLBACK_KHZ = 1000000
REPORT_PORT = 0x402

# rdtsc; shl rdx, 32; or rax, rdx; ret
RDTSC = bytes.fromhex("0f31 48c1e220 4809d0 c3")


def clocks(rdtsc):
    """Both clocks at one moment: the tightest of some tries."""
    def attempt():
        before, ticks, after = (time.monotonic_ns(), rdtsc(),
                                time.monotonic_ns())
        return after - before, (before + after) // 2, ticks
    return min(attempt() for _ in range(50))[1:]


@functools.lru_cache(None)
def tsc_khz():
    """The rate of the host's TSC, which is what a TCG guest reads."""
    try:
        page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ |
                         mmap.PROT_WRITE | mmap.PROT_EXEC)
    except OSError:
        return FALLBACK_KHZ
    if os.uname().machine not in ("x86_64", "i686"):
        return FALLBACK_KHZ
    page.write(RDTSC)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    rdtsc = ctypes.CFUNCTYPE(ctypes.c_uint64)(address)
    began, first = clocks(rdtsc)
    time.sleep(0.05)
    ended, last = clocks(rdtsc)
    return round((last - first) * 1000000 / (ended - began))


def probe_rom():
    """A 64 KiB ROM that times ring-0 instructions and reports TSC ticks.

    From the reset vector to flat 32-bit code, since that is what a kernel
    runs; a loop of cr0 reads, invlpg and cr3 writes between two rdtsc; then
    the difference goes out as four bytes, and the exit port ends QEMU."""
    rom = bytearray(b"\xff" * 65536)

    def put(offset, text):
        code = bytes.fromhex(text)
        rom[offset:offset + len(code)] = code
    put(0xFFF0, "e9 0dff")                  # jmp 0xff00
    put(0xFF00, "fa 2e660f0116 60ff"        # cli; lgdt [cs:0xff60]
        "0f20c0 0c01 0f22c0"                # cr0 |= PE
        "66ea 80ffffff 0800")               # jmp 8:0xffffff80
    put(0xFF60, "1700 68ffffff")            # GDT: limit, base
    put(0xFF68, "0000000000000000 ffff0000009bcf00 ffff00000093cf00")
    count = LOOPS.to_bytes(4, "little").hex()
    put(0xFF80, "66b81000 8ed8"             # mov ax, 16; mov ds, ax
        f"0f31 89c6 b9{count}"              # rdtsc; mov esi, eax; mov ecx
        "0f20c0 0f0138 0f20d8 0f22d8"       # cr0; invlpg [eax]; cr3; cr3
        "49 75f1"                           # dec ecx; jnz
        "0f31 29f0"                         # rdtsc; sub eax, esi
        f"66ba{REPORT_PORT.to_bytes(2, 'little').hex()}"
        "b104 ee c1e808 fec9 75f8"          # four bytes, low one first
        "31c0 66baf400 ef f4 ebfd")         # out 0xf4; hlt
    return bytes(rom)


def run_probe(qemu, accel):
    """Ticks of the probe's loop under an accelerator, or None and why."""
    with tempfile.TemporaryDirectory() as folder:
        rom, out = os.path.join(folder, "rom"), os.path.join(folder, "out")
        with open(rom, "wb") as file:
            file.write(probe_rom())
        args = [qemu, "-nodefaults", "-no-user-config", "-display", "none",
                "-M", "q35", "-accel", accel, "-m", "16", "-bios", rom,
                "-no-reboot", "-chardev", f"file,id=out,path={out}",
                "-device", f"isa-debugcon,iobase={REPORT_PORT},chardev=out",
                "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
        try:
            done = subprocess.run(args, stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=LIMIT,
                                  check=False)
        except subprocess.TimeoutExpired:
            return None, f"no answer in {LIMIT} s"
        except FileNotFoundError:
            return None, f"{qemu} is not installed"
        report = b""
        if os.path.exists(out):
            with open(out, "rb") as file:
                report = file.read()
    if len(report) != 4:
        why = done.stderr.decode(errors="replace").strip().splitlines()
        return None, why[-1] if why else "the probe never reported"
    return int.from_bytes(report, "little"), ""


def choose(wanted, qemu):
    """The accelerator for `auto`, `kvm` or `tcg`, and a line about it."""
    if wanted != "auto":
        return wanted, ""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg", "accel: no usable /dev/kvm: taking TCG"
    ticks, why = run_probe(qemu, "kvm")
    if ticks is None:
        return "tcg", f"accel: KVM: {why}: taking TCG"
    each = ticks // (LOOPS * PER_LOOP)
    if each > TOO_SLOW:
        return "tcg", (f"accel: KVM emulates ring 0 here ({each} ticks an "
                       "instruction): taking TCG")
    return "kvm", f"accel: KVM ({each} ticks a ring-0 instruction)"
