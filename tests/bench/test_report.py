# SPDX-License-Identifier: BSD-2-Clause
"""Reports, pictures and comparisons of documents that are made up."""

import contextlib
import io
import json
import os
import tempfile
import unittest
import xml.etree.ElementTree as xml

import environment
import plot
import progress
import qemu
import report
import scripts

compare = scripts.load("compare")

HOW = {"firmware": "fw_cfg", "entry": "fw_cfg"}


def run_of(path, number, total, **more):
    """One run whose stages have fixed shares."""
    at = {"running": 0.1, "firmware": 0.11, "entry": 0.12,
          "start_kernel": 0.2, "init": total - 0.001, "line": total}
    if path == "none":
        del at["firmware"], at["entry"]
    return {"machine": "q35", "kernel": "vmlinux", "path": path,
            "round": number, "stamps": at, "bytes": {"debug": 20},
            "how": HOW if path != "none" else {}, **more}


def document_of(totals):
    """path -> totals of its runs."""
    return {"version": 1, "tool": "boot-time",
            "environment": {"qemu": "QEMU emulator version 7.2 (x)",
                            "host_cpu": "a < b", "host_kernel": "6",
                            "digests": {}},
            "settings": {"accel": "tcg", "memory": "512M"},
            "host": [{"load": [1, 1, 1], "loop_ms": 30.0},
                     {"load": [1, 1, 1], "loop_ms": 31.0}],
            "runs": [run_of(path, number, total)
                     for path, values in totals.items()
                     for number, total in enumerate(values)]}


BASE = [1 + i / 1000 for i in range(11)]


class Reports(unittest.TestCase):
    """The tables."""

    def test_rows_and_pairs(self):
        found = report.text_of(document_of(
            {"none": BASE, "fw": [v + 0.1 for v in BASE]}))
        rows = [line for line in found.splitlines()
                if line.startswith("q35")]
        self.assertIn(" fw ", rows[0])
        self.assertIn(" none ", rows[1])
        self.assertIn("none - fw: -100.0 ms", rows[2])
        self.assertNotIn("not resolved", rows[2])
        self.assertIn("host: calm", found)

    def test_joined_stages_show(self):
        found = report.text_of(document_of({"none": BASE}))
        self.assertIn(">", found.splitlines()[4])
        self.assertIn("one joined stage", found)

    def test_late_runs_count_for_totals_alone(self):
        document = document_of({"fw": BASE})
        late = document["runs"][0]
        late["stamps"]["running"] = 0.15    # behind the firmware
        document["runs"][1]["late_ms"] = 600.0
        found = report.text_of(document)
        self.assertIn("late: of 2 of 11 runs", found)
        self.assertIn("up to 600 ms", found)
        self.assertIn("  11  100.0 ", found)
        for run in document["runs"]:
            run["late_ms"] = 600.0
        self.assertIn("  11     >      >         >       >       >  1005.0  "
                      , report.text_of(document))

    def test_failed_runs_are_left_out(self):
        document = document_of({"fw": BASE})
        document["runs"].append(run_of("fw", 99, 9.0, error="never came up"))
        self.assertIn("  11  ", report.text_of(document).splitlines()[4])

    def test_nothing_measured(self):
        self.assertIn("host:", report.text_of(document_of({})))

    def test_noisy(self):
        document = document_of({"fw": BASE})
        document["host"][1]["loop_ms"] = 40.0
        self.assertIn("host: noisy", report.text_of(document))


