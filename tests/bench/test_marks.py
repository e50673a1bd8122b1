# SPDX-License-Identifier: BSD-2-Clause
"""Stamps and stages of boots as they were seen."""

import unittest

import marks
import qemu


def lines(text):
    """`at source text` a line."""
    found = []
    for line in text.strip().splitlines():
        at, source, words = line.strip().split(" ", 2)
        found.append(qemu.Line(source, float(at), words))
    return found


EARLY = """
    0.100 trace fw_cfg_select 0x55 key 0x0000 'signature', ret: 1
    0.110 trace vm_state_notify running 1 reason 9 (running)"""
LATE = """
    0.500 console [    0.000000] Linux version 6.1.0 (a@b) (gcc 12)
    0.501 console [    0.000000] Command line: console=ttyS0
    2.000 debug I0000000171d95327
    2.001 console bench: init
    2.002 console [    2.169017] reboot: Power down
    2.003 trace vm_state_notify running 0 reason 11 (shutdown)"""
OURS = EARLY + """
    0.120 debug fw: fw_cfg: Beeline 1.0
    0.121 trace fw_cfg_select 0x55 key 0x0019 'file_dir', ret: 1
    0.130 trace fw_cfg_select 0x55 key 0x0012 'initrd_data', ret: 1
    0.131 debug fw: enter: go""" + LATE
QBOOT = EARLY + """
    0.121 trace fw_cfg_select 0x55 key 0x0001 'id', ret: 1
    0.130 trace fw_cfg_select 0x55 key 0x0012 'initrd_data', ret: 1""" + LATE
SEABIOS = EARLY + """
    0.115 debug SeaBIOS (version 1.16.2-debian-1.16.2-1)
    0.121 trace fw_cfg_select 0x55 key 0x0001 'id', ret: 1
    0.250 trace fw_cfg_select 0x55 key 0x0015 'cmdline_data', ret: 1
    0.251 console early console in extract_kernel""" + LATE
NONE = EARLY + LATE


class Stamps(unittest.TestCase):
    """Which line gives which mark."""

    def test_ours_says_when_it_enters(self):
        found = marks.stamp(lines(OURS))
        self.assertEqual(found.at, {
            "running": 0.11, "start_kernel": 0.5, "firmware": 0.12,
            "entry": 0.131, "last_read": 0.13, "init": 2.0, "line": 2.001})
        self.assertEqual(found.how["entry"], marks.DEBUG)

    def test_silent_firmware_is_seen_by_what_it_reads(self):
        found = marks.stamp(lines(QBOOT))
        self.assertEqual(found.at["firmware"], 0.121)
        self.assertEqual(found.at["entry"], 0.13)
        self.assertEqual(found.how["entry"], marks.FW_CFG)

    def test_talking_firmware_without_entry(self):
        found = marks.stamp(lines(SEABIOS))
        self.assertEqual(found.at["firmware"], 0.115)
        self.assertEqual(found.how["firmware"], marks.DEBUG)
        self.assertEqual(found.at["entry"], 0.25)
        self.assertEqual(found.at["decompressor"], 0.251)

    def test_accesses_before_the_guest_runs_do_not_count(self):
        found = marks.stamp(lines(NONE))
        self.assertNotIn("firmware", found.at)
        self.assertNotIn("entry", found.at)

    def test_what_linux_reads_is_not_the_firmwares(self):
        text = NONE + "\n1.0 trace fw_cfg_select 0x55 key 0x0001 'id', ret: 1"
        self.assertNotIn("entry", marks.stamp(lines(text)).at)

    def test_a_firmware_power_off_comes_by_again(self):
        text = OURS + "\n2.1 debug fw: enter: go"
        self.assertEqual(marks.stamp(lines(text)).at["entry"], 0.131)

    def test_a_guest_that_stops_in_between(self):
        text = OURS[:OURS.index("2.000")]
        found = marks.stamp(lines(text)).at
        self.assertIn("start_kernel", found)
        self.assertNotIn("line", found)

    def test_nothing_at_all(self):
        self.assertEqual(marks.stamp([]).at, {})

    def test_another_line(self):
        text = NONE + "\n3.0 console my own init"
        self.assertEqual(marks.stamp(lines(text), "own init").at["line"], 3.0)

    def test_decompressor_alone(self):
        text = EARLY + "\n0.2 console Decompressing Linux... done" + LATE
        found = marks.stamp(lines(text))
        self.assertEqual(found.how["entry"], marks.CONSOLE)
        self.assertNotIn("firmware", found.at)


class Late(unittest.TestCase):
    """Stamps that were taken too late."""

    def test_only_where_a_mark_was_read(self):
        result = qemu.Result([], late=[(0.2, 0.3), (1.0, 1.9)])
        self.assertEqual(marks.late({"running": 0.1, "line": 0.5}, result), 0)
        self.assertEqual(marks.late({"running": 0.25, "line": 0.5}, result),
                         100.0)

    def test_trusted(self):
        stamps = {"running": 0.1, "firmware": 0.2, "line": 0.5}
        self.assertTrue(marks.trusted({"stamps": stamps, "late_ms": 0.0}))
        self.assertFalse(marks.trusted({"stamps": stamps, "late_ms": 30.0}))
        stamps["running"] = 0.3
        self.assertFalse(marks.trusted({"stamps": stamps}))


class Stages(unittest.TestCase):
    """From marks to stages."""

    def test_all_marks(self):
        found = marks.median_stages([marks.stamp(lines(OURS)).at])
        self.assertEqual(tuple(found), marks.NAMES)
        self.assertAlmostEqual(found["QEMU"], 110)
        self.assertAlmostEqual(found["firmware"], 11)
        self.assertAlmostEqual(sum(found.values()), 2001)

    def test_missing_marks_join(self):
        found = marks.median_stages([marks.stamp(lines(NONE)).at])
        self.assertEqual(list(found), ["QEMU", "reset+firmware+unpack",
                                       "kernel", "init"])
        self.assertAlmostEqual(found["reset+firmware+unpack"], 390)

    def test_a_mark_that_one_run_lacks_joins_all(self):
        runs = [marks.stamp(lines(text)).at for text in (OURS, NONE)]
        self.assertEqual(list(marks.median_stages(runs)),
                         ["QEMU", "reset+firmware+unpack", "kernel", "init"])


if __name__ == "__main__":
    unittest.main()
