#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs every group of tests, shows their output, and ends with one count.

usage: tests/all.py [GROUP...]     all groups without one; -l lists them

A group is a command whose last line of the form `N passed, M failed` (a word
and a colon may stand before it, `, K skipped` behind it) is what it counts.  A
group that ends without such a line, or with a non-zero code, has failed.
"""

import re
import subprocess
import sys
import time

GROUPS = (
    ("lint", ["make", "-s", "check-lint"]),
    ("unit", ["make", "-s", "check-unit"]),
    ("golden", ["make", "-s", "check-golden"]),
    ("vmm", ["make", "-s", "check-vmm"]),
    ("fuzz", ["make", "-s", "check-fuzz-firmware"]),
    ("host", ["make", "-s", "check-host"]),
    ("docs", ["make", "-s", "check-docs"]),
    ("libvirt", ["make", "-s", "check-libvirt"]),
    ("package", ["make", "-s", "check-package"]),
    ("repro", ["make", "-s", "check-repro"]),
    ("bench", ["make", "-s", "check-bench"]),
    ("cost", ["make", "-s", "check-cost"]),
    ("marks", ["make", "-s", "check-marks"]),
    ("kvm", ["make", "-s", "check-kvm"]),
    ("boot", ["make", "-s", "check-boot"]),
)
COUNT = re.compile(
    r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")
SKIP = re.compile(r"\bSKIP(?:PED)?\b", re.I)


def run_group(name, command):
    """Runs one group; (passed, failed, skipped, lines about skips)."""
    print(f"== {name}: {' '.join(command)}", flush=True)
    start = time.monotonic()
    count, skips = None, []
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                             stderr=subprocess.STDOUT, errors="replace")
    for line in child.stdout:
        print(line, end="", flush=True)
        match = COUNT.match(line.strip())
        if match:
            count = [int(n or 0) for n in match.groups()]
        elif SKIP.search(line):
            skips.append(line.strip())
    code = child.wait()
    if count is None:
        print(f"{name}: it printed no count")
        count = [0, 1, 0]
    elif code != 0 and count[1] == 0:
        print(f"{name}: exit code {code}")
        count[1] = 1
    print(f"== {name}: {time.monotonic() - start:.0f} s", flush=True)
    return (*count, skips)


def main():
    wanted = sys.argv[1:]
    names = [name for name, _ in GROUPS]
    if wanted in (["-l"], ["--list"]):
        print("\n".join(names))
        return 0
    unknown = [name for name in wanted if name not in names]
    if unknown:
        print(f"all: {unknown[0]}: no such group: {' '.join(names)}",
              file=sys.stderr)
        return 2
    total, table = [0, 0, 0], []
    for name, command in GROUPS:
        if wanted and name not in wanted:
            continue
        *count, skips = run_group(name, command)
        total = [a + b for a, b in zip(total, count)]
        table.append((name, count, skips))
    print("\ngroup      passed  failed  skipped")
    for name, count, skips in table:
        print(f"{name:8}" + "".join(f"{n:8}" for n in count))
        for line in skips:
            print(f"    {line}")
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
