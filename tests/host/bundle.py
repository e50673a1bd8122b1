#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""bundle.py [BUNDLE-MAKE] - bundles and their cache on a real file system.

Bundles are written, replaced, interrupted, killed in the middle and starved of
disk; many processes want the same one; the cache is one that may not be used.
Each refusal is one line and leaves nothing.  BUNDLE-MAKE is the program of
bundle-make.c."""

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
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
MAKE = os.path.join(ROOT, "build", "test", "bundle-make")
FILES = ["image", "manifest.json", "rom.bin"]
MIB = 1 << 20
RAM = 320 * MIB
TIME = 60
BIG = "200"             # MiB of kernel: long enough to be disturbed
NOBODY = 65534
DAY = 24 * 60 * 60


class Wrong(Exception):
    """What a test found."""


class Skip(Exception):
    """Why a test cannot be done here."""


def check(good, why):
    if not good:
        raise Wrong(why)


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


def environment(home, **more):
    """As it is here, with a cache of the test's own."""
    env = {name: value for name, value in os.environ.items()
           if name != "XDG_CACHE_HOME"}
    env.update(HOME=home, **more)
    return env


# Bundles -------------------------------------------------------------------


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


# The cache -----------------------------------------------------------------


def cache_names(work, folder):
    return names(os.path.join(work, ".cache", "beeline", folder))


def test_cached(work):
    """Baked once, found then; another input is another bundle."""
    kernel = os.path.join(work, "kernel")
    env = environment(work)
    put(kernel, "one")
    first = run("cached", kernel, env=env).split()
    check(first[0] == "baked", first[0])
    os.utime(os.path.join(first[1], "manifest.json"), (9, 9))
    check(run("cached", kernel, env=env).split() == ["found", first[1]],
          "not found again")
    check(time.time() - os.stat(os.path.join(
        first[1], "manifest.json")).st_mtime < TIME, "its use is not noted")
    put(kernel, "two")
    check(run("cached", kernel, env=env).split()[0] == "baked", "not baked")
    check(len(cache_names(work, "bundles")) == 2, "not two")
    for folder in (".cache", ".cache/beeline", ".cache/beeline/bundles"):
        mode = stat.S_IMODE(os.stat(os.path.join(work, folder)).st_mode)
        check(mode == 0o700, f"{folder}: {mode:o}")
    # one that lost its bytes is baked again
    os.truncate(os.path.join(first[1], "manifest.json"), 0)
    put(kernel, "one")
    check(run("cached", kernel, env=env).split() == ["baked", first[1]],
          "a damaged one is used")


def test_many_at_once(work):
    """Of many, one bakes and the others wait for it."""
    kernel = os.path.join(work, "kernel")
    put(kernel, "one")
    running = [start("cached", kernel, "20", env=environment(work))
               for _ in range(6)]
    said = []
    for process in running:
        code, out, err = finish(process)
        check(code == 0, f"{code}: {err.strip()}")
        said.append(out.split()[0])
    check(sorted(said) == ["baked"] + 5 * ["found"], str(said))
    check(len(cache_names(work, "bundles")) == 1, "not one")


def test_input_changes(work):
    """A kernel that is written anew meanwhile is not kept under the digest
    that it had."""
    kernel = os.path.join(work, "kernel")
    bundles = os.path.join(work, ".cache", "beeline", "bundles")
    put(kernel, "one")
    process = start("cached", kernel, BIG, env=environment(work))
    wait_for(lambda: os.path.isdir(bundles) and temp_folders(bundles),
             "for a bake")
    put(kernel, "two")
    code, out, err = finish(process)
    check(code == 1 and out == "" and err == f"beeline: {kernel}: has changed "
          "while it was baked\n", f"{code}: {err.strip()}")
    expect_only(bundles)


def test_baker_killed(work):
    """kill -9 of the one that bakes: the next bakes, and cleans up."""
    kernel = os.path.join(work, "kernel")
    bundles = os.path.join(work, ".cache", "beeline", "bundles")
    env = environment(work)
    put(kernel, "one")
    os.makedirs(bundles, mode=0o700)
    os.chmod(os.path.dirname(bundles), 0o700)
    disturb(bundles, signal.SIGKILL, "cached", kernel, env=env)
    check(len(temp_folders(bundles)) == 1, "was not killed in the middle")
    check(run("cached", kernel, BIG, env=env).split()[0] == "baked",
          "not baked")
    check(len(names(bundles)) == 1, f"left: {names(bundles)}")


