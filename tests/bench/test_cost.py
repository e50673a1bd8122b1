# SPDX-License-Identifier: BSD-2-Clause
"""bench/cost, pairs and ladder: traces, regions, stages, budget, the list of
changes, command lines.  The real runs are `make check-cost`."""

import os
import tempfile
import unittest
import unittest.mock

import budget
import changes
import exits
import ladder_report
import probe
import qemu
import scripts
import steps
import virtual
import wall

cost = scripts.load("cost")
pairs = scripts.load("pairs")
HEAD = "memory_region_ops_"


def line(addr, value=0, name="", kind="read", size=4, cpu=0):
    """A line of QEMU's log."""
    return (f"{HEAD}{kind} cpu {cpu} mr 0x5621 addr {addr:#x} value "
            f"{value:#x} size {size}" + (f" name '{name}'" if name else ""))


def access(addr, name="", write=False, value=0):
    """An access of the guest."""
    return probe.Access(write, addr, value, 1, name)


class Trace(unittest.TestCase):
    """Lines to accesses."""

    def test_line(self):
        found = probe.parse_access(line(0xCFC, 0x8086, "pci-conf-data"))
        self.assertEqual(found, probe.Access(False, 0xCFC, 0x8086, 4,
                                             "pci-conf-data"))

    def test_write_behind_a_time_stamp(self):
        found = probe.parse_access("4711@1700000000.5:" +
                                   line(0x3F8, 65, "serial", "write", 1))
        self.assertTrue(found.write)
        self.assertEqual((found.addr, found.value), (0x3F8, 65))

    def test_no_name(self):
        self.assertEqual(probe.parse_access(line(0x80)).name, "")

    def test_refused(self):
        for text in ("", "qemu: warning: something", HEAD + "read cpu",
                     line(0xFEE00000, cpu=-1),      # a device's, no guest's
                     HEAD + "read cpu 0 mr 0x1 addr zz value 0 size 4",
                     line(0x80).replace("size 4", "size")):
            with self.subTest(text=text):
                try:
                    self.assertIsNone(probe.parse_access(text))
                except ValueError:
                    self.fail("it raised")

    def test_file_with_rubbish(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"\xff\xfe\n" + line(0x70).encode() + b"\nqemu: x\n" +
                       line(0x71).encode())
            file.flush()
            self.assertEqual([a.addr for a in exits.lines_of(file.name)],
                             [0x70, 0x71])


class Regions(unittest.TestCase):
    """Accesses to regions."""

    def test_each(self):
        for addr, name, region in (
                (0xCF8, "pci-conf-idx", exits.PCI),
                (0xB0000000, "pcie-mmcfg-mmio", exits.PCI),
                (0x510, "fwcfg", exits.FWCFG),
                (0x514, "fwcfg.dma", exits.FWCFG),
                (0x3F8, "serial", exits.SERIAL), (0x70, "rtc-index", "rtc"),
                (0x42, "pit", "pit"), (0x61, "pcspk", "pit"),
                (0x64, "i8042-cmd", "keyboard"),
                (0x608, "acpi-tmr", "pm timer"),
                (0x604, "acpi-cnt", "acpi pm"),
                (0xB008, "acpi-tmr", "pm timer"),
                (0xFED000F0, "hpet", "hpet"),
                (0xFEE00390, "apic-msi", "apic timer"),
                (0xFEE000B0, "apic-msi", "apic"),
                (0xFEC00000, "ioapic", "ioapic"),
                (0xFEB00000, "virtio-mmio", exits.VIRTIO),
                (0xC000, "virtio-pci-common-virtio-rng", exits.VIRTIO),
                (0xFE000000, "", "mmio"), (0x2345, "", "port 0x2345")):
            with self.subTest(addr=hex(addr), name=name):
                self.assertEqual(exits.region_of(access(addr, name)), region)

    def test_message_is_no_exit(self):
        self.assertTrue(exits.is_message(access(0xFEE01004, "apic-msi")))
        self.assertFalse(exits.is_message(access(0xFEE000B0, "apic-msi")))
        self.assertFalse(exits.is_message(access(0xFEE01004, "other")))

    def test_stages(self):
        self.assertEqual(exits.stage_of(exits.PCI), exits.PCI)
        for region in exits.CLOCKS:
            self.assertEqual(exits.stage_of(region), exits.CLOCK)
        self.assertEqual(exits.stage_of("rtc"), exits.REST)

    def test_text(self):
        counter = exits.groups([access(0xCF8), access(0xCFC), access(0x70)])
        self.assertEqual(exits.groups_text(counter), "pci config 2, rtc 1")


