#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""bundle.py [NAME...] - bundles and their cache on a real file system.

Bundles are written, replaced, interrupted, killed in the middle and starved of
disk; many processes want the same one; the cache is one that may not be used
(bundle_cache.py).  Each refusal is one line and leaves nothing."""

import functools
import json
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile

import bundle_cache
from bundle_tool import (MIB, disturb, expect_only, put, refuse, run,
                         temp_folders)
from host_test import Skip, check, run_tests, tests_of

FILES = ["image", "manifest.json", "rom.bin"]
RAM = 320 * MIB


def test_bundle(work):
    """Three files; the image is sparse, its bytes stand where RAM is."""
    folder = os.path.join(work, "b")
    run("write", folder)
    expect_only(work, "b")
    expect_only(folder, *FILES)
    image = os.stat(os.path.join(folder, "image"))
    check(image.st_size == RAM, f"image: {image.st_size} bytes")
    check(image.st_blocks * 512 <= 64 * 1024,
          f"image: {image.st_blocks * 512} bytes on disk")
    check(os.path.getsize(os.path.join(folder, "rom.bin")) == 65536, "rom")
    with open(os.path.join(folder, "image"), "rb") as file:
        for at, byte in ((0x34000, 0x11), (16 * MIB, 1),
                         (256 * MIB + 0x10000, 0x77), (17 * MIB, 0)):
            file.seek(at)
            got = file.read(1)[0]
            check(got == byte, f"image: {got:#x} at {at:#x}")
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    check(manifest["version"] == 1 and len(manifest["image_digest"]) == 64 and
          manifest["vm"]["table_args"][1] == "virtio-rng-pci,id=r",
          "manifest")
    check(json.loads(run("read", folder)) == manifest, "reads otherwise")


def test_modes(work):
    """As the umask says."""
    for mask, folder_mode, file_mode in ((0o22, 0o755, 0o644),
                                         (0o77, 0o700, 0o600)):
        folder = os.path.join(work, f"b{mask:o}")
        run("write", folder, preexec_fn=lambda mask=mask: os.umask(mask))
        mode = stat.S_IMODE(os.stat(folder).st_mode)
        check(mode == folder_mode, f"folder: {mode:o}")
        for name in FILES:
            mode = stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode)
            check(mode == file_mode, f"{name}: {mode:o}")


def test_replace(work):
    """A bundle takes the place of a bundle or an empty folder, at once."""
    folder = os.path.join(work, "b")
    os.mkdir(folder)
    run("write", folder)
    first = os.stat(os.path.join(folder, "image")).st_ino
    with open(os.path.join(folder, "image"), "rb") as opened:
        run("write", folder + "/")
        opened.seek(16 * MIB)
        check(opened.read(1) == b"\1", "a running guest's image changed")
    check(os.stat(os.path.join(folder, "image")).st_ino != first, "the same")
    os.symlink("b", os.path.join(work, "link"))
    run("write", os.path.join(work, "link"))
    check(os.path.islink(os.path.join(work, "link")), "the link is gone")
    # one of another version, too
    put(os.path.join(folder, "manifest.json"),
        '{"version": 9, "beeline": "x"}')
    run("write", folder)
    expect_only(work, "b", "link")
    expect_only(folder, *FILES)


def test_in_the_way(work):
    """Anything else stays as it is."""
    folder = os.path.join(work, "b")
    other = os.path.join(work, "other")
    run("write", folder)
    put(os.path.join(folder, "notes"), "mine")
    refuse(r"\S+/b: cannot replace: holds notes, which is no bundle's",
           "write", folder)
    expect_only(folder, *FILES, "notes")
    os.mkdir(other)
    put(os.path.join(other, "image"), "mine")
    refuse(r"\S+: cannot replace: not a bundle: has no manifest.json",
           "write", other)
    put(os.path.join(other, "manifest.json"), '{"version": 1}')
    refuse(r"\S+: cannot replace: not a bundle's", "write", other)
    put(os.path.join(work, "file"), "mine")
    refuse(r"\S+/file: cannot replace: not a folder",
           "write", os.path.join(work, "file"))
    os.symlink("nothing", os.path.join(work, "dangling"))
    refuse(r"\S+/dangling: cannot replace: No such file or directory",
           "write", os.path.join(work, "dangling"))
    refuse(r"\S+/no/b: cannot create: No such file or directory",
           "write", os.path.join(work, "no", "b"))
    refuse(r"\S+/file/b: cannot create: Not a directory",
           "write", os.path.join(work, "file", "b"))
    refuse(r"a bundle's folder: its name is empty", "write", "")
    expect_only(work, "b", "other", "file", "dangling")
    expect_only(other, "image", "manifest.json")


def test_file_size_limit(work):
    """RLIMIT_FSIZE is an error, not a signal."""
    for limit in (MIB, 4096):
        refuse(r"\S+/b/image: cannot write: File too large",
               "write", os.path.join(work, "b"),
               preexec_fn=lambda limit=limit: resource.setrlimit(
                   resource.RLIMIT_FSIZE, (limit, limit)))
        expect_only(work)


def test_full_disk(work):
    """A full disk is one line, and what stood there stands there."""
    if os.geteuid() != 0:
        raise Skip("only root may mount a small file system")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "tmpfs",
                           work], check=False, stderr=subprocess.PIPE,
                          text=True)
    if done.returncode != 0:
        raise Skip(done.stderr.strip())
    try:
        folder = os.path.join(work, "b")
        run("write", folder)
        before = os.stat(os.path.join(folder, "image")).st_ino
        refuse(r"\S+/b/image: cannot write: No space left on device",
               "write", folder, "2")
        expect_only(work, "b")
        check(os.stat(os.path.join(folder, "image")).st_ino == before,
              "the old bundle is gone")
        # no room for the second and third file
        with open(os.path.join(work, "fill"), "wb") as file:
            file.write(bytes(820 * 1024))
        refuse(r"\S+/b/(rom.bin|manifest.json|image): cannot write: No space "
               r"left on device", "write", folder)
        expect_only(work, "b", "fill")
        run("read", folder)
    finally:
        subprocess.run(["umount", work], check=True)


def test_signals(work):
    """What ends it leaves nothing behind."""
    folder = os.path.join(work, "b")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        code, out, err = disturb(work, number, "write", folder)
        check(code == -number, f"signal {number}: exit code {code}")
        check(out == "" and err == f"beeline: {folder}: interrupted\n", err)
        expect_only(work)


def test_killed(work):
    """After kill -9 the next one works."""
    folder = os.path.join(work, "b")
    run("write", folder)
    disturb(work, signal.SIGKILL, "write", folder)
    check(len(temp_folders(work)) == 1, "was not killed in the middle")
    run("read", folder)
    run("write", folder)
    run("read", folder)


def test_damaged(work):
    """A bundle that is not whole is not read."""
    folder = os.path.join(work, "b")
    manifest = os.path.join(folder, "manifest.json")

    def damage(name, change, pattern):
        shutil.rmtree(folder, ignore_errors=True)
        run("write", folder)
        change(os.path.join(folder, name))
        refuse(pattern, "read", folder)

    refuse(r"\S+/b: cannot open: No such file or directory", "read", folder)
    damage("image", os.unlink, r"\S+/b/image: cannot read: No such file.*")
    damage("image", lambda path: os.truncate(path, RAM - 1),
           rf"\S+/b/image: has {RAM - 1} bytes, where the bundle needs {RAM}")
    damage("rom.bin", lambda path: os.truncate(path, 5),
           r"\S+/b/rom.bin: has 5 bytes, where the bundle needs 65536")
    damage("rom.bin", lambda path: (os.unlink(path), os.mkfifo(path)),
           r"\S+/b/rom.bin: cannot read: not a regular file")
    damage("manifest.json", os.unlink, r"\S+/manifest.json: cannot open: No.*")
    damage("manifest.json", lambda path: os.truncate(path, 0),
           r"\S+/manifest.json: line 1, column 0: is not JSON")
    damage("manifest.json", lambda path: os.truncate(path, 2 * MIB),
           r"\S+/manifest.json: has 2097152 bytes, where 1048576 are .*")
    damage("manifest.json", lambda path: (os.unlink(path), os.mkfifo(path)),
           r"\S+/manifest.json: cannot read: not a regular file")
    shutil.rmtree(folder)
    run("write", folder)
    with open(manifest, encoding="utf-8") as file:
        text = file.read()
    put(manifest, text.replace('"version": 1', '"version": 2'))
    refuse(r"\S+/manifest.json: version: is 2, and this program reads only 1: "
           r"bake it anew", "read", folder)


def test_build_id(work):
    """A program's build id as readelf shows it; a script's size and time."""
    script = os.path.join(work, "qemu")
    put(script, "#!/bin/sh\n")
    os.utime(script, ns=(7, 1500000002))
    said = run("build-id", script).strip()
    check(said == "10-1.500000002", said)
    refuse(r"\S+/none: cannot open: No such file.*", "build-id",
           os.path.join(work, "none"))
    program = shutil.which("qemu-system-x86_64") or sys.executable
    program = os.path.realpath(program)
    if not shutil.which("readelf"):
        raise Skip("no readelf")
    notes = subprocess.run(["readelf", "-n", program], text=True, check=False,
                           stdout=subprocess.PIPE).stdout
    match = re.search(r"Build ID: (\w+)", notes)
    if not match:
        raise Skip(f"{program}: has no build id")
    check(run("build-id", program).strip() == match.group(1), program)


def in_folder(test):
    """Runs a test in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="bundle.", dir="/var/tmp") as work:
        return test(os.path.realpath(work))


def main():
    """Runs those whose names hold one of the arguments, or all."""
    return run_tests("bundle", [
        (name, functools.partial(in_folder, test)) for name, test in
        tests_of(globals()) + tests_of(vars(bundle_cache))])


if __name__ == "__main__":
    sys.exit(main())
