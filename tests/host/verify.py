#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`beeline verify`: bundles as they are baked break no rule, and each fault
that is planted into a copy of one is found under its own name."""

import functools
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

from host_test import (BEELINE, TIME, Wrong, check, equal, read, run_tests,
                       tests_of, write)

import artefacts    # host_test knows the way to it

MACHINES = ("q35", "pc", "microvm,acpi=on", "microvm,acpi=off")
DIGEST = "bundle.image_digest"

# core/layout.h
BOOT_PARAMS, PML4, PDPT, PAGES = 0x35000, 0x36000, 0x37000, 0x38000
START_INFO, LAUNCH, SMBIOS = 0x39000, 0x3B000, 0x50000
ROM_SLOTS, ROM_CODE, ROM_ANCHOR = 0xF000, 0xFE00, 0xFF60
KEEP = "page_tables.kernel page_tables.entry page_tables.boot_params " \
       "page_tables.self page_tables.cmdline"


def run(*args, env=None):
    return subprocess.run([BEELINE, *args], capture_output=True, text=True,
                          check=False, timeout=TIME, env=env)


def verify(folder):
    """The JSON object that is printed for a bundle."""
    done = run("verify", "--json", folder)
    facts = json.loads(done.stdout)
    equal(done.returncode, 0 if facts["ok"] else 1, "exit code")
    equal(facts["broken"], len(facts["findings"]), "rules broken")
    return facts


def bake(folder, machine, kernel, *more):
    """Bakes into the folder; what verify says of it."""
    done = run("bake", "--output", folder, "--machine", machine, "--memory",
               "64", "--cpus", "2", "--accel", "tcg", "--kernel", kernel,
               *more)
    equal((done.returncode, done.stderr), (0, ""), f"bake on {machine}")
    return verify(folder)


def seal(data, at, field=9):
    """Makes an ACPI table's bytes add up to 0."""
    size, = struct.unpack_from("<I", data, at + 4)
    data[at + field] = 0
    data[at + field] = -sum(data[at:at + size]) % 256


class Bundle:
    """A copy of a bundle, in which faults are planted."""

    def __init__(self, source, folder):
        self.folder = folder
        subprocess.run(["cp", "-a", "--sparse=always", source, folder],
                       check=True)
        with open(self.path("manifest.json"), encoding="utf-8") as file:
            self.manifest = json.load(file)
        self.plan = self.manifest["plan"]

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name, at, size):
        with open(self.path(name), "rb") as file:
            file.seek(at)
            return file.read(size)

    def write(self, name, at, data):
        with open(self.path(name), "r+b") as file:
            file.seek(at)
            file.write(data)

    def number(self, at, form):
        return struct.unpack("<" + form,
                             self.read("image", at,
                                       struct.calcsize("<" + form)))[0]

    def poke(self, at, form, value):
        """A number into the image."""
        self.write("image", at, struct.pack("<" + form, value))

    def rom(self, at, form, value):
        self.write("rom.bin", at, struct.pack("<" + form, value))

    def table(self, name):
        """Where an ACPI table is; by QEMU's RSDT or XSDT."""
        rsdp = self.plan["rsdp_gpa"]
        new = self.number(rsdp + 15, "B") >= 2
        root = self.number(rsdp + (24 if new else 16), "Q" if new else "I")
        end, width = self.number(root + 4, "I"), 8 if new else 4
        for at in range(root + 36, root + end, width):
            table = self.number(at, "Q" if new else "I")
            if self.read("image", table, 4) == name:
                return table
        raise Wrong(f"no table {name}")

    def patch(self, name, offset, form, value):
        """Changes a table, and its checksum with it."""
        at = self.table(name)
        data = bytearray(self.read("image", at, self.number(at + 4, "I")))
        struct.pack_into("<" + form, data, offset, value)
        seal(data, 0)
        self.write("image", at, data)

    def save(self):
        with open(self.path("manifest.json"), "w", encoding="utf-8") as file:
            json.dump(self.manifest, file)

    def edit(self, where, value):
        """A value in the manifest, by "plan.cpu.cr0"."""
        *groups, last = where.split(".")
        inner = self.manifest
        for group in groups:
            inner = inner[int(group) if group.isdigit() else group]
        inner[last] = value
        self.save()

    def e820(self, gpa, field, value):
        """The entry of the zero page's map that begins there."""
        for i in range(self.number(BOOT_PARAMS + 0x1E8, "B")):
            at = BOOT_PARAMS + 0x2D0 + 20 * i
            if self.number(at, "Q") == gpa:
                self.poke(at + {"len": 8, "type": 16}[field],
                          "Q" if field == "len" else "I", value)
                return
        raise Wrong(f"no entry at {gpa:#x}")


