#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""repro.py - the same sources in two folders give the same images, build ids
included, and a cross compiler builds them too."""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
ROM_SIZE = 0x10000
CROSS = "i686-linux-gnu-"
FOLDERS = ("a", "a-much-longer/path-to-another/place")
VERSION = "repro"
IMAGES = ("fw.bin", "fw-128k.bin", "fw.elf")


def sources():
    """Every file that is or may become part of the tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT,
        stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n")
    return [name for name in listed
            if os.path.isfile(os.path.join(ROOT, name))]


def copy(names, source, target):
    """Copies files with their folders."""
    for name in names:
        path = os.path.join(target, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(os.path.join(source, name), path)


def build(folder, *variables, **environment):
    """The images' bytes, built in that folder; None and a line if it
    fails."""
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith("MAKE") and name != "MFLAGS"}
    done = subprocess.run(
        ["make", "firmware", f"VERSION={VERSION}", *variables], cwd=folder,
        env=clean | environment, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        print("FAIL repro: make firmware:\n" + done.stdout[-2000:])
        return None
    found = {}
    for name in IMAGES:
        with open(os.path.join(folder, "build", name), "rb") as image:
            found[name] = image.read()
    return found


def check_image(name, one, other):
    """Two builds of an image."""
    if one != other:
        differ = [at for at in range(min(len(one), len(other)))
                  if one[at] != other[at]]
        print(f"FAIL repro: {name} differs in {len(differ)} bytes, "
              f"first at {differ[0] if differ else 'its end'}")
        return False
    print(f"ok   repro: two folders, one {name}: "
          f"{hashlib.sha256(one).hexdigest()[:16]}")
    return True


def check_folders(folders):
    """Two folders, two time zones, two languages, one and two jobs."""
    builds = [build(folders[0], "-j1", LC_ALL="C", TZ="UTC"),
              build(folders[1], "-j2", LC_ALL="C.UTF-8", TZ="Asia/Tokyo")]
    if None in builds:
        return [False]
    return [check_image(name, *(images[name] for images in builds))
            for name in IMAGES] + [len(builds[0]["fw.bin"]) == ROM_SIZE]


def check_cross(folder):
    """The cross compiler's fw.bin is a ROM, if there is that compiler."""
    if not shutil.which(CROSS + "gcc"):
        print(f"skip repro: CROSS_COMPILE={CROSS}: no {CROSS}gcc here")
        return True
    shutil.rmtree(os.path.join(folder, "build"))
    images = build(folder, "-j2", f"CROSS_COMPILE={CROSS}")
    if images is None or len(images["fw.bin"]) != ROM_SIZE:
        print(f"FAIL repro: CROSS_COMPILE={CROSS}")
        return False
    print(f"ok   repro: CROSS_COMPILE={CROSS}: {len(images['fw.bin'])} bytes")
    return True


def main():
    """Both checks."""
    with tempfile.TemporaryDirectory() as top:
        folders = [os.path.join(top, name) for name in FOLDERS]
        names = sources()
        copy(names, ROOT, folders[0])   # once: the tree may be edited
        copy(names, folders[0], folders[1])
        good = [*check_folders(folders), check_cross(folders[0])]
    print(f"repro: {sum(good)} passed, {len(good) - sum(good)} failed")
    sys.exit(not all(good))


if __name__ == "__main__":
    main()
