# SPDX-License-Identifier: BSD-2-Clause
"""What a measurement was made with and on, and how calm the host was."""

import hashlib
import json
import os
import platform
import shlex
import statistics
import subprocess
import time

import qemu

VERSION = 1             # of the JSON that the tools of bench/ write
LOOP = 400000           # steps of the calibration loop, some 30 ms
NOISY = 0.10            # spread of that loop above which a report says so
BLOCK = 1 << 20


def digest(path):
    """The SHA-256 of a file."""
    found = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while block := file.read(BLOCK):
                found.update(block)
    except OSError as err:
        raise qemu.Failure(f"{path}: cannot read: {err.strerror}") from err
    return found.hexdigest()


def first_line(args):
    """The first line that a program prints."""
    try:
        done = subprocess.run(args, capture_output=True, text=True,
                              check=False)
    except OSError as err:
        raise qemu.Failure(f"{args[0]}: cannot run: {err.strerror}") from err
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise qemu.Failure(f"{args[0]}: {args[1]}: exit code "
                           f"{done.returncode}")
    return lines[0]


def cpu_model():
    """The host's processor in its own words."""
    try:
        with open("/proc/cpuinfo", errors="replace") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def load():
    """The host's load averages over 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def calibrate():
    """Milliseconds that a fixed loop takes, other programs included."""
    start, value = time.monotonic(), 1
    for _ in range(LOOP):
        value = value * 1103515245 + 12345 & 0x7FFFFFFF
    return (time.monotonic() - start) * 1000


def probe():
    """The host's state now: load averages and the calibration loop."""
    return {"load": load(), "loop_ms": round(calibrate(), 3)}


def spread(probes):
    """(longest - shortest) / median of the calibration loop."""
    times = [probe["loop_ms"] for probe in probes]
    if len(times) < 2:
        return 0.0
    return (max(times) - min(times)) / statistics.median(times)


def calm_text(probes):
    """One line about the host during a measurement."""
    found = spread(probes)
    word = "noisy" if found > NOISY else "calm"
    loads = [probe["load"][0] for probe in probes]
    return (f"host: {word}: a fixed loop's times spread over "
            f"{found * 100:.0f} %, load {min(loads):.1f} to "
            f"{max(loads):.1f} on {os.cpu_count()} CPUs")


def commands_of(guests):
    """name -> beeline's and QEMU's whole command lines."""
    return {name: {"beeline": shlex.join(qemu.arguments(guest)),
                   "qemu": qemu.dry_run(guest, whole=True)[0]}
            for name, guest in guests.items()}


def collect(files=(), guests=None):
    """The environment of a measurement that is about to begin.

    files are inputs, of which the digests are kept; guests is a dict of
    name -> qemu.Guest, of which the command lines are kept.  A guest by
    path none is baked on the way."""
    return {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "qemu": first_line([qemu.QEMU, "--version"]),
        "beeline": first_line([qemu.BEELINE, "--version"]),
        "host_cpu": cpu_model(),
        "host_cpus": os.cpu_count(),
        "host_kernel": platform.release(),
        "load_before": load(),
        "digests": {path: digest(path) for path in dict.fromkeys(files)
                    if path},
        "commands": commands_of(guests or {}),
    }


def write(path, tool, environment, runs, **more):
    """Writes a tool's JSON, whole or not at all."""
    environment["load_after"] = load()
    document = {"version": VERSION, "tool": tool,
                "environment": environment, **more, "runs": runs}
    part = f"{path}.{os.getpid()}.part"
    try:
        with open(part, "w") as file:
            json.dump(document, file, indent=1)
            file.write("\n")
        os.replace(part, path)
    except OSError as err:
        if os.path.exists(part):
            os.remove(part)
        raise qemu.Failure(f"{path}: cannot write: {err.strerror}") from err


def writable(path):
    """Raises Failure if nothing can be written there: better before a long
    measurement than after it."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise qemu.Failure(f"{path}: cannot write: no such folder")
    if os.path.isdir(path):
        raise qemu.Failure(f"{path}: cannot write: it is a folder")
    if not os.access(path if os.path.exists(path) else folder, os.W_OK):
        raise qemu.Failure(f"{path}: cannot write: permission denied")


def read(path, tool):
    """A document that write() made for a tool."""
    try:
        with open(path) as file:
            document = json.load(file)
    except OSError as err:
        raise qemu.Failure(f"{path}: cannot read: {err.strerror}") from err
    except ValueError as err:
        raise qemu.Failure(f"{path}: cannot read: no JSON: {err}") from err
    if not isinstance(document, dict) or document.get("tool") != tool:
        raise qemu.Failure(f"{path}: cannot use: not of {tool}")
    if document.get("version") != VERSION:
        raise qemu.Failure(f"{path}: cannot use: version "
                           f"{document.get('version')}, not {VERSION}")
    if not isinstance(document.get("runs"), list):
        raise qemu.Failure(f"{path}: cannot use: no runs")
    return document