def faults_boot():
    """(rule, what may come with it, how it is planted), in boot_params."""
    bp = BOOT_PARAMS
    yield "boot_params.sentinel", "", lambda b: b.poke(bp + 0x1EF, "B", 255)
    yield "boot_params.header", "", lambda b: b.poke(bp + 0x202, "I", 1)
    yield "boot_params.version", "", lambda b: b.poke(bp + 0x206, "H", 0x200)
    yield "boot_params.loadflags", "", lambda b: b.poke(bp + 0x211, "B", 0)
    yield "cmdline.end", "", lambda b: b.poke(bp + 0x228, "I", 0xA0000)
    yield "initrd.memory", "", lambda b: b.poke(bp + 0xC0, "I", 1)
    yield "initrd.overlap", "", lambda b: b.poke(
        bp + 0x218, "I", b.plan["kernel_gpa"])
    yield "setup_data.cycle", "", lambda b: b.poke(LAUNCH + 0x10, "Q",
                                                   LAUNCH + 0x10)
    yield "setup_data.type", "", lambda b: b.poke(LAUNCH + 0x18, "I", 99)
    yield "map.count", "map.empty map.type", lambda b: b.poke(bp + 0x1E8, "B",
                                                              129)
    yield "map.hole", "map.overlap acpi.rsdp_memory", lambda b: b.e820(
        0x9F000, "len", 0x2000) or b.e820(0x9F000, "type", 1)
    yield "map.overlap", "smbios.memory setup_data.memory", lambda b: b.e820(
        0, "len", 0x51000)
    yield "acpi.mcfg_ram", "acpi.mcfg_reserved", lambda b: b.e820(
        0xB0000000, "type", 1)
    yield "smbios.memory", "", lambda b: b.e820(SMBIOS, "type", 1)
    yield "bundle.rsdp", "acpi.rsdp", lambda b: b.poke(
        bp + 0x70, "Q", b.plan["rsdp_gpa"] + 1)


def faults_memory():
    """The same in page tables, GDT, kernel, and between everything."""
    yield "cpu.code", "", lambda b: b.poke(0x10, "Q", 0x00CF9B000000FFFF)
    yield "cpu.data", "", lambda b: b.poke(0x18, "Q", 0)
    yield "page_tables.kernel", KEEP, lambda b: b.poke(
        PAGES + (b.plan["kernel_gpa"] >> 21) * 8, "Q", 0)
    yield "page_tables.self", KEEP, lambda b: b.poke(PAGES, "Q", 0)
    yield "page_tables.table", KEEP, lambda b: b.poke(PDPT, "Q",
                                                      0x3FFFFFFF003)
    yield "page_tables.reserved", KEEP, lambda b: b.poke(PML4, "Q",
                                                         PDPT | 0x83)
    yield "kernel.code", "", lambda b: b.write(
        "image", b.plan["cpu"]["rip"], bytes(16))
    yield "bundle.marker", "", lambda b: b.poke(LAUNCH, "I", LAUNCH)
    yield "bundle.image_seed", "", lambda b: b.poke(LAUNCH + 0x20, "B", 1)
    yield "bundle.launch_dma", "", lambda b: b.poke(LAUNCH + 0x1F0, "B", 1)


def faults_tables():
    """The same in ACPI and SMBIOS tables."""
    yield "acpi.rsdp", "", lambda b: b.poke(b.plan["rsdp_gpa"], "B", 0)
    yield "acpi.rsdp_checksum", "", lambda b: b.poke(
        b.plan["rsdp_gpa"] + 9, "B", 0)
    yield "acpi.checksum", "", lambda b: b.poke(b.table(b"APIC") + 10, "B", 0)
    yield "acpi.fadt_pm1a", "acpi.fadt_agree", lambda b: b.patch(
        b"FACP", 0x94 + 4, "Q", 2) or b.patch(b"FACP", 0x38, "I", 0)
    yield "acpi.fadt_agree", "", lambda b: b.patch(b"FACP", 0x4C, "I", 0x708)
    yield "acpi.dsdt", "acpi.fadt_agree acpi.signature", lambda b: b.patch(
        b"FACP", 0x28, "I", b.table(b"APIC")) or b.patch(
        b"FACP", 0x8C, "Q", b.table(b"APIC"))
    yield "acpi.madt_entries", "acpi.madt_ioapic acpi.madt_cpu", \
        lambda b: b.patch(b"APIC", 45, "B", 0)
    yield "acpi.madt_apic_id", "", lambda b: b.patch(b"APIC", 55, "B", 0)
    yield "acpi.mcfg_reserved", "", lambda b: b.patch(b"MCFG", 44, "Q",
                                                      0xC0000000)
    yield "acpi.madt", "", lambda b: b.patch(b"APIC", 0, "I", 0x41414141)
    yield "smbios.structures", "", lambda b: b.poke(SMBIOS + 1, "B", 0)


