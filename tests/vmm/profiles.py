# SPDX-License-Identifier: BSD-2-Clause
"""Other VMMs, one entry each: how they start an image, what is in memory then,
what their fw_cfg has and does, and by which channels a payload can come.

Read from their sources; docs/vmm.md has versions and command lines."""

import dataclasses
import functools
import os
import struct

import acpi
import fwcfg
import fwcfg_strict
import fwcfg_vmm as vmm
import images
from entry import LowCopy, image_of
from host import KIB, MIB, RAM, RESERVED, u32
from vmm_host import cmos

ACPI = 3
MEMORY = 32 * MIB
RESET, LOW, LOW_ONLY, PVH = "reset", "low copy", "low copy only", "pvh"
IMAGES = {RESET: "fw.bin", LOW: "fw-128k.bin", LOW_ONLY: "fw-128k.bin",
          PVH: "fw.elf"}
ROM = (0xFFFF0000, 0x10000, RESERVED)
EFER, MTRR_DEF = 0xC0000080, 0x2FF
PC_WRITES = [(0x0B, 0x40, 4, 0x601), (0x0B, 0x80, 1, 1)]
Q35_WRITES = [(0, 0x60, 4, 0xB0000005), (0xF8, 0x40, 4, 0x601),
              (0xF8, 0x44, 4, 0x80)]
PIIX4_STATES = bytes((128, 0, 0, 129, 128, 128))


@dataclasses.dataclass(frozen=True)
class Start:
    """Where a PVH start's structures are; `info` None: none."""

    info: int = None
    modlist: int = 0x6040
    memmap: int = 0x7000
    cmdline: int = 0x20000
    rsdp: int = 0


@functools.lru_cache(maxsize=None)
def load(path, kind):
    """An image of build/ in its kind; None where it is not built."""
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        data = file.read()
    if kind in (LOW, LOW_ONLY):
        return LowCopy(data, top=kind == LOW)
    return image_of(data)


@dataclasses.dataclass(frozen=True)
class Profile:
    """A VMM.  Boots: channel:protocol each; none: the sentence that ends."""

    name: str
    boots: tuple = ()
    ends: tuple = ()            # stage and words of the sentence
    entry: str = RESET
    image: str = None
    memory: int = MEMORY
    rows: object = None         # memory -> rows of the VMM's map
    map_in: str = "e820"        # or cmos, start_info
    device: type = None         # fw_cfg; None: there is none
    mark: bool = False          # its DMA register reads as QEMU's
    mmio: int = None
    items: dict = dataclasses.field(default_factory=dict)
    files: dict = dataclasses.field(default_factory=dict)
    keys: str = "qemu"          # how it fills the kernel's numeric keys
    nul: bool = False           # do its string items end with a NUL?
    again: bool = False         # a reboot has added all files once more
    pseudo_names: bool = False
    script: acpi.Set = None
    tables: str = "placed"      # whose the kernel gets: script, own, none
    rsdp: int = 0               # of the placed ones
    preload: tuple = ()         # (gpa, bytes): to be left alone
    start: Start = Start()
    board: str = None
    pci_writes: tuple = ()
    hole: str = "ram"           # 0xa0000 to 1 MiB: ram, rom
    floats: bool = True
    debugcon: bool = False
    cmos: dict = None
    msrs: frozenset = None

    @property
    def file(self):
        """The image's name in build/."""
        return self.image or IMAGES[self.entry]

    def load(self, folder):
        """The image; None where it is not built."""
        return load(os.path.join(folder, self.file), self.entry)


def straight(*more):
    """RAM from 0 to its end, and `more` rows."""
    return lambda memory: [(0, memory, RAM), *more]


def split(low, *more):
    """RAM from 0 to `low` and from 1 MiB."""
    return lambda memory: [(0, low, RAM), *more, (MIB, memory - MIB, RAM)]


def alioth_rows(memory):
    """Its tables are of type 3 and 0xa0000 is RAM."""
    return [(0, 0x500, RESERVED), (0x500, 0x7FB00, RAM),
            (0x80000, 0x20000, ACPI), (0xA0000, memory - 0xA0000, RAM), ROM,
            (0xE0000000, 256 * MIB, RESERVED)]


def tables(rsdp, at=None):
    """A set that a VMM has placed."""
    return tuple(acpi.Set(xsdt=True).placed(rsdp, at or rsdp + 36 + 28))


def blob(gpa, size, start=b""):
    """Something else of the VMM's."""
    return ((gpa, start + images.pattern(size, gpa >> 4)),)


MP, SMBIOS = b"_MP_", b"_SM3_"
QEMU_ITEMS = {fwcfg.SIGNATURE: b"QEMU", fwcfg.ID: u32(3),
              fwcfg.NB_CPUS: struct.pack("<H", 1),
              fwcfg.RAM_SIZE: struct.pack("<Q", MEMORY)}
