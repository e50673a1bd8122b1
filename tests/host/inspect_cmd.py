#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`beeline inspect`, over files that are made here or captured: what it says
of good ones, of damaged ones, and of those that it does not know."""

import functools
import gzip
import json
import lzma
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

from host_test import (BEELINE, BUILD, QEMU, TIME, Skip, call, check, equal,
                       read, run_tests, tests_of, write)
from inspect_files import SETS, bzimage, captured, elf, table

KERNEL = os.path.join(BUILD, "kernel")
UNKNOWN = "inspect: is neither kernel, ROM, bundle, ACPI table nor script"
ROUNDS = 60         # changed versions of each file


def run(*args, code=0):
    """Standard output of `beeline inspect`; stderr are lines of its own."""
    done = subprocess.run([BEELINE, "inspect", *args], capture_output=True,
                          text=True, check=False, timeout=TIME)
    equal(done.returncode, code, f"exit code of {args}: {done.stderr}")
    lines = done.stderr.splitlines()
    check(all(line.startswith("beeline: ") for line in lines), done.stderr)
    check((code != 0) == bool(lines), f"{args}: {done.stderr!r}")
    return done.stdout, lines


def facts(folder, data, name="file"):
    """The JSON object for a file of these bytes; its printed form as well."""
    path = write(folder, name, data)
    out, _ = run("--json", path)
    equal(out.count("\n"), 1, "lines of JSON")
    run(path)
    found = json.loads(out)
    equal(found["file"], path, "file")
    return found


def refused(folder, data, wanted):
    """One line that ends so, and exit code 1."""
    path = write(folder, "file", data)
    for args in ([path], ["--json", path]):
        out, lines = run(*args, code=1)
        equal(out, "", "output")
        equal(len(lines), 1, "lines")
        check(lines[0].startswith(f"beeline: {path}: "), lines[0])
        check(re.search(wanted, lines[0]), f"{lines[0]!r}: no {wanted!r}")


def test_elf(folder):
    found = facts(folder, elf())
    for key, value in (("kind", "kernel"), ("format", "ELF"), ("bits", 64),
                       ("version", "9.8.7 (someone) #1 SMP"),
                       ("entry", "0x1000000"), ("entry_pvh", "0x1000010"),
                       ("relocatable", True), ("start", "0x1000000"),
                       ("end", "0x1002000")):
        equal(found[key], value, key)
    equal(found["segments"], [{"gpa": "0x1000000", "size": "0x2000",
                               "file_offset": "0x1000",
                               "file_size": "0x100"}], "segments")


def test_elf_without_note(folder):
    equal(facts(folder, elf(note=False))["entry_pvh"], "none", "entry_pvh")


def test_elf_virtual_entry(folder):
    found = facts(folder, elf(entry=0xFFFFFFFF81000000))
    equal(found["entry"], "none", "entry")
    equal(found["entry_pvh"], "0x1000010", "entry_pvh")


def test_elf_refused(folder):
    refused(folder, elf()[:100], "kernel: .*ends too early")
    refused(folder, elf(note=False, entry=0x1000), "kernel: .*lies outside")
    refused(folder, elf()[:40], "kernel: .*ends too early")


def test_bzimage(folder):
    payload = gzip.compress(elf(), mtime=0)
    found = facts(folder, bzimage(payload))
    for key, value in (("kind", "kernel"), ("format", "bzImage"),
                       ("version", "9.8.7 (someone) #1"),
                       ("protocol", "2.15"), ("entry_64", True),
                       ("xloadflags", ["kernel_64",
                                       "can_be_loaded_above_4g"]),
                       ("relocatable", True), ("alignment", "0x200000"),
                       ("pref_address", "0x1000000"),
                       ("init_size", "0x345000"), ("cmdline_max", 2047),
                       ("codec", "gzip"), ("packed", len(payload)),
                       ("unpacked", len(elf())), ("payload", "right")):
        equal(found[key], value, key)
    equal(found["elf"]["entry_pvh"], "0x1000010", "PVH entry")
    equal(found["elf"]["version"], "9.8.7 (someone) #1 SMP", "banner")


def test_bzimage_xz(folder):
    size = struct.pack("<I", len(elf()))
    packed = lzma.compress(elf(), check=lzma.CHECK_CRC32)
    found = facts(folder, bzimage(packed + size))
    equal((found["codec"], found["payload"]), ("xz", "right"), "payload")


def test_bzimage_damaged(folder):
    packed = bytearray(gzip.compress(elf(), mtime=0))
    packed[len(packed) - 7] ^= 1
    found = facts(folder, bzimage(bytes(packed)))
    equal(found["codec"], "gzip", "codec")
    check("compressed payload: has a wrong checksum" in found["payload"],
          found["payload"])
    check("elf" not in found, "an ELF of a damaged payload")
    text = gzip.compress(b"hello\n" * 99, mtime=0)
    equal(facts(folder, bzimage(text))["payload"], "is no ELF", "text")


def test_bzimage_unknown_codec(folder):
    found = facts(folder, bzimage(b"what is this\x20\0\0\0"))
    equal(found["codec"], "unknown", "codec")
    check("is not supported" in found["payload"], found["payload"])


def test_bzimage_version(folder):
    payload = gzip.compress(elf(), mtime=0)
    image = bzimage(payload, b"\x1b[31mred\x07\xff\0")
    equal(facts(folder, image)["version"], "?[31mred??", "hostile version")
    check("version" not in facts(folder, bzimage(payload, at=0xFFFF)),
          "a version outside the file")
    check("version" not in facts(folder, bzimage(payload, at=0)),
          "a version of a kernel without one")


def test_bzimage_refused(folder):
    image = bzimage(gzip.compress(elf(), mtime=0))
    refused(folder, image[:-1], "compressed payload: lies outside its file")
    refused(folder, image[:0x210], "kernel: .*ends too early")


def test_kernel_of_a_distribution(_folder):
    image, vmlinux = (os.path.join(KERNEL, name)
                      for name in ("bzImage", "vmlinux"))
    if not os.path.exists(image) or not os.path.exists(vmlinux):
        raise Skip("tools/kernel has not fetched one")
    packed, elf_itself = (json.loads(line) for line in
                          run("--json", image, vmlinux)[0].splitlines())
    equal(packed["payload"], "right", "payload")
    equal(packed["unpacked"], os.path.getsize(vmlinux), "unpacked")
    for key, value in packed["elf"].items():
        equal(elf_itself[key], value, key)
    check(elf_itself["version"].startswith(packed["version"].split()[0]),
          elf_itself["version"])


def test_firmware(folder):
    rom = os.path.join(BUILD, "fw.bin")
    if not os.path.exists(rom):
        raise Skip("build/fw.bin is not built")
    data = read(rom)
    found = facts(folder, data)
    equal((found["kind"], found["program"], found["size"]),
          ("ROM", "Beeline firmware", 65536), "firmware")
    check(b"Beeline " + found["version"].encode() + b"\0" in data,
          found["version"])
    check(bytes.fromhex(found["build_id"]) in data, found["build_id"])
    equal(len(found["build_id"]), 40, "build id")
    text = data.index(b"Beeline " + found["version"].encode())
    other = facts(folder, data[:text] + b"Beetle" + data[text + 6:])
    check("version" not in other, f"{other}")
    hostile = data[:text + 8] + b"\x1b[31m\xff" + data[text + 14:]
    check(facts(folder, hostile)["version"].startswith("?[31m?"), "hostile")


def test_firmware_images(folder):
    """All of a build, each with a build id of its own."""
    version = call(BEELINE, "--version").split()[1]
    ids = []
    for name in ("fw.bin", "fw-128k.bin", "fw.elf"):
        if not os.path.exists(os.path.join(BUILD, name)):
            raise Skip(f"build/{name} is not built")
        found = facts(folder, read(BUILD, name))
        equal((found["program"], found["version"]),
              ("Beeline firmware", version), name)
        ids.append(found["build_id"])
    equal(len(set(ids)), 3, "build ids")


def test_other_rom(folder):
    rom = bytes(0x20000 - 16) + b"\xea\x5b\xe0\0\xf0" + bytes(11)
    found = facts(folder, rom)
    equal((found["kind"], found["program"]),
          ("ROM", "a ROM of 131072 bytes"), "ROM")
    refused(folder, rom[1:], UNKNOWN)


def test_rsdp(folder):
    found = facts(folder, captured("q35", "etc/acpi/rsdp"))
    equal((found["kind"], found["revision"], found["oem_id"],
           found["checksum"]), ("ACPI RSDP", 0, "BOCHS ", "wrong"), "RSDP")
    data = bytearray(struct.pack("<8sB6sBIIQI", b"RSD PTR ", 0, b"BEELIN", 2,
                                 0, 36, 0x7FE0000, 0))
    data[8] = -sum(data[:20]) & 0xFF
    data[32] = -sum(data) & 0xFF
    found = facts(folder, bytes(data))
    equal((found["checksum"], found["extended_checksum"], found["xsdt"]),
          ("right", "right", "0x7fe0000"), "RSDP of ACPI 2")
    data[33] = 1
    equal(facts(folder, bytes(data))["extended_checksum"], "wrong", "sum")
    refused(folder, bytes(data[:35]), "RSDP: ends too early")
    refused(folder, bytes(data[:12]), "RSDP: ends too early")


def test_tables(folder):
    for name in sorted(os.listdir(SETS)):
        try:
            data = captured(name.split(".", maxsplit=1)[0],
                            "etc/acpi/tables")
        except KeyError:
            continue    # a machine without ACPI
        found = facts(folder, data)
        names = [entry["signature"] for entry in found["tables"]]
        check({"DSDT", "FACP", "APIC"} <= set(names), f"{name}: {names}")
        last = found["tables"][-1]
        equal(int(last["offset"], 16) + last["length"] +
              found["zeros_behind"], len(data), name)


def test_one_table(folder):
    data = table(b"SSDT", b"code")
    found = facts(folder, data)
    equal(found["tables"], [{
        "offset": "0x0", "signature": "SSDT", "length": 40, "revision": 2,
        "checksum": "right", "oem_id": "OEMID ", "oem_table_id": "TABLE   ",
        "oem_revision": "0x7", "creator_id": "MADE",
        "creator_revision": "0x1"}], "tables")
    equal(found["zeros_behind"], 0, "zeros")
    changed = facts(folder, data[:-1] + b"x")
    equal(changed["tables"][0]["checksum"], "wrong", "checksum")


def test_tables_behind_each_other(folder):
    facs = struct.pack("<4sI24xB31x", b"FACS", 64, 2)
    found = facts(folder, facs + table(b"DSDT", b"12") + bytes(26) +
                  table(b"APIC") + b"what is this?")
    equal([(entry["signature"], entry["checksum"])
           for entry in found["tables"]],
          [("FACS", "none"), ("DSDT", "right"), ("APIC", "right")], "tables")
    equal(found["unknown"], "13 bytes from 0xa4 on", "unknown")


def test_tables_refused(folder):
    refused(folder, table(b"DSDT", b"1234")[:-1], "table DSDT: ends too early")
    refused(folder, table(b"FACP", length=35), "table FACP: ends too early")
    refused(folder, table(b"APIC")[:10], "table APIC: ends too early")
    refused(folder, table(b"QQQQ", length=37), UNKNOWN)


def test_scripts(folder):
    for name in sorted(os.listdir(SETS)):
        try:
            data = captured(name.split(".", maxsplit=1)[0],
                            "etc/table-loader")
        except KeyError:
            continue
        found = facts(folder, data)
        equal(found["kind"], "table-loader script", "kind")
        equal(128 * (len(found["commands"]) + found["padding"]), len(data),
              name)
        for number, entry in enumerate(found["commands"]):
            what, = struct.unpack_from("<I", data, number * 128)
            equal((entry["number"], entry["type"]),
                  (number, ("allocate", "add_pointer", "add_checksum",
                            "write_pointer")[what - 1]), name)


def test_script_commands(folder):
    def command(form, *values):
        return struct.pack(form, *values).ljust(128, b"\0")
    found = facts(folder, command("<I56sIB", 1, b"etc/a", 64, 2) +
                  command("<I56sIB", 1, b"b" * 56, 3, 9) +
                  command("<I56s56sIB", 2, b"etc/a", b"b\x1b\n", 0x24, 8) +
                  command("<I56sIII", 3, b"etc/a", 9, 0, 36) + bytes(128) +
                  command("<I56s56sIIB", 4, b"w", b"etc/a", 4, 40, 8) +
                  command("<I", 0x80000001) + bytes(256))
    equal(found["padding"], 2, "padding")
    equal([" ".join(str(value) for value in entry.values())
           for entry in found["commands"]],
          ["0 allocate etc/a 64 fseg",
           "1 allocate " + "b" * 56 + " 3 9, unknown",
           "2 add_pointer etc/a 0x24 8 b??",
           "3 add_checksum etc/a 0x9 0x0 36", "4 0x0, unknown",
           "5 write_pointer w 0x4 8 etc/a 0x28", "6 0x80000001, unknown"],
          "commands")


def test_unknown(folder):
    noise = random.Random(1).randbytes(4096)
    for data in (b"", b"\0", b"hello\n", bytes(65536), noise, b"\x7fEL",
                 b"HdrS", struct.pack("<I", 1).ljust(128, b"\0"), b"x" * 128):
        refused(folder, data, UNKNOWN)
    out, lines = run(folder, code=1)
    equal((out, lines), ("", [f"beeline: {folder}: {UNKNOWN}"]), "folder")
    path = os.path.join(folder, "missing")
    out, lines = run(path, code=1)
    check(lines[0].startswith(f"beeline: {path}: ") and
          "No such file" in lines[0], lines)


def test_broken_bundle(folder):
    write(folder, "manifest.json", b'{"version": ')
    out, lines = run(folder, code=1)
    equal((out, len(lines)), ("", 1), "output")


def test_bundle(folder):
    if not shutil.which(QEMU):
        raise Skip(f"{QEMU} is not installed")
    kernel = write(folder, "kernel", elf())
    place = os.path.join(folder, "bundle")
    call(BEELINE, "bake", "--output", place, "--kernel", kernel, "--memory",
         "64M", "--append", "quiet", "--accel", "tcg")
    found = json.loads(run("--json", place)[0])
    for key, value in (("kind", "bundle"), ("machine", "q35"),
                       ("chipset", "q35"), ("append", "quiet"),
                       ("ram_size", 64 << 20)):
        equal(found[key], value, key)
    equal(found["kernel"]["path"], kernel, "kernel")
    equal(found["plan"]["entry"], "64", "entry")
    run(place)
    found = json.loads(run("--json", os.path.join(place, "rom.bin"))[0])
    for key, value in (("kind", "ROM"), ("program", "launch ROM"),
                       ("chipset", "q35"), ("entry", "64"), ("seed", False)):
        equal(found[key], value, key)


def test_usage(_folder):
    for args in ([], ["--json"], ["--what", "file"], ["-x", "file"]):
        out, lines = run(*args, code=2)
        equal(out, "", "output")
        check("usage: beeline inspect" in lines[0], lines)
    for option in ("-h", "--help"):
        out, _ = run(option)
        check("--json" in out and "table-loader" in out, out)


def test_many(folder):
    one = write(folder, "one", table(b"SSDT"))
    bad = write(folder, "bad", b"?")
    two = write(folder, "two", elf())
    out, lines = run("--json", one, bad, two, code=1)
    equal([json.loads(line)["file"] for line in out.splitlines()],
          [one, two], "files")
    equal(lines, [f"beeline: {bad}: {UNKNOWN}"], "line")
    out, _ = run(bad, one, two, code=1)
    equal([block.split()[1] for block in out.split("\n\n")], [one, two],
          "blocks")


def test_alignment(folder):
    out, _ = run(write(folder, "file", bzimage(gzip.compress(elf()))))
    lines = out.splitlines()
    width = max(len(line.split()[0]) for line in lines) + 2
    for line in lines:
        check(line[width - 1] == " " and line[width] != " ", repr(line))


def test_changed_files(folder):
    """Whatever is changed in a file, the answer is an answer."""
    rng = random.Random(2)
    tables, script = captured("q35", "etc/acpi/tables", "etc/table-loader")
    for data in (elf(), bzimage(gzip.compress(elf(), mtime=0)),
                 tables[:10240], script):
        for _ in range(ROUNDS):
            changed = bytearray(data)
            for _ in range(rng.randint(1, 8)):
                at = rng.randrange(min(len(changed), 0x300))
                changed[at] = rng.choice((0, 1, 0x7F, 0xFF, changed[at] ^ 1))
            del changed[rng.choice((len(data), rng.randrange(len(data)))):]
            path = write(folder, "file", changed)
            done = subprocess.run([BEELINE, "inspect", "--json", path],
                                  capture_output=True, check=False,
                                  timeout=TIME)
            check(done.returncode in (0, 1), done.stderr)
            equal(done.stderr.count(b"\n"), done.returncode, done.stderr)
            if done.returncode == 0:
                json.loads(done.stdout)


def in_folder(test):
    """Runs a test in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return test(folder)


def main():
    """Runs those whose names hold one of the arguments, or all."""
    return run_tests("inspect", [(name, functools.partial(in_folder, test))
                                 for name, test in tests_of(globals())])


if __name__ == "__main__":
    sys.exit(main())
