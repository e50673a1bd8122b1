# SPDX-License-Identifier: BSD-2-Clause
"""Guests that are looked at while they run: what they print, what is in their
memory, and the memory that a bundle's image will give them."""

import json
import os
import re
import select
import socket
import subprocess
import time

from host_test import BEELINE, TIME, Wrong, call, check, equal, read
from processes import children

GRACE = 10          # seconds between asking to end and killing
PAGE = 0x1000

# core/layout.h
BOOT_PARAMS, LAUNCH_SEED, LAUNCH_SEED_SIZE = 0x35000, 0x3B010, 0x30
SMBIOS, RSDP, MP_FLOATING = 0x50000, 0x9FC00, 0x9FC40
ROM_LOW, ROM_SLOTS = 0xF0000, 0xFF000
ROM_SIZE = 0x10000
SLOT_SEED = ROM_SLOTS - ROM_LOW + 0x40      # struct rom_slots
HEADER = 16                                 # struct setup_data


class Qmp:
    """QEMU's monitor, over one end of a socket pair."""

    def __init__(self):
        self.ours, self.theirs = socket.socketpair()
        self.ours.settimeout(TIME)
        self.file = self.ours.makefile("r", encoding="utf-8")

    def arguments(self):
        """For QEMU, which inherits the other end."""
        return ["-chardev", f"socket,id=look,fd={self.theirs.fileno()}",
                "-mon", "chardev=look,mode=control"]

    def answer(self):
        """The next line that is no event."""
        for line in self.file:
            said = json.loads(line)
            check("error" not in said, f"QMP: {line.strip()}")
            if "event" not in said:
                return said
        raise Wrong("QMP: QEMU is gone")

    def begin(self):
        """Past its greeting."""
        self.theirs.close()
        check("QMP" in self.answer(), "no greeting on QMP")
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        """What it answers to a command."""
        words = {"execute": command, "arguments": arguments}
        self.ours.sendall(json.dumps(words).encode() + b"\n")
        return self.answer()["return"]

    def close(self):
        """Lets go of it."""
        self.file.close()
        self.ours.close()
        self.theirs.close()


class Guest:
    """`beeline run`, or a line that it has printed, up to where its console
    shows a pattern.  Used in `with`: at the end nothing of it runs any
    more."""

    def __init__(self, folder, args=(), line="", until=""):
        self.folder, self.text = folder, ""
        self.qmp = Qmp()
        self.start(args, line, self.qmp.arguments())
        try:
            self.qmp.begin()
            if until:
                self.wait_for(until)
        except (Wrong, OSError) as why:
            self.end()
            raise Wrong(f"QEMU: {why}: {self.stderr()}") from None

    def start(self, args, line, more):
        """Starts it."""
        if line:
            command = ["sh", "-c", "exec " + line + " " + " ".join(more)]
        else:
            split = list(args).index("--") if "--" in args else len(args)
            command = [BEELINE, "run", *args[:split], "--", *more,
                       *args[split + 1:]]
        with open(os.path.join(self.folder, "stderr"), "w",
                  encoding="utf-8") as err:
            self.child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=err, pass_fds=[self.qmp.theirs.fileno()])
        os.set_blocking(self.child.stdout.fileno(), False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def stderr(self):
        """What was said there so far."""
        with open(os.path.join(self.folder, "stderr"),
                  encoding="utf-8") as file:
            return file.read()

    def read(self, limit):
        """Takes what came on the console; False at its end."""
        if not select.select([self.child.stdout], [], [], limit)[0]:
            return True
        data = self.child.stdout.read() or b""
        self.text += data.decode(errors="replace").replace("\r", "")
        return bool(data)

    def wait_for(self, pattern, count=1):
        """Until the console has shown a pattern so many times."""
        end = time.monotonic() + TIME
        while len(re.findall(pattern, self.text, re.M)) < count:
            if not self.read(0.2) or time.monotonic() > end:
                raise Wrong(f"no {pattern!r} ({count} times): "
                            f"{self.text[-300:]!r} {self.stderr()!r}")

    def reports(self, key):
        """Values of the lines `BEELINE key=value`."""
        return re.findall(rf"^BEELINE {key}=(.*)$", self.text, re.M)

    def qemu(self):
        """QEMU's process: beeline's child, or what beeline became."""
        found = children(self.child.pid)
        return found[0] if found else self.child.pid

    def memory(self, gpa, size):
        """Bytes of guest memory, ROMs and holes included."""
        path = os.path.join(self.folder, "memory")
        self.qmp.ask("pmemsave", val=gpa, size=size, filename=path)
        data = read(path)
        os.unlink(path)
        equal(len(data), size, f"bytes of memory at {gpa:#x}")
        return data

    def rom(self):
        """The ROM of this launch as the host has it; None: QEMU has no such
        file."""
        folder = f"/proc/{self.qemu()}/fd"
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if "beeline-rom" in os.readlink(path):
                return read(path)
        return None

    def end(self):
        """Asks it to end, and kills it if it does not; its exit code."""
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(GRACE)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        self.child.stdout.close()
        self.qmp.close()
        return self.child.returncode


class Image:
    """A bundle's image: the memory that its guest begins with.  Offsets are
    addresses below the hole for PCI, where all tables are."""

    def __init__(self, folder):
        self.folder = folder
        with open(self.path("manifest.json"), encoding="utf-8") as file:
            self.manifest = json.load(file)
        self.plan = self.manifest["plan"]

    def path(self, name):
        """Of one of its files."""
        return os.path.join(self.folder, name)

    def bytes_of(self, name):
        """All of a small file."""
        return read(self.path(name))

    def memory(self, gpa, size):
        """As Guest.memory()."""
        with open(self.path("image"), "rb") as file:
            file.seek(gpa)
            return file.read(size)


def bake(folder, *args):
    """Bakes, and opens what came."""
    call(BEELINE, "bake", "--output", folder, *args)
    return Image(folder)


def rom_seed(rom):
    """(type of its setup_data, the 32 bytes behind)."""
    kind = int.from_bytes(rom[SLOT_SEED + 8:SLOT_SEED + 12], "little")
    return kind, rom[SLOT_SEED + HEADER:SLOT_SEED + LAUNCH_SEED_SIZE]