class Stages(unittest.TestCase):
    """The split of a whole boot."""

    firmware = [access(0x510), access(0xCF8, write=True), access(0xCFC)]
    linux = [access(0xCF8), access(0xCFC), access(0x42, "pit"),
             access(0xFEE01004, "apic-msi"), access(0x70)]
    init = [access(probe.PORT, write=True, value=ord("I")),
            access(0x70), access(0x71)]

    def test_split(self):
        found = exits.split(self.firmware + self.linux + self.init,
                            self.firmware)
        self.assertTrue(found.same)
        self.assertEqual({s: found.stage(s) for s in exits.STAGES},
                         {exits.FIRMWARE: 3, exits.PCI: 2, exits.CLOCK: 1,
                          exits.REST: 1})
        self.assertEqual(found.exits, 7)
        self.assertEqual(found.region(exits.PCI), 4)
        self.assertEqual(found.by_region(exits.REST), {"rtc": 1})

    def test_values_may_differ(self):
        dated = [access(a.addr, a.name, a.write, 7) for a in self.firmware]
        self.assertTrue(exits.split(dated + self.linux, self.firmware).same)

    def test_other_firmware(self):
        for other in ([access(0x511), *self.firmware[1:]],
                      [*self.firmware[:2], access(0xCFC, write=True)],
                      self.firmware[:2]):
            with self.subTest(other=other):
                self.assertFalse(exits.split(other, self.firmware).same)

    def test_firmware_may_write_the_letter(self):
        said = [access(qemu.DEBUG_PORT, write=True, value=ord("I"))]
        found = exits.split(said + self.linux + self.init, said)
        self.assertEqual(found.stage(exits.FIRMWARE), 1)
        self.assertEqual(found.stage(exits.REST), 1)

    def test_nothing(self):
        found = exits.split([], [])
        self.assertEqual((found.exits, found.same), (0, True))

    def test_firmware_that_is_not_told_apart(self):
        said = [access(qemu.DEBUG_PORT, write=True, value=ord("I"))]
        self.assertEqual(exits.split(said + self.linux + self.init,
                                     []).exits, 5)


class Init(unittest.TestCase):
    """What init says."""

    def test_said(self):
        self.assertEqual(virtual.said("I000000005b1ed571\n"), 0x5B1ED571)
        self.assertEqual(virtual.said("no newlineI0000000000000010"), 16)

    def test_cut_short(self):
        for text in ("", "I", "I00000000", "x000000005b1ed571",
                     "I00000000000000100"):
            self.assertIsNone(virtual.said(text))

    def test_exact(self):
        guest = virtual.exact(qemu.Guest(append="quiet", extra=("-vga",)))
        self.assertTrue(guest.icount)
        self.assertEqual(guest.append,
                         f"quiet {virtual.RATE} {virtual.STILL}")
        self.assertEqual(guest.extra[:1], ("-vga",))
        self.assertIn("-seed", guest.extra)
        own = virtual.exact(qemu.Guest(append="tsc_early_khz=5 nokaslr"))
        self.assertEqual(own.append, "tsc_early_khz=5 nokaslr")


