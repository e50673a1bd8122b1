#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""run.py [NAME...] - `beeline run`: the QEMU that it starts, and how both end.

Most tests put run_qemu.py in QEMU's place, which writes down how it was
started; those of run_real.py run a kernel of a few bytes in the real one."""

import functools
import os
import sys
import tempfile

import run_bundle
import run_cache
import run_end
import run_firmware
import run_real
import run_usage
from host_test import BEELINE, run_tests, tests_of
from run_place import Place

MODULES = (run_usage, run_firmware, run_bundle, run_end, run_cache, run_real)


def in_place(test):
    """Runs a test in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="beeline-run-") as folder:
        place = Place(os.path.realpath(folder))
        try:
            return test(place)
        finally:
            place.end()


def main():
    """Runs those whose names hold one of the arguments, or all."""
    if not os.path.exists(BEELINE):
        print(f"run: {BEELINE}: not there: run make beeline", file=sys.stderr)
        return 1
    return run_tests("run", [
        (name, functools.partial(in_place, test))
        for module in MODULES for name, test in tests_of(vars(module))])


if __name__ == "__main__":
    sys.exit(main())