def faults_rom():
    """The same in rom.bin."""
    slots = ROM_SLOTS
    yield "bundle.rom", "", lambda b: b.rom(ROM_CODE + 3, "B", 0xCC)
    yield "bundle.rom", "", lambda b: b.rom(slots, "B", 0)
    yield "bundle.rom_entry", "", lambda b: b.rom(slots + 8, "Q", 0x100000)
    yield "bundle.rom_dma", "", lambda b: b.rom(slots + 16, "I", 1)
    yield "bundle.rom_seed", "", lambda b: b.rom(slots + 0x6F, "B", 1)
    yield "bundle.rom_seed", "", lambda b: b.rom(slots + 0x48, "I", 9)
    yield "smbios.checksum", "", lambda b: b.rom(ROM_ANCHOR + 8, "B", 77)


def faults_manifest():
    """The same in manifest.json."""
    yield "cpu.cr0", "bundle.cpu", lambda b: b.edit("plan.cpu.cr0", 0x11)
    yield "cpu.interrupts", "", lambda b: b.edit("plan.cpu.rflags", 0x202)
    yield "cpu.cs", "cpu.code bundle.cpu", lambda b: b.edit("plan.cpu.cs", 32)
    yield "cpu.mtrr", "bundle.cpu", lambda b: b.edit("plan.cpu.mtrr_def_type",
                                                     0)
    yield "bundle.cpu", KEEP + " page_tables.overlap page_tables.reserved", \
        lambda b: b.edit("plan.cpu.cr3", PDPT)
    yield "bundle.rom_chipset", "", lambda b: b.edit("chipset", "i440fx")
    yield "bundle.rom_entry", "", lambda b: b.edit(
        "plan.cpu.rip", b.plan["cpu"]["rip"] + 2)
    yield "bundle.rsdp", "", lambda b: b.edit("plan.rsdp_gpa", 0)
    yield "kernel.entry", "", lambda b: b.edit("plan.kernel_size", 16)


