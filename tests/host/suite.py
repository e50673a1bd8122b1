#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""suite.py [NAME...] - runs the tests of beeline and libbeeline as programs,
one script each, and adds their counts up."""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = ("run", "pull", "bundle", "verify", "inspect_cmd", "doctor",
           "completions", "hwreduced", "vmgenid", "differential", "share",
           "install", "release", "kvm_direct")
COUNT = re.compile(r"^\w+: (\d+) passed, (\d+) failed(?:, (\d+) skipped)?$",
                   re.M)
LIMIT = 600                 # seconds for one script


def run(name):
    """One script's counts."""
    done = subprocess.run([os.path.join(HERE, name + ".py")], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          errors="replace", check=False, timeout=LIMIT)
    found = COUNT.findall(done.stdout)
    counts = [int(n or 0) for n in found[-1]] if found else [0, 1, 0]
    if done.returncode and not counts[1]:
        counts[1] = 1
    if counts[1]:
        print(done.stdout)
    for line in done.stdout.splitlines():
        if line.startswith("skipped:") and not counts[1]:
            print(line)
    print(f"{name:16} {counts[0]} passed, {counts[1]} failed"
          f"{f', {counts[2]} skipped' if counts[2] else ''}.", flush=True)
    return counts


def main():
    """Runs what is named, or all."""
    wanted = sys.argv[1:] or SCRIPTS
    for name in wanted:
        if name not in SCRIPTS:
            print(f"suite: {name}: no such script: {' '.join(SCRIPTS)}",
                  file=sys.stderr)
            return 2
    total = [sum(n) for n in zip(*map(run, wanted))]
    print(f"host: {total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
