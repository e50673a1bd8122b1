# SPDX-License-Identifier: BSD-2-Clause
"""`beeline run --bundle`: how QEMU, its guest and a launch end."""

import json
import os
import shutil
import signal
import time

from host_test import TIME, check, equal
from processes import gone


def test_bundle_exit_code(place):
    """QEMU's own, or 128 and the signal."""
    bundle = place.bake()
    for fake, code in (("exit0", 0), ("exit1", 1), ("exit200", 200),
                       ("kill9", 137), ("kill11", 139), ("kill15", 143)):
        place.forget()
        place.call("run", "--bundle", bundle, "--accel", "tcg", fake=fake,
                   code=code)


def test_bundle_signals(place):
    """Each is passed on; QEMU's answer is the exit code."""
    bundle = place.bake()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP,
                   signal.SIGQUIT):
        place.forget()
        child = place.start("run", "--bundle", bundle, "--accel", "tcg",
                            fake="wait")
        place.await_note("ready")
        child.send_signal(number)
        child.communicate(timeout=TIME)
        equal(child.returncode, 40 + number, "exit code")
        equal(place.note(f"signal{number}"), str(int(number)), "signal")
        check(gone(place.starts()[0]["pid"], 0), "QEMU is still there")


def test_bundle_stubborn(place):
    """One that does not end is killed after 3 s."""
    child = place.start("run", "--bundle", place.bake(), "--accel", "tcg",
                        fake="stubborn")
    place.await_note("ready")
    began = time.monotonic()
    child.terminate()
    time.sleep(0.5)
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=TIME)
    took = time.monotonic() - began
    equal(child.returncode, 137, "exit code")
    check(2.5 < took < 10, f"killed after {took:.1f} s")
    check(place.note("signal15") and place.note("signal2"), "not passed on")


def test_bundle_orphan(place):
    """QEMU does not outlive us, even if nothing can be done any more."""
    for args in (["--bundle", place.bake()],
                 ["--kernel", place.kernel, "--report-memory"]):
        place.forget()
        child = place.start("run", *args, "--accel", "tcg", fake="stubborn")
        place.await_note("ready")
        child.kill()
        child.communicate(timeout=TIME)
        check(gone(place.starts()[0]["pid"]), "QEMU is still there")


def test_bundle_reset(place):
    """A guest reset starts another QEMU, with another seed."""
    bundle = place.bake()
    run = ["run", "--bundle", bundle, "--accel", "tcg"]
    place.call(*run, fake="guest-reset,guest-reset,exit3", code=3)
    starts = place.starts()
    equal(len(starts), 3, "QEMUs")
    equal(len({start["rom"] for start in starts}), 3, "seeds")
    equal([json.loads(line)["execute"] for line in
           place.note("asked").splitlines()], ["qmp_capabilities", "cont"],
          "commands")
    place.forget()
    place.call(*run, fake="host-qmp-system-reset,exit3", code=3)
    equal(len(place.starts()), 2, "QEMUs with system_reset")
    for args, fake in ((["--no-reboot"], "guest-reset"),
                       (["--", "-no-reboot"], "guest-reset,exit3"),
                       (["--", "-action", "panic=none,reboot=shutdown"],
                        "guest-reset,exit3"),
                       ([], "guest-shutdown,exit3"),
                       ([], "guest-panic,exit3"), ([], "exit0,exit3")):
        place.forget()
        place.call(*run, *args, fake=fake)
        equal(len(place.starts()), 1, f"QEMUs with {args} {fake}")


def test_bundle_baked_anew(place):
    """A reset does not go on with another machine."""
    bundle = place.bake()
    child = place.start("run", "--bundle", bundle, "--accel", "tcg",
                        fake="slow-reset,exit3")
    place.await_note("ready")
    os.rename(bundle, bundle + ".old")
    shutil.copytree(bundle + ".old", bundle)
    os.kill(place.starts()[0]["pid"], signal.SIGUSR1)
    _, err = child.communicate(timeout=TIME)
    equal(child.returncode, 1, "exit code")
    check("bundle: was baked anew while it ran" in err, err)
    equal(len(place.starts()), 1, "QEMUs")


def test_bundle_reset_own_tables(place):
    """Where power-off and reset look alike, both end the run."""
    bundle = place.bake("--machine", "microvm,acpi=off,rtc=on")
    place.call("run", "--bundle", bundle, "--accel", "tcg",
               fake="guest-reset,exit3")
    equal(len(place.starts()), 1, "QEMUs")


def test_bundle_terminated_reset(place):
    """A signal ends it all, whatever the guest does then."""
    child = place.start("run", "--bundle", place.bake(), "--accel", "tcg",
                        fake="wait,exit3")
    place.await_note("ready")
    child.terminate()
    child.communicate(timeout=TIME)
    equal(len(place.starts()), 1, "QEMUs")