class Suite:
    """Baked once, and then the tests: one for each function and fault."""

    def __init__(self, top):
        self.top, self.count = top, 0
        self.kernel = write(top, "kernel",
                            read(artefacts.payload("linuxelf")))
        self.initrd = write(top, "initrd", bytes(range(256)) * 300)
        self.good = self.folder()
        self.facts = bake(self.good, "q35", self.kernel, "--initrd",
                          self.initrd, "--append", "quiet")

    def folder(self):
        self.count += 1
        return os.path.join(self.top, f"bundle{self.count}")

    def test_machines(self):
        """Nothing is wrong with what is baked."""
        for machine in MACHINES:
            facts = bake(self.folder(), machine, self.kernel)
            equal(facts["findings"] + facts["warnings"], [], machine)
            check(facts["checked"] > 80, f"{facts['checked']} rules")

    def test_pvh(self):
        for machine in MACHINES:
            facts = bake(self.folder(), machine, artefacts.payload("pvh"),
                         "--entry", "pvh")
            equal(facts["findings"] + facts["warnings"], [], machine)
        bundle = Bundle(self.good, self.folder())
        bundle.edit("entry", "pvh")
        bundle.edit("plan.entry", "pvh")
        found = {f["rule"] for f in verify(bundle.folder)["findings"]}
        check({"bundle.rom_protocol", "cpu.cr0", "pvh.start_info"} <= found,
              sorted(found))

    def test_good(self):
        equal(self.facts["findings"] + self.facts["warnings"], [], "good")
        done = run("verify", self.good, self.good)
        rules = self.facts["checked"]
        equal(done.stdout, f"{self.good}: ok, {rules} rules\n" * 2, "text")
        equal((done.returncode, done.stderr), (0, ""), "end")

    def test_lines(self):
        """A line for each broken rule, and how many there are."""
        bundle = Bundle(self.good, self.folder())
        bundle.poke(BOOT_PARAMS + 0x1EF, "B", 7)
        done = run("verify", bundle.folder)
        equal(done.stdout, f"{bundle.folder}: 2 rules broken\n", "stdout")
        equal(done.returncode, 1, "exit code")
        lines = done.stderr.splitlines()
        equal(len(lines), 2, done.stderr)
        check(re.fullmatch(r"beeline: \S+: boot_params\.sentinel: .+ "
                           r"\(0x7\)", lines[0]), lines[0])

    def test_stray(self):
        """A byte between the extents, which no digest covers."""
        bundle = Bundle(self.good, self.folder())
        bundle.poke(0x70123, "B", 1)
        facts = verify(bundle.folder)
        equal([f["rule"] for f in facts["findings"]], ["bundle.stray"], "rule")
        equal(facts["findings"][0]["value"], "0x70123", "value")

    def test_initrd(self):
        """A byte of the initrd: the digest alone."""
        bundle = Bundle(self.good, self.folder())
        bundle.poke(bundle.plan["initrd_gpa"] + 5000, "B", 1)
        equal([f["rule"] for f in verify(bundle.folder)["findings"]],
              [DIGEST], "rules")

    def test_digest(self):
        bundle = Bundle(self.good, self.folder())
        bundle.edit("image_digest", "0" * 64)
        equal([f["rule"] for f in verify(bundle.folder)["findings"]],
              [DIGEST], "rules")

    def test_warnings(self):
        """Inputs that are gone or changed break no rule."""
        bundle = Bundle(self.good, self.folder())
        bundle.edit("qemu_build", "another")
        bundle.edit("initrd.path", "/nowhere/initrd")
        bundle.edit("kernel.path", os.path.abspath(__file__))
        facts = verify(bundle.folder)
        equal((facts["ok"], len(facts["warnings"])), (True, 3), "warnings")

    def test_unreadable(self):
        """What is no bundle is one line and 1."""
        bundle = Bundle(self.good, self.folder())
        extents = bundle.plan["extent"]
        extents[1]["gpa"] = extents[0]["gpa"]
        bundle.save()
        short = Bundle(self.good, self.folder())
        os.truncate(short.path("image"), 4096)
        small = Bundle(self.good, self.folder())
        os.truncate(small.path("rom.bin"), 4096)
        for folder in (bundle.folder, short.folder, small.folder, self.top,
                       "/nowhere"):
            done = run("verify", folder)
            equal(done.returncode, 1, folder)
            equal(done.stderr.count("\n"), 1, done.stderr)
            equal(done.stdout, f"{folder}: cannot be read\n", folder)
        done = run("verify", self.good, "/nowhere")
        equal((done.returncode, done.stdout.count("\n")), (1, 2), "two")

    def test_usage(self):
        for args in ((), ("--nonsense", self.good), ("--json",)):
            equal(run("verify", *args).returncode, 2, args)
        done = run("verify", "--help")
        equal((done.returncode, done.stderr), (0, ""), "--help")
        check(done.stdout.startswith("usage: "), done.stdout)

    def expect(self, rule, also, plant, digest):
        """Plants a fault; its rule must be found, and no stranger."""
        bundle = Bundle(self.good, self.folder())
        plant(bundle)
        found = {f["rule"] for f in verify(bundle.folder)["findings"]}
        allowed = {rule, *also.split(), *([DIGEST] if digest else [])}
        check(rule in found, f"{rule}: not found, but {sorted(found)}")
        check(found <= allowed, f"{rule}: with {sorted(found - allowed)}")
        check(not digest or DIGEST in found, f"{rule}: the digest is right")

    def faults(self):
        """(name, test) of each fault."""
        return [(f"{source.__name__}: {fault[0]}",
                 functools.partial(self.expect, *fault, digest))
                for source, digest in (
                    (faults_boot, True), (faults_memory, True),
                    (faults_tables, True), (faults_rom, False),
                    (faults_manifest, False)) for fault in source()]


def main():
    """Runs those whose names hold one of the arguments, or all."""
    with tempfile.TemporaryDirectory() as top:
        suite = Suite(top)
        return run_tests("verify", tests_of(vars(Suite), suite) +
                         suite.faults())


if __name__ == "__main__":
    sys.exit(main())
