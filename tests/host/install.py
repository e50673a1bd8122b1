#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""install.py [NAME...] - `make install` as packagers use it (DESTDIR), and the
library as their users then find it: by pkg-config, shared and static."""

import copy
import fnmatch
import glob
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile

import firmware_json
from host_test import (QEMU, ROOT, TIME, Skip, Wrong, call, check, equal, read,
                       run_tests, tests_of)

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
                          "BEELINE_FIRMWARE", "PREFIX", "DESTDIR", "prefix")}
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


def left(folder):
    """Paths of all that is there, folders too."""
    return sorted(os.path.relpath(path, folder) for path in
                  glob.glob(folder + "/**", recursive=True,
                            include_hidden=True)
                  if path.rstrip("/") != folder)


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
    "share/bash-completion/completions/beeline": 0o644,
    "share/beeline/fw-128k.bin": 0o644,
    "share/beeline/fw.bin": 0o644,
    "share/beeline/fw.elf": 0o644,
    "share/doc/beeline/CHANGELOG.md": 0o644,
    "share/doc/beeline/LICENSE": 0o644,
    "share/doc/beeline/README.md": 0o644,
    "share/fish/vendor_completions.d/beeline.fish": 0o644,
    "share/qemu/firmware/90-beeline.json": 0o644,
    "share/zsh/site-functions/_beeline": 0o644,
}
DESCRIPTOR = "share/qemu/firmware/90-beeline.json"

# Every folder that can be named, somewhere else; names of the GNU Coding
# Standards, 7.2.5, and ours.
FOLDERS = {"bindir": "b", "libdir": "l/x86_64-linux-gnu", "includedir": "i",
           "datadir": "d", "mandir": "m", "docdir": "doc",
           "pkgconfigdir": "p", "bashcompletiondir": "bash",
           "zshcompletiondir": "zsh", "fishcompletiondir": "fish",
           "qemufirmwaredir": "etc/qemu/firmware"}
ELSEWHERE = {
    "b/beeline", "l/x86_64-linux-gnu/libbeeline.a",
    "l/x86_64-linux-gnu/libbeeline.so", "l/x86_64-linux-gnu/libbeeline.so.0",
    "i/beeline.h", "d/beeline/fw.bin", "d/beeline/fw-128k.bin",
    "d/beeline/fw.elf", "p/beeline.pc", "bash/beeline", "zsh/_beeline",
    "fish/beeline.fish", "etc/qemu/firmware/90-beeline.json",
    "doc/CHANGELOG.md", "doc/LICENSE", "doc/README.md"}

# (rule, how a descriptor comes to break it)
FAULTS = (
    ("no description", lambda d: d.pop("description")),
    ("description: no string", lambda d: d.update(description=7)),
    ("interface-types: is empty",
     lambda d: d.update({"interface-types": []})),
    ("interface-types: pxe: unknown",
     lambda d: d["interface-types"].append("pxe")),
    ("interface-types: one twice",
     lambda d: d["interface-types"].append("bios")),
    ("no mapping", lambda d: d.pop("mapping")),
    ("device: unknown", lambda d: d["mapping"].update(device="rom")),
    ("not absolute", lambda d: d["mapping"].update(filename="fw.bin")),
    ("no filename", lambda d: d["mapping"].pop("filename")),
    ("mapping: mode: unknown", lambda d: d["mapping"].update(mode="split")),
    ("targets: none", lambda d: d.update(targets=[])),
    ("target: no machines", lambda d: d["targets"][0].pop("machines")),
    ("machines: is empty", lambda d: d["targets"][0].update(machines=[])),
    ("machines: no array", lambda d: d["targets"][0].update(machines="*")),
    ("architecture: unknown",
     lambda d: d["targets"][0].update(architecture="amd64")),
    ("no features", lambda d: d.pop("features")),
    ("features: fast: unknown", lambda d: d.update(features=["fast"])),
    ("verbose in two ways", lambda d: d.update(
        features=["verbose-static", "verbose-dynamic"])),
    ("no tags", lambda d: d.pop("tags")),
    ("version: unknown", lambda d: d.update(version="1")),
)
RAW_FAULTS = (
    ("no JSON", lambda text: text.replace("[]", "[],", 1) + ","),
    ("no JSON", lambda text: text[:-3]),
    ("no JSON", lambda text: "// ours\n" + text),
    ("no JSON", lambda text: ""),
    ("a member twice", lambda text: text.replace(
        '"tags": []', '"tags": [], "tags": []')),
    ("begins with a mark", lambda text: "\ufeff" + text),
)


def refusal(data):
    """The rule that bytes of a descriptor break."""
    try:
        firmware_json.parse(data)
    except firmware_json.Broken as why:
        return str(why)
    raise Wrong(f"not refused: {data[:300]!r}")


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

    def test_descriptor(self):
        """What libvirt reads: right, and of the file that is there."""
        for folder, path in ((self.usr, "/usr"), (self.prefix, self.prefix)):
            found = firmware_json.parse(read(folder, DESCRIPTOR))
            equal(found["interface-types"], ["bios"], "interface")
            equal(found["mapping"],
                  {"device": "memory",
                   "filename": f"{path}/share/beeline/fw.bin"}, "mapping")
        equal(os.path.getsize(found["mapping"]["filename"]), 0x10000, "ROM")

    def test_descriptor_machines(self):
        """Each pattern fits a machine of QEMU by its own name."""
        if not shutil.which(QEMU):
            raise Skip(f"{QEMU} is not installed")
        names = [line.split()[0] for line in
                 call(QEMU, "-M", "help").splitlines()[1:]
                 if "(alias of" not in line]
        found = firmware_json.parse(read(self.usr, DESCRIPTOR))
        equal([target["architecture"] for target in found["targets"]],
              ["x86_64"], "architectures")
        for pattern in found["targets"][0]["machines"]:
            check(fnmatch.filter(names, pattern), f"{pattern} fits none")
        check(not fnmatch.filter(found["targets"][0]["machines"], "isapc"),
              "isapc")

    def test_descriptor_rules(self):
        """The rules refuse what is wrong, and take others' that are right."""
        data = read(self.usr, DESCRIPTOR)
        for rule, fault in FAULTS:
            spoilt = copy.deepcopy(json.loads(data))
            fault(spoilt)
            said = refusal(json.dumps(spoilt).encode())
            check(rule in said, f"{said!r} for {rule!r}")
        for rule, fault in RAW_FAULTS:
            said = refusal(fault(data.decode()).encode())
            check(rule in said, f"{said!r} for {rule!r}")
        for path in glob.glob("/usr/share/qemu/firmware/*.json"):
            firmware_json.parse(read(path))

    def test_folders(self):
        """Each folder can be somewhere else; uninstall finds it there."""
        top = os.path.join(self.top, "elsewhere")
        folders = [f"{name}=/{path}" for name, path in FOLDERS.items()]
        make("install", "prefix=/p", f"DESTDIR={top}", *folders)
        pages = {"m/" + page.removeprefix("share/man/")
                 for page in man_pages()}
        equal(files(top), sorted(ELSEWHERE | pages), "files")
        found = firmware_json.parse(
            read(top, "etc/qemu/firmware/90-beeline.json"))
        equal(found["mapping"]["filename"], "/d/beeline/fw.bin", "mapping")
        said = read(top, "p", "beeline.pc").decode()
        check("libdir=/l/x86_64-linux-gnu\n" in said and
              "includedir=/i\n" in said, said)
        check(b"/d/beeline\0" in read(top, "b", "beeline"),
              "the program does not know where fw.bin is")
        make("uninstall", "prefix=/p", f"DESTDIR={top}", *folders)
        equal(left(top), [], "what stays")

    def test_old_names(self):
        """PREFIX, LIBDIR and their like mean the same."""
        top = os.path.join(self.top, "old")
        names = ("PREFIX=/usr", "LIBDIR=/usr/lib64", "MANDIR=/man",
                 "DATADIR=/data")
        make("install", f"DESTDIR={top}", *names)
        for path in ("usr/lib64/libbeeline.a", "man/man1/beeline.1",
                     "data/beeline/fw.bin", "usr/bin/beeline"):
            check(os.path.isfile(os.path.join(top, path)), path)
        make("uninstall", f"DESTDIR={top}", *names)
        equal(left(top), [], "what stays")

    def test_uninstall(self):
        """Last: nothing of it stays, and what is others' does."""
        mine = os.path.join(self.usr, "share", "beeline", "mine")
        with open(mine, "w", encoding="utf-8"):
            pass
        make("uninstall", *self.package)
        equal(files(self.dest), ["usr/share/beeline/mine"], "what stays")
        os.unlink(mine)
        make("uninstall", *self.package)
        equal(left(self.dest), [], "what stays of a package")
        make("uninstall", f"PREFIX={self.prefix}", "DESTDIR=")
        equal(left(self.top + "/opt"), [], "what stays")
        check(os.path.isdir(self.top), "the folder above")
        make("beeline")     # as it was, for the tests behind this one


def main():
    """Runs those whose names hold one of the arguments, or all."""
    with tempfile.TemporaryDirectory() as top:
        return run_tests("install", tests_of(vars(Suite), Suite(top)))


if __name__ == "__main__":
    sys.exit(main())
