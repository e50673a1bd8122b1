#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""differential.py [NAME...] - what a bundle holds for a kernel is what fw.bin
makes in the guest, for the same QEMU arguments.

Held against each other are ACPI and MP tables, SMBIOS and the memory map,
byte for byte: fw.bin's in a guest whose kernel has halted, the bundle's in its
image and again in a guest that was started from it.  Two differences are no
faults:

  - tables stand elsewhere, where the two kernels leave different room: then
    each pointer must point to the same thing (test_moved);
  - behind Beeline's own tables the bundle has an SSDT for each virtio-mmio
    device.  fw.bin cannot know of them: QEMU tells the kernel, by words on its
    command line that not all kernels heed (DEVICES)."""

import functools
import os
import struct
import sys
import tempfile

import guest_memory
from host_test import Wrong, check, equal, run_tests, tests_of
from kernel_view import View

import artefacts    # host_test knows the way to it

GUID = "324e6eaf-d1d1-4bf6-bf41-b9bb6c91fb87"
BDA_EBDA = 0x40E
ANCHOR, ANCHOR_SIZE = 0xFFF60, 24

MEMORY = ("--memory", "512M,slots=2,maxmem=4G")
PORT = ("-device", "pcie-root-port,id=rp,chassis=1")
VMGENID = ("-device", "vmgenid,guid=" + GUID)
NVDIMM = ("-object", "memory-backend-ram,id=nv,size=16M",
          "-device", "nvdimm,memdev=nv")
DISK = ("-blockdev", "null-co,node-name=d,size=1048576,read-zeroes=on",
        "-device")

# name: arguments, QEMU's own behind "--"
CASES = {
    "pc": ("--machine", "pc"),
    "q35": ("--machine", "q35"),
    "microvm": ("--machine", "microvm,acpi=on"),
    "microvm, acpi=off": ("--machine", "microvm,acpi=off"),
    "q35, much": ("--machine", "q35,nvdimm=on", "--cpus", "8", *MEMORY, "--",
                  *VMGENID, *NVDIMM, *PORT),
    "q35, 8 GiB": ("--machine", "q35", "--memory", "8G"),
    "pc, much": ("--machine", "pc,nvdimm=on", "--cpus", "2,maxcpus=4",
                 *MEMORY, "--", *VMGENID, *NVDIMM),
    "pc, 8 GiB": ("--machine", "pc", "--memory", "8G"),
    "pc, 64 MiB": ("--machine", "pc", "--memory", "64"),
    "pc, hpet=off": ("--machine", "pc,hpet=off"),
    "q35, acpi=off": ("--machine", "q35,acpi=off", "--cpus", "4"),
    "q35, 255 CPUs": ("--machine", "q35", "--cpus", "255"),
    "q35, IOMMU": ("--machine", "q35", "--", "-device", "intel-iommu"),
    "q35, bridges": ("--machine", "q35", "--", *PORT, "-device",
                     "pcie-pci-bridge,bus=rp", "-device",
                     "pxb-pcie,bus_nr=64"),
    "q35, SMBIOS": ("--machine", "q35", "--", "-smbios",
                    "type=1,manufacturer=M,serial=S", "-smbios",
                    "type=11,value=" + "v" * 900),
    "microvm, much": ("--machine", "microvm,acpi=on,pcie=on,rtc=on,usb=on",
                      "--cpus", "3", "--", *DISK, "virtio-blk-device,drive=d"),
    "microvm, acpi=off, much": (
        "--machine", "microvm,acpi=off,rtc=off", "--cpus",
        "6,sockets=1,cores=3,threads=2", "--", "-cpu", "max", *DISK,
        "virtio-blk-device,drive=d"),
    "microvm, acpi=off, 64 CPUs": ("--machine", "microvm,acpi=off", "--cpus",
                                   "64"),
}
DEVICES = {"microvm, acpi=off, much": 1}    # SSDTs that only bundles have


def compare_tables(a, b, what):
    """ACPI: the same tables, and the same bytes but for pointers, which point
    to the same things."""
    equal(b.rsdp, a.rsdp, f"{what}: RSDP")
    equal([t.name for t in b.tables], [t.name for t in a.tables],
          f"{what}: tables")
    for one, other in zip(a.tables, b.tables):
        equal(len(other.data), len(one.data), f"{what}: size of {one.name}")
        differ = [hex(at) for at, (x, y) in enumerate(
            zip(one.plain(), other.plain())) if x != y]
        equal(differ, [], f"{what}: {one.name} differs at")
    equal(b.pointers, a.pointers, f"{what}: what is pointed to")
    if a.gpas == b.gpas:
        equal(b.raw, a.raw, f"{what}: tables at the same addresses")


def compare(a, b, what):
    """Raises Wrong where b is not as a."""
    equal(b.board, a.board, f"{what}: memory map without tables")
    equal([line[1:] for line in b.taken], [line[1:] for line in a.taken],
          f"{what}: memory for tables")
    compare_tables(a, b, what)
    if a.gpas[1:] == b.gpas[1:]:
        equal(b.map, a.map, f"{what}: memory map")
    for one, other in zip(a.pages(), b.pages()):
        used = len(one.rstrip(b"\0")) if b.devices else len(one)
        check(one[:used] == other[:used],
              f"{what}: pages that AML uses differ")
    check(a.smbios() == b.smbios(), f"{what}: SMBIOS differs")
    for gpa, size in ((BDA_EBDA, 2), (guest_memory.MP_FLOATING, 16)):
        equal(b.memory(gpa, size), a.memory(gpa, size), f"{what}: {gpa:#x}")


class Case:
    """One machine: fw.bin's guest, the bundle, and the bundle's guest."""

    def __init__(self, folder, args, kernel="linux64", entry="64"):
        self.folder, self.args, self.entry = folder, args, entry
        self.kernel = artefacts.payload(kernel)
        self.elf = artefacts.payload("pvh" if entry == "pvh" else "linuxelf")

    def guest(self, *args):
        """A guest that has halted."""
        return guest_memory.Guest(self.folder, args,
                                  until="^BEELINE done=ok")

    def firmware(self):
        """The guest of fw.bin."""
        return self.guest("--path", "firmware", "--accel", "tcg", "--kernel",
                          self.kernel, *self.args)

    def bake(self):
        """The bundle."""
        more = ("--entry", "pvh") if self.entry == "pvh" else ()
        return guest_memory.bake(
            os.path.join(self.folder, "bundle"), "--accel", "tcg",
            "--kernel", self.elf, *more, *self.args)

    def launch(self, image):
        """The bundle's guest."""
        return self.guest("--bundle", image.folder, "--accel", "tcg")

    def view(self, memory):
        """What the kernel is given."""
        return View(memory, self.entry)