RUST_ITEMS = {fwcfg.SIGNATURE: b"QEMU CFG", fwcfg.ID: u32(3)}
PLAIN_ITEMS = {fwcfg.SIGNATURE: b"QEMU", fwcfg.ID: u32(1)}
RUST_SET = dict(rsdp="acpi/rsdp", tables="acpi/tables", xsdt=True)

KEYS = ("numeric:bzimage", "numeric:pvh")
NAMED = ("named:bzimage", "named:pvh")
MODULES = ("modules:bzimage", "modules:pvh")
NO_DEVICE = ("fw_cfg", "offers no fw_cfg device")
NO_KERNEL = ("kernel", "none was given")

QEMU = Profile(
    "qemu-pc", KEYS + NAMED + ("etc-boot:bzimage", "etc-boot:pvh"),
    rows=straight((0xFD00000000, 0x300000000, RESERVED)),
    device=fwcfg.FwCfg, mark=True, items=QEMU_ITEMS, board="pc",
    files={"etc/system-states": PIIX4_STATES}, script=acpi.Set(),
    tables="script", pci_writes=PC_WRITES, hole=None, debugcon=True)

ALIOTH = Profile(
    "alioth", ("numeric:bzimage",) + NAMED, rows=alioth_rows,
    device=vmm.Alioth,
    items={**RUST_ITEMS, fwcfg.RAM_SIZE: QEMU_ITEMS[fwcfg.RAM_SIZE],
           fwcfg.NB_CPUS: struct.pack("<H", 1)},
    keys="alioth", board="alioth", script=acpi.Set(**RUST_SET),
    tables="script", preload=tables(0x80000), debugcon=True,
    cmos={})

CROSVM = Profile(
    "crosvm", NAMED, rows=straight(), map_in="cmos", cmos=cmos(MEMORY),
    device=vmm.Crosvm, items={fwcfg.SIGNATURE: b"QEMU", fwcfg.ID: b"\0\0\0\1"},
    files={"bootorder": b""}, rsdp=0xE0000,
    preload=tables(0xE0000) + blob(0x9E800, 0x17F0) +
    blob(0x9FFF0, 12, MP) + blob(0x20000, 0x40) + blob(0xF0000, 900, SMBIOS),
    board="pc-alone")

BHYVE = Profile(
    "bhyve", NAMED, rows=split(640 * KIB), cmos=cmos(MEMORY),
    device=vmm.Bhyve, items={**PLAIN_ITEMS,
                             fwcfg.NB_CPUS: struct.pack("<H", 1)},
    nul=True, script=acpi.Split(xsdt=True), tables="script",
    preload=blob(0xF0000, 0x200, MP) + blob(0xF1000, 0x300, SMBIOS) +
    tables(0xF2400, 0xF2800), board="bhyve",
    msrs=frozenset((0x10, 0x1A0, 0x277, EFER, MTRR_DEF, 0xC0000103)))

PROPOLIS = Profile(
    "propolis", NAMED, cmos=cmos(MEMORY),
    rows=straight((0xFFE00000, 2 * MIB, RESERVED)), device=vmm.Propolis,
    items={**QEMU_ITEMS, fwcfg.NB_CPUS: u32(1)}, pseudo_names=True,
    script=acpi.Set(xsdt=True), tables="script", board="pc",
    pci_writes=PC_WRITES)

STRATOVIRT = Profile(
    "stratovirt", ("numeric:bzimage",), entry=LOW,
    rows=straight((0xFEF0C000, 0x4000, RESERVED)), cmos=cmos(MEMORY),
    device=vmm.StratoVirt, mark=True, keys="stratovirt",
    items={fwcfg.SIGNATURE: b"QEMU", fwcfg.ID: struct.pack("<H", 3),
           fwcfg.NB_CPUS: b"\1", 0x02: u32(1)},
    files={"bootorder": b"", "etc/boot-fail-wait": u32(5)},
    script=acpi.Set(xsdt=True), tables="script", board="q35")

KVMTOOL = Profile(
    "kvmtool", ends=NO_DEVICE, entry=LOW_ONLY, rows=straight(),
    map_in="nowhere", device=vmm.Dummy, floats=False,
    preload=blob(0xF0000, 4096, b"PCMP"))

FIRECRACKER = Profile(
    "firecracker", MODULES, entry=PVH, map_in="start_info", floats=False,
    rows=split(0x9FC00, (0x9FC00, 0x40400, RESERVED),
               (0xEEC00000, 256 * MIB, RESERVED)),
    start=Start(0x6000), rsdp=0xE0000,
    preload=tables(0xE0000, 0x9FD00))

CLOUD_HYPERVISOR = Profile(
    "cloud-hypervisor", ends=NO_KERNEL, entry=PVH, map_in="start_info",
    rows=split(640 * KIB, (0xE8000000, 256 * MIB, RESERVED)),
    start=Start(0x6000, rsdp=0xA0000), rsdp=0xA0000,
    preload=tables(0xA0000) + blob(0x9FC00, 0x300, MP) +
    blob(0xF0000, 0x400, SMBIOS) + ((0x40E, b"\0\xa0"),),
    board="cloud-hypervisor", debugcon=True, cmos=cmos(MEMORY))
