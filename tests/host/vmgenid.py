#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""vmgenid.py [MACHINE...] - what the ACPI script's WRITE_POINTER needs at each
launch: two VMs of one bundle have GUIDs of their own in memory, and QEMU knows
where."""

import functools
import os
import sys
import tempfile
import time
import uuid

from guest_memory import Guest, bake
from host_test import BUILD, TIME, check, equal, run_tests

GUID_OFFSET = 40            # in etc/vmgenid_guid: QEMU docs/specs/vmgenid.txt
MACHINES = ("q35", "pc")    # those that can have the device


def launch(image, folder):
    """QEMU's GUID of one VM, which memory must have once the stub has been
    through."""
    blob = next(d for d in image.plan["dma"] if not d["write"])
    pointer = next(d for d in image.plan["dma"] if d["write"])
    with Guest(folder, ("--bundle", image.folder)) as guest:
        guid = uuid.UUID(guest.qmp.ask("query-vm-generation-id")["guid"])
        end = time.monotonic() + TIME
        while True:     # the guest has only just started
            seen = uuid.UUID(bytes_le=guest.memory(
                blob["gpa"] + GUID_OFFSET, 16))
            if seen == guid or time.monotonic() > end:
                break
            time.sleep(0.05)
        equal(seen, guid, "the GUID in memory")
        address = guest.memory(pointer["gpa"], pointer["size"])
        equal(int.from_bytes(address, "little"), blob["gpa"] + GUID_OFFSET,
              "the pointer that QEMU was given")
    return guid


def test(machine):
    """Two VMs of one bundle."""
    with tempfile.TemporaryDirectory() as folder:
        image = bake(
            os.path.join(folder, "bundle"), "--machine", machine, "--memory",
            "128", "--kernel", os.path.join(BUILD, "kernel", "vmlinux"),
            "--append", "panic=0", "--accel", "tcg", "--", "-device",
            "vmgenid,guid=auto")
        check(launch(image, folder) != launch(image, folder),
              "two VMs have one GUID")


def main():
    """The machines that are named, or all."""
    return run_tests("vmgenid", [(machine, functools.partial(test, machine))
                                 for machine in MACHINES])


if __name__ == "__main__":
    sys.exit(main())