class Budget(unittest.TestCase):
    """The budget of ours."""

    def record(self, **more):
        """A measurement of fw.bin."""
        return {"machine": "q35", "kernel": "bzImage", "firmware": "fw",
                "instructions": 10, "exits": 2, **more}

    def test_places(self):
        self.assertEqual(budget.place_of(self.record()), "q35 bzImage")
        self.assertEqual(budget.place_of(self.record(firmware="none")),
                         "q35 none")
        self.assertEqual(budget.place_of(self.record(whole=True)),
                         "whole q35 fw bzImage")
        self.assertEqual(budget.place_of(
            self.record(whole=True, firmware="none")), "whole q35 none")

    def test_within(self):
        limits = {"q35 bzImage": {"instructions": 10, "exits": 2}}
        self.assertEqual(budget.over([self.record()], limits, "F"), (1, []))

    def test_over(self):
        limits = {"q35 bzImage": {"instructions": 9, "exits": 1},
                  "whole q35 fw bzImage": {"pci": 5000}}
        for record, words in (
                (self.record(), ["10 instructions", "2 exits"]),
                (self.record(machine="pc"), ["no budget"]),
                (self.record(error="broke"), ["broke"]),
                (self.record(whole=True, pci=17315), ["17,315 pci"]),
                (self.record(whole=True, pci=1, same=False), ["probe"])):
            passed, bad = budget.over([record], limits, "F")
            self.assertEqual((passed, len(bad)), (0, len(words)), bad)
            for text, word in zip(bad, words):
                self.assertIn(word, text)

    def test_peers_have_none(self):
        self.assertEqual(budget.over([self.record(firmware="qboot")], {},
                                     "F"), (0, []))

    def test_the_file(self):
        limits = budget.load(os.path.join(qemu.ROOT, "bench",
                                          "budget.json"))
        self.assertIn(f"whole {cost.SAMPLE[0]} {cost.SAMPLE[2]} "
                      f"{cost.SAMPLE[1]}", limits)
        for where, limit in limits.items():
            self.assertLessEqual(set(limit), set(budget.KEYS), where)
            if where.startswith("whole q35"):
                self.assertLessEqual(limit["pci"], 5000)
        for machine in cost.MACHINES:
            for what in ("bzImage", "vmlinux", "none"):
                self.assertIn(f"{machine} {what}", limits)


class Changes(unittest.TestCase):
    """The list of what is compared."""

    base = qemu.Guest(append="console=ttyS0 quiet", machine="q35",
                      firmware="rom", kernel="k")

    def test_list(self):
        found = changes.built_in()
        self.assertEqual(len({c.name for c in found}), len(found))
        for change in found:
            self.assertTrue(change.gain and change.risk, change.name)
            self.assertIn(change.kind, changes.KINDS)
            self.assertNotIn("\n", change.gain + change.risk)
            self.assertIs(changes.find(change.kind, change.value), change)
        self.assertEqual(len(changes.CONTROLS), 4)

    def test_tuned_words_are_options_of_the_list(self):
        known = {word for c in changes.OPTIONS if c.value != changes.TUNED
                 for word in c.value.split()}
        self.assertLessEqual(set(changes.TUNED.split()), known)
        self.assertEqual(changes.find("option", changes.TUNED).name, "TUNED")

    def test_option(self):
        found = changes.apply(changes.find("option", "audit=0"), self.base,
                              "rom")
        self.assertEqual(found.append, "console=ttyS0 quiet audit=0")

    def test_what_is_there_already(self):
        self.assertIsNone(changes.apply(changes.find("option", "quiet"),
                                        self.base, "rom"))
        with unittest.mock.patch("virtual.rom_of", lambda *a: "rom"):
            for kind, value in (("machine", "q35"), ("firmware", "fw")):
                self.assertIsNone(changes.apply(
                    changes.find(kind, value), self.base, "rom"))

    def test_own_words(self):
        found = changes.find("device", "-device a -device b")
        guest = changes.apply(found, self.base, "rom")
        self.assertEqual(guest.extra, ("-device", "a", "-device", "b"))

    def test_firmware(self):
        with unittest.mock.patch("virtual.rom_of", lambda *a: ""):
            guest = changes.apply(changes.find("firmware", "none"),
                                  self.base, "rom")
        self.assertEqual((guest.path, guest.firmware), ("none", ""))
        with unittest.mock.patch("virtual.rom_of", lambda *a: None), \
                self.assertRaises(qemu.Failure):
            changes.apply(changes.find("firmware", "qboot"), self.base, "")


