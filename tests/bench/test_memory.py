# SPDX-License-Identifier: BSD-2-Clause
"""bench/memory: smaps, costs, regions, its command line, and a short real
run."""

import base64
import gzip
import json
import os
import struct
import tempfile
import unittest

import memory_plot
import memory_report
import pages
import qemu
import scripts
import smaps

memory = scripts.load("memory")
FIELDS = """Size: {size} kB
KernelPageSize: 4 kB
Rss: {rss} kB
Pss: {pss} kB
Shared_Clean: {clean} kB
Private_Dirty: {dirty} kB
VmFlags: rd wr mr mw me ac sd
"""
KIB = 1 << 10
IMAGE, KERNEL = "/b/a bundle/image", "/k/vmlinux"


def mapping(start, kib, access="rw-p", path="", rss=0, pss=0, dirty=0,
            clean=0):
    """A mapping as smaps has it."""
    place = f"08:01 123      {path}" if path else "00:00 0 "
    return (f"{start:x}-{start + kib * KIB:x} {access} 00000000 {place}\n"
            + FIELDS.format(size=kib, rss=rss, pss=pss, dirty=dirty,
                            clean=clean))


def some_qemu(ram):
    """A QEMU with one mapping of each class, and guest memory as given."""
    return "".join([
        mapping(0x1000000, 64, path="[heap]", rss=60, pss=60, dirty=60),
        mapping(0x2000000, 2048, "rwxp", rss=500, pss=500, dirty=500), ram,
        mapping(0x9000000, 512, "r-xp", "/usr/bin/qemu-system-x86_64",
                400, 100, 0, 400),
        mapping(0xa000000, 512, "rw-p", KERNEL, 300, 150, 0, 300)])


def run_of(path, kernel, count, each, available=0):
    """A run in which every VM has the same Pss."""
    sums = dict.fromkeys(smaps.FIELDS, each)
    vm = {"ram": sums, "all": {**sums, "Pss": 2 * each},
          "classes": dict.fromkeys(smaps.CLASSES, each)}
    return {"path": path, "kernel": kernel, "count": count,
            "vms": [vm] * count, "available_kib": available,
            "files": [{"path": "f", "size": 1, "disk": 2, "cached": 3}]}


class Smaps(unittest.TestCase):
    """The parser and what it takes mappings for."""

    def test_parse(self):
        found = smaps.parse(mapping(0x7f0000000000, 8, path=IMAGE, rss=8,
                                    pss=6, dirty=4, clean=4) +
                            mapping(0x1000, 4, "---p"))
        self.assertEqual([each.path for each in found], [IMAGE, ""])
        self.assertEqual(found[0].size_kib, 8)
        self.assertEqual(found[0].fields["Pss"], 6)
        self.assertEqual(found[0].fields["Private_Dirty"], 4)
        self.assertEqual(found[1].access, "---p")
        self.assertNotIn("VmFlags", found[0].fields)

    def test_nonsense(self):
        self.assertEqual(smaps.parse(""), [])
        self.assertEqual(smaps.parse("Rss: 4 kB\nwhat\n"), [])
        found = smaps.parse(mapping(0x1000, 4) + "Rss: many kB here\n\n")
        self.assertEqual(found[0].fields["Rss"], 0)

    def test_bundle(self):
        text = some_qemu(mapping(0x3000000, 1024, path=IMAGE, rss=80,
                                 pss=60, dirty=40, clean=40))
        found = smaps.split(smaps.parse(text), IMAGE, 1024, [KERNEL])
        self.assertEqual(found["ram"]["Pss"], 60)
        self.assertEqual(found["all"]["Pss"], 60 + 500 + 60 + 100 + 150)
        self.assertEqual(found["classes"], {
            "ram": 60, "code": 500, "inputs": 150, "program": 100,
            "heap": 60})

    def test_anonymous(self):
        ram = mapping(0x3000000, 1024, rss=99, pss=99, dirty=99)
        code = mapping(0x5000000, 1024, "rwxp", rss=7, pss=7, dirty=7)
        found = smaps.split(smaps.parse(some_qemu(ram) + code), "", 1024)
        self.assertEqual(found["ram"]["Rss"], 99)
        self.assertEqual(found["classes"]["code"], 507)

    def test_no_guest_memory(self):
        with self.assertRaises(qemu.Failure):
            smaps.split(smaps.parse(some_qemu("")), "", 1024)
        with self.assertRaises(qemu.Failure):
            smaps.split(smaps.parse(some_qemu("")), IMAGE, 1024)

    def test_own_process(self):
        found = smaps.read(os.getpid())
        self.assertGreater(smaps.sums(found)["Rss"], 1000)
        with self.assertRaises(qemu.Failure):
            smaps.read(2 ** 22 + 1)

    def test_file_facts(self):
        with tempfile.NamedTemporaryFile(dir=scripts.ROOT) as file:
            file.truncate(1 << 20)
            file.seek(1 << 19)
            file.write(b"x" * 8192)
            file.flush()
            facts = smaps.file_facts(file.name)
        self.assertEqual(facts["size"], 1024)
        self.assertLess(facts["disk"], 1024)
        self.assertGreaterEqual(facts["cached"], 8)
        with self.assertRaises(qemu.Failure):
            smaps.file_facts("/nowhere/f")


