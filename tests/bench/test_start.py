# SPDX-License-Identifier: BSD-2-Clause
"""bench/start: the ways, the table, its command line, and a short real
run."""

import json
import os
import tempfile
import unittest

import launches
import qemu
import scripts
import variants

start = scripts.load("start")


def run_of(name, turn, ms):
    """One start."""
    return {"name": name, "round": turn, "ms": ms, "cpu_ms": ms / 2,
            "faults": 10, "rss_kib": 2048, "libraries": 5, "modules": []}


class Ways(unittest.TestCase):
    """What is passed to QEMU."""

    def test_plain(self):
        args = variants.Plain("/r").args()
        self.assertEqual(args[1:5], ["-nodefaults", "-no-user-config",
                                     "-display", "none"])
        self.assertEqual(args[-2:], ["-bios", "/r"])
        args = variants.Plain("/r", nodefaults=False, display=[]).args()
        self.assertEqual(args[1:3], ["-no-user-config", "-M"])

    def test_rom(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(variants.write_rom(folder), "rb") as file:
                data = file.read()
        self.assertEqual(len(data), variants.ROM_SIZE)
        self.assertTrue(data[variants.VECTOR:].startswith(variants.FIRST))

    def test_each_has_its_own_name_and_base(self):
        with tempfile.TemporaryDirectory() as folder:
            found = variants.options("/r", folder, "tcg", "tcg: base")
        names = [each.name for each in found]
        self.assertEqual(len(set(names)), len(names))
        self.assertEqual({each.base for each in found}, {"tcg: base"})
        self.assertEqual([each.name for each in found if each.paused],
                         ["-S and cont"])


class Table(unittest.TestCase):
    """Differences of pairs."""

    def test_against(self):
        base = [run_of("b", turn, 10.0 + turn) for turn in range(8)]
        slow = [run_of("s", turn, 20.0 + 2 * turn) for turn in range(8)]
        self.assertEqual(start.against(slow, base, "ms"), "+100 % ")
        self.assertEqual(start.against(base, base, "ms"), "+0 %?")
        self.assertEqual(start.against(base, [], "ms"), "")
        self.assertEqual(start.against(slow[:3], base, "ms")[-1], "?")

    def test_row(self):
        way = variants.Variant("s", "", [], base="b")
        row = start.row(way, [run_of("s", 1, 12.0)], [run_of("b", 1, 10.0)])
        self.assertEqual(row[:3], ["s", "1", "12.0"])
        self.assertEqual(row[4], "+20 %?")


class CommandLine(unittest.TestCase):
    """Usage and refusals."""

    def test_usage(self):
        for args in (("--runs", "0"), ("--accels", "xen"), ("--what",),
                     ("--accels", "")):
            with self.subTest(args=args):
                done = scripts.run("start", *args)
                self.assertEqual(done.returncode, 2, done.stderr)

    def test_refusals(self):
        for args, env, word in (
                (("--json", "/nowhere/j"), {}, "/nowhere/j"),
                ((), {"QEMU": "/nowhere/q"}, "/nowhere/q"),
                ((), {"BEELINE": "/nowhere/b"}, "/nowhere/b")):
            with self.subTest(args=args, env=env):
                done = scripts.run("start", "--accels", "tcg", *args, env=env)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(done.stderr, "^start: .*" + word)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)


class Real(unittest.TestCase):
    """QEMU alone."""

    def setUp(self):
        if not os.path.exists(os.path.join(scripts.ROOT, "build", "beeline")):
            self.skipTest("no build/beeline")

    def test_short(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "s.json")
            done = scripts.run("start", "--accels", "tcg", "--runs", "2",
                               "--only=-S,beeline", "--json", path)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(path, encoding="utf-8") as file:
                document = json.load(file)
        names = {run["name"] for run in document["runs"]}
        self.assertEqual(names, {"tcg: base", "tcg: -S and cont",
                                 "tcg: beeline, firmware",
                                 "tcg: beeline, bundle"})
        self.assertEqual(len(document["runs"]), 8)
        self.assertTrue(all(run["ms"] > 0 and run["libraries"] > 3
                            for run in document["runs"]))

    def test_cannot_start(self):
        way = variants.Variant("w", "", [qemu.QEMU, "-M", "nothing"])
        with self.assertRaisesRegex(qemu.Failure, "w: .*unsupported machine"):
            launches.launch(way)
        way.args = ["/nowhere/q"]
        with self.assertRaisesRegex(qemu.Failure, "/nowhere/q: cannot run"):
            launches.launch(way)


if __name__ == "__main__":
    unittest.main()
