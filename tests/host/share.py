#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""share.py [NAME...] - many launches of one bundle: they share memory, and
nothing that must be secret.

Two guests with Debian's kernel run at once from one image; then seeds, bases
and resets are looked at, one guest after the other."""

import contextlib
import hashlib
import os
import re
import shlex
import struct
import sys
import tempfile
import time

import guest_memory
from guest_memory import Guest
from host_test import (BEELINE, TIME, Skip, Wrong, call, check, equal, read,
                       run_tests, tests_of)

import artefacts    # host_test knows the way to it
import qemu

DONE = "^BEELINE done=ok"
SETUP_NONE, SETUP_RNG_SEED = 0, 9
KASLR_FLAG = 2                      # boot_params.hdr.loadflags
LINKED = 0x1000000                  # where kernels are linked to run
MIB = 1 << 20
RAM = 256 * MIB
FIELDS = ("Rss", "Pss", "Private_Dirty", "Shared_Clean")
MACHINES = ("q35", "pc", "microvm,acpi=on")
SHARED = 8 * 1024                   # KiB: Linux patches much of its own text
ROUGHLY = 1024                      # KiB, or a tenth
PERIOD = 0.3                        # seconds: --report-memory looks oftener


def digest(path):
    """A file's SHA-256."""
    return hashlib.sha256(read(path)).hexdigest()


def file_system(path):
    """"tmpfs", for one."""
    return call("stat", "-f", "-c", "%T", path).strip()


