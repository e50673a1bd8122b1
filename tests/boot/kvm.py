#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs the payload rows under KVM where it can be had.

A host that runs the guest's kernel mode at speed gets fw.bin.  One that emulates
it, and in which only moves are known of SSE, gets fw-nosse.bin.  Linux does not
come up there, so the rows are those of the payload kernels, with firmware and
without."""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import qemu     # noqa: E402

ROWS = ("^(linux64|linux32|pvh|multiboot|none: payload|none: payload by PVH) "
        "on (pc|q35|microvm(,acpi=o(n|ff))?)$")


def skip(why):
    """One line that says why nothing ran."""
    print(f"skipped: kvm: {why}")
    print("kvm: 0 passed, 0 failed, 1 skipped")
    return 0


def main():
    """Chooses the image, then runs the rows with it."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return skip("no usable /dev/kvm")
    chosen, why = qemu.choose_accel("auto")
    if chosen != "kvm" and "emulates" not in why:
        return skip(why)
    name = "fw.bin" if chosen == "kvm" else "fw-nosse.bin"
    print(f"kvm: {why}: {name}")
    return subprocess.run(
        [os.path.join(ROOT, "tests", "boot", "run.py"), "--accel", "kvm",
         "--firmware", os.path.join(ROOT, "build", name), "-k", ROWS],
        check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
