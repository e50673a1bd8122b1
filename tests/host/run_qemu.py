#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""run_qemu.py - stands in for QEMU in tests/host/run.py.

It writes down how it was started, as a file of JSON in the folder RECORD, and
then does what FAKE says: a name, or names for one start after the other with
commas between.  Where Beeline wants tables (its -object qtest), the real one
(REAL) takes over, unless FAKE_BAKE is set."""
import json
import os
import re
import signal
import socket
import sys
import time

ARGS = sys.argv[1:]
RECORD = os.environ["RECORD"]
NAP = 20            # seconds: longer than any test waits


def note(name, text):
    """A file of the record, whole or not at all."""
    path = os.path.join(RECORD, name)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)


def open_files():
    """Numbers of open files and what they are."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            found[name] = os.readlink("/proc/self/fd/" + name)
        except OSError:
            pass                # what listed the folder
    return found


def start_note():
    """Writes down this start; gives its number, from 0."""
    number = len([name for name in os.listdir(RECORD)
                  if re.fullmatch(r"start\d+", name)])
    rom = ""
    if "-bios" in ARGS:
        with open(ARGS[ARGS.index("-bios") + 1], "rb") as file:
            rom = file.read().hex()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    note(f"start{number}", json.dumps(
        {"args": sys.argv, "pid": os.getpid(), "parent": os.getppid(),
         "files": open_files(), "rom": rom,
         "blocked": sorted(int(number) for number in mask)}))
    return number


def qmp(reason):
    """Answers on the QMP socket, and tells why the guest ended."""
    fd = int(re.search(r"id=beeline-qmp,fd=(\d+)", " ".join(ARGS)).group(1))
    with socket.socket(fileno=fd) as peer:
        peer.sendall(b'{"QMP": {"version": {}, "capabilities": []}}\r\n')
        asked = peer.makefile("r")
        note("asked", "".join(asked.readline() for _ in range(2)))
        peer.sendall(b'{"return": {}}\r\n' * 2 + b"nonsense\r\n" +
                     b"x" * 5000 + b'\r\n{"event": "RESET"}\r\n')
        peer.sendall(json.dumps(
            {"event": "SHUTDOWN",
             "data": {"guest": True, "reason": reason}}).encode() + b"\r\n")


def wait_signals(ends):
    """Writes down each signal; ends at the first if told to."""
    def handler(number, _frame):
        note(f"signal{number}", str(number))
        if ends:
            os._exit(40 + number)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP,
                   signal.SIGQUIT):
        signal.signal(number, handler)
    note("ready", "")
    end = time.monotonic() + NAP
    while time.monotonic() < end:
        time.sleep(0.1)


def act(what):
    """Does what a word says; the exit code."""
    if what.startswith("exit"):
        return int(what[4:])
    if what.startswith("kill"):
        os.kill(os.getpid(), int(what[4:]))
    if what in ("guest-reset", "guest-shutdown", "guest-panic",
                "host-qmp-system-reset"):
        qmp(what)
    if what == "slow-reset":
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        note("ready", "")
        signal.sigtimedwait([signal.SIGUSR1], NAP)
        qmp("guest-reset")
    if what in ("wait", "stubborn"):
        wait_signals(what == "wait")
    return 0


def main():
    """Starts like QEMU, ends as told."""
    if "id=beeline-qtest" in " ".join(ARGS):
        note("baked", "")
        if "FAKE_BAKE" in os.environ:
            return act(os.environ["FAKE_BAKE"])
        os.execvp(os.environ["REAL"], [os.environ["REAL"]] + ARGS)
    number = start_note()
    words = os.environ.get("FAKE", "exit0").split(",")
    return act(words[min(number, len(words) - 1)])


if __name__ == "__main__":
    sys.exit(main())
