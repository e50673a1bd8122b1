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

import os
import struct
import subprocess
import sys
import tempfile
import traceback

import guest_memory
from guest_memory import PAGE, ROOT, Wrong, check, equal

for place in ("tools", os.path.join("tests", "boot")):
    sys.path.insert(0, os.path.join(ROOT, place))

import artefacts    # noqa: E402

GUID = "324e6eaf-d1d1-4bf6-bf41-b9bb6c91fb87"
OWN_TABLES, OWN_TABLES_END = 0x3C000, 0x40000
START_INFO = 0x39000
BDA_EBDA = 0x40E
ANCHOR, ANCHOR_SIZE = 0xFFF60, 24
RAM, RESERVED, ACPI, NVS = 1, 2, 3, 4

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
DEVICE = b"BEELINVIRTIO"    # begin of their OEM and table names


class Table:
    """An ACPI table, and where pointers are in it."""

    def __init__(self, memory, gpa):
        self.gpa = gpa
        self.name = memory(gpa, 4)
        size, = struct.unpack("<I", memory(gpa + 4, 4))
        check(8 <= size < 1 << 20, f"table at {gpa:#x}: {size:#x} bytes")
        self.data = memory(gpa, size)
        check(self.name == b"FACS" or sum(self.data) % 256 == 0,
              f"{self.name} at {gpa:#x}: checksum")

    def fields(self):
        """(offset, size) of each pointer."""
        data, end = self.data, len(self.data)
        if self.name == b"RSDT":
            return [(at, 4) for at in range(36, end, 4)]
        if self.name == b"XSDT":
            return [(at, 8) for at in range(36, end, 8)]
        if self.name == b"FACP":    # FACS, DSDT; X_FACS, X_DSDT
            both = [(36, 4), (40, 4), (132, 8), (140, 8)]
            return [(at, size) for at, size in both if at + size <= end]
        found = []                  # Name (VGIA, 0x...) of vmgenid, nvdimm
        for name in (b"\x08VGIA\x0c", b"\x08MEMA\x0c"):
            at = data.find(name) if self.name == b"SSDT" else -1
            if at >= 0:
                found.append((at + len(name), 4))
        return found

    def pointers(self):
        """What these hold."""
        return [int.from_bytes(self.data[at:at + size], "little")
                for at, size in self.fields()]

    def plain(self):
        """Its bytes without pointers, and without the sum over them."""
        data = bytearray(self.data)
        for at, size in self.fields():
            data[at:at + size] = bytes(size)
        if self.name != b"FACS":
            data[9] = 0
        return bytes(data)


def tables(memory):
    """RSDP without its pointers, and all tables in the order of pointers."""
    rsdp = bytearray(memory(guest_memory.RSDP, 36))
    check(rsdp[:8] == b"RSD PTR " and sum(rsdp[:20]) % 256 == 0, "no RSDP")
    old, = struct.unpack_from("<I", rsdp, 16)
    new, = struct.unpack_from("<Q", rsdp, 24)
    check(rsdp[15] < 2 or sum(rsdp) % 256 == 0, "RSDP: extended checksum")
    root = Table(memory, new if rsdp[15] >= 2 else old)
    found = [root]
    for gpa in root.pointers():
        found.append(Table(memory, gpa))
        if found[-1].name == b"FACP":
            found += [Table(memory, at) for at in
                      dict.fromkeys(found[-1].pointers()) if at]
    rsdp[8] = rsdp[32] = 0
    rsdp[16:20], rsdp[24:32] = bytes(4), bytes(8)
    pointers = [old, new if rsdp[15] >= 2 else 0]
    return bytes(rsdp[:36 if rsdp[15] >= 2 else 20]), pointers, found


def memory_map(memory, entry):
    """(address, size, type) of each line that the kernel is given."""
    if entry == "pvh":
        at, count = struct.unpack("<QI", memory(START_INFO + 40, 12))
        return [struct.unpack("<QQI", memory(at + i * 24, 20))
                for i in range(count)]
    page = memory(guest_memory.BOOT_PARAMS, PAGE)
    return [struct.unpack_from("<QQI", page, 0x2D0 + i * 20)
            for i in range(page[0x1E8])]