CH_FW_CFG = dict(
    ends=(), items=RUST_ITEMS, script=acpi.Set(**RUST_SET),
    files={"etc/e820": b"\0" * 40}, boots=NAMED + ("mixed:bzimage",))

QEMU_KERNEL = Profile(
    "qemu-kernel-elf", MODULES + NAMED, entry=PVH, map_in="start_info",
    rows=split(0x9FC00, (0x9FC00, 0x400, RESERVED),
               (0xF0000, 0x10000, RESERVED)),
    start=Start(0xCB000, modlist=0xCB040, memmap=0xCB100, cmdline=0xCB800,
                rsdp=0xF5200),
    rsdp=0xF5200, preload=tables(0xF5200, 0x9FD00) + ((0x40E, b"\xc0\x9f"),),
    device=fwcfg.FwCfg, mark=True, items=QEMU_ITEMS, keys="self",
    files={"etc/system-states": PIIX4_STATES}, script=acpi.Set(),
    board="q35", debugcon=True, hole="rom")

STRICT = Profile(
    "strict", NAMED, rows=split(640 * KIB), device=fwcfg_strict.Strict,
    items={fwcfg.SIGNATURE: b"QEMU", fwcfg.ID: u32(3)}, rsdp=0xE0000,
    preload=tables(0xE0000) + blob(0x9E800, 0x1800) + blob(0xF0000, 0x1000) +
    blob(0x500, 0x7B00) + blob(0x20000, 0x100),
    board="pc-alone", msrs=frozenset((EFER, MTRR_DEF)))


def variant(profile, name, **changes):
    """A profile that differs."""
    return dataclasses.replace(profile, name=name, **changes)


def variants():
    """All of them."""
    yield QEMU
    yield variant(QEMU, "qemu-q35", board="q35", pci_writes=Q35_WRITES)
    yield variant(QEMU, "qemu-microvm", board=None, pci_writes=(), files={})
    yield variant(QEMU, "qemu-microvm-acpi-off", board=None, pci_writes=(),
                  files={}, script=None, tables="own")
    yield variant(QEMU, "mmio", device=fwcfg_strict.Mmio, image="fw-mmio.bin",
                  mmio=0x10000000, board=None, pci_writes=(), files={})
    yield ALIOTH
    yield variant(ALIOTH, "alioth-rebooted", again=True)
    yield variant(
        ALIOTH, "alioth-kernel", boots=MODULES, entry=PVH, device=None,
        map_in="start_info", script=None, tables="placed", rsdp=0x80000,
        start=Start(0x1000, 0x1040, 0x1100, 0x2000, rsdp=0x80000))
    yield CROSVM
    yield variant(CROSVM, "crosvm-without-fw-cfg", boots=(), device=None,
                  ends=NO_DEVICE)
    yield BHYVE
    yield variant(PROPOLIS, "propolis", boots=(), ends=NO_KERNEL,
                  pci_writes=PC_WRITES)
    yield variant(PROPOLIS, "propolis-with-items")
    yield STRATOVIRT
    yield KVMTOOL
    yield FIRECRACKER
    yield variant(FIRECRACKER, "libkrun-kernel", preload=blob(
        0x9FC00, 0x300, MP), rsdp=0, tables="none")
    yield Profile("libkrun-firmware", ends=NO_DEVICE, rows=straight(),
                  map_in="cmos", cmos=cmos(MEMORY))
    yield CLOUD_HYPERVISOR
    yield variant(CLOUD_HYPERVISOR, "cloud-hypervisor-kernel", ends=(),
                  boots=MODULES)
    yield variant(CLOUD_HYPERVISOR, "cloud-hypervisor-v51",
                  device=vmm.CloudHypervisor, **CH_FW_CFG)
    yield variant(CLOUD_HYPERVISOR, "cloud-hypervisor-fixed",
                  device=vmm.CloudHypervisorFixed, **CH_FW_CFG)
    yield variant(CLOUD_HYPERVISOR, "cloud-hypervisor-kernel-v51",
                  device=vmm.CloudHypervisor, keys="self-alioth",
                  **{**CH_FW_CFG, "boots": MODULES})
    yield QEMU_KERNEL
    yield STRICT
    yield variant(STRICT, "strict-bytes", device=fwcfg_strict.StrictBytes,
                  items=PLAIN_ITEMS)
    elf = variant(
        STRICT, "strict-elf", entry=PVH, map_in="start_info", floats=False,
        start=Start(0x6000), boots=NAMED + ("mixed:pvh",),
        msrs=frozenset((EFER,)), preload=STRICT.preload[:-2])
    yield elf
    yield variant(elf, "strict-elf-bytes", device=fwcfg_strict.StrictBytes,
                  items=PLAIN_ITEMS)


PROFILES = {profile.name: profile for profile in variants()}