def run_case(case):
    """All of it for one machine; the view of fw.bin's guest and of the
    image."""
    image = case.bake()
    with case.firmware() as guest:
        made = case.view(guest.memory)
        baked = case.view(image.memory)
        compare(made, baked, "image")
        anchor = guest.memory(ANCHOR, ANCHOR_SIZE)
        rom = image.bytes_of("rom.bin")
        at = ANCHOR - guest_memory.ROM_LOW
        equal(rom[at:at + ANCHOR_SIZE], anchor, "SMBIOS entry point")
        if case.entry == "64":
            equal(image.memory(guest_memory.BOOT_PARAMS + 0x70, 8),
                  guest.memory(guest_memory.BOOT_PARAMS + 0x70, 8),
                  "acpi_rsdp_addr")
        with case.launch(image) as other:
            launched = case.view(other.memory)
            compare(made, launched, "launch")
            equal(other.memory(ANCHOR, ANCHOR_SIZE), anchor,
                  "SMBIOS entry point that the guest sees")
    return made, baked


def told(made, baked):
    """What was compared, for the line of a test."""
    where = "the same" if made.gpas[1:] == baked.gpas[1:] else "other"
    more = f", and {baked.devices} for devices" if baked.devices else ""
    return f"{len(made.tables)} tables, {sum(map(len, made.raw))} bytes, " \
           f"at {where} addresses{more}"


