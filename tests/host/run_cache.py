# SPDX-License-Identifier: BSD-2-Clause
"""`beeline run --path none`: bundles that it bakes and keeps, or does not."""

import os
import signal

from host_test import TIME, check, equal


def test_cache(place):
    """Baked once, run twice; another command line is baked anew."""
    args = ["run", "--path", "none", "--kernel", place.kernel, "--memory",
            "128", "--accel", "tcg"]
    place.bake()
    place.forget()
    for wanted, more in ((True, []), (False, []), (True, ["--cpus", "2"])):
        place.forget()
        place.call(*args, *more, fake="exit5", code=5)
        equal(place.note("baked") is not None, wanted, f"baked {more}")
        equal(len(place.starts()), 1, "QEMUs")
    place.forget()
    line, _ = place.call(*args, "--dry-run")
    check(place.path("cache") in line, line)
    place.refused(*args, about="cannot", XDG_CACHE_HOME="/proc/none")


def test_cache_tables(place):
    """Tables that QEMU reads from a file belong to the bundle."""
    args = ["run", "--path", "none", "--kernel", place.kernel, "--memory",
            "128", "--accel", "tcg", "--", "-acpitable",
            "sig=BEEL,data=table"]
    place.bake()
    for wanted, data in ((True, b"one"), (False, b"one"), (True, b"two")):
        place.write("table", data)
        place.forget()
        place.call(*args)
        equal(place.note("baked") is not None, wanted, f"baked with {data}")


def test_no_cache(place):
    """A temporary folder is gone at the end, whatever the end."""
    args = ["run", "--path", "none", "--no-cache", "--kernel", place.kernel,
            "--memory", "128", "--accel", "tcg"]
    place.bake()
    for fake, code in (("exit0", 0), ("exit9", 9), ("kill9", 137),
                       ("guest-reset,exit4", 4)):
        place.forget()
        place.call(*args, fake=fake, code=code)
        check(place.path("tmp") in " ".join(place.starts()[0]["args"]), "tmp")
        equal(os.listdir(place.path("tmp")), [], "left behind")
    place.forget()
    place.call(*args, fake="exit0", code=1, FAKE_BAKE="exit1")
    equal(os.listdir(place.path("tmp")), [], "left behind")
    place.refused(*args, about="cannot make a temporary folder",
                  TMPDIR="/proc/none")


def test_no_cache_signals(place):
    """Ended while it bakes, and while it runs: nothing stays."""
    args = ["run", "--path", "none", "--no-cache", "--kernel", place.kernel,
            "--memory", "128", "--accel", "tcg"]
    place.bake()
    for more, code in (({"FAKE_BAKE": "stubborn"}, 128 + signal.SIGTERM),
                       ({"fake": "wait"}, 40 + signal.SIGTERM)):
        place.forget()
        child = place.start(*args, **more)
        place.await_note("ready")
        child.terminate()
        child.communicate(timeout=TIME)
        equal(child.returncode, code, f"exit code with {more}")
        equal(os.listdir(place.path("tmp")), [], "left behind")
