# SPDX-License-Identifier: BSD-2-Clause
"""The cache: what is kept in it, remembered, listed and removed, and caches
that may not be used."""

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import time

from bundle_tool import (BIG, MAKE, NOBODY, disturb, expect_only, finish,
                         names, put, refuse, run, start, temp_folders,
                         wait_for)
from host_test import TIME, Skip, check

DAY = 24 * 60 * 60


def environment(home, **more):
    """As it is here, with a cache of the test's own."""
    env = {name: value for name, value in os.environ.items()
           if name != "XDG_CACHE_HOME"}
    env.update(HOME=home, **more)
    return env


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