def smaps(pid, path):
    """KiB of a process: {field: of the image}, {field: of all}."""
    image, whole = dict.fromkeys(FIELDS, 0), dict.fromkeys(FIELDS, 0)
    mine = False
    with open(f"/proc/{pid}/smaps", encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if not words[0].endswith(":"):
                mine = words[-1] == path
            elif words[0][:-1] in whole:
                whole[words[0][:-1]] += int(words[1])
                image[words[0][:-1]] += int(words[1]) * mine
    return image, whole


def reported(text):
    """The same as --report-memory says it."""
    found = {}
    for name in ("image", "all"):
        line = re.findall(rf"^beeline: memory: {name}: (.*) KiB$", text, re.M)
        equal(len(line), 1, f"lines about {name} in {text!r}")
        words = line[0].split()
        found[name] = {key: int(value)
                       for key, value in zip(words[::2], words[1::2])}
        equal(tuple(found[name]), FIELDS, f"fields of {name}")
    return found["image"], found["all"]


def seed_of(rom):
    """The seed in a ROM, which must have one."""
    kind, seed = guest_memory.rom_seed(rom)
    equal(kind, SETUP_RNG_SEED, "type of the ROM's setup_data")
    check(any(seed), "the seed is nothing but zeros")
    return seed


def expect_no_seed(rom, what):
    """Neither a type nor a byte."""
    equal(guest_memory.rom_seed(rom), (SETUP_NONE, bytes(32)), what)


def expect_clean(image):
    """No seed in a bundle."""
    expect_no_seed(image.bytes_of("rom.bin"), "seed of rom.bin")
    record = image.memory(guest_memory.LAUNCH_SEED,
                          guest_memory.LAUNCH_SEED_SIZE)
    equal(struct.unpack("<QII", record[:16]), (0, SETUP_NONE, 32),
          "setup_data of the image")
    equal(record[16:], bytes(32), "seed of the image")


class Suite:
    """Bundles are baked once; two guests run from one for several tests."""

    def __init__(self, top, stack):
        self.top, self.stack, self.count = top, stack, 0
        self.debian, self.before, self.pair = None, None, None
        self.cache = os.path.join(top, "cache")
        # the image is the test's own, so that no other guest shares it
        self.payload = guest_memory.bake(
            self.folder(), "--accel", "tcg", "--memory", "64", "--kernel",
            artefacts.payload("linuxelf"), "--append", "beeline.exit=no")

    def folder(self):
        """A new name in the test's folder."""
        self.count += 1
        return os.path.join(self.top, f"bundle{self.count}")

    def room(self):
        """A new folder for a guest."""
        path = self.folder()
        os.mkdir(path)
        return path

    def bake_debian(self):
        """The bundle of Debian's kernel."""
        if self.debian is None:
            try:
                kernel = artefacts.kernel("vmlinux")
                initrd = artefacts.initrd("small")
            except qemu.Failure as why:
                raise Skip(f"no kernel of Debian's: {why}") from why
            self.debian = guest_memory.bake(
                self.folder(), "--accel", "tcg", "--memory",
                f"{RAM // MIB}", "--kernel", kernel, "--initrd", initrd,
                "--append", "console=ttyS0 beeline.exit=halt")
            with open(self.debian.path("image"), "rb") as file:
                os.fsync(file)      # what waits to be written is not clean
            self.before = (digest(self.debian.path("image")),
                           os.stat(self.debian.path("image")))
        return self.debian

    def launch(self, image, *args, until=DONE):
        """A guest of a bundle."""
        return Guest(self.room(), ("--bundle", image.folder, "--accel", "tcg",
                                   *args), until=until)

    def guests(self):
        """Two that have booted Debian and halted, and still run."""
        if self.pair is None:
            image = self.bake_debian()
            self.pair = [self.stack.enter_context(
                self.launch(image, "--report-memory", until=""))
                for _ in range(2)]
            for guest in self.pair:
                guest.wait_for(DONE)
        return self.pair

    # In this order, since the first few share two guests ---------------------

    def test_shared(self):
        """Pages that neither wrote to are there once.  Before the tests that
        read all memory, for that touches each page."""
        path = self.bake_debian().path("image")
        if file_system(path) in ("tmpfs", "ramfs"):
            raise Skip("no page of a tmpfs is ever clean")
        said = []
        for guest in self.guests():
            image, _ = smaps(guest.qemu(), path)
            check(image["Shared_Clean"] >= SHARED,
                  f"few shared pages: {image}")
            check(image["Pss"] <= image["Rss"] - image["Shared_Clean"] // 3,
                  f"Pss is not clearly below Rss: {image}")
            said.append(" ".join(f"{k} {image[k] // 1024}" for k in FIELDS))
        return f"MiB of the image: {said[0]}; {said[1]}"

    def test_seeds(self):
        """Two guests have two seeds, and the bundle has none."""
        seeds = []
        for guest in self.guests():
            rom = guest.rom()
            check(rom is not None and len(rom) == guest_memory.ROM_SIZE,
                  "the ROM is no file in memory")
            check(guest.memory(guest_memory.ROM_LOW,
                               guest_memory.ROM_SIZE) == rom,
                  "the guest sees another ROM")
            seeds.append(seed_of(rom))
        check(seeds[0] != seeds[1], "two guests have one seed")
        expect_clean(self.debian)
        data = self.debian.bytes_of("image")
        check(not any(seed in data for seed in seeds), "a seed in the image")

    def test_seed_used(self):
        """Linux takes it at once, and leaves nothing of it in memory."""
        for guest in self.guests():
            check(re.search(r"^\[ +0\.000000\] random: crng init done",
                            guest.text, re.M), "crng init comes late")
            record = guest.memory(guest_memory.LAUNCH_SEED,
                                  guest_memory.LAUNCH_SEED_SIZE)
            equal(struct.unpack("<QII", record[:16]), (0, SETUP_RNG_SEED, 0),
                  "setup_data that Linux has read")
            equal(record[16:], bytes(32), "the seed that Linux has read")
            seed = seed_of(guest.rom())
            low = guest.memory(0, guest_memory.ROM_LOW)
            check(seed not in low, "the seed is in low memory")
            check(seed not in guest.memory(MIB, RAM - MIB),
                  "the seed is in memory")

    def test_report(self):
        """What --report-memory says is what /proc says."""
        path = self.bake_debian().path("image")
        last = None
        for guest in self.guests():
            time.sleep(PERIOD)
            seen = smaps(guest.qemu(), path)
            guest.end()
            # what libraries' pages are shared with is not ours alone
            own = (FIELDS, ("Rss", "Private_Dirty"))
            for mine, told, keys in zip(seen, reported(guest.stderr()), own):
                for key in keys:
                    near = max(ROUGHLY, mine[key] // 10)
                    check(abs(told[key] - mine[key]) <= near,
                          f"{key}: {told[key]}, /proc has {mine[key]}")
            last = seen[0]
        equal(last["Shared_Clean"], 0, "what the last guest shares")

    def test_image_kept(self):
        """The image is as it was, to the byte and the block."""
        self.guests()
        path = self.bake_debian().path("image")
        now, (was, before) = os.stat(path), self.before
        equal(digest(path), was, "digest")
        equal((now.st_mtime_ns, now.st_blocks, now.st_ino),
              (before.st_mtime_ns, before.st_blocks, before.st_ino), "file")

    def test_reset(self):
        """A guest that resets itself comes up in fresh memory, with a seed
        of its own."""
        image = self.bake_debian()
        seen = []
        with self.launch(image, "--append",
                         "console=ttyS0 beeline.exit=reboot beeline.more=no",
                         until="") as guest:
            for number in (1, 2):
                guest.wait_for(r"^\[ +0\.000000\] Linux version", number)
                seen.append((guest.qemu(), seed_of(guest.rom())))
            guest.wait_for("^BEELINE kernel=", 2)
            check(guest.child.poll() is None, "beeline has ended")
            equal(len(re.findall(r"\[ +0\.000000\] random: crng init done",
                                 guest.text)), 2, "guests with a seed")
        check(seen[0][0] != seen[1][0], "the same QEMU goes on")
        check(seen[0][1] != seen[1][1], "both have one seed")

    def test_no_reboot(self):
        """With --no-reboot its end is the run's."""
        with self.launch(self.payload, "--append", "beeline.exit=reset",
                         "--no-reboot") as guest:
            equal(guest.child.wait(TIME), 0, "exit code")
            equal(len(guest.reports("done")), 1, "times that it ran")

    # Lines for a shell -------------------------------------------------------

    def line(self, image, *args):
        """What --dry-run prints."""
        return call(
            BEELINE, "run", "--bundle", image.folder, "--accel", "tcg",
            "--dry-run", *args,
            env={**os.environ, "XDG_CACHE_HOME": self.cache}).strip()

    def test_pasted(self):
        """A line that is pasted twice gives no seed to anyone."""
        for args in ((), ("--append", "beeline.exit=not")):
            line = self.line(self.payload, *args)
            words = shlex.split(line)
            expect_no_seed(read(words[words.index("-bios") + 1]),
                           "seed of the line's ROM")
            for _ in range(2):
                with Guest(self.room(), line=line, until=DONE) as guest:
                    record = guest.memory(guest_memory.LAUNCH_SEED,
                                          guest_memory.LAUNCH_SEED_SIZE)
                    equal(record, struct.pack("<QII32x", 0, SETUP_NONE, 32),
                          "setup_data in memory")
                    check(guest.rom() is None, "a ROM of one launch")

    def test_handed_over(self):
        """`beeline run` puts the ROM's seed where the kernel looks."""
        for _ in range(2):
            with self.launch(self.payload) as guest:
                equal(guest.reports("setup_data"),
                      [hex(guest_memory.LAUNCH_SEED)], "setup_data")
                record = guest.memory(guest_memory.LAUNCH_SEED,
                                      guest_memory.LAUNCH_SEED_SIZE)
                equal(record, struct.pack(
                    "<QII32s", 0, SETUP_RNG_SEED, 32, seed_of(guest.rom())),
                    "setup_data in memory")

    def test_second_pass(self):
        """Without -no-reboot the stub comes by again, and stops there."""
        for machine in MACHINES:
            image = guest_memory.bake(
                self.folder(), "--accel", "tcg", "--memory", "64",
                "--machine", machine, "--kernel",
                artefacts.payload("linuxelf"), "--append",
                "beeline.exit=reset")
            line = self.line(image)
            check(line.endswith(" -no-reboot"), line)
            with Guest(self.room(), line=line.removesuffix(" -no-reboot"),
                       until="^beeline: the guest reset itself, its memory "
                       "is used up$") as guest:
                time.sleep(PERIOD)
                guest.read(0)
                equal(len(guest.reports("done")), 1, "times that it ran")

    # Randomisation -----------------------------------------------------------

    def base(self, *args):
        """(base, loadflags) of a new bundle; its guest must agree."""
        image = guest_memory.bake(
            self.folder(), "--accel", "tcg", "--kernel",
            artefacts.payload("linuxelf"), *args)
        base = image.plan["kernel_gpa"]
        equal(base % (2 * MIB), 0, "a base is a multiple of 2 MiB")
        with self.launch(image) as guest:
            equal(guest.reports("base"), [hex(base)], "where the kernel runs")
        return base, image.memory(guest_memory.BOOT_PARAMS + 0x211, 1)[0]

    def test_kaslr(self):
        """Bundles of one input have different bases."""
        bases = set()
        for _ in range(5):
            base, flags = self.base()
            check(flags & KASLR_FLAG, "KASLR_FLAG is not set")
            bases.add(base)
            if len(bases) > 1:
                return
        raise Wrong(f"five bundles, one base: {bases}")

    def test_no_kaslr(self):
        """By the option or the kernel's own word: none."""
        for args in (("--no-kaslr",), ("--append", "quiet nokaslr")):
            base, flags = self.base(*args)
            equal(base, LINKED, "base")
            equal(flags & KASLR_FLAG, 0, "KASLR_FLAG")


def main():
    """Runs those whose names hold one of the arguments, or all."""
    with tempfile.TemporaryDirectory(dir=artefacts.BUILD) as top, \
            contextlib.ExitStack() as stack:
        return run_tests("share", tests_of(vars(Suite), Suite(top, stack)))


if __name__ == "__main__":
    sys.exit(main())
