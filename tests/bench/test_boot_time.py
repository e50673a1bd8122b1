# SPDX-License-Identifier: BSD-2-Clause
"""bench/boot-time: its command line, its refusals, and a short real run."""

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
import unittest.mock

import boots
import environment
import qemu
import scripts

boot_time = scripts.load("boot-time")
QUICK = ("--accel", "tcg", "--kernels", "vmlinux")


class CommandLine(unittest.TestCase):
    """What the options mean."""

    def test_machines_keep_their_properties(self):
        self.assertEqual(
            boot_time.machines("q35,microvm,acpi=on,pcie=on,pc"),
            ["q35", "microvm,acpi=on,pcie=on", "pc"])
        self.assertEqual(boot_time.machines("q35,q35"), ["q35"])

    def test_usage(self):
        for args in (("--paths", "grub"), ("--kernels", ""),
                     ("--machines", ","), ("--runs", "0"),
                     ("--runs", "-3"), ("--plot", "a.jpg"),
                     ("--until", "("), ("--accel", "xen"), ("--what",)):
            with self.subTest(args=args):
                done = scripts.run("boot-time", *args)
                self.assertEqual(done.returncode, 2, done.stderr)

    def test_help_names_defaults(self):
        done = scripts.run("boot-time", "--help")
        self.assertEqual(done.returncode, 0)
        for word in ("--paths", "default: 10", "default: q35", "--json"):
            self.assertIn(word, done.stdout)

    def test_format_of(self):
        for head, form in ((b"\x7fELF", "vmlinux"),
                           (bytes(0x202) + b"HdrS", "bzImage"),
                           (b"", None), (b"text", None)):
            with tempfile.NamedTemporaryFile() as file:
                file.write(head)
                file.flush()
                if form:
                    self.assertEqual(boots.format_of(file.name), form)
                else:
                    with self.assertRaises(qemu.Failure):
                        boots.format_of(file.name)


class Order(unittest.TestCase):
    """Rounds."""

    def rounds(self, count, fails=()):
        """The names in the order in which they were booted."""
        chosen = [boots.Configuration(name, "vmlinux", "q35")
                  for name in boots.PATHS]
        seen = []

        def boot(configuration, _args):
            seen.append(configuration.path)
            run = {**configuration.key(), "stamps": {"line": 1.0}}
            if configuration.path in fails:
                run["error"] = "never came up"
            return run
        args = unittest.mock.Mock(runs=count)
        with unittest.mock.patch.object(boots, "boot", boot), \
                unittest.mock.patch.object(environment, "calibrate",
                                           lambda: 1.0):
            rounds = boots.Rounds(chosen, args, unittest.mock.Mock(done=0))
            rounds.all()
        return seen, rounds

    def test_each_round_has_all(self):
        seen, rounds = self.rounds(6)
        turns = [seen[at:at + 4] for at in range(0, 24, 4)]
        for turn in turns:
            self.assertEqual(sorted(turn), sorted(boots.PATHS))
        self.assertGreater(len({tuple(turn) for turn in turns}), 2)
        self.assertEqual(seen, self.rounds(6)[0])
        self.assertEqual(len(rounds.probes), 7)
        self.assertEqual([run["round"] for run in rounds.runs[:5]],
                         [0, 0, 0, 0, 1])

    def test_failures_are_kept_and_end_their_configuration(self):
        seen, rounds = self.rounds(5, ("qboot",))
        self.assertEqual(seen.count("qboot"), boots.ENOUGH)
        self.assertEqual(seen.count("fw"), 5)
        self.assertEqual(len(rounds.runs), 15 + boots.ENOUGH)


