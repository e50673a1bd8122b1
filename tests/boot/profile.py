#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Prints which functions of fw.bin the instructions to the kernel go to.

    tests/boot/profile.py -M q35 -K bzImage

QEMU runs one instruction a block and logs each; symbols come from the ELF
that the ROM was made from."""

import argparse
import bisect
import collections
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import probe    # noqa: E402
import qemu     # noqa: E402

OUT = os.path.join(ROOT, "build", "cost")
EXECUTED = re.compile(rb"\[\w+/0*(\w+)/")


def symbols(elf):
    """Sorted addresses and names of the code in an ELF file."""
    done = subprocess.run(["nm", "-n", elf], capture_output=True, check=True)
    found = []
    for line in done.stdout.decode().splitlines():
        words = line.split()
        if len(words) == 3 and words[1] in "tT":
            found.append((int(words[0], 16), words[2]))
    return [a for a, _ in found], [n for _, n in found]


def run(machine, kernel, firmware, log):
    """One boot into the probe, every instruction in the log."""
    guest = qemu.Guest(
        machine=machine, firmware=firmware, kernel=kernel,
        initrd=probe.blank_initrd(OUT), append=probe.APPEND,
        icount=True, serial=False, debug=False,
        extra=("-singlestep", "-d", "exec,nochain", "-D", log))
    result = qemu.run(guest, probe.LIMIT, lambda line: False)
    if result.ended == "limit":
        raise qemu.Failure(f"{machine}: kernel never entered")


def executed(log):
    """The address of each instruction, in order."""
    with open(log, "rb") as file:
        for line in file:
            found = EXECUTED.search(line)
            if found:
                yield int(found.group(1), 16)


def count(log, elf):
    """Instructions by function, for those above the kernel."""
    starts, names = symbols(elf)
    counts, calls, last = collections.Counter(), collections.Counter(), None
    for address in executed(log):
        at = bisect.bisect_right(starts, address) - 1
        name = names[at] if at >= 0 else "elsewhere"
        if address < 0xFFF00000 and address > 0x100000:
            name = "kernel"
        if at >= 0 and address == starts[at] and name != last:
            calls[name] += 1
        counts[name] += 1
        last = name
    return counts, calls


def main():
    """Runs once and prints."""
    parser = argparse.ArgumentParser(prog="tests/boot/profile.py")
    parser.add_argument("-M", dest="machine", default="q35")
    parser.add_argument("-K", dest="kernel", default="bzImage")
    parser.add_argument("--firmware", default="")
    parser.add_argument("--elf", default="", help="where the symbols are")
    args = parser.parse_args()
    log = os.path.join(OUT, "exec")
    try:
        elf = args.elf or next(iter(sorted(glob.glob(
            os.path.join(ROOT, "build", "*", "fw.elf")))), "")
        kernel = probe.patched(
            os.path.join(ROOT, "build", "kernel", args.kernel), OUT)
        run(args.machine, kernel, qemu.firmware_path(args.firmware), log)
        counts, calls = count(log, elf)
    except (qemu.Failure, OSError, subprocess.CalledProcessError) as err:
        print(f"profile: {err}", file=sys.stderr)
        return 1
    for name, number in counts.most_common():
        print(f"{number:>9,}  {calls[name]:>5} x  {name}")
    print(f"{sum(counts.values()):>9,}  in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