def test_unusable_cache(work):
    """A cache that may not be used is one line."""
    kernel = os.path.join(work, "kernel")
    put(kernel, "one")
    put(os.path.join(work, ".cache"), "a file")
    refuse(r"\S+/.cache/beeline: cannot use the cache: Not a directory",
           "cached", kernel, env=environment(work))
    folder = os.path.join(work, "xdg", "beeline")
    env = environment(work, XDG_CACHE_HOME=os.path.dirname(folder))
    os.makedirs(folder)
    for mode in (0o770, 0o777, 0o1777):
        os.chmod(folder, mode)
        refuse(r"\S+/beeline: cannot use the cache: others may write to it",
               "cached", kernel, env=env)
    os.rmdir(folder)
    put(folder, "a file")
    refuse(r"\S+/beeline: cannot use the cache: not a folder",
           "cached", kernel, env=env)
    refuse(r"cache: cannot use the cache: neither XDG_CACHE_HOME nor HOME is "
           r"an absolute path", "cached", kernel,
           env=environment("home", XDG_CACHE_HOME="here"))
    # a digest needs no cache
    check(run("digest", kernel, env=env).split()[1] == "3", "digest")


def test_foreign_cache(work):
    """Neither another user's cache nor one that cannot be written."""
    if os.geteuid() != 0:
        raise Skip("only root may give a folder away")
    kernel = os.path.join(work, "kernel")
    folder = os.path.join(work, ".cache", "beeline")
    put(kernel, "one")
    os.makedirs(folder, mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    refuse(r"\S+/beeline: cannot use the cache: belongs to another user",
           "cached", kernel, env=environment(work))
    os.rmdir(folder)
    os.symlink("/usr", folder)
    os.lchown(folder, NOBODY, NOBODY)
    refuse(r"\S+/beeline: cannot use the cache: belongs to another user",
           "cached", kernel, env=environment(work))
    os.unlink(folder)
    os.chmod(work, 0o755)
    # the checkout may stand where that user cannot go
    other = {"user": NOBODY, "group": NOBODY, "env": environment(work),
             "executable": shutil.copy(MAKE, work)}
    refuse(r"\S+/beeline: cannot use the cache: Permission denied",
           "cached", kernel, **other)
    os.chmod(os.path.dirname(folder), 0o755)
    os.mkdir(folder)
    os.chown(folder, NOBODY, NOBODY)
    os.chmod(folder, 0o500)
    refuse(r"\S+/bundles: cannot create: Permission denied",
           "cached", kernel, **other)


def test_digests(work):
    """Remembered for a file that has settled, and only as long as it is the
    same."""
    kernel = os.path.join(work, "kernel")
    env = environment(work)
    memory = os.path.join(work, ".cache", "beeline", "digests")

    def digest():
        return run("digest", kernel, env=env).split()[2]

    put(kernel, "one")
    real = digest()
    want = subprocess.run(["sha256sum", kernel], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.split()[0]
    check(real == want, "not SHA-256")
    check(not os.path.isdir(memory) or not names(memory),
          "a file of this very moment is remembered")
    time.sleep(2.1)
    check(digest() == real and len(names(memory)) == 1, "not remembered")
    memo = os.path.join(memory, names(memory)[0])
    put(memo, "0" * 64)
    check(digest() == "0" * 64, "not taken from memory")
    for text in ("0" * 63, "x" * 64, ""):
        put(memo, text)
        check(digest() == real, f"{text!r} is believed")
    put(memo, "0" * 64)
    os.utime(kernel, (1, 1))
    check(digest() == real, "times do not count")
    refuse(r"\S+/none: cannot open: No such file.*", "digest",
           os.path.join(work, "none"), env=env)
    refuse(r"\S+: cannot read: not a regular file", "digest", work, env=env)


def three(work, env):
    """Three bundles in the cache; their folders."""
    kernel = os.path.join(work, "kernel")
    folders = []
    for text in ("one", "two", "three"):
        put(kernel, text)
        folders.append(run("cached", kernel, env=env).split()[1])
    return folders


def age(folder, days):
    then = time.time() - days * DAY
    os.utime(os.path.join(folder, "manifest.json"), (then, then))


def test_list(work):
    """What is there, last used first, for people and programs."""
    env = environment(work)
    check(run("cache", env=env) == "", "something in an empty cache")
    check(json.loads(run("cache", "list", "--json", env=env)) == [], "JSON")
    folders = three(work, env)
    age(folders[0], 3)
    age(folders[2], 1)
    put(os.path.join(folders[2], "manifest.json"), "{")
    age(folders[2], 5)
    lines = run("cache", "list", env=env).splitlines()
    check(len(lines) == 4 and lines[0].split()[0] == "KEY", str(lines))
    shown = [line.split()[0] for line in lines[1:]]
    check(shown == [os.path.basename(folder)[:12] for folder in
                    (folders[1], folders[0], folders[2])], str(shown))
    check("3 days" in lines[2] and "q35" in lines[2] and
          "kernel" in lines[2] and "(damaged)" in lines[3], str(lines))
    items = json.loads(run("cache", "--json", env=env))
    check([item["folder"] for item in items] ==
          [folders[1], folders[0], folders[2]] and
          items[0]["machine"] == "q35" and items[2]["kernel"] is None and
          100000 < items[0]["bytes"] < 200000, str(items))
    check(run("cache", "path", env=env) ==
          os.path.join(work, ".cache", "beeline") + "\n", "path")


def test_prune(work):
    """By age, all, or only said; never what is in use."""
    env = environment(work)
    folders = three(work, env)
    root = os.path.join(work, ".cache", "beeline")
    age(folders[0], 40)
    age(folders[1], 5)
    said = run("cache", "prune", "--dry-run", env=env)
    check(re.fullmatch(r"would free 0.1 MiB: 1 bundle to remove, 2 kept, "
                       r"0 in use\n", said), said)
    check(len(cache_names(work, "bundles")) == 3, "dry run removed")
    said = run("cache", "prune", env=env)
    check(said == "freed 0.1 MiB: 1 bundle removed, 2 kept, 0 in use\n", said)
    check(not os.path.exists(folders[0]), "the old one is there")
    said = run("cache", "prune", "--keep-days", "4", env=env)
    check(not os.path.exists(folders[1]) and os.path.exists(folders[2]), said)
    # one in use; leftovers of a kill; ROMs; a file of somebody else's
    holder = start("cached", os.path.join(work, "kernel"), env=env)
    check(holder.stdout.readline().startswith("found"), "not found")
    left = folders[0] + ".a1B2c3"
    os.mkdir(left)
    put(os.path.join(left, "image"), "x")
    put(os.path.join(root, "roms", "1.bin"), "x")
    said = run("cache", "prune", "--all", env=env)
    check("0 bundles removed, 0 kept, 1 in use" in said, said)
    expect_only(os.path.join(root, "bundles"), os.path.basename(folders[2]))
    expect_only(os.path.join(root, "roms"))
    finish(holder)
    put(os.path.join(folders[2], "notes"), "mine")
    code, _, err = finish(start("cache", "prune", "--all", env=env))
    check(code == 1 and err == f"beeline: {folders[2]}: cannot remove: "
          "Directory not empty\n", err)
    expect_only(folders[2], "notes")
    os.unlink(os.path.join(folders[2], "notes"))
    run("cache", "prune", "--all", env=env)
    for name in ("bundles", "locks", "digests", "roms"):
        expect_only(os.path.join(root, name))


def test_usage(work):
    """What is not understood is exit code 2."""
    env = environment(work)
    for args, pattern in (
            (("--keep-days", "3"), r"cache: --keep-days: unknown argument"),
            (("prune", "--keep-days"), r"cache: --keep-days: wants a .*"),
            (("prune", "--keep-days", "-1"), r"cache: --keep-days: wants .*"),
            (("prune", "--keep-days", "1x"), r"cache: --keep-days: wants .*"),
            (("prune", "--json"), r"cache: --json: unknown argument"),
            (("list", "all"), r"cache: all: unknown argument"),
            (("burn",), r"cache: burn: unknown command")):
        refuse(pattern, "cache", *args, code=2, env=env)
    check("usage" in run("cache", "--help", env=env), "help")
    expect_only(work)


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


TESTS = (test_bundle, test_modes, test_replace, test_in_the_way,
         test_file_size_limit, test_full_disk, test_signals, test_killed,
         test_damaged, test_cached, test_many_at_once, test_input_changes,
         test_baker_killed, test_unusable_cache, test_foreign_cache, test_digests, test_list,
         test_prune, test_usage, test_build_id)


def run_test(test):
    """Whether it passed, and the line for it."""
    name = test.__name__.replace("test_", "").replace("_", " ")
    with tempfile.TemporaryDirectory(prefix="bundle.", dir="/var/tmp") as work:
        try:
            test(os.path.realpath(work))
        except Skip as why:
            return True, f"skip {name}: {why}"
        except Wrong as why:
            return False, f"FAIL {name}: {why}"
    return True, f"ok   {name}"


def main():
    """All of them."""
    global MAKE
    if len(sys.argv) > 1:
        MAKE = os.path.abspath(sys.argv[1])
    failed = 0
    for test in TESTS:
        good, line = run_test(test)
        failed += not good
        print(f"  {line}", flush=True)
    print(f"bundle: {len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
