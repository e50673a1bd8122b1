# SPDX-License-Identifier: BSD-2-Clause
"""`beeline run --bundle`: the QEMU and the ROM of a launch."""

import os
import re
import shlex

from host_test import check, equal, read
from run_place import COMMON, CONSOLE, after

SEED_SIZE = 32


def rom_cmdline(start):
    """The command line in the ROM of a start."""
    return bytes.fromhex(start["rom"]).split(b"\0", 1)[0].decode()


def test_bundle_line(place):
    """All of QEMU's arguments; a ROM of this launch; no stray open file."""
    bundle = place.bake("--append", "hello")
    place.call("run", "--bundle", bundle, "--accel", "tcg")
    got = place.starts()[0]
    args, files = got["args"], got["files"]
    rom, qmp = after(args, "-bios"), files.get(args[-4].split("fd=")[-1])
    equal(args[:-10], [
        place.qemu, *COMMON, "-M", "q35,memory-backend=beeline-ram", "-accel",
        "tcg", "-m", "128", "-smp", "1", "-serial", "chardev:console",
        *CONSOLE], "QEMU's arguments")
    equal(re.sub(r",readonly=on,rom=off$", "", after(args, "-object")),
          "memory-backend-file,id=beeline-ram,size=134217728,"
          f"mem-path={bundle}/image,share=off", "backend")
    equal(args[-6:-4] + args[-3:], [
        "-no-reboot", "-chardev", "-mon",
        "chardev=beeline-qmp,mode=control", "-S"], "the rest")
    check(files[rom.removeprefix("/proc/self/fd/")].startswith("/memfd:"),
          files)
    check(qmp.startswith("socket:"), files)
    equal(len(files), 5, f"open files: {files}")
    equal(got["blocked"], [], "signals that QEMU finds blocked")
    equal(rom_cmdline(got), "hello", "command line")


def test_bundle_seeds(place):
    """No two launches have the same."""
    bundle = place.bake()
    for _ in range(3):
        place.call("run", "--bundle", bundle, "--accel", "tcg")
    roms = [bytes.fromhex(start["rom"]) for start in place.starts()]
    roms.append(read(bundle, "rom.bin"))
    for i, one in enumerate(roms):
        for other in roms[:i]:
            count = sum(a != b for a, b in zip(one, other))
            check(SEED_SIZE // 2 < count <= SEED_SIZE + 8,
                  f"{count} bytes of two ROMs differ")


def test_bundle_append(place):
    """The bundle's own, another, or one that does not fit."""
    bundle = place.bake("--append", "own")
    run = ["run", "--bundle", bundle, "--accel", "tcg"]
    place.call(*run)
    place.call(*run, "--append", "other")
    place.bake("--append", "own", kernel=place.linux)
    place.call(*run)
    place.call(*run, "--append", "tsc_early_khz=5")
    lines = [rom_cmdline(start) for start in place.starts()]
    equal(lines[:2] + lines[3:], ["own", "other", "tsc_early_khz=5"], "lines")
    check(re.fullmatch(r"own tsc_early_khz=\d+", lines[2]), lines)
    place.forget()
    for size in (3000, 70000):
        place.refused(*run, "--append", "x" * size, about="--append: ")


def test_bundle_dry_run(place):
    """The same line but for QMP; a ROM without a seed, which can be used
    again."""
    bundle = place.bake("--append", "own")
    run = ["run", "--bundle", bundle, "--accel", "tcg"]
    place.call(*run)
    wanted = place.starts()[0]["args"]
    line, err = place.call(*run, "--dry-run")
    got = shlex.split(line)
    equal(err, "", "stderr")
    equal([word for word in got if word != after(got, "-bios")],
          [word for word in wanted[:-5] if word != after(wanted, "-bios")],
          "arguments")
    equal(after(got, "-bios"), bundle + "/rom.bin", "ROM")
    other = [shlex.split(place.call(*run, "--append", "x", "--dry-run")[0])
             for _ in range(2)]
    equal(other[0], other[1], "lines")
    rom = after(other[0], "-bios")
    check(re.fullmatch(re.escape(place.path("cache")) +
                       r"/beeline/roms/[0-9a-f]{64}\.bin", rom), rom)
    equal(os.path.getsize(rom), 0x10000, "size of the ROM")
    equal(os.listdir(os.path.dirname(rom)), [os.path.basename(rom)],
          "files beside it")
    place.forget()
    place.refused(*run, "--append", "y", "--dry-run", about="cannot",
                  XDG_CACHE_HOME="/proc/none")


def test_bundle_differs(place):
    """What does not fit the bundle is named."""
    bundle = place.bake("--", "-device", "virtio-rng-pci,id=r")
    run = ["run", "--bundle", bundle]
    for args, about in (
            (["--machine", "pc"], "--machine pc: it was baked with q35"),
            (["--memory", "1G"], "--memory 1G: it was baked with 128"),
            (["--cpus", "2"], "--cpus 2: it was baked with 1"),
            (["--accel", "kvm"], "--accel kvm: it was baked with tcg"),
            (["--entry", "pvh"], "--entry"),
            (["--no-kaslr"], "--no-kaslr"),
            (["--kernel", place.linux], "--kernel"),
            (["--kernel", "/nonexistent"], "/nonexistent: cannot"),
            (["--initrd", place.linux], "--initrd"),
            (["--", "-device", "virtio-rng-pci"], "-device virtio-rng-pci:"),
            (["--", "-usb"], "-usb: it was baked without")):
        place.refused(*run, *args, about=about)
    for args in (["--machine", "q35", "--memory", "128M", "--cpus", "1"],
                 ["--kernel", place.kernel, "--entry", "64"],
                 ["--", "-device", "virtio-rng-pci,id=r", "-S"]):
        place.call(*run, "--accel", "tcg", *args)
    os.utime(place.qemu, (1, 1))
    place.forget()
    place.refused(*run, about="bundle: baked for another QEMU build")
    place.refused("run", "--bundle", "/nonexistent", about="/nonexistent")


def test_bundle_backends(place):
    """Host arguments take the place of those with their id; a QEMU that is to
    wait is left waiting."""
    bundle = place.bake("--", "-netdev", "user,id=n", "-device",
                        "virtio-net-pci,netdev=n", "-D", "log")
    run = ["run", "--bundle", bundle, "--accel", "tcg"]
    place.call(*run, "--", "-netdev", "user,id=n,restrict=on", "-netdev",
               "user,id=m", "-D", "other")
    place.call(*run, "--no-console")
    args, silent = [start["args"] for start in place.starts()]
    equal([args[i + 1] for i, word in enumerate(args) if word in (
        "-netdev", "-D")], ["user,id=n,restrict=on", "user,id=m", "other"],
          "backends")
    check("null,id=console,mux=on" in silent and
          "stdio" not in " ".join(silent), silent)


def test_bundle_commas(place):
    """A comma in the image's path is doubled."""
    os.rename(place.bake(), place.path("a,b c"))
    line, _ = place.call("run", "--bundle", place.path("a,b c"), "--accel",
                         "tcg", "--dry-run")
    check("/a,,b c/image,share=off" in line, line)
