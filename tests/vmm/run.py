#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs the images of build/ on scripted hosts under Unicorn and says what is
wrong: fw.bin on QEMU's, all of them on the VMMs of profiles.py.

    tests/vmm/run.py                    every case
    tests/vmm/run.py -k acpi -v         those whose name has "acpi"
    tests/vmm/run.py -k profile         the other VMMs
    tests/vmm/run.py --list             their names
    tests/vmm/run.py --build FOLDER     images from there
    tests/vmm/run.py --firmware FILE    another fw.bin

Exit code 0 when every case that ran is right, 1 when not, 2 for bad usage.
"""

import argparse
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
MODULES = ("test_boot", "test_hosts", "test_acpi", "test_kernel",
           "test_refuse", "test_faults", "test_devices",
           "test_profiles", "test_elf", "test_elf_refuse", "test_kvm",
           "test_fuzz")
ROM_SIZE = 0x10000


def cases(suite):
    """The single tests of a suite."""
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from cases(item)
        else:
            yield item


def name(case):
    """module.Class.test, without the words that all share."""
    return case.id().replace("test_", "")


class Report(unittest.TextTestResult):
    """Dots, or a line a case with its seconds, and a count of cases."""

    def bad_cases(self):
        """Names of the cases in which something failed."""
        return {name(getattr(case, "test_case", case))
                for case, _ in self.failures + self.errors}


def read_rom(path):
    """The firmware, or a sentence."""
    try:
        with open(path, "rb") as file:
            rom = file.read()
    except OSError as problem:
        sys.exit(f"vmm: {path}: {problem.strerror}: run `make firmware`")
    if len(rom) != ROM_SIZE:
        sys.exit(f"vmm: {path}: {len(rom)} bytes, not {ROM_SIZE}")
    return rom


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-k", metavar="WORD", default="",
                        help="only cases whose name has this")
    parser.add_argument("--list", action="store_true", help="names only")
    parser.add_argument("-v", action="store_true", help="a line a case")
    parser.add_argument("--build", metavar="FOLDER", default=os.path.join(
        os.path.dirname(os.path.dirname(HERE)), "build"))
    parser.add_argument("--firmware", metavar="FILE",
                        help="fw.bin, for the cases that are QEMU's")
    args = parser.parse_args()
    try:
        import case             # needs Unicorn, which may be missing
        import test_profiles
    except ImportError as problem:
        sys.exit(f"vmm: {problem}: install python3-unicorn")
    chosen = [one for one in cases(
        unittest.defaultTestLoader.loadTestsFromNames(MODULES))
        if args.k in name(one) or args.k in one.id()]
    if args.list:
        print("\n".join(name(one) for one in chosen))
        return 0
    if not chosen:
        parser.error(f"no case has {args.k!r} in its name")
    case.Case.rom = read_rom(
        args.firmware or os.path.join(args.build, "fw.bin"))
    test_profiles.ProfileCase.folder = args.build
    report = unittest.TextTestRunner(
        stream=sys.stdout, resultclass=Report,
        verbosity=2 if args.v else 1).run(unittest.TestSuite(chosen))
    failed, skipped = len(report.bad_cases()), len(report.skipped)
    for reason in sorted({why for _, why in report.skipped}):
        print(f"skipped: {reason}")
    print(f"vmm: {report.testsRun - failed - skipped} passed, {failed} failed"
          + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
