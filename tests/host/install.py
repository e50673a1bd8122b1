#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""install.py [NAME...] - `make install` as packagers use it (DESTDIR), and the
library as their users then find it: by pkg-config, shared and static."""

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile

from host_test import (ROOT, TIME, Skip, call, check, equal, run_tests,
                       tests_of)

import artefacts    # host_test knows the way to it

BUILD_TIME = 600
ENTRY = "0x1000200\n"       # of the test kernel: LOAD, and its 64-bit entry
USER = r"""
#include <beeline.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	static char bytes[1 << 20], out[1 << 20];
	struct bl_kernel kernel;
	struct bl_error err;
	char text[200];
	FILE *file = fopen(argv[argc - 1], "rb");
	size_t size = file != NULL ? fread(bytes, 1, sizeof(bytes), file) : 0;
	uint64_t got = 0;
	int code = bl_kernel_parse(&kernel, (struct bl_span){bytes, size},
				   &err);

	if (code == 0 && kernel.format == BL_FORMAT_BZIMAGE)
		code = bl_payload_unpack(&kernel, out, sizeof(out), &got, &err);
	if (code == 0)
		printf("%#llx\n", (unsigned long long)kernel.entry);
	else
		puts(bl_error_format(text, sizeof(text), &err));
	return code != 0;
}
"""


def environment(**more):
    """Without what the make that runs the tests has put there."""
    env = {key: value for key, value in os.environ.items()
           if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BEELINE",
                          "BEELINE_FIRMWARE", "PREFIX", "DESTDIR")}
    return {**env, **more}


def make(*args):
    """Runs make in the tree."""
    done = subprocess.run(["make", "-C", ROOT, *args], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=environment(), timeout=BUILD_TIME)
    equal(done.returncode, 0, f"make {' '.join(args)}: {done.stdout}")


def files(folder):
    """Paths of all that is there and no folder."""
    return sorted(os.path.relpath(os.path.join(top, name), folder)
                  for top, _, names in os.walk(folder) for name in names)


def man_pages():
    """The same for man pages, by their sources."""
    folder = os.path.join(ROOT, "docs", "man")
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return [f"share/man/man{name[-1]}/{name}" for name in names
            if re.search(r"\.[0-9]$", name)]


WANTED = {
    "bin/beeline": 0o755,
    "include/beeline.h": 0o644,
    "lib/libbeeline.a": 0o644,
    "lib/libbeeline.so": None,
    "lib/libbeeline.so.0": 0o755,
    "lib/pkgconfig/beeline.pc": 0o644,
    "share/beeline/fw.bin": 0o644,
}


def public_names():
    """Functions that the header declares."""
    with open(os.path.join(ROOT, "host-loader", "beeline.h"),
              encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    return sorted(re.findall(r"^BL_API\b[^(;]*?\b(\w+)\(", text, re.M))


def defined(*args):
    """Names that nm lists."""
    return sorted(line.split()[-1] for line in
                  call("nm", "--defined-only", *args).splitlines()
                  if len(line.split()) == 3)


class Suite:
    """Installed twice: for a package in DESTDIR, and under a prefix."""

    def __init__(self, top):
        self.top = top
        self.dest = os.path.join(top, "a package")
        self.prefix = os.path.join(top, "opt")
        self.package = ("PREFIX=/usr", f"DESTDIR={self.dest}")
        make("install", *self.package)
        make("install", f"PREFIX={self.prefix}", "DESTDIR=")
        self.usr = os.path.join(self.dest, "usr")
        self.source = os.path.join(top, "user.c")
        with open(self.source, "w", encoding="utf-8") as file:
            file.write(USER)

    def pkg_config(self, *args, prefix="", **more):
        """What it says about beeline."""
        if not shutil.which("pkg-config"):
            raise Skip("pkg-config is not installed")
        path = os.path.join(prefix or self.prefix, "lib", "pkgconfig")
        return call("pkg-config", *args, "beeline",
                    env=environment(PKG_CONFIG_PATH=path, **more)).strip()

    def test_files(self):
        """All that should be there, and nothing else."""
        for folder in (self.usr, self.prefix):
            equal(files(folder), sorted([*WANTED, *man_pages()]), "files")
            for name, mode in WANTED.items():
                path = os.path.join(folder, name)
                if mode is None:
                    equal(os.readlink(path), "libbeeline.so.0", name)
                else:
                    got = stat.S_IMODE(os.stat(path).st_mode)
                    equal(oct(got), oct(mode), name)
        equal(os.listdir(self.dest), ["usr"], "folders of the package")

    def test_pkg_config(self):
        """A package's file speaks of where it will be."""
        system = {"PKG_CONFIG_ALLOW_SYSTEM_CFLAGS": "1",
                  "PKG_CONFIG_ALLOW_SYSTEM_LIBS": "1", "prefix": self.usr}
        equal(self.pkg_config("--cflags", "--libs", **system),
              "-I/usr/include -L/usr/lib -lbeeline", "flags of a package")
        equal(self.pkg_config("--cflags", "--libs"),
              f"-I{self.prefix}/include -L{self.prefix}/lib -lbeeline",
              "flags")
        check(re.match(r"\d", self.pkg_config("--modversion")), "version")
        said = self.pkg_config("--static", "--libs").split()
        check("-lbeeline" in said and "-lz" in said, f"static: {said}")
        self.pkg_config("--validate")

    def compile(self, name, *flags):
        """The user's program."""
        out = os.path.join(self.top, name)
        said = call("gcc", "-std=c11", "-pedantic", "-Wall", "-Wextra",
                    "-Werror", "-o", out, self.source, *flags)
        equal(said, "", "compiler")
        return out

    def use(self, program, **more):
        """Has it look at a good kernel and at a bad one."""
        run = environment(**more)
        equal(call(program, artefacts.payload("linuxelf"), env=run), ENTRY,
              "entry")
        said = call(program, self.source, code=1, env=run)
        equal(said.count("\n"), 1, f"lines of {said!r}")
        done = subprocess.run([program, "/dev/null"], check=False, env=run,
                              stdout=subprocess.PIPE, timeout=TIME)
        equal(done.returncode, 1, "exit code for an empty file")

    def test_shared(self):
        """A program with the shared library."""
        flags = shlex.split(self.pkg_config("--cflags", "--libs"))
        program = self.compile("shared", *flags)
        said = call("readelf", "-d", program)
        check("[libbeeline.so.0]" in said, f"not linked: {said}")
        self.use(program, LD_LIBRARY_PATH=os.path.join(self.prefix, "lib"))

    def test_static(self):
        """A program with the other, and all that it needs."""
        alone = os.path.join(self.top, "alone")
        os.mkdir(alone)
        os.symlink(os.path.join(self.prefix, "lib", "libbeeline.a"),
                   os.path.join(alone, "libbeeline.a"))
        flags = shlex.split(self.pkg_config(
            f"--define-variable=libdir={alone}", "--cflags", "--static",
            "--libs"))
        program = self.compile("static", *flags)
        check("libbeeline" not in call("readelf", "-d", program), "shared")
        self.use(program)

    def test_plus_plus(self):
        """The header is one for C++ as well."""
        if not shutil.which("g++"):
            raise Skip("g++ is not installed")
        source = os.path.join(self.top, "user.cc")
        with open(source, "w", encoding="utf-8") as file:
            file.write("#include <beeline.h>\n#include <cstdio>\n"
                       "int main() { return std::puts(bl_version()) < 0; }\n")
        out = os.path.join(self.top, "plus")
        call("g++", "-Wall", "-Wextra", "-Werror", "-o", out, source,
             *shlex.split(self.pkg_config("--cflags", "--libs")))
        said = call(out, env=environment(
            LD_LIBRARY_PATH=os.path.join(self.prefix, "lib")))
        check(said.strip(), "no version")

    def test_names(self):
        """No names but the header's are anyone's business."""
        public = public_names()
        check(len(public) > 10, f"the header's functions: {public}")
        library = os.path.join(self.usr, "lib", "libbeeline")
        equal(defined("-D", library + ".so"), public, "names of the .so")
        mine = defined("-g", library + ".a")
        strange = [name for name in mine if not name.startswith("bl_")]
        equal(strange, [], "names of the .a")
        check(set(public) <= set(mine), "the .a lacks some")
        said = call("readelf", "-d", library + ".so")
        check("soname: [libbeeline.so.0]" in said, "soname")
        check("TEXTREL" not in said and "RPATH" not in said and
              "RUNPATH" not in said, f"the .so has {said}")

    def test_firmware(self):
        """beeline finds fw.bin from wherever it was put."""
        for folder in (self.usr, self.prefix):
            line = call(os.path.join(folder, "bin", "beeline"), "run",
                        "--dry-run", "--accel", "tcg", "--kernel",
                        artefacts.payload("linux64"), env=environment())
            words = shlex.split(line)
            path = os.path.realpath(words[words.index("-bios") + 1])
            equal(path, os.path.realpath(os.path.join(
                folder, "share", "beeline", "fw.bin")), "fw.bin")

    def test_uninstall(self):
        """Last: nothing of it stays, and what is others' does."""
        mine = os.path.join(self.usr, "share", "beeline", "mine")
        with open(mine, "w", encoding="utf-8"):
            pass
        make("uninstall", *self.package)
        equal(files(self.dest), ["usr/share/beeline/mine"], "what stays")
        make("uninstall", *self.package)
        make("uninstall", f"PREFIX={self.prefix}", "DESTDIR=")
        equal(files(self.prefix), [], "what stays")
        check(not os.path.exists(os.path.join(self.prefix, "share",
                                              "beeline")), "an empty folder")


def main():
    """Runs those whose names hold one of the arguments, or all."""
    with tempfile.TemporaryDirectory() as top:
        return run_tests("install", tests_of(vars(Suite), Suite(top)))


if __name__ == "__main__":
    sys.exit(main())