class Costs(unittest.TestCase):
    """Marginal costs and ratios."""

    def runs(self):
        """A bundle's VMs of 100, 80, 70 KiB, others of 200."""
        return ([run_of("none", "vmlinux", count, each, 10 * count ** 2)
                 for count, each in ((1, 100), (2, 80), (3, 70))] +
                [run_of("fw", "bzImage", count, 200) for count in (1, 2)])

    def test_marginal(self):
        series = memory_report.by_key(self.runs())["none", "vmlinux"]
        self.assertEqual(memory_report.marginal(series, 1),
                         {"ram": 100, "all": 200, "available": 10})
        self.assertEqual(memory_report.marginal(series, 2),
                         {"ram": 60, "all": 120, "available": 30})
        self.assertEqual(memory_report.marginal(series, 3)["ram"], 50)

    def test_without_the_one_before(self):
        series = {4: run_of("none", "vmlinux", 4, 70)}
        self.assertIsNone(memory_report.marginal(series, 4))
        self.assertIn("-", memory_report.row(("none", "k"), series, 4))

    def test_ratios(self):
        found = memory_report.ratios(memory_report.by_key(self.runs()))
        self.assertEqual(found, [("ram", "fw", "bzImage", 80, 200, 40.0),
                                 ("all", "fw", "bzImage", 160, 400, 40.0),
                                 ("no code", "fw", "bzImage", 80, 200,
                                  40.0)])
        alone = memory_report.by_key(self.runs()[3:])
        self.assertEqual(memory_report.ratios(alone), [])
        self.assertEqual(memory_report.ratios_text(alone), "")

    def document(self, runs):
        """As bench/memory makes it."""
        return {"runs": runs, "host": [{"load": [1, 1, 1], "loop_ms": 1.0}],
                "environment": {"qemu": "QEMU emulator version 7.2 (x)",
                                "host_cpu": "c", "host_kernel": "6"},
                "settings": {"counts": [1, 2, 4], "accel": "tcg",
                             "machine": "q35", "memory": 512}}

    def test_text(self):
        text = memory_report.text_of(self.document(self.runs()))
        self.assertIn("2 VMs", text)
        self.assertNotIn("4 VMs", text)
        self.assertIn("of fw bzImage: 40 %", text)
        self.assertIn("host:", memory_report.text_of(self.document([])))

    def test_picture(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "m.svg")
            memory_plot.write(path, self.document(self.runs()))
            with open(path, encoding="utf-8") as file:
                self.assertIn("fw bzImage", file.read())
            with self.assertRaises(qemu.Failure):
                memory_plot.write("/nowhere/m.svg",
                                  self.document(self.runs()))