class Pairs(unittest.TestCase):
    """Differences and the grain."""

    counts = {"base": {"instructions": 1000, "exits": 5},
              "a": {"instructions": 1003, "exits": 5},
              "b": {"instructions": 990, "exits": 4},
              "bad": {"error": "never ran"}}
    known = {"a": changes.Change("control", "a", "g", "r"),
             "b": changes.Change("option", "b", "g", "r"),
             "bad": changes.Change("control", "bad", "g", "r")}

    def test_grain(self):
        self.assertEqual(pairs.grain_of(self.counts, self.known), 3)
        self.assertEqual(pairs.grain_of(self.counts, {}), 0)

    def test_record(self):
        found = pairs.record_of("b", self.counts, {}, self.known)
        self.assertEqual((found["difference"], found["percent"],
                          found["exits_difference"], found["wall"]),
                         (-10, -1.0, -1, None))
        self.assertIn(" ", pairs.line_of(found, 3))
        self.assertIn(".  ", pairs.line_of(found, 10) + "  ")
        failed = pairs.record_of("bad", self.counts, {}, self.known)
        self.assertIn("never ran", pairs.line_of(failed, 3))

    def test_wall_pairs(self):
        self.assertIsNone(wall.versus([], []))
        self.assertEqual(wall.versus([1, 2, 3], [2, 3])["difference"], 1)


class Ladder(unittest.TestCase):
    """Steps and gains."""

    records = [{"name": "top", "what": "w", "skipped": "",
                "instructions": 3000000, "exits": 9, "wall_ms": [9],
                "wall_median": 9},
               {"name": "gone", "what": "w", "skipped": "no ROM"},
               {"name": "foot", "what": "w", "skipped": "",
                "instructions": 1000000, "exits": 1}]

    def test_gains(self):
        self.assertEqual(steps.gains(self.records, "instructions"),
                         {"foot": 2000000})
        self.assertEqual(steps.gains(self.records, "wall_median"), {})

    def test_columns(self):
        rows = list(ladder_report.columns(self.records))
        self.assertEqual(rows[1][2], ["skipped: no ROM"])
        self.assertEqual(rows[2][2], ["1.0", "2.0", "1"])

    def test_markdown_and_picture(self):
        about = {"environment": {"qemu": "QEMU 7"}, "runs": self.records}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "t.md")
            ladder_report.write_markdown(path, about)
            with open(path) as file:
                lines = file.read().split("\n")
            self.assertEqual(len({text.count("|") for text in lines[:5]}), 1)
            picture = os.path.join(folder, "t.svg")
            ladder_report.draw(picture, about)
            with open(picture) as file:
                self.assertIn("3 ms", file.read())
            with self.assertRaises(qemu.Failure):
                ladder_report.draw(picture, {**about, "runs": []})

    def test_missing_rom_is_skipped(self):
        args = unittest.mock.Mock(firmware="", accel="tcg")
        with unittest.mock.patch("virtual.rom_of", lambda *a: None):
            found = steps.ladder(args)
        self.assertTrue(all(step.skipped for step in found))


class CommandLine(unittest.TestCase):
    """Refusals: one line, and no guest started."""

    def test_usage(self):
        for args in (("cost", "--only", "grub"), ("cost", "--runs", "0"),
                     ("cost", "--kernel", "zImage"), ("cost", "--what"),
                     ("pairs", "--runs", "-1"), ("pairs", "--kind", "luck"),
                     ("ladder", "--plot", "a.jpg"),
                     ("ladder", "--jobs", "0")):
            with self.subTest(args=args):
                self.assertEqual(scripts.run(*args).returncode, 2)

    def test_one_line(self):
        for args, word in (
                (("cost", "--check", "/nowhere/b.json"), "cannot read"),
                (("cost", "--json", "/nowhere/a.json"), "cannot write"),
                (("pairs", "--base-kernel", "/nowhere/k"), "no kernel"),
                (("pairs", "--json", "/nowhere/a"), "cannot write"),
                (("ladder", "--from", "/nowhere/a.json"), "cannot read")):
            with self.subTest(args=args):
                done = scripts.run(*args)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertIn(word, done.stderr)

    def test_list(self):
        done = scripts.run("pairs", "--list", "--kind", "option")
        self.assertEqual(done.returncode, 0)
        self.assertIn("tsc=reliable: gain:", done.stdout)

    def test_no_qemu(self):
        done = scripts.run("cost", "--only", "fw", "--machine", "q35",
                           "--kernel", "bzImage",
                           env={"BEELINE": "/nowhere/beeline"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot run", done.stderr + done.stdout)


if __name__ == "__main__":
    unittest.main()
