#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Hardware-reduced ACPI sets, as others read them.

Sets for several boards are written to files.  iasl takes each table apart and
puts all of them together again without a word of complaint; ACPICA's
interpreter loads them and runs what is in them; the fields are what the board
has."""

import os
import re
import shutil
import struct
import subprocess
import sys

from host_test import (BUILD, ROOT, TIME, Skip, call, check, read, run_tests,
                       skip_tests, tests_of)

OUT = os.path.join(BUILD, "test", "hwreduced")
DUMP = os.path.join(BUILD, "test", "hwreduced-dump")
IASL = os.environ.get("IASL", "iasl")
COMPLAINT = re.compile(r"\b(error|warning|invalid|unknown|incorrect)\b", re.I)
NO_COMPLAINT = re.compile(r"\b0 Errors, 0 Warnings\b|Disassembly completed")

# CPUs, devices, and the words that hwreduced-dump takes.
BOARDS = ((1, 1), (1, 0, "bare"), (2, 1, "pci"), (255, 32), (288, 32, "pci"))
LAPIC, IOAPIC, X2APIC = 0, 1, 9
HW_REDUCED, RESET = 1 << 20, 1 << 10


def run(folder, *args):
    """What a program says; Wrong if it fails or complains."""
    done = subprocess.run(args, cwd=folder, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=TIME)
    lines = [line.strip() for line in done.stdout.splitlines()
             if COMPLAINT.search(line) and not NO_COMPLAINT.search(line)]
    check(done.returncode == 0 and not lines,
          f"{' '.join(args)}: {' / '.join(lines[:3]) or done.stdout.strip()}")
    return done.stdout


def tables(folder, signature):
    """The file names of all tables of a signature, in order."""
    return sorted(name for name in os.listdir(folder)
                  if name.endswith(f"-{signature}.aml"))


def test_sums(folder, _cpus, _devices, _words):
    """Lengths and checksums; the XSDT names all but itself and the DSDT."""
    rsdp = read(folder, "rsdp.bin")
    check(sum(rsdp[:20]) % 256 == 0 and sum(rsdp) % 256 == 0, "RSDP: sum")
    names = [n for n in os.listdir(folder) if n.endswith(".aml")]
    for name in names:
        data = read(folder, name)
        check(struct.unpack_from("<I", data, 4)[0] == len(data),
              f"{name}: length")
        check(sum(data) % 256 == 0, f"{name}: sum")
    xsdt = read(folder, "01-XSDT.aml")
    entries = struct.unpack_from(f"<{(len(xsdt) - 36) // 8}Q", xsdt, 36)
    check(len(set(entries)) == len(names) - 2, "XSDT: entries")
    check(not any(gpa % 16 for gpa in entries), "XSDT: alignment")


def test_fadt(folder, _cpus, _devices, words):
    """The machine is hardware-reduced and its registers are where they are."""
    fadt = read(folder, "02-FACP.aml")
    bare = "bare" in words
    flags, = struct.unpack_from("<I", fadt, 0x70)
    check(len(fadt) == 0x114 and fadt[8] == 6, "revision")
    check(flags & HW_REDUCED, "flags")
    check(bool(flags & RESET) != bare, "reset flag")
    for offset, gpa in ((0x74, 0xcf000005), (0xf4, 0xcf000004),
                        (0x100, 0xcf000004)):
        want = (0, 0, 0, 0, 0) if bare else (0, 8, 0, 1, gpa)
        check(struct.unpack_from("<BBBBQ", fadt, offset) == want,
              f"register at {offset:#x}")
    check(not any(fadt[0x24:0x2c] + fadt[0x30:0x6c] + fadt[0x94:0xf4]),
          "there is fixed hardware")


def test_madt(folder, cpus, _devices, _words):
    """Each processor once, in the entry that its number asks for."""
    madt = read(folder, "03-APIC.aml")
    check(struct.unpack_from("<II", madt, 36) == (0xfee00000, 0), "head")
    ids, ioapics, at = {}, [], 44
    while at < len(madt):
        kind, size = madt[at], madt[at + 1]
        if kind == LAPIC:
            ids[madt[at + 2]] = madt[at + 3]
        elif kind == X2APIC:
            apic_id, _, uid = struct.unpack_from("<III", madt, at + 4)
            check(uid > 254 or apic_id > 254, f"processor {uid} needs none")
            ids[uid] = apic_id
        elif kind == IOAPIC:
            ioapics.append(struct.unpack_from("<II", madt, at + 4))
        at += size
    check(ids == {n: 2 * n for n in range(cpus)}, "processors")
    check(ioapics == [(0xfec00000, 0)], "IOAPIC")


def test_mcfg(folder, _cpus, _devices, words):
    """An ECAM window, where there is one."""
    names = tables(folder, "MCFG")
    check(len(names) == ("pci" in words), "number of tables")
    for name in names:
        check(struct.unpack_from("<QHBBI", read(folder, name), 44) ==
              (0xc0000000, 0, 0, 63, 0), "window")


def test_names(folder, _cpus, devices, words):
    """No two SSDTs have the same name."""
    names = [read(folder, name)[16:24] for name in tables(folder, "SSDT")]
    check(len(set(names)) == len(names) == devices + ("pci" in words),
          f"{names}")


def test_iasl(folder, _cpus, _devices, _words):
    """All tables taken apart, and those with code put together again."""
    work = os.path.join(folder, "iasl")
    os.makedirs(work)
    names = sorted(n for n in os.listdir(folder) if n.endswith(".aml"))
    for name in names:
        shutil.copy(os.path.join(folder, name), work)
    code = [n for n in names if n[3:7] in ("DSDT", "SSDT")]
    for name in names:
        others = [n for n in code if n != name] if name in code else []
        run(work, IASL, *["-e"] * bool(others), *others, "-d", name)
    for name in names:
        source = name.replace(".aml", ".dsl")
        os.remove(os.path.join(work, name))
        run(work, IASL, "-we", source)
        check(name in code or read(work, name)[36:] ==
              read(folder, name)[36:], f"{name}: another table comes out")


def test_run(folder, _cpus, devices, words):
    """ACPICA loads all tables; the nodes say what they should."""
    if not shutil.which("acpiexec"):
        raise Skip("acpiexec is not installed")
    code = tables(folder, "DSDT") + tables(folder, "SSDT")
    on = "bare" not in words
    asks = {"\\_SB.GED0._STA": "F" if on else "0",
            "\\_SB.PWRB._STA": "F" if on else "0",
            "\\_SB.COM1._STA": "F" if on else "0"}
    for n in {0, devices - 1} if devices else ():
        asks[f"\\_SB.VR{n:02X}._UID"] = f"{n:X}"
    if "pci" in words:
        asks["\\_SB.PCI0._CBA"] = "C0000000"
    batch = ";".join(f"evaluate {path}" for path in asks)
    text = run(folder, "acpiexec", "-b", batch, *code)
    got = re.findall(r"Evaluation of (\S+) returned.*?\n.*?"
                     r"\[Integer\] = ([0-9A-F]+)", text)
    want = [(path, value.rjust(16, "0")) for path, value in asks.items()]
    check(got == want, f"{got} instead of {want}")


def boards():
    """(name, test) of every test on every board, whose tables it writes."""
    shutil.rmtree(OUT, ignore_errors=True)
    found = []
    for number, (cpus, devices, *words) in enumerate(BOARDS):
        folder = os.path.join(OUT, str(number))
        os.makedirs(folder)
        call(DUMP, folder, str(cpus), str(devices), *words)
        board = " ".join([f"{cpus} CPUs", f"{devices} devices", *words])
        found += [(f"{name} {board}", test) for name, test in
                  tests_of(globals(), folder, cpus, devices, words)]
    return found


def main():
    """Every test on every board; of those the ones that are named."""
    if not shutil.which(IASL):
        return skip_tests("hwreduced", 1, "iasl is not installed")
    subprocess.run(["make", "-s", os.path.relpath(DUMP, ROOT)], cwd=ROOT,
                   check=True)
    return run_tests("hwreduced", boards())


if __name__ == "__main__":
    sys.exit(main())
