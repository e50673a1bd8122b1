# SPDX-License-Identifier: BSD-2-Clause
"""The ways to start QEMU that bench/start compares.  QEMU is started by
itself here, and not by `beeline run`: what that passes is what is measured."""

import dataclasses
import os
import shutil
import struct
import subprocess

import qemu
import vms

MICROVM_NAME = "qemu-system-x86_64-microvm"     # in Debian's qemu-system-x86
ROM_SIZE, VECTOR = 0x10000, 0xFFF0
MEMORY, MIB = 512, 1 << 20
BYTE = b"F"
# mov dx, 0x402; mov al, 'F'; out dx, al; mov dx, 0x3f8; out dx, al; cli; hlt
FIRST = bytes.fromhex("ba0204 b046 ee baf803 ee fa f4")
# The same as a kernel's first act, in 64-bit mode.
KERNEL = bytes.fromhex("66ba0204 b046 ee fa f4 ebfd")
LOAD = 0x1000000
HUGE_HEAP = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


@dataclasses.dataclass
class Variant:
    """One way to start it."""

    name: str
    about: str
    args: list
    base: str = ""                  # the variant that it is held against
    env: dict = dataclasses.field(default_factory=dict)
    paused: bool = False            # -S, and cont over QMP
    serial: bool = False            # the byte comes by the serial port: this
                                    # QEMU has no debug port


class Plain:
    """The arguments of a start, before they become a list."""

    def __init__(self, rom, accel="tcg", **changes):
        self.words = {"program": qemu.QEMU, "nodefaults": True,
                      "user": True, "display": ["-display", "none"],
                      "machine": "q35", "accel": accel,
                      "memory": str(MEMORY), "cpus": "1", "more": [],
                      "rom": rom}
        self.words.update(changes)

    def args(self):
        """As QEMU wants them."""
        w = self.words
        return ([w["program"]] + ["-nodefaults"] * w["nodefaults"] +
                ["-no-user-config"] * w["user"] + w["display"] +
                ["-M", w["machine"], "-accel", w["accel"], "-m", w["memory"],
                 "-smp", w["cpus"], *w["more"], "-bios", w["rom"]])


def write_rom(folder):
    """A ROM whose first instructions write a byte to the debug port."""
    path = os.path.join(folder, "first.rom")
    with open(path, "wb") as file:
        file.write(b"\xf4" * VECTOR + FIRST.ljust(ROM_SIZE - VECTOR, b"\xf4"))
    return path


def write_kernel(folder):
    """The smallest kernel that does the same."""
    path = os.path.join(folder, "first.elf")
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1,
                       LOAD, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 7, 0x1000, LOAD, LOAD, 0x1000,
                          0x1000, 0x200000)
    with open(path, "wb") as file:
        file.write((head + segment).ljust(0x1000, b"\0") +
                   KERNEL.ljust(0x1000, b"\x90"))
    return path


def write_memory(folder):
    """A sparse file as large as guest memory."""
    path = os.path.join(folder, "first.memory")
    with open(path, "wb") as file:
        file.truncate(MEMORY * MIB)
    return path


def backend(kind, more):
    """Guest memory from a backend object."""
    return {"machine": "q35,memory-backend=ram", "more": [
        "-object", f"memory-backend-{kind},id=ram,size={MEMORY}M{more}"]}


def machines(rom, accel, base):
    """Other machines, CPUs, sizes: what they cost, not what to choose."""
    found = [Variant(f"machine {name}", "another machine",
                     Plain(rom, accel, machine=name).args(), base)
             for name in ("pc", "microvm", "microvm,acpi=off")]
    found += [Variant(f"cpus {n}", f"{n} processors",
                      Plain(rom, accel, cpus=n).args(), base)
              for n in ("2", "8")]
    return found + [Variant("memory 4096", "4 GiB of memory", Plain(
        rom, accel, memory="4096").args(), base)]


