#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""vmgenid.py - what the ACPI script's WRITE_POINTER needs at each launch: two
VMs of one bundle have GUIDs of their own in memory, and QEMU knows where."""
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BEELINE = os.environ.get("BEELINE", os.path.join(ROOT, "build", "beeline"))
KERNELS = os.path.join(ROOT, "build", "kernel")
GUID_OFFSET = 40            # in etc/vmgenid_guid: QEMU docs/specs/vmgenid.txt
LIMIT = 60                  # seconds


class Monitor:
    """A QMP monitor on a Unix socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(LIMIT)
        end = time.monotonic() + LIMIT
        while True:
            try:
                self.socket.connect(path)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        self.file = self.socket.makefile("rw")
        self.file.readline()
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        """The answer to a command."""
        self.file.write(json.dumps({"execute": command,
                                    "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "event" not in answer:
                return answer["return"]

    def read(self, gpa, size, folder):
        """Bytes of guest memory."""
        path = os.path.join(folder, "memory")
        self.ask("pmemsave", val=gpa, size=size, filename=path)
        with open(path, "rb") as file:
            return file.read()


def launch(bundle, folder, number):
    """(GUID by QMP, GUID in memory, pointer in memory) of one VM, once the
    stub has been through."""
    path = os.path.join(folder, f"qmp{number}")
    with open(os.path.join(bundle, "manifest.json")) as file:
        dma = json.load(file)["plan"]["dma"]
    blob = next(d for d in dma if not d["write"])
    pointer = next(d for d in dma if d["write"])
    child = subprocess.Popen(
        [BEELINE, "run", "--bundle", bundle, "--", "-qmp",
         f"unix:{path},server=on,wait=off"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        monitor = Monitor(path)
        wanted = uuid.UUID(monitor.ask("query-vm-generation-id")["guid"])
        end = time.monotonic() + LIMIT
        while True:     # the guest has only just started
            seen = uuid.UUID(bytes_le=monitor.read(
                blob["gpa"] + GUID_OFFSET, 16, folder))
            if seen == wanted or time.monotonic() > end:
                break
            time.sleep(0.05)
        address = int.from_bytes(monitor.read(
            pointer["gpa"], pointer["size"], folder), "little")
        return wanted, seen, address == blob["gpa"] + GUID_OFFSET
    finally:
        child.terminate()
        child.wait(LIMIT)


def bake(folder, machine):
    """The bundle of a machine with the device."""
    bundle = os.path.join(folder, machine)
    subprocess.run(
        [BEELINE, "bake", "--output", bundle, "--machine", machine,
         "--memory", "128", "--kernel", os.path.join(KERNELS, "vmlinux"),
         "--append", "panic=0", "--accel", "tcg", "--", "-device",
         "vmgenid,guid=auto"], check=True, stdout=subprocess.DEVNULL)
    return bundle


def check(folder, machine):
    """What is wrong on one machine."""
    bundle = bake(folder, machine)
    vms = [launch(bundle, folder, n) for n in range(2)]
    for wanted, seen, pointed in vms:
        if seen != wanted:
            yield f"QEMU's GUID is {wanted}, the one in memory {seen}"
        if not pointed:
            yield "the pointer that QEMU was given is another"
    if vms[0][0] == vms[1][0]:
        yield "two VMs have one GUID"


def main():
    """Both machines that can have the device."""
    failed = 0
    for machine in ("q35", "pc"):
        with tempfile.TemporaryDirectory() as folder:
            faults = list(check(folder, machine))
        for fault in faults:
            print(f"vmgenid: {machine}: {fault}")
        failed += bool(faults)
    print(f"vmgenid: {2 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