class Refusals(unittest.TestCase):
    """One line, exit code 1, before anything is measured."""

    def refused(self, *args, env=None):
        """The line."""
        done = scripts.run("boot-time", *QUICK, "--runs", "1", *args,
                           env=env)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertRegex(done.stderr, "^boot-time: .*: ")
        return done.stderr

    def test_inputs(self):
        self.assertIn("/nowhere/k", self.refused("--kernel", "/nowhere/k"))
        self.assertIn("neither", self.refused("--kernel", __file__))
        self.assertIn("/nowhere/i", self.refused("--initrd", "/nowhere/i"))
        self.assertIn("/nowhere/r", self.refused("--firmware", "/nowhere/r"))

    def test_outputs(self):
        self.assertIn("/nowhere/a", self.refused("--json", "/nowhere/a"))
        self.assertIn("/nowhere/a", self.refused("--plot", "/nowhere/a.svg"))

    def test_programs(self):
        self.assertIn("/nowhere/q", self.refused(env={"QEMU": "/nowhere/q"}))
        self.assertIn("/nowhere/b",
                      self.refused(env={"BEELINE": "/nowhere/b"}))

    def test_peers(self):
        args = unittest.mock.Mock(firmware="")
        for path, name in (("qboot", "QBOOT"), ("seabios", "SEABIOS")):
            gone = ("/nowhere/rom",) if name == "QBOOT" else "/nowhere/rom"
            with unittest.mock.patch.object(boots, name, gone), \
                    self.assertRaises(qemu.Failure):
                boots.rom_of(path, "q35", args.firmware)


class Real(unittest.TestCase):
    """QEMU, Debian's kernel, our init."""

    def setUp(self):
        for path in (qemu.BEELINE, os.path.join(boots.KERNELS, "vmlinux")):
            if not os.path.exists(path):
                self.skipTest(f"{path}: not built")
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.json = os.path.join(self.folder.name, "a.json")

    def read(self):
        """The document that was written."""
        return environment.read(self.json, "boot-time")

    def test_all_paths_twice(self):
        picture = os.path.join(self.folder.name, "a.svg")
        done = scripts.run("boot-time", *QUICK, "--runs", "2", "--json",
                           self.json, "--plot", picture)
        self.assertEqual(done.returncode, 0, done.stderr)
        document = self.read()
        self.assertEqual(len(document["runs"]), 8)
        for run in document["runs"]:
            stamps = run["stamps"]
            order = [stamps[mark] for mark in boots.marks.MARKS
                     if mark in stamps]
            if boots.marks.trusted(run):
                self.assertEqual("entry" in stamps, run["path"] != "none")
                self.assertEqual(order, sorted(order))
        about = document["environment"]
        self.assertEqual(len(about["commands"]), 4)
        self.assertIn("-accel tcg",
                      about["commands"]["q35 vmlinux fw"]["qemu"])
        self.assertGreaterEqual(len(about["digests"]), 5)
        self.assertTrue(os.path.getsize(picture))
        self.assertEqual(
            scripts.run("compare", self.json, self.json).returncode, 0)

    def test_a_guest_that_never_comes_up(self):
        done = scripts.run("boot-time", *QUICK, "--runs", "3", "--paths",
                           "fw", "--limit", "1", "--until", "never", "--json",
                           self.json)
        self.assertEqual(done.returncode, 1)
        self.assertIn("never came up: ended by", done.stderr)
        runs = self.read()["runs"]
        self.assertEqual(len(runs), boots.ENOUGH)
        self.assertTrue(all(run["tail"] for run in runs))

    def test_a_signal_keeps_what_was_measured(self):
        with subprocess.Popen(
                [scripts.path_of("boot-time"), *QUICK, "--runs", "9",
                 "--paths", "fw", "--json", self.json], text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            self.assertRegex(child.stderr.readline(), "^1/9 ")
            time.sleep(0.2)
            child.send_signal(signal.SIGINT)
            _, said = child.communicate(timeout=30)
        self.assertEqual(child.returncode, 1)
        self.assertIn("boot-time: interrupted", said)
        document = self.read()
        self.assertTrue(document["interrupted"])
        self.assertEqual(len(document["runs"]), 1)
        self.assertNotIn("error", json.dumps(document["runs"]))


if __name__ == "__main__":
    unittest.main()