def options(rom, folder, accel, base):
    """Options that leave the machine as it is."""
    file = f",share=off,mem-path={write_memory(folder)}"

    def variant(name, about, paused=False, env=None, **changes):
        words = {"accel": accel, **changes}
        return Variant(name, about, Plain(rom, **words).args(), base,
                       env or {}, paused)
    return [
        variant("no -nodefaults", "serial and parallel port, VGA, network, "
                "CD-ROM, floppy, monitor", nodefaults=False),
        variant("no -no-user-config", "QEMU looks for its files",
                user=False),
        variant("no -display none", "QEMU's own choice of a display",
                display=[]),
        variant("-nographic", "instead of -display none",
                display=["-nographic"]),
        variant("none of the three", "as one types it", nodefaults=False,
                user=False, display=["-nographic"]),
        variant("-S and cont", "paused, and sent on over QMP", True),
        variant("memfd", "memory from memory-backend-memfd",
                **backend("memfd", ",share=off")),
        variant("file", "memory from a sparse file, mapped privately",
                **backend("file", file)),
        variant("tb-size=32", "32 MiB for translated code, not 1 GiB",
                accel="tcg,tb-size=32"),
        variant("thread=single", "all in the main thread",
                accel="tcg,thread=single"),
        variant("mem-merge=off", "memory not offered to KSM",
                machine="q35,mem-merge=off"),
        variant("LD_BIND_NOW", "all symbols at once",
                env={"LD_BIND_NOW": "1"}),
        variant("huge heap", "GLIBC_TUNABLES=glibc.malloc.hugetlb=1",
                env=HUGE_HEAP),
        variant("heap in one", "MALLOC_TOP_PAD_=16777216",
                env={"MALLOC_TOP_PAD_": "16777216"}),
    ]


def beelines(rom, folder, accel, base):
    """What `beeline run` makes of it."""
    run = [qemu.BEELINE, "run", "--accel", accel, "--no-console", "--memory",
           str(MEMORY)]
    guest = qemu.Guest(path="none", accel=accel, memory=str(MEMORY),
                       kernel=write_kernel(folder), serial=False,
                       debug=False, exit_port=False, extra=(
                           "-chardev", "null,id=first", "-device",
                           f"isa-debugcon,iobase={qemu.DEBUG_PORT:#x},"
                           "chardev=first"))
    bundle = os.path.join(folder, "bundle")
    vms.bake(guest, bundle)
    return [Variant("beeline, firmware", "beeline run --firmware ROM",
                    run + ["--firmware", rom, "--kernel", "", "--"], base),
            Variant("beeline, bundle", "beeline run --bundle, to the kernel",
                    run + ["--bundle", bundle, "--"], base)]


def small_binary(rom, base):
    """Debian's build of QEMU for microvm and q35 under KVM alone."""
    path = shutil.which(MICROVM_NAME)
    if not path:
        return []
    return [Variant(f"small QEMU, {machine}", f"{MICROVM_NAME} -M {machine}",
                    Plain(rom, "kvm", program=path, machine=machine).args(),
                    base, serial=True) for machine in ("q35", "microvm")]


def with_kvm():
    """Whether KVM runs a ROM here."""
    return os.access("/dev/kvm", os.R_OK | os.W_OK)


def all_of(folder, accels):
    """Every variant, in the order of the table."""
    rom, found = write_rom(folder), []
    for accel in accels:
        base = f"{accel}: base"
        mine = [Variant(base, "what beeline run passes",
                        Plain(rom, accel).args())]
        if accel == "tcg":
            mine += options(rom, folder, accel, base)
        mine += machines(rom, accel, base) + beelines(
            rom, os.path.join(folder, accel), accel, base)
        if accel == "kvm":
            mine += small_binary(rom, base)
        for variant in mine[1:]:
            variant.name = f"{accel}: {variant.name}"
        found += mine
    return found


def linker_facts():
    """(libraries, what the dynamic linker says of QEMU's start)."""
    program = shutil.which(qemu.QEMU)
    if not program:
        raise qemu.Failure(f"{qemu.QEMU}: cannot run: not found")
    ldd = subprocess.run(["ldd", program], capture_output=True, text=True,
                         check=False)
    said = subprocess.run([program, "--version"], capture_output=True,
                          text=True, check=False,
                          env={**os.environ, "LD_DEBUG": "statistics"})
    lines = [line.split("\t", 1)[1].strip() for line in
             said.stderr.splitlines() if "\t" in line and ":\t" in line]
    return (sum("=>" in line for line in ldd.stdout.splitlines()),
            [line for line in lines if line and "statistics" not in line])
