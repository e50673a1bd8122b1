#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""run.py [--chroot] [NAME...] - builds the Debian packages, has lintian look
at them, installs them, and boots Linux from what is installed.

They are installed by dpkg into a folder, with this machine's list of packages;
with --chroot by apt in a new Debian that debootstrap makes (some minutes)."""

import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.append(os.path.join(ROOT, "tests", "host"))
from host_test import (BUILD, Skip, Wrong, check, equal, read,  # noqa: E402
                       run_tests, skip_tests, tests_of)

import artefacts        # noqa: E402  host_test knows the way to it
import cpio             # noqa: E402
import firmware_json    # noqa: E402
import judge            # noqa: E402
from roots import Chroot, Scratch, run     # noqa: E402

OUT = os.path.join(BUILD, "package")
BUILD_TIME = 600
APPEND = "console=ttyS0 panic=-1 quiet beeline.more=no"
USER = r"""
#include <beeline.h>
#include <stdio.h>

int main(void)
{
	return puts(bl_version()) < 0;
}
"""
DOC = "usr/share/doc/"
LIB = "usr/lib/x86_64-linux-gnu/"
PAPERS = ("changelog.Debian.gz", "changelog.gz", "copyright")
# what each package must have beside these; folders end with a slash
CONTENTS = {
    "beeline": [
        "usr/bin/beeline", "usr/share/bash-completion/completions/beeline",
        "usr/share/fish/vendor_completions.d/beeline.fish",
        "usr/share/zsh/vendor-completions/_beeline", "usr/share/man/man1/"],
    "beeline-firmware": [
        "usr/share/beeline/fw.bin", "usr/share/beeline/fw-128k.bin",
        "usr/share/beeline/fw.elf", "usr/share/qemu/firmware/90-beeline.json",
        "usr/share/lintian/overrides/beeline-firmware"],
    "libbeeline0": [LIB + "libbeeline.so.0"],
    "libbeeline-dev": [
        "usr/include/beeline.h", LIB + "libbeeline.a", LIB + "libbeeline.so",
        LIB + "pkgconfig/beeline.pc", "usr/share/man/man3/libbeeline.3.gz"],
    "beeline-doc": [DOC + "beeline/README.md", DOC + "beeline/docs/",
                    DOC + "beeline/examples/"],
}


def build():
    """Builds them; name -> path."""
    env = {key: value for key, value in os.environ.items()
           if not key.startswith("DEB_")}
    said = run(os.path.join(ROOT, "tools", "deb"), OUT, limit=BUILD_TIME,
               env=env)
    debs = [name for name in said.split() if "-dbgsym_" not in name]
    return {name.split("_")[0]: os.path.join(OUT, name) for name in debs}


def names_in(deb):
    """Files of a package."""
    listed = run("dpkg-deb", "--contents", deb).splitlines()
    names = [line.split(None, 5)[5].split(" -> ")[0] for line in listed]
    return [name.removeprefix("./") for name in names
            if not name.endswith("/")]


class Suite:
    """Built and installed once."""

    def __init__(self, kind):
        self.debs = build()
        self.version = read(OUT, "beeline", "VERSION").decode().strip()
        self.root = kind()
        try:
            self.root.install(self.debs.values())
        except Wrong:
            self.root.close()
            raise

    def test_lintian(self):
        """No error and no warning."""
        if not shutil.which("lintian"):
            raise Skip("lintian is not installed")
        changes = [name for name in os.listdir(OUT)
                   if name.endswith(".changes")]
        root = ["--allow-root"] * (os.getuid() == 0)
        said = run("lintian", *root, "--fail-on", "error,warning",
                   "--tag-display-limit", "0", os.path.join(OUT, changes[0]))
        equal(said.strip(), "", "lintian")

    def test_contents(self):
        """Every file has its package."""
        equal(sorted(self.debs), sorted(CONTENTS), "packages")
        for package, wanted in CONTENTS.items():
            papers = [f"{DOC}{package}/{name}" for name in PAPERS]
            found = names_in(self.debs[package])
            for name in wanted + papers:
                check(any(one == name or name.endswith("/") and
                          one.startswith(name) for one in found),
                      f"{package}: no {name}")
            strange = [one for one in found if one not in papers and not any(
                one == name or name.endswith("/") and one.startswith(name)
                for name in wanted)]
            equal(strange, [], f"{package}: files nobody expects")

    def test_control(self):
        """Version, and what needs what."""
        def field(package, name):
            return run("dpkg-deb", "--field", self.debs[package], name).strip()
        version = field("beeline", "Version")
        equal(version, self.version.replace("-", "~"), "version")
        check("libjansson4" in field("beeline", "Depends"), "no jansson")
        check("liblzo2" not in field("libbeeline0", "Depends"),
              "the library depends on liblzo2, which is GPL")
        equal(field("libbeeline-dev", "Depends"),
              f"libbeeline0 (= {version})", "the library's other half")
        equal(field("beeline-firmware", "Architecture"), "all", "firmware")

    def test_versions(self):
        """Program and firmware are of one build; doctor finds them well."""
        equal(self.root.run("beeline", "--version").strip(),
              f"beeline {self.version}", "version")
        said = self.root.run("beeline", "inspect", self.root.path(
            "usr/share/beeline/fw.bin") if not self.root.whole else
            "/usr/share/beeline/fw.bin")
        check(re.search(rf"^version +{re.escape(self.version)}$", said, re.M),
              f"fw.bin: {said}")
        said = self.root.run("beeline", "doctor")
        check("/share/beeline/fw.bin: version" in said, f"doctor: {said}")

    def test_firmware(self):
        """The package's ROMs are what this tree's source makes."""
        for name in ("fw.bin", "fw-128k.bin", "fw.elf"):
            check(read(self.root.path("usr/share/beeline/" + name)) ==
                  read(BUILD, name), f"{name} is not build/{name}")
        found = firmware_json.parse(read(self.root.path(
            "usr/share/qemu/firmware/90-beeline.json")))
        equal(found["mapping"]["filename"], "/usr/share/beeline/fw.bin",
              "the descriptor's file")

    def boot(self, path):
        """Linux to init."""
        kernel = self.root.bring(artefacts.kernel("bzImage"))
        initrd = self.root.bring(artefacts.initrd("small"))
        said = self.root.run(
            "beeline", "run", "--path", path, "--accel", "tcg", "--kernel",
            kernel, "--initrd", initrd, "--append", APPEND)
        found = judge.reports(said.splitlines())
        equal(len(found), 1, f"boots: {said[-1000:]}")
        equal(found[0]["end"], [cpio.end_digest()], "the initrd's end")

    def test_boot_firmware(self):
        """By fw.bin, which beeline finds."""
        self.boot("firmware")

    def test_boot_none(self):
        """Without firmware."""
        self.boot("none")

    def test_library(self):
        """A program is built against it, and needs libbeeline0."""
        if self.root.whole:
            raise Skip("no compiler there")
        out = self.root.path("var/lib/dpkg/user")
        flags = run("pkg-config", "--cflags", "--libs", "beeline", env={
            **os.environ, "PKG_CONFIG_SYSROOT_DIR": self.root.top,
            "PKG_CONFIG_LIBDIR": self.root.path(LIB + "pkgconfig"),
            "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS": "1",
            "PKG_CONFIG_ALLOW_SYSTEM_LIBS": "1"}).split()
        subprocess.run(["gcc", "-Wall", "-Werror", "-x", "c", "-", "-x",
                        "none", "-o", out, *flags], input=USER, text=True,
                       check=True)
        check("[libbeeline.so.0]" in run("readelf", "-d", out), "soname")
        equal(run(out, env={"LD_LIBRARY_PATH": self.root.path(LIB)}).strip(),
              self.version, "bl_version()")

    def test_remove(self):
        """Last: nothing stays."""
        check(self.root.files(), "nothing was installed")
        self.root.remove(self.debs)
        equal(self.root.files(), [], "what stays")


def main():
    """Runs those whose names hold one of the arguments, or all."""
    kind = Scratch
    if "--chroot" in sys.argv:
        sys.argv.remove("--chroot")
        kind = Chroot
    programs = ["dpkg-buildpackage", "dh"]
    programs += ["debootstrap", "unshare"] if kind is Chroot else []
    for name in programs:
        if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin"):
            return skip_tests("package", len(tests_of(vars(Suite))),
                              f"{name} is not installed")
    if kind is Chroot and os.getuid() != 0:
        return skip_tests("package", len(tests_of(vars(Suite))),
                          "not root: no chroot")
    try:
        suite = Suite(kind)
    except (Wrong, OSError) as why:
        print(f"FAIL package: {why}\npackage: 0 passed, 1 failed")
        return 1
    print(f"package: {len(suite.debs)} packages installed by {kind.name}")
    try:
        return run_tests("package", tests_of(vars(Suite), suite))
    finally:
        suite.root.close()


if __name__ == "__main__":
    sys.exit(main())
