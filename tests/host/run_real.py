# SPDX-License-Identifier: BSD-2-Clause
"""`beeline run` with the real QEMU and kernels of a few bytes, and the time
that it adds to QEMU's start."""

import json
import os
import pty
import re
import resource
import select
import shutil
import signal
import subprocess
import termios
import time

from host_test import BEELINE, QEMU, TIME, Skip, check, equal
from processes import children
from run_place import TOUCH, elf

ADDED_MS = 5            # what `run --bundle` may add to QEMU's own start
ROUNDS = 200            # tries to see it


def real(place):
    """From here on the real one."""
    if not place.env["REAL"]:
        raise Skip(f"{QEMU} is not installed")
    place.env["QEMU"] = place.env["REAL"]


def test_real_reset(place):
    """A kernel that resets starts again; --no-reboot ends with it."""
    real(place)
    bundle = place.bake()
    out, _ = place.call("run", "--bundle", bundle, "--accel", "tcg",
                        "--no-reboot")
    equal(out, "A", "console")
    child = place.start("run", "--bundle", bundle, "--accel", "tcg")
    said = child.stdout.read(3)
    child.terminate()
    child.communicate(timeout=TIME)
    equal((said, child.returncode), ("AAA", 0), "console and exit code")


def test_real_line(place):
    """A dry run's line does the same."""
    real(place)
    out, _ = place.call("run", "--bundle", place.bake(), "--accel", "tcg",
                        "--dry-run")
    done = subprocess.run(["sh", "-c", out], timeout=TIME, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    equal((done.returncode, done.stdout), (0, b"A"), "exit code and console")


def test_real_memory(place):
    """--report-memory: what the guest wrote is private, and of the image."""
    real(place)
    bundle = place.bake("--no-kaslr",
                        kernel=place.write("touch", elf(TOUCH, 1)))
    child = place.start("run", "--bundle", bundle, "--accel", "tcg",
                        "--report-memory")
    equal(child.stdout.read(2), "AB", "console")
    time.sleep(0.3)
    child.terminate()
    _, err = child.communicate(timeout=TIME)
    lines = dict(re.findall(r"beeline: memory: (\w+): (.*) KiB", err))
    equal(sorted(lines), ["all", "image"], err)
    kib = {name: dict(zip(text.split()[::2], map(int, text.split()[1::2])))
           for name, text in lines.items()}
    check(8 << 10 <= kib["image"]["Private_Dirty"] < 12 << 10, err)
    check(kib["image"]["Rss"] >= kib["image"]["Private_Dirty"] and
          kib["all"]["Rss"] > kib["image"]["Rss"], err)
    equal(list(kib["all"]), ["Rss", "Pss", "Private_Dirty", "Shared_Clean"],
          "columns")


def test_real_console(place):
    """Ctrl-A X ends the run; a terminal is left as it was, even by a QEMU
    that is killed."""
    real(place)
    bundle = place.bake("--no-kaslr",
                        kernel=place.write("touch", elf(TOUCH, 1)))
    for code in (0, 137):
        ours, theirs = pty.openpty()
        before = termios.tcgetattr(theirs)
        child = subprocess.Popen(
            [BEELINE, "run", "--bundle", bundle, "--accel", "tcg"],
            env=place.env, stdin=theirs, stdout=theirs)
        place.children.append(child)
        said = b""
        while b"AB" not in said:
            check(select.select([ours], [], [], TIME)[0], f"only {said}")
            said += os.read(ours, 64)
        check(termios.tcgetattr(theirs) != before, "the terminal is not raw")
        if code == 0:
            os.write(ours, b"\x01x")
        else:
            os.kill(children(child.pid)[0], signal.SIGKILL)
        equal(child.wait(TIME), code, "exit code")
        equal(termios.tcgetattr(theirs), before, "the terminal")
        os.close(ours)
        os.close(theirs)


def test_real_failure(place):
    """What QEMU complains about and its exit code come through."""
    real(place)
    place.write("image", b"")
    bundle = place.bake()
    out, err = place.call("run", "--bundle", bundle, "--accel", "tcg", "--",
                          "-chardev", "socket,id=x,path=/nonexistent/x",
                          code=1)
    check(out == "" and "/nonexistent/x" in err, out + err)


def test_added_time(place):
    """What `run --bundle` adds to the start of QEMU."""
    bundle = place.bake(kernel=place.linux)
    real_true = shutil.which("true")
    manifest = os.path.join(bundle, "manifest.json")
    ident = subprocess.run(["readelf", "-n", real_true], check=False,
                           capture_output=True, text=True).stdout
    ident = re.search(r"Build ID: (\w+)", ident)
    if not ident:
        raise Skip("no build id in `true`")
    with open(manifest, encoding="utf-8") as file:
        text = json.load(file)
    text["qemu_build"] = ident.group(1)
    with open(manifest, "w", encoding="utf-8") as file:
        json.dump(text, file)

    def took(*args):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        subprocess.run(args, env={**place.env, "QEMU": real_true}, check=True,
                       timeout=TIME, stderr=subprocess.DEVNULL)
        wall = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return wall * 1000, 1000 * (after.ru_utime + after.ru_stime -
                                    before.ru_utime - before.ru_stime)
    with_us, alone = [], []
    for _ in range(ROUNDS):
        with_us.append(took(BEELINE, "run", "--bundle", bundle))
        alone.append(took(real_true))
        wall, cpu = (min(with_us, key=lambda t: t[at])[at] -
                     min(alone, key=lambda t: t[at])[at] for at in (0, 1))
        if len(alone) >= ROUNDS // 10 and wall <= ADDED_MS:
            break           # a busy host needs more tries
    # on a host that is busy all the time, the processor's time tells
    check(min(wall, cpu) <= ADDED_MS,
          f"{wall:.1f} ms more ({cpu:.1f} of a CPU), not {ADDED_MS}")
    return f"{wall:.1f} ms more, {cpu:.1f} ms of a CPU"
