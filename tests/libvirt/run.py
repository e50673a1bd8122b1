#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""run.py [NAME...] - libvirt boots Linux with fw.bin and without firmware, by
the commands of docs/libvirt.md, on a daemon of its own (session.py)."""

import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path += [os.path.join(ROOT, "tests", "host"),
             os.path.join(ROOT, "tests", "docs")]
from blocks import blocks_of    # noqa: E402
from host_test import (Skip, Wrong, check, equal, run_tests,  # noqa: E402
                       skip_tests, tests_of)

import artefacts    # noqa: E402  host_test knows the way to it
import judge        # noqa: E402
from session import Session, daemon_path    # noqa: E402

PAGE = "docs/libvirt.md"
REASON = "tests/libvirt runs it"
BUILD_TIME = 600
RSDP = re.compile(r"0x0*9fc00\b", re.I)      # where Beeline has it


def page_blocks():
    """The page's commands."""
    with open(os.path.join(ROOT, PAGE), encoding="utf-8") as file:
        return [block.text for block in blocks_of(PAGE, file.read())
                if block.reason == REASON]


def install(home, command):
    """`make install` as the page says, by who runs the tests."""
    env = {key: value for key, value in os.environ.items()
           if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PREFIX",
                          "DESTDIR")}
    done = subprocess.run(["bash", "-euc", command], cwd=ROOT, text=True,
                          env={**env, "HOME": home}, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=BUILD_TIME)
    equal(done.returncode, 0, f"{command}: {done.stdout[-1000:]}")