def split(lines):
    """A map without the ranges of tables, and these: ACPI and NVS are RAM
    that the placing of tables took."""
    board, taken = [], []
    for gpa, size, kind in lines:
        if kind in (ACPI, NVS):
            taken.append((gpa, size, kind))
            kind = RAM
        if board and kind == board[-1][2] and sum(board[-1][:2]) == gpa:
            gpa, size = board[-1][0], board.pop()[1] + size
        board.append((gpa, size, kind))
    return board, taken


def pointed(value, found, taken):
    """What a pointer points to, by a name that has no address in it."""
    for i, table in enumerate(found):
        if table.gpa == value:
            return i, table.name
    for i, (gpa, size, kind) in enumerate(taken):
        if kind == NVS and gpa <= value < gpa + size:
            return i, value - gpa
    check(value == 0, f"a pointer to {value:#x}, where nothing is")
    return None


class View:
    """All that a kernel is given, from one memory."""

    def __init__(self, memory, entry):
        self.memory = memory
        self.map = memory_map(memory, entry)
        self.board, self.taken = split(self.map)
        self.rsdp, roots, self.tables = tables(memory)
        self.devices = self.remove_devices()
        self.pointers = [
            [pointed(value, self.tables, self.taken) for value in values]
            for values in [roots] + [t.pointers() for t in self.tables]]
        self.gpas = [table.gpa for table in self.tables]
        self.raw = [table.data for table in self.tables]

    def remove_devices(self):
        """Leaves out SSDTs of virtio-mmio devices; how many there were."""
        count = len(self.tables)
        while self.tables[-1].data[10:].startswith(DEVICE):
            self.tables.pop()
        count -= len(self.tables)
        root = self.tables[0]
        if count:
            check(root.name == b"XSDT", "devices without an XSDT")
            size = len(root.data) - 8 * count
            root.data = root.data[:4] + struct.pack("<I", size) + \
                root.data[8:size]
        return count

    def pages(self):
        """Bytes of memory that is for AML, or that our own tables are in."""
        return [self.memory(gpa, size) for gpa, size, kind in self.taken
                if kind == NVS]

    def smbios(self):
        """Bytes of the reserved pages."""
        for gpa, size, kind in self.map:
            if gpa == guest_memory.SMBIOS and kind == RESERVED:
                return self.memory(gpa, size)
        raise Wrong("no SMBIOS tables in the map")


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


def test_machine(folder, args, kernel="linux64", entry="64", devices=0):
    """At the same addresses, too, for the rules of placing are the same."""
    made, baked = run_case(Case(folder, args, kernel, entry))
    equal((made.devices, baked.devices), (0, devices), "SSDTs of devices")
    first = 1 if devices else 0     # the XSDT is another one
    equal(baked.gpas[first:], made.gpas[first:], "addresses")
    return told(made, baked)


def test_pvh(folder):
    """By start_info's map."""
    return test_machine(folder, ("--machine", "q35"), "pvh", "pvh")


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


def tests():
    """(name, function of a folder) of everything."""
    for name, args in CASES.items():
        yield name, lambda folder, name=name, args=args: test_machine(
            folder, args, devices=DEVICES.get(name, 0))
    for name, test in sorted(globals().items()):
        if name.startswith("test_") and name != "test_machine":
            yield name.removeprefix("test_"), test


def attempt(name, test):
    """Whether it passed."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            said = test(folder)
        print(f"ok   {name}{f': {said}' if said else ''}")
        return True
    except (Wrong, subprocess.TimeoutExpired) as why:
        print(f"FAIL {name}: {why}")
    except Exception:   # pylint: disable=broad-except
        print(f"FAIL {name}")
        traceback.print_exc(file=sys.stdout)
    return False


def main():
    """Runs those whose names begin with one of the arguments, or all."""
    results = [attempt(name, test) for name, test in tests()
               if not sys.argv[1:] or name.startswith(tuple(sys.argv[1:]))]
    failed = results.count(False)
    print(f"differential: {len(results) - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
