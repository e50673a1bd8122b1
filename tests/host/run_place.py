# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of `beeline run` stand on: a folder with a fake QEMU and
small kernels, and what was noted there."""

import json
import os
import shutil
import struct
import subprocess
import time

from host_test import (BEELINE, HERE, QEMU, TIME, Skip, Wrong, check, equal,
                       read, write)

LOAD = 0x1000000        # where the kernel is linked to run
LINKED = 0xFFFFFFFF80000000
COMMON = ["-nodefaults", "-no-user-config", "-display", "none"]
CONSOLE = ["-chardev", "stdio,id=console,mux=on,signal=off", "-mon",
           "chardev=console"]

# out COM1, 'A'; out 0xcf9, 6 (reset); hlt
RESET = bytes.fromhex("66baf803 b041 ee 66baf90c b006 ee f4 ebfd")
# out COM1, 'A'; write 8 MiB from 64 MiB on (where the kernel must not be, so
# --no-kaslr); out COM1, 'B'; hlt
TOUCH = bytes.fromhex("66baf803 b041 ee bf00000004 b900001000 31c0 f348ab"
                      "b042 ee f4 ebfd")


def elf(code, segments=2):
    """A kernel linked as Linux is; of one segment it is none of Linux's."""
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1,
                       LOAD, 64, 0, 0, 64, 56, segments, 0, 0, 0)
    body = head.ljust(0x1000, b"\0") + code.ljust(0x1000, b"\x90")
    table = b""
    for i in range(segments):
        gpa = LOAD + i * 0x200000
        table += struct.pack("<IIQQQQQQ", 1, 7, 0x1000, LINKED + gpa, gpa,
                             0x1000, 0x1000, 0x200000)
    return body[:64] + table + body[64 + len(table):]


class Place:
    """A folder for one test: fake QEMU, kernels, cache, record."""

    def __init__(self, folder):
        self.folder = folder
        self.record = self.path("record")
        self.children = []
        os.mkdir(self.record)
        os.mkdir(self.path("tmp"))
        self.qemu = self.path("qemu-system-x86_64")
        self.write("qemu-system-x86_64", read(HERE, "run_qemu.py"))
        os.chmod(self.qemu, 0o755)
        self.firmware = self.write("fw.bin", bytes(0x10000))
        self.kernel = self.write("kernel", elf(RESET, 1))
        self.linux = self.write("linux", elf(RESET))
        self.env = {"PATH": os.environ["PATH"], "QEMU": self.qemu,
                    "REAL": shutil.which(QEMU) or "", "RECORD": self.record,
                    "BEELINE_FIRMWARE": self.firmware,
                    "TMPDIR": self.path("tmp"),
                    "XDG_CACHE_HOME": self.path("cache")}

    def path(self, name):
        """Of a file in the folder."""
        return os.path.join(self.folder, name)

    def write(self, name, data):
        """A file; its path."""
        return write(self.folder, name, data)

    def start(self, *args, fake="exit0", **more):
        """A running beeline."""
        self.children.append(subprocess.Popen(
            [BEELINE, *args], env={**self.env, "FAKE": fake, **more},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, cwd=self.folder))
        return self.children[-1]

    def end(self):
        """Ends what a failed test left running."""
        for child in self.children:
            if child.poll() is None:
                child.kill()

    def call(self, *args, fake="exit0", code=0, **more):
        """Runs beeline, checks its exit code; stdout and stderr."""
        with self.start(*args, fake=fake, **more) as child:
            try:
                out, err = child.communicate(timeout=TIME)
            except subprocess.TimeoutExpired:
                child.kill()
                raise
        equal(child.returncode, code, f"exit code of {args}: {err}")
        return out, err

    def refused(self, *args, about, code=1, **more):
        """One line that says so, and no QEMU."""
        out, err = self.call(*args, code=code, **more)
        equal(out, "", "stdout")
        check(err.startswith("beeline") and err.count("\n") == 1,
              f"{args}: {err!r} is not one line")
        check(about in err, f"{args}: {err!r} does not say {about!r}")
        equal(self.starts(), [], "QEMUs that were started")

    def firmware_run(self, *args, **more):
        """`beeline run` of the small kernel with firmware; the start."""
        self.forget()
        self.call("run", "--kernel", self.kernel, "--accel", "tcg", *args,
                  **more)
        return self.starts()[-1]

    def bake(self, *args, kernel="", **more):
        """Bakes with the real QEMU; the bundle's folder."""
        if not self.env["REAL"]:
            raise Skip(f"{QEMU} is not installed")
        self.call("bake", "--output", self.path("bundle"), "--kernel",
                  kernel or self.kernel, "--memory", "128", "--accel", "tcg",
                  *args, **more)
        return self.path("bundle")

    def starts(self):
        """How QEMU was started, each time."""
        found = []
        while os.path.exists(os.path.join(self.record,
                                          f"start{len(found)}")):
            found.append(json.loads(self.note(f"start{len(found)}")))
        return found

    def note(self, name):
        """What the fake QEMU wrote down; None: nothing."""
        path = os.path.join(self.record, name)
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            return file.read()

    def await_note(self, name):
        """The same, once it is there."""
        end = time.monotonic() + TIME
        while time.monotonic() < end:
            if self.note(name) is not None:
                return self.note(name)
            time.sleep(0.02)
        raise Wrong(f"the fake QEMU never wrote {name}")

    def forget(self):
        """Empties the record."""
        for name in os.listdir(self.record):
            os.unlink(os.path.join(self.record, name))


def after(args, option):
    """The value of an option."""
    check(option in args, f"no {option} in {args}")
    return args[args.index(option) + 1]
