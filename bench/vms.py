# SPDX-License-Identifier: BSD-2-Clause
"""Virtual machines that stay alive beside each other while they are looked
at."""

import os
import re
import subprocess
import threading
import time

import qemu

TICK = 0.1              # seconds between two looks
CALM_KIB = 64           # an idle guest's memory grows by less between two
CALM_TIME = 0.5         # looks that are so far apart
CALM_LIMIT = 10


def children(pid):
    """Processes that a process has started."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


class Vm:
    """One guest; used in `with`, so that it ends whatever happens."""

    def __init__(self, guest, ready):
        self.guest, self.ready = guest, re.compile(ready, re.M)
        self.text, self.seen = "", threading.Event()
        self.errors = []
        try:
            self.child = subprocess.Popen(
                qemu.arguments(guest), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except FileNotFoundError as err:
            raise qemu.Failure(f"{qemu.BEELINE}: cannot run: make "
                               "beeline") from err
        self.readers = [threading.Thread(target=self.listen, daemon=True),
                        threading.Thread(target=self.complaints, daemon=True)]
        for reader in self.readers:
            reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def listen(self):
        """Takes the console until it closes."""
        while data := os.read(self.child.stdout.fileno(), 65536):
            self.text += data.decode(errors="replace").replace("\r", "")
            if self.ready.search(self.text):
                self.seen.set()

    def complaints(self):
        """Takes what is said on stderr."""
        for line in self.child.stderr:
            self.errors.append(line.decode(errors="replace").strip())

    def why(self):
        """Its last words, for an error."""
        said = [line for line in self.errors if line]
        lines = self.text.strip().splitlines()
        return (said or lines or ["it printed nothing"])[-1][:200]

    def wait(self, limit):
        """Until it has said that it is ready."""
        end = time.monotonic() + limit
        while not self.seen.wait(TICK):
            if qemu.stopping.is_set():
                return
            if self.child.poll() is not None:
                self.readers[1].join(1)
                raise qemu.Failure(
                    f"{self.guest.kernel}: ended before it was ready: "
                    f"{self.why()}")
            if time.monotonic() > end:
                raise qemu.Failure(f"{self.guest.kernel}: not ready after "
                                   f"{limit} s: {self.why()}")

    def pid(self):
        """QEMU's process: beeline's child, or what beeline became."""
        found = children(self.child.pid)
        return found[0] if found else self.child.pid

    def end(self):
        """Ends it, and no other process."""
        qemu.end(self.child)
        for reader in self.readers:
            reader.join(qemu.GRACE)
        self.child.stdout.close()
        self.child.stderr.close()


def settle(rss):
    """Waits until rss() does not grow any more."""
    last, end = rss(), time.monotonic() + CALM_LIMIT
    while time.monotonic() < end and not qemu.stopping.is_set():
        time.sleep(CALM_TIME)
        now = rss()
        if abs(now - last) < CALM_KIB:
            return
        last = now


def bake(guest, folder):
    """Makes the bundle of a guest by path none; gives the guest that runs
    from it."""
    args = [qemu.BEELINE, "bake", "--output", folder]
    run = qemu.arguments(guest)
    args += run[run.index("--machine"):]
    if "--no-reboot" in args:
        args.remove("--no-reboot")
    try:
        done = subprocess.run(args, capture_output=True, text=True,
                              check=False)
    except FileNotFoundError as err:
        raise qemu.Failure(f"{qemu.BEELINE}: cannot run: make "
                           "beeline") from err
    if done.returncode:
        raise qemu.Failure(done.stderr.strip() or
                           f"{folder}: beeline bake failed")
    image = os.path.join(os.path.realpath(folder), "image")
    with open(image, "rb") as file:
        os.fsync(file)              # what waits to be written is not clean
    return image