class Pictures(unittest.TestCase):
    """The bars."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.document = document_of({"none": BASE, "fw": BASE})

    def path(self, name):
        """A path in our folder."""
        return os.path.join(self.folder.name, name)

    def test_svg_is_xml_and_repeats(self):
        texts = []
        for name in ("a.svg", "b.svg"):
            plot.write(self.path(name), self.document)
            with open(self.path(name)) as file:
                texts.append(file.read())
        self.assertEqual(*texts)
        words = [e.text for e in xml.fromstring(texts[0]).iter()
                 if e.tag.endswith("text")]
        self.assertIn("1,005 ms", words)
        self.assertIn("none", words)

    def test_bars_stay_inside(self):
        plot.write(self.path("a.svg"), self.document)
        for e in xml.parse(self.path("a.svg")).iter():
            if e.tag.endswith("rect") and e.get("x"):
                self.assertLessEqual(float(e.get("x")) +
                                     float(e.get("width")), plot.WIDTH)

    def test_png(self):
        try:
            plot.check("a.png")
        except qemu.Failure as failure:
            self.skipTest(str(failure))
        plot.write(self.path("a.png"), self.document)
        with open(self.path("a.png"), "rb") as file:
            self.assertEqual(file.read(4), b"\x89PNG")

    def test_late_runs(self):
        for run in self.document["runs"]:
            run["late_ms"] = 600.0
        plot.write(self.path("a.svg"), self.document)
        with open(self.path("a.svg")) as file:
            self.assertNotIn("before Linux", file.read())

    def test_no_runs(self):
        with self.assertRaises(qemu.Failure):
            plot.write(self.path("a.svg"), document_of({}))

    def test_unwritable(self):
        with self.assertRaises(qemu.Failure):
            plot.write(self.path("no/a.svg"), self.document)


class Compare(unittest.TestCase):
    """bench/compare as a program."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def compare(self, before, after, *more):
        """Runs it on two documents; texts are written as they are."""
        paths = []
        for name, document in (("a", before), ("b", after)):
            paths.append(os.path.join(self.folder.name, name))
            with open(paths[-1], "w") as file:
                file.write(document if isinstance(document, str)
                           else json.dumps(document))
        return scripts.run("compare", *paths, *more)

    def test_same(self):
        document = document_of({"fw": BASE, "none": BASE})
        done = self.compare(document, document)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("not resolved"), 2)

    def test_regression(self):
        slow = document_of({"fw": [v * 1.2 for v in BASE]})
        done = self.compare(document_of({"fw": BASE}), slow)
        self.assertEqual(done.returncode, 1)
        self.assertIn("REGRESSION", done.stdout)
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertEqual(self.compare(document_of({"fw": BASE}), slow,
                                      "--threshold", "30").returncode, 0)

    def test_faster_is_no_regression(self):
        fast = document_of({"fw": [v * 0.8 for v in BASE]})
        self.assertEqual(
            self.compare(document_of({"fw": BASE}), fast).returncode, 0)

    def test_too_few_to_tell(self):
        done = self.compare(document_of({"fw": BASE[:3]}),
                            document_of({"fw": [v * 2 for v in BASE[:3]]}))
        self.assertEqual(done.returncode, 0)
        self.assertIn("not resolved", done.stdout)

    def test_unequal_rounds_are_not_paired(self):
        paired, found = compare.difference({0: 1.0, 1: 2.0}, {0: 1.0})
        self.assertFalse(paired)
        self.assertEqual(found["n"], 1)

    def test_a_stage(self):
        done = self.compare(document_of({"none": BASE}),
                            document_of({"none": BASE}), "--stage",
                            "reset+firmware+unpack")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_refusals(self):
        good = document_of({"fw": BASE})
        for bad in ("", "{}", "[]", '{"tool": "cost", "version": 1}',
                    json.dumps({**good, "version": 2}),
                    json.dumps({**good, "runs": [{}]}),
                    json.dumps({**good, "runs": 3}),
                    json.dumps({**good, "host": [{}]}),
                    document_of({"none": BASE})):
            with self.subTest(bad=str(bad)[:40]):
                done = self.compare(good, bad)
                self.assertEqual(done.returncode, 1)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertTrue(done.stderr.startswith("compare: "))
        done = scripts.run("compare", "/nowhere/a", "/nowhere/b")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(scripts.run("compare").returncode, 2)


class Environments(unittest.TestCase):
    """What stands beside the runs."""

    def test_write_is_whole_or_not_at_all(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.json")
            environment.write(path, "boot-time", {}, [1], more=2)
            found = environment.read(path, "boot-time")
            self.assertEqual((found["runs"], found["more"]), ([1], 2))
            self.assertIn("load_after", found["environment"])
            self.assertEqual(os.listdir(folder), ["a.json"])
            with self.assertRaises(qemu.Failure):
                environment.read(path, "cost")
            for bad in (folder, os.path.join(folder, "no", "a.json")):
                with self.assertRaises(qemu.Failure):
                    environment.writable(bad)

    def test_digest(self):
        with tempfile.NamedTemporaryFile() as file:
            self.assertTrue(environment.digest(file.name).startswith("e3b0c"))
        with self.assertRaises(qemu.Failure):
            environment.digest("/nowhere/a")

    def test_spread(self):
        probes = [{"loop_ms": value} for value in (100.0, 104.0, 108.0)]
        self.assertAlmostEqual(environment.spread(probes), 8 / 104)
        self.assertEqual(environment.spread(probes[:1]), 0)

    def test_progress_without_a_terminal(self):
        out = io.StringIO()
        with contextlib.suppress(ZeroDivisionError):
            with progress.Progress(2, out) as bar:
                bar.show("now")
                bar.step("one")
                bar.say("a word")
        self.assertEqual(out.getvalue(), "1/2 one\na word\n")


if __name__ == "__main__":
    unittest.main()
