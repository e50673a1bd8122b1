# SPDX-License-Identifier: BSD-2-Clause
"""Counts instructions and exits from reset to a kernel's first instruction.

A real kernel's entry points are overwritten by a few bytes that read the
TSC first of all and report it.  Under -icount shift=0,sleep=off the TSC
counts instructions, exactly and repeatably.  QEMU's trace of port and MMIO
accesses, up to the probe's own first one, gives the exits."""

import dataclasses
import os
import re
import struct
import subprocess
import tempfile
import threading

import qemu

LIMIT = 120                     # seconds for one measurement
PORT = 0x7F0                    # the probe's own: nothing else uses it
APPEND = "console=ttyS0 panic=-1 quiet"
INITRD_SIZE = 1 << 20
ENTRY_64 = 0x200                # [LINUX] 64-bit entry, from the 32-bit one
PVH_NOTE = 18                   # XEN_ELFNOTE_PHYS32_ENTRY

TRACE = re.compile(
    r"memory_region_ops_(read|write) cpu (\d+) mr \S+ addr 0x([0-9a-f]+) "
    r"value 0x([0-9a-f]+) size (\d+)(?: name '(.*)')?")


making = threading.Lock()       # one thread makes a file, the others wait


@dataclasses.dataclass
class Access:
    """One port or MMIO access by the guest."""

    write: bool
    addr: int
    value: int
    size: int
    name: str                   # QEMU's name of the device


@dataclasses.dataclass
class Cost:
    """What it took to get to the kernel."""

    entry: str                  # 32, 64 or pvh
    instructions: int
    accesses: list

    @property
    def exits(self):
        """Port and MMIO accesses before the kernel."""
        return len(self.accesses)


def probe_code(tag):
    """The probe's bytes, which mean the same in 32-bit and 64-bit mode."""
    port = struct.pack("<I", PORT).hex()
    leave = struct.pack("<I", qemu.EXIT_PORT).hex()
    return bytes.fromhex(
        "0f31 89d3 89c1"                # rdtsc; mov ebx, edx; mov ecx, eax
        f"ba{port} b0{ord(tag):02x} ee"  # mov edx, PORT; mov al, tag; out
        + "88c8 ee c1e908" * 4          # the four bytes of ecx
        + "88d8 ee c1eb08" * 4          # the four bytes of ebx
        + f"ba{leave} 31c0 ef f4 ebfd")  # out EXIT_PORT; hlt


def patch_bzimage(data):
    """Puts a probe at both protected-mode entries of a bzImage."""
    if data[0x202:0x206] != b"HdrS":
        raise qemu.Failure("bzImage: no HdrS at 0x202: not a kernel")
    image = bytearray(data)
    start = ((image[0x1F1] or 4) + 1) * 512
    for offset, tag in ((start, "3"), (start + ENTRY_64, "6")):
        code = probe_code(tag)
        image[offset:offset + len(code)] = code
    # no version text: then it is no Linux to beeline, which adds no words to
    # its command line
    image[0x20E:0x210] = bytes(2)
    return bytes(image)


def elf_segments(data):
    """(type, file offset, physical address, file size) of each segment."""
    offset, = struct.unpack_from("<Q", data, 0x20)
    size, count = struct.unpack_from("<HH", data, 0x36)
    for index in range(count):
        at = offset + index * size
        kind, = struct.unpack_from("<I", data, at)
        where, _, physical, length = struct.unpack_from("<QQQQ", data, at + 8)
        yield kind, where, physical, length


def pvh_entry(data):
    """The physical address in an ELF's PVH note."""
    for kind, at, _, length in elf_segments(data):
        end = at + length
        while kind == 4 and at + 12 <= end:
            name, desc, note = struct.unpack_from("<III", data, at)
            value = at + 12 + (name + 3 & ~3)
            if note == PVH_NOTE and data[at + 12:at + 16] == b"Xen\0":
                return struct.unpack_from("<I", data, value)[0]
            at = value + (desc + 3 & ~3)
    raise qemu.Failure("vmlinux: no PVH note: not an entry for PVH")