def compare_machine(folder, args, kernel="linux64", entry="64", devices=0):
    """At the same addresses, too, for the rules of placing are the same."""
    made, baked = run_case(Case(folder, args, kernel, entry))
    equal((made.devices, baked.devices), (0, devices), "SSDTs of devices")
    first = 1 if devices else 0     # the XSDT is another one
    equal(baked.gpas[first:], made.gpas[first:], "addresses")
    return told(made, baked)


def test_pvh(folder):
    """By start_info's map."""
    return compare_machine(folder, ("--machine", "q35"), "pvh", "pvh")


def test_moved(folder):
    """fw.bin's kernel claims the top of memory: tables go below it."""
    args = ("--machine", "q35,nvdimm=on", "--memory", "80M,slots=2,maxmem=4G",
            "--", *VMGENID, *NVDIMM)
    made, baked = run_case(Case(folder, args, "linux64-64M"))
    check(not set(made.gpas) & set(baked.gpas), "nothing was moved")
    return told(made, baked)


def test_noticed(folder):
    """A difference of machines is found, whatever it is in."""
    base = ("--machine", "q35")
    with Case(folder, base).firmware() as guest:
        made = View(guest.memory, "64")
        changes = (("--cpus", "2"), ("--memory", "513M"),
                   ("--", "-device", "vmgenid"), ("--", *PORT),
                   ("--", "-smbios", "type=1,serial=S"))
        for number, change in enumerate(changes):
            other = os.path.join(folder, str(number))
            os.mkdir(other)
            image = Case(other, base + change).bake()
            try:
                compare(made, View(image.memory, "64"), "image")
            except Wrong:
                continue
            raise Wrong(f"{change}: not noticed")


def changed(memory, changes):
    """Memory with other bytes: {address: byte}."""
    def read(gpa, size):
        data = bytearray(memory(gpa, size))
        for at, byte in changes.items():
            if gpa <= at < gpa + size:
                data[at - gpa] = byte
        return bytes(data)
    return read


def flips(view, memory):
    """Changes of a bit each, all over tables, SMBIOS and map; checksums stay
    right."""
    for table in view.tables:
        for at in range(10, len(table.data), 7):
            flip, old = {table.gpa + at: table.data[at] ^ 1}, table.data[at]
            if table.name != b"FACS":
                flip[table.gpa + 9] = \
                    (table.data[9] + old - (old ^ 1)) % 256
            yield flip
    lines = guest_memory.BOOT_PARAMS + 0x2D0
    for start, size in ((guest_memory.SMBIOS, 300),
                        (lines, 20 * len(view.map))):
        for at in range(start, start + size, 7):
            yield {at: memory(at, 1)[0] ^ 1}


def test_flipped(folder):
    """So is a single bit."""
    image = Case(folder, ("--machine", "q35")).bake()
    good = View(image.memory, "64")
    count = 0
    for change in flips(good, image.memory):
        count += 1
        try:
            compare(good, View(changed(image.memory, change), "64"), "flip")
        except (Wrong, struct.error):
            continue
        raise Wrong(f"{change}: not noticed")
    return f"{count} bits"


def in_folder(test):
    """Runs a test in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return test(folder)


def machines():
    """(name, test) of each machine."""
    return [(name, functools.partial(compare_machine, args=args,
                                     devices=DEVICES.get(name, 0)))
            for name, args in CASES.items()]


def main():
    """Runs those whose names hold one of the arguments, or all."""
    return run_tests("differential", [
        (name, functools.partial(in_folder, test))
        for name, test in machines() + tests_of(globals())])


if __name__ == "__main__":
    sys.exit(main())
