#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""run.py SEEDS PROGRAM... - runs the unit tests and seed replays, counts them.

A program named replay_X is given the files in SEEDS/X and counts as one test; any
other is a cmocka program and counts as the tests it says it ran.  The output of
a program that fails is shown."""
import os
import re
import subprocess
import sys

PASSED = re.compile(r"^\[  PASSED  \] (\d+) test", re.M)
FAILED = re.compile(r"^\[  FAILED  \] (\d+) test", re.M)


def arguments(program, seeds):
    """The files a replay is given; nothing for a unit test."""
    name = os.path.basename(program)
    if not name.startswith("replay_"):
        return []
    folder = os.path.join(seeds, name.removeprefix("replay_"))
    return sorted(os.path.join(folder, f) for f in os.listdir(folder))


def count(pattern, text):
    return sum(int(n) for n in pattern.findall(text))


def run(program, seeds):
    """Runs one; (passed, failed)."""
    done = subprocess.run([program, *arguments(program, seeds)], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          errors="replace", check=False, timeout=600)
    passed = count(PASSED, done.stdout)
    failed = count(FAILED, done.stdout)
    if done.returncode == 0:
        passed = passed or 1
    else:
        failed = failed or 1
        print(done.stdout)
    print(f"{os.path.basename(program):32} {passed} passed, {failed} failed "
          .rstrip() + ".", flush=True)
    return passed, failed


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    results = [run(program, sys.argv[1]) for program in sys.argv[2:]]
    passed, failed = (sum(column) for column in zip(*results))
    print(f"unit: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