def patch_vmlinux(data):
    """Puts a probe at the PVH entry and at the 64-bit one of a vmlinux."""
    image = bytearray(data)
    first, = struct.unpack_from("<Q", data, 0x18)
    for entry, tag in ((first, "6"), (pvh_entry(data), "p")):
        for kind, where, physical, length in elf_segments(data):
            if kind == 1 and physical <= entry < physical + length:
                offset = where + entry - physical
                code = probe_code(tag)
                image[offset:offset + len(code)] = code
                break
        else:
            raise qemu.Failure("vmlinux: no segment holds the entry "
                               f"{entry:#x}")
    return bytes(image)


def write(path, data):
    """Writes a file so that whoever reads it now keeps the old one."""
    part = f"{path}.{os.getpid()}"
    with open(part, "wb") as file:
        file.write(data)
    os.replace(part, path)


def patched(kernel, folder):
    """The path of a copy of a kernel that has the probe in it."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, os.path.basename(kernel) + ".probe")
    newest = max(os.path.getmtime(kernel), os.path.getmtime(__file__))
    with making:
        if os.path.exists(path) and os.path.getmtime(path) > newest:
            return path
        with open(kernel, "rb") as file:
            data = file.read()
        patch = patch_vmlinux if data[:4] == b"\x7fELF" else patch_bzimage
        write(path, patch(data))
    return path


def blank_initrd(folder):
    """The path of a 1 MiB initrd that nobody reads."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "initrd")
    with making:
        if not os.path.exists(path) or os.path.getsize(path) != INITRD_SIZE:
            write(path, bytes(INITRD_SIZE))
    return path


def parse_access(line):
    """The guest's access in a line of a trace, or None."""
    found = TRACE.search(line)
    if not found:
        return None
    kind, _, addr, value, size, name = found.groups()
    return Access(kind == "write", int(addr, 16), int(value, 16), int(size),
                  name or "")


def accesses_of(trace):
    """The guest's accesses in a trace, up to the probe's first."""
    accesses = []
    with open(trace, errors="replace") as file:
        for access in filter(None, map(parse_access, file)):
            if access.addr == PORT:
                break
            accesses.append(access)
    return accesses


def report_options(path):
    """QEMU's arguments that write what goes to PORT to a file."""
    return ("-chardev", f"file,id=probe,path={path}",
            "-device", f"isa-debugcon,iobase={PORT:#x},chardev=probe")


def trace_options(path):
    """QEMU's arguments that write every access of the guest to a file."""
    return ("-trace", "memory_region_ops_read",
            "-trace", "memory_region_ops_write", "-D", path)


def measure(machine, kernel, firmware, folder, memory="512M", **more):
    """Runs one measurement; gives a Cost or raises qemu.Failure.

    kernel is a path that patched() gave; no firmware means the path without
    one; more are fields of the guest, instead of the usual ones."""
    fields = {"initrd": blank_initrd(folder), "append": APPEND,
              "serial": False, "debug": False, "extra": (), **more}
    with tempfile.TemporaryDirectory(dir=folder) as own:
        report, trace = os.path.join(own, "report"), os.path.join(own, "trace")
        fields["extra"] = (*fields["extra"], *report_options(report),
                           *trace_options(trace))
        guest = qemu.Guest(
            machine=machine, memory=memory, firmware=firmware, kernel=kernel,
            path="firmware" if firmware else "none", icount=True,
            options=() if firmware else ("--no-cache",), **fields)
        return cost_of(guest, report, trace)


def cost_of(guest, report, trace):
    """Runs a guest and reads what it left in two files."""
    result = qemu.run(guest, LIMIT)
    data = b""
    if os.path.exists(report):
        with open(report, "rb") as file:
            data = file.read()
    if len(data) < 9:
        why = result.stderr.strip().splitlines()
        raise qemu.Failure(f"{guest.firmware or 'none'}: {guest.machine}: "
                           "kernel never entered: "
                           f"{why[-1] if why else result.ended}")
    entry = {"3": "32", "6": "64", "p": "pvh"}[chr(data[0])]
    count = int.from_bytes(data[1:9], "little")
    return Cost(entry, count, accesses_of(trace))


def qemu_version():
    """QEMU's first line about itself."""
    done = subprocess.run([qemu.QEMU, "--version"], capture_output=True,
                          check=False)
    return done.stdout.decode().splitlines()[0]
