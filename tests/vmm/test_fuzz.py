# SPDX-License-Identifier: BSD-2-Clause
"""The fuzzer itself: its hosts are good, its judge sees what is planted, and
a case is the same when it is run again."""

import os
import random
import struct

import bench
import entry
import fuzz_device
import fuzz_hosts
import fuzz_judge
import fuzz_mutate
import fwcfg
import rules
from case import Case
from host import MIB

L = bench.LAYOUT
PAGE_TABLES = (L["PML4"], L["PDPT"])
BOOT_PARAMS = L["BOOT_PARAMS"]


class Fuzz(Case):
    """A host, run by the fuzzer's machine and judged by its judge."""

    judge = None

    def start(self, name="q35", change=None):
        """A run of one of the good hosts, and what it was told to do."""
        if not os.path.exists(rules.LIBBEELINE):
            self.skipTest("build/libbeeline.so is not built")
        if not Fuzz.judge:
            Fuzz.judge = fuzz_judge.Judge()
        host, lies = fuzz_hosts.HOSTS[name](), fuzz_device.Lies()
        if change:
            change(host, lies)
        image = entry.image_of(self.rom) if isinstance(
            self.rom, bytes) else self.rom
        return fuzz_device.Machine(image, host, lies).run(), lies

    def faults(self, result, lies):
        """What the judge says."""
        return self.judge.faults(result, lies)


class Good(Fuzz):
    """Nothing is wrong with what is right."""

    def test_hosts(self):
        for name in fuzz_hosts.HOSTS:
            with self.subTest(name=name):
                result, lies = self.start(name)
                self.assertEqual(result.outcome, bench.ENTERED,
                                 result.serial)
                self.assertEqual(self.faults(result, lies), [])

    def test_again(self):
        """The same number, the same lies."""
        texts = []
        for _ in range(2):
            lies, rng = fuzz_device.Lies(), random.Random("1:77")
            for name in ("q35", "safe-named", "pvh"):
                fuzz_mutate.mutate(rng, fuzz_hosts.HOSTS[name](), lies)
            texts.append(lies.text)
        self.assertEqual(*texts)
        self.assertTrue(texts[0])

    def test_bytes_at_once(self):
        """`rep insb` brings what byte after byte brings."""
        fast, _ = self.start("bytes")
        host = fuzz_hosts.HOSTS["bytes"]()
        slow = bench.Machine(self.rom, host).run()
        for gpa, size in ((L["SCRATCH"], 0x10000), (L["DIR_PAGE"], 0x8000),
                          (L["CMDLINE"], 0x100), (16 * MIB, 0x8000)):
            self.assertEqual(fast.read(gpa, size), slow.read(gpa, size))


class Planted(Fuzz):
    """What is wrong with what is wrong."""

    def sees(self, words, spoil, name="q35"):
        """The judge's words, once `spoil` has changed a good result."""
        result, lies = self.start(name)
        spoil(result)
        self.assertRegex("; ".join(self.faults(result, lies)), words)

    def test_memory(self):
        """Bytes that the kernel is told, overwritten at its entry."""
        rows = BOOT_PARAMS + 0x2D0
        for gpa, data, words in (
                (PAGE_TABLES[0] + 4, b"\1", "page_tables"),
                (PAGE_TABLES[1], bytes(8), "page_tables"),
                (BOOT_PARAMS + 0x1EF, b"\1", "sentinel"),
                (BOOT_PARAMS + 0x218, struct.pack("<I", 16 * MIB),
                 "initrd"),
                (BOOT_PARAMS + 0x228, struct.pack("<I", BOOT_PARAMS),
                 "command line"),
                (BOOT_PARAMS + 0x214, struct.pack("<I", 17 * MIB),
                 "loaded at"),
                (rows + 8, struct.pack("<Q", 1 << 40), "map"),
                (rows + 16, struct.pack("<I", 0), "map"),
                (L["CMDLINE"], b"X", "command line"),
                (16 * MIB + 0x4000, b"XYZ", "kernel"),
                (L["EBDA"], b"X", "acpi.rsdp")):
            with self.subTest(words=words, gpa=hex(gpa)):
                self.sees(words, lambda result, gpa=gpa, data=data:
                          result.machine.uc.mem_write(gpa, data))

    def test_pvh_memory(self):
        info = L["START_INFO"]
        for gpa, data, words in (
                (info, b"X", "pvh.magic"),
                (info + 24, struct.pack("<Q", info), "command line"),
                (info + 48, struct.pack("<I", 0), "map")):
            with self.subTest(words=words):
                self.sees(words, lambda result, gpa=gpa, data=data:
                          result.machine.uc.mem_write(gpa, data), "pvh")

    def test_registers(self):
        for name, value in (("rsi", 0x1000), ("cr4", 0), ("cs", 8),
                            ("eflags", 0x202), ("mtrr_def", 0),
                            ("cr3", 0x1000)):
            with self.subTest(name=name):
                self.sees(".", lambda result, name=name, value=value:
                          result.regs.update({name: value}))

    def test_writes(self):
        """Where a firmware has no business."""
        for gpa in (0x500, 0x20000, 0x80000, 48 * MIB, 4 << 30):
            with self.subTest(gpa=hex(gpa)):
                self.sees("bytes written at", lambda result, gpa=gpa:
                          result.machine.writes.append(
                              bench.Write(gpa, 1, "cpu")))

    def test_read_over_another(self):
        def spoil(result):
            device = result.machine.fw_cfg
            device.deliveries.append(fuzz_device.Delivery(
                0x1234, device.last(fwcfg.KERNEL_DATA).gpa, b"x", 1, 1))
        self.sees("overlaps", spoil)

    def test_silence(self):
        """A halt without its sentence, or with two."""
        def missing(host, _lies):
            host.without("etc/e820").item(fwcfg.RAM_SIZE, bytes(8))

        for spoil in (lambda text: "", lambda text: text * 2,
                      lambda text: text.replace("memory", "melody")):
            result, lies = self.start(change=missing)
            self.assertEqual(result.outcome, bench.HALTED)
            self.assertEqual(self.faults(result, lies), [])
            result.machine.serial.text = spoil(result.serial)
            self.assertNotEqual(self.faults(result, lies), [])

    def test_no_end(self):
        for outcome in (bench.HUNG, bench.RESET, bench.BROKEN):
            result, lies = self.start()
            result.outcome = outcome
            self.assertEqual(len(self.faults(result, lies)), 1)