class Suite:
    """What the tests share: a session with everything in its place."""

    def __init__(self, session):
        self.session = session
        self.blocks = page_blocks()
        self.used = set()
        install(session.home, self.block("make install"))
        session.copy(artefacts.kernel("bzImage"), "work/bzImage")
        session.copy(artefacts.initrd("small"), "work/initrd.cpio")
        examples = os.path.join("examples", "libvirt")
        for name in os.listdir(os.path.join(ROOT, examples)):
            session.copy(os.path.join(ROOT, examples, name),
                         os.path.join("work", examples, name))
        self.firmware = os.path.join(session.home, ".local", "share",
                                     "beeline", "fw.bin")
        self.bundle = os.path.join(session.work, "vm")
        session.start()

    def block(self, word):
        """The page's one block with a word in it."""
        found = [text for text in self.blocks if word in text]
        equal(len(found), 1, f"blocks of {PAGE} with {word}")
        self.used.add(found[0])
        return found[0]

    def commands(self, word):
        """Runs a block; what it shows."""
        work = self.session.work
        code, shown = self.session.shell(
            self.block(word), FIRMWARE=self.firmware, LOGS=work,
            VIRT="qemu", KERNEL=f"{work}/bzImage",
            INITRD=f"{work}/initrd.cpio", BUNDLE=self.bundle)
        equal(code, 0, f"exit code of the page's commands: {shown[-2000:]}")
        return shown

    def console(self, name):
        """The log of a domain's console."""
        path = os.path.join(self.session.work, name + ".log")
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def rom_of(self, name):
        """What QEMU got by -bios."""
        words = self.session.qemu_arguments(name)
        equal(words.count("-bios"), 1, f"{name}: -bios in {words}")
        return words[words.index("-bios") + 1], words

    def judge(self, name, text, cpus):
        """A boot to init, by something of ours; what init said."""
        found = judge.reports(text.splitlines())
        equal(len(found), 1, f"{name}: boots: {text[-1000:]}")
        report = found[0]
        equal(report["done"], ["ok"], f"{name}: init")
        check(RSDP.match(report["rsdp"][0]),
              f"{name}: RSDP at {report['rsdp'][0]}: not Beeline's")
        equal(report["cpus_online"], [cpus], f"{name}: CPUs")
        equal(report.get("complaint"), None, f"{name}: the kernel complains")
        equal(report.get("dmi_product"), ["Standard PC (Q35 + ICH9, 2009)"],
              f"{name}: product")
        return report

    def boot(self, name, cpus):
        """Runs a domain's block; (what virsh showed, what init said)."""
        shown = self.commands(f"> {name}.xml")
        equal(self.session.wait_off(f"beeline-{name}"), "shut off (shutdown)",
              name)
        check("BEELINE done=ok" in shown, f"virsh console: {shown[-1000:]}")
        text = self.console(f"beeline-{name}")
        check("Linux version" in text.split("\n", 1)[0],
              f"the log begins with {text[:200]!r}")
        return shown, self.judge(name, text, cpus)

    def test_loader(self):
        """<loader type='rom'>."""
        self.boot("loader", "0")
        rom, words = self.rom_of("beeline-loader")
        equal(rom, self.firmware, "-bios")
        check("-kernel" in words and "-initrd" in words, f"{words}")

    def test_descriptor(self):
        """<os firmware='bios'>, and what the capabilities say."""
        shown, _ = self.boot("descriptor", "0-1")
        check(f"<value>{self.firmware}</value>" in shown,
              "fw.bin is not in the capabilities")
        with open(self.session.path("work/descriptor.xml"),
                  encoding="utf-8") as file:
            check("<loader" not in file.read(), "the domain names a loader")
        equal(self.rom_of("beeline-descriptor")[0], self.firmware, "-bios")

    def test_none(self):
        """A bundle, by QEMU arguments in the domain, with devices behind
        libvirt's root ports."""
        pci = self.boot("none", "0")[1]["pci"]
        check("0000:01:00.0 0000:02:00.0" in pci[0], f"PCI devices: {pci}")
        rom, words = self.rom_of("beeline-none")
        equal(rom, os.path.join(self.bundle, "rom.bin"), "-bios")
        check("-kernel" not in words, f"a kernel: {words}")
        check("memory-backend=beeline-ram" in words and any(
            f"mem-path={self.bundle}/image,share=off" in word
            for word in words), f"memory: {words}")

    def test_none_reset(self):
        """Another domain of that bundle, which resets itself, while the first
        one runs; the image is as it was baked."""
        self.session.virsh("start", "beeline-none")
        self.commands("> none-2.xml")
        state = self.session.wait_off("beeline-none-2")
        check(state in ("shut off (destroyed)", "shut off (shutdown)"), state)
        self.session.wait_off("beeline-none")
        report = self.judge("none", self.console("beeline-none"), "0")
        again = self.judge("none-2", self.console("beeline-none-2"), "0")
        check("beeline.exit=reboot" in again["cmdline"][0], again["cmdline"])
        check("exit" not in report["cmdline"][0], report["cmdline"])
        check(self.rom_of("beeline-none-2")[0] !=
              self.rom_of("beeline-none")[0], "one ROM for both")
        code, shown = self.session.shell(f"beeline verify {self.bundle}")
        equal(code, 0, f"beeline verify: {shown}")

    def test_bake_refuses(self):
        """A domain that is not there, and one with libvirt's balloon; no
        copy of it is left."""
        bake = ("examples/libvirt/bake {} --output no --kernel bzImage "
                "--append console=ttyS0")
        code, shown = self.session.shell(bake.format("nobody"))
        check(code == 1 and "nobody" in shown, f"{code}: {shown}")
        code, shown = self.session.shell(
            "sed 's/beeline-none/balloon/; /memballoon/d; /<uuid>/d' "
            "none.xml > balloon.xml; virsh define balloon.xml;" +
            bake.format("balloon"))
        check(code == 1 and "virtio-balloon" in shown.splitlines()[-1], shown)
        check(not os.path.exists(os.path.join(self.session.work, "no")),
              "a bundle")
        equal(self.session.virsh("list", "--name").strip(), "", "running")

    def test_page(self):
        """All of the page's commands have been run."""
        if sys.argv[1:]:
            raise Skip("not all tests were wanted")
        equal([text for text in self.blocks if text not in self.used], [],
              "blocks that no test runs")


def main():
    """Runs those whose names hold one of the arguments, or all."""
    tests = len(tests_of(vars(Suite)))
    for what, there in (("virsh", shutil.which("virsh")),
                        ("libvirtd", daemon_path())):
        if not there:
            return skip_tests("libvirt", tests, f"{what} is not installed")
    session = Session()
    try:
        return run_tests("libvirt", tests_of(vars(Suite), Suite(session)))
    except (Wrong, OSError) as why:
        print(f"FAIL libvirt: {why}\nlibvirt: 0 passed, 1 failed")
        return 1
    finally:
        session.close()


if __name__ == "__main__":
    sys.exit(main())
