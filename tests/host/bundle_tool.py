# SPDX-License-Identifier: BSD-2-Clause
"""bundle-make, the program of bundle-make.c: how it is run, refuses and is
disturbed, and the folders that it writes to."""

import os
import re
import subprocess
import time

from host_test import BUILD, TIME, check

MAKE = os.environ.get("BUNDLE_MAKE", os.path.join(BUILD, "test",
                                                  "bundle-make"))
MIB = 1 << 20
BIG = "200"             # MiB of kernel: long enough to be disturbed
NOBODY = 65534


def start(*args, **options):
    """A running bundle-make."""
    return subprocess.Popen([MAKE, *args], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, **options)


def finish(process):
    """Its exit code, and what it said."""
    out, err = process.communicate(timeout=TIME)
    return process.returncode, out, err


def run(*args, **options):
    """What it prints; Wrong if it fails."""
    code, out, err = finish(start(*args, **options))
    check(code == 0 and err == "", f"{' '.join(args)}: {code}: {err.strip()}")
    return out


def refuse(pattern, *args, code=1, **options):
    """It ends with one line on stderr that matches."""
    got, out, err = finish(start(*args, **options))
    check(got == code, f"{' '.join(args)}: exit code {got}: {err.strip()}")
    check(out == "" and err.count("\n") == 1 and
          re.fullmatch("beeline: " + pattern + "\n", err),
          f"{' '.join(args)}: {err.strip()!r} is not /{pattern}/")


def names(folder):
    return sorted(os.listdir(folder))


def expect_only(folder, *wanted):
    check(names(folder) == sorted(wanted), f"left: {names(folder)}")


def put(path, text, mode=0o644):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def wait_for(what, why):
    """Until what() is true."""
    end = time.monotonic() + TIME
    while not what():
        check(time.monotonic() < end, f"waited in vain: {why}")
        time.sleep(0.002)


def temp_folders(folder):
    return [name for name in names(folder) if re.search(r"\.\w{6}$", name)]


def disturb(work, number, *args, **options):
    """Sends a signal to a bundle-make that writes to work/b; its end."""
    process = start(*args, BIG, **options)
    wait_for(lambda: any(
        "image" in names(os.path.join(work, temp))
        for temp in temp_folders(work)), "for an image that is written")
    process.send_signal(number)
    return finish(process)
