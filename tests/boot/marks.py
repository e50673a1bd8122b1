#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Checks POST codes and time marks: all of them, in order, in a build that asks
for them, and none in fw.bin."""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import probe    # noqa: E402
import qemu     # noqa: E402

KERNEL = os.path.join(ROOT, "build", "kernel", "bzImage")
OUT = os.path.join(ROOT, "build", "marks")
POST, MARK = 0x80, 0xF5
STAGES = [(POST, stage) for stage in range(1, 9)]
EXPECTED = {"fw-marks.bin": [(MARK, 1), *STAGES, (MARK, 2)], "fw.bin": []}


def marks_of(name, kernel):
    """The (port, value) writes of an image to the two ports."""
    rom = os.path.join(ROOT, "build", name)
    cost = probe.measure("q35", kernel, rom, OUT)
    return [(a.addr, a.value) for a in cost.accesses
            if a.write and a.addr in (POST, MARK)]


def main():
    """Both images."""
    qemu.catch_signals()
    os.makedirs(OUT, exist_ok=True)
    kernel = probe.patched(KERNEL, OUT)
    failed = 0
    for name, expected in EXPECTED.items():
        found = marks_of(name, kernel)
        failed += found != expected
        print(f"{'ok  ' if found == expected else 'FAIL'} {name}: {found}")
    print(f"marks: {len(EXPECTED) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
