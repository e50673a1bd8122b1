# SPDX-License-Identifier: BSD-2-Clause
"""The firmware's own addresses, from core/layout.h, and the PC's."""

import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
PAGE = 4096
GIB = 1 << 30
HOLE = (0xA0000, 0x100000)


def read():
    """Name -> address."""
    with open(os.path.join(ROOT, "core", "layout.h"), encoding="ascii") as f:
        return {name: int(value, 16) for name, value in re.findall(
            r"^#define (\w+)\s+(0x[0-9a-f]+)", f.read(), re.M)}


LAYOUT = read()
# Where the firmware may write at any time; elsewhere each write is recorded.
OWN = ((LAYOUT["SCRATCH"], LAYOUT["SCRATCH_END"]),
       (LAYOUT["FW_RAM"], LAYOUT["FW_LOW_END"]))


def outside(spans, end):
    """What [0, end) has between spans."""
    start = 0
    for low, high in sorted(spans):
        if start < low:
            yield start, low
        start = max(start, high)
    if start < end:
        yield start, end