class Pages(unittest.TestCase):
    """The regions of --where."""

    def test_use(self):
        self.assertEqual(pages.use_of(1 << 10), "free")
        self.assertEqual(pages.use_of(1 << 7 | 1 << 32), "slab")
        self.assertEqual(pages.use_of(1 << 5 | 1 << 12), "anonymous")
        self.assertEqual(pages.use_of(0), pages.OTHER)

    def test_region(self):
        for name, flags, in_init, wanted in (
                (".text", 6, False, "kernel text"),
                (".rodata", 3, False, "kernel read-only data"),
                (".orc_unwind", 3, False, "kernel read-only data"),
                (".data", 3, False, "kernel data"),
                (".bss", 3, False, "kernel bss"),
                (".init.text", 6, True, "kernel init")):
            self.assertEqual(pages.region_of(name, flags, in_init), wanted)

    def test_frames(self):
        data = struct.pack("<3Q", 1, 1 << 10, 0)
        text = base64.encodebytes(gzip.compress(data)).decode()
        self.assertEqual(
            pages.frames(f"x\nBEELINE flags\n{text}BEELINE done=ok\n"),
            (1, 1 << 10, 0))
        for wrong in ("", "BEELINE flags\nno\nBEELINE done=ok\n",
                      "BEELINE flags\n!\nBEELINE done=ok\n"):
            with self.assertRaises(qemu.Failure):
                pages.frames(wrong)

    def test_sum_up(self):
        flags = (0, 1 << 10, 0)
        names = pages.names_of([(0, 4096, "low"), (0, 8192, "k")], flags, 4)
        self.assertEqual(names, ["low", "k", pages.OTHER, pages.OTHER])
        table = pages.sum_up(names, flags,
                             [(True, False), (True, False), (False, True),
                              (False, False)],
                             lambda page: (page == 0, page == 1))
        self.assertEqual(table["low"], [1, 1, 0, 1, 0, 0])
        self.assertEqual(table["k"], [1, 1, 0, 0, 1, 1])
        self.assertEqual(table[pages.OTHER], [2, 0, 1, 0, 0, 0])
        self.assertIn("low", pages.table_text(table))


class CommandLine(unittest.TestCase):
    """Usage and refusals."""

    def test_lists(self):
        self.assertEqual(memory.list_of()("4,2,2"), [4, 2])
        self.assertEqual(memory.list_of(("a", "b"))("b"), ["b"])

    def test_usage(self):
        for args in (("--counts", "0"), ("--counts", "x"), ("--counts", ""),
                     ("--paths", "grub"), ("--kernels", "zImage"),
                     ("--memory", "1G"), ("--accel", "xen"),
                     ("--plot", "a.jpg"), ("--what",)):
            with self.subTest(args=args):
                done = scripts.run("memory", *args)
                self.assertEqual(done.returncode, 2, done.stderr)

    def test_refusals(self):
        for args, word in ((("--kernel", "/nowhere/k"), "/nowhere/k"),
                           (("--kernel", __file__), "neither"),
                           (("--initrd", "/nowhere/i"), "/nowhere/i"),
                           (("--firmware", "/nowhere/r"), "/nowhere/r"),
                           (("--json", "/nowhere/j"), "/nowhere/j"),
                           (("--where", "--memory", "4096"), "--memory")):
            with self.subTest(args=args):
                done = scripts.run("memory", "--accel", "tcg", "--counts",
                                   "1", "--paths", "fw", *args)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertRegex(done.stderr, "^memory: .*" + word)


class Real(unittest.TestCase):
    """QEMU and Debian's kernel."""

    def setUp(self):
        for name in ("kernel/vmlinux", "beeline", "fw.bin"):
            if not os.path.exists(os.path.join(scripts.ROOT, "build", name)):
                self.skipTest(f"no build/{name}")

    def test_two_share(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "m.json")
            done = scripts.run(
                "memory", "--accel", "tcg", "--counts", "2", "--paths",
                "none,fw", "--kernels", "vmlinux", "--memory", "256",
                "--json", path)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(path, encoding="utf-8") as file:
                runs = json.load(file)["runs"]
        self.assertEqual([(run["path"], run["count"]) for run in runs],
                         [("none", 1), ("none", 2), ("fw", 1), ("fw", 2)])
        ours, theirs = (run["vms"][1]["ram"] for run in runs[1::2])
        self.assertGreater(ours["Shared_Clean"], 8 << 10)
        self.assertLess(ours["Pss"], theirs["Pss"])
        self.assertIn("2 VMs", done.stdout)

    def test_never_ready(self):
        done = scripts.run("memory", "--accel", "tcg", "--counts", "1",
                           "--paths", "fw", "--kernels", "vmlinux",
                           "--ready", "^never", "--limit", "2")
        self.assertEqual(done.returncode, 1)
        self.assertIn("not ready after 2 s", done.stderr)


if __name__ == "__main__":
    unittest.main()
