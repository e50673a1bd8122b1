#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""doctor.py [NAME...] - `beeline doctor` on this host, and on hosts that lack
something: other variables, another QEMU, limits, another user, and, where we
may mount, other files in /proc, /sys and /dev."""

import json
import os
import re
import resource
import shutil
import stat
import subprocess
import sys
import tempfile

from host_test import (BEELINE, BUILD, HERE, TIME, Skip, check, equal, read,
                       run_tests, tests_of, write)

LEVELS = ("ok", "warning", "error")
WHAT = ["beeline", "qemu", "qtest", "machines", "kvm", "firmware", "memory",
        "hugepages", "page size", "limits", "cgroup", "cache"]
QEMU_ONLY = ["qtest", "machines"]       # what an asked QEMU says
NOBODY = 65534


class Host:
    """A host as it is, but for what a test changes."""

    def __init__(self, folder):
        self.folder = folder
        self.fake = os.path.join(folder, "qemu-system-x86_64")
        shutil.copy(os.path.join(HERE, "doctor_qemu.py"), self.fake)
        os.chmod(self.fake, 0o755)
        self.env = {"PATH": os.environ["PATH"], "HOME": folder,
                    "BEELINE_FIRMWARE": os.path.join(BUILD, "fw.bin")}

    def call(self, *args, code=0, program=BEELINE, mounts=(), env=None, **more):
        """What `beeline doctor` prints; nothing goes to stderr."""
        env = {**self.env, **(env or {})}
        command = [program, "doctor", *args]
        if mounts:
            command = mounted(mounts, command)
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=env,
            timeout=TIME, cwd=self.folder, **more)
        equal(done.stderr, "", "stderr")
        equal(done.returncode, code, f"exit code: {done.stdout}")
        return done.stdout

    def checks(self, code=0, **more):
        """what -> its check; lines and JSON say the same."""
        lines = self.call(code=code, **more).splitlines()
        found = json.loads(self.call("--json", code=code, **more))
        equal(found["ok"], code == 0, "ok")
        equal(len(lines), len(found["checks"]), "lines")
        for line, one in zip(lines, found["checks"]):
            check(one["level"] in LEVELS, one["level"])
            wanted = f"{one['level']:7}  {one['what']}: "
            check(line.startswith(wanted), f"{line!r}: not {wanted!r}")
            check(line.isprintable(), repr(line))
            check(line.endswith(one["remedy"]), line)
            equal(one["level"] == "ok", one["remedy"] == "", line)
        equal("error" in [one["level"] for one in found["checks"]], code != 0,
              "an error")
        return {one["what"]: one for one in found["checks"]}

    def faked(self, code=0, **fake):
        """The same with a QEMU that says this."""
        return self.checks(code, env={"QEMU": self.fake,
                                      "FAKE": json.dumps(fake)})


def mounted(mounts, command):
    """The command in a mount namespace of its own, behind shell commands."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        raise Skip("mounts need root and unshare")
    script = "set -e; " + "; ".join(mounts) + '; exec "$@"'
    probe = subprocess.run(["unshare", "-m", "sh", "-c", "; ".join(
        ("set -e", *mounts))], capture_output=True, text=True, check=False,
        timeout=TIME)
    if probe.returncode:
        raise Skip(f"cannot mount here: {probe.stderr.strip()}")
    return ["unshare", "-m", "sh", "-c", script, "sh", *command]


def expect(found, what, level, *words):
    """A check has this level and says this."""
    one = found[what]
    said = f"{one['found']}: {one['remedy']}"
    equal(one["level"], level, f"{what}: {said}")
    for word in words:
        check(word in said, f"{what}: {said!r}: no {word!r}")


def test_real(host):
    """This very host, on which the tests run QEMU."""
    if not shutil.which("qemu-system-x86_64"):
        raise Skip("qemu-system-x86_64 is not installed")
    found = host.checks()
    equal(list(found), WHAT, "checks")
    equal(os.path.realpath(found["qemu"]["path"]), os.path.realpath(
        shutil.which("qemu-system-x86_64")), "QEMU")
    check("q35" in found["machines"]["machines"], "machines")
    expect(found, "firmware", "ok", "version", "build")
    equal(found["page size"]["bytes"], os.sysconf("SC_PAGESIZE"), "page")
    check(re.fullmatch(r"[0-9a-f]{40}", found["firmware"]["build_id"]) and
          re.fullmatch(r"[0-9a-f]{64}", found["firmware"]["sha256"]),
          str(found["firmware"]))


def test_usage(host):
    for option in ("-h", "--help"):
        check(host.call(option).startswith("usage: beeline doctor"), option)
    for args in (["--bogus"], ["-q"], ["stray"], ["--json", "stray"]):
        done = subprocess.run([BEELINE, "doctor", *args], text=True,
                              capture_output=True, check=False, timeout=TIME)
        equal((done.returncode, done.stdout, done.stderr.count("\n")),
              (2, "", 1), str(args))
    with open("/dev/full", "wb") as full:
        done = subprocess.run([BEELINE, "doctor"], stdout=full, check=False,
                              stderr=subprocess.PIPE, env=host.env,
                              timeout=TIME)
    equal(done.returncode, 1, "full disk")


def test_no_qemu(host):
    """Not in PATH, or not where $QEMU says; then it is asked nothing."""
    rows = (({"PATH": "/nonexistent"}, "not found in PATH", "install"),
            ({"PATH": ""}, "not found in PATH", "install"),
            ({"QEMU": "/nonexistent/q"}, "No such file", "QEMU="),
            ({"QEMU": host.folder}, "Permission denied", "QEMU="),
            ({"QEMU": "/bin/true"}, "code 0", "QEMU="),
            ({"QEMU": "/bin/false"}, "code 1", "QEMU="))
    for env, *words in rows:
        found = host.checks(1, env=env)
        expect(found, "qemu", "error", *words)
        equal(list(found), [what for what in WHAT if what not in QEMU_ONLY],
              "checks")


def test_qemu_versions(host):
    expect(host.faked(), "qemu", "ok", "7.2.1", "tested")
    expect(host.faked(version=[6, 0, 0]), "qemu", "ok", "not tested")
    expect(host.faked(version=[99, 1, 0]), "qemu", "ok", "not tested")
    for version in ([5, 2, 0], [2, 12, 9], [0, 0, 0]):
        expect(host.faked(1, version=version), "qemu", "error",
               "older than 6.0", "6.0 or later")
    check(host.faked()["qemu"]["tested"] is True and
          host.faked(version=[9, 0, 0])["qemu"]["tested"] is False, "tested")


def test_qemu_lacks(host):
    """A QEMU that was built without something."""
    expect(host.faked(1, objects=["rng-random", "qtest-not"]), "qtest",
           "error", "-object qtest")
    expect(host.faked(1, objects=[]), "qtest", "error")
    expect(host.faked(1, machines=[]), "machines", "error", "none")
    expect(host.faked(machines=[{"name": "microvm"}]), "machines", "warning",
           "microvm; not q35, pc", "--machine")
    expect(host.faked(machines=[{"name": "pc-q35-9.0", "alias": "q35"}]),
           "machines", "ok", "q35; not pc, microvm")
    found = host.faked(accels=["tcg-accel"])
    check(found["kvm"]["level"] == "warning" and
          not found["kvm"]["usable"], str(found["kvm"]))


def test_qemu_is_strange(host):
    """It does not answer as QEMU does."""
    for does, word in (("hang_up", "it burns"), ("garbage", "qmp: "),
                       ("refuse", "qmp: ")):
        found = host.faked(1, does=does)
        expect(found, "qemu", "error", host.fake, word)
    expect(host.faked(package="\x1b[31mred\x07"), "qemu", "ok", "?[31mred?")
    expect(host.faked(1, version=[-1, 0, 0]), "qemu", "error", "greeting")


def test_firmware(host):
    """Which ROM, and whose."""
    def env(path):
        return {"env": {"BEELINE_FIRMWARE": path}}

    data = read(host.env["BEELINE_FIRMWARE"])
    version = json.loads(host.call("--json"))["version"].encode()
    at = data.index(b"Beeline " + version)
    other = data[:at + 8] + b"9.8.7" + data[at + 13:]
    expect(host.checks(1, **env("/nonexistent/fw.bin")), "firmware", "error",
           "No such file", "BEELINE_FIRMWARE")
    expect(host.checks(1, **env(host.folder)), "firmware", "error",
           "not a regular file")
    for size in (0, 1, 65535, 65537):
        path = write(host.folder, "rom", bytes(size))
        expect(host.checks(1, **env(path)), "firmware", "error",
               f"{size} bytes")
    path = write(host.folder, "rom", bytes(0x20000))
    expect(host.checks(**env(path)), "firmware", "warning", "not Beeline's")
    path = write(host.folder, "rom", other)
    found = host.checks(**env(path))
    expect(found, "firmware", "warning", "version 9.8.7", "one version")
    path = write(host.folder, "rom", bytes(0x10000) + data)
    expect(host.checks(**env(path)), "firmware", "ok")


def test_firmware_is_missing(host):
    """A program that stands alone names the place of the installed one."""
    program = shutil.copy(BEELINE, host.folder)
    del host.env["BEELINE_FIRMWARE"]
    found = json.loads(subprocess.run(
        [program, "doctor", "--json"], capture_output=True, check=False,
        env=host.env, timeout=TIME).stdout)
    one = next(one for one in found["checks"] if one["what"] == "firmware")
    check("/share/beeline/fw.bin" in one["found"], one["found"])
    shutil.copy(os.path.join(BUILD, "fw.bin"), host.folder)
    one = host.checks(program=program)["firmware"]
    equal((one["level"], one["path"]), ("ok", host.folder + "/fw.bin"), "ROM")


def test_other_user(host):
    """Who may not open /dev/kvm."""
    if os.geteuid() != 0:
        raise Skip("another user needs root")
    if not os.path.exists("/dev/kvm"):
        raise Skip("no /dev/kvm")
    if os.stat("/dev/kvm").st_mode & stat.S_IWOTH:
        raise Skip("everybody may open /dev/kvm")
    os.chmod(host.folder, 0o755)
    program = shutil.copy(BEELINE, host.folder)
    host.env["BEELINE_FIRMWARE"] = shutil.copy(
        os.path.join(BUILD, "fw.bin"), host.folder)
    found = host.checks(program=program, user=NOBODY, group=NOBODY,
                        extra_groups=[])
    expect(found, "kvm", "warning", "Permission denied", "TCG runs guests",
           "group")
    equal(found["kvm"]["usable"], False, "usable")
    expect(found, "cache", "warning", "Permission denied", "--no-cache")


def test_no_kvm(host):
    """No /dev/kvm, or another device in its place."""
    other = ["mount --bind /dev/null /dev/kvm"]
    none = [f"touch {host.folder}/null",
            f"mount --bind {host.folder} {host.folder}",
            f"mount --bind /dev/null {host.folder}/null",
            f"mount --rbind {host.folder} /dev"]
    expect(host.checks(mounts=none), "kvm", "warning", "No such file",
           "TCG runs guests", "virtualisation", "")
    if os.path.exists("/dev/kvm"):
        expect(host.checks(mounts=other), "kvm", "warning", "API")
    host.env.update(QEMU=host.fake, FAKE=json.dumps({"accels": []}))
    expect(host.checks(1, mounts=none), "kvm", "error", "nothing runs guests")


def meminfo(host, **values):
    """The mount that makes the host say this."""
    text = "".join(f"{key}: {value:12} kB\n" for key, value in values.items())
    path = write(host.folder, "meminfo", text.encode())
    return {"mounts": [f"mount --bind {path} /proc/meminfo"]}


def test_memory(host):
    """Enough, too little for the default, too little for anything."""
    for mib, level, code in ((4096, "ok", 0), (576, "ok", 0),
                             (575, "warning", 0), (128, "warning", 0),
                             (127, "error", 1), (0, "error", 1)):
        found = host.checks(code, **meminfo(host, MemTotal=1 << 30,
                                            MemAvailable=mib << 10))
        expect(found, "memory", level, f"{mib} MiB")
    expect(host.checks(**meminfo(host, MemTotal=7)), "memory", "warning",
           "/proc")


def test_hugepages(host):
    """As the kernel has them, or not at all."""
    folder = os.path.join(host.folder, "thp")
    os.mkdir(folder)
    mount = [f"mount --bind {folder} /sys/kernel/mm/transparent_hugepage"]
    expect(host.checks(mounts=mount), "hugepages", "warning", "not there")
    for text, level in (("always [madvise] never\n", "ok"),
                        ("[always] madvise never\n", "ok"),
                        ("always madvise [never]\n", "warning"),
                        ("nonsense\n", "warning"), ("", "warning")):
        write(folder, "enabled", text.encode())
        expect(host.checks(mounts=mount), "hugepages", level)
    host_has = meminfo(host, MemAvailable=1 << 22, HugePages_Total=9,
                       HugePages_Free=7, Hugepagesize=1048576)
    expect(host.checks(**host_has), "hugepages", "ok",
           "7 of 9 pages of 1048576 KiB")


def test_limits(host):
    """Each that may be too low."""
    rows = ((resource.RLIMIT_NOFILE, 32, "ulimit -n"),
            (resource.RLIMIT_AS, 3 << 30, "ulimit -v"),
            (resource.RLIMIT_FSIZE, 1 << 20, "ulimit -f"))
    expect(host.checks(), "limits", "ok", "open files")
    for number, value, word in rows:
        found = host.checks(preexec_fn=lambda n=number, v=value:
                            resource.setrlimit(n, (v, v)))
        expect(found, "limits", "warning", str(value), word)


def test_cache(host):
    """A folder that may be made, one that cannot be used, a full disk."""
    def env(path, **more):
        return {"env": {"XDG_CACHE_HOME": path, **more}}

    path = os.path.join(host.folder, "new", "cache")
    expect(host.checks(**env(path)), "cache", "ok", path + "/beeline", "MiB")
    check(not os.path.exists(os.path.dirname(path)), "it made folders")
    expect(host.checks(**env("relative", HOME="")), "cache", "warning",
           "absolute")
    expect(host.checks(**env("", HOME="")), "cache", "warning", "absolute")
    os.makedirs(path + "/beeline")
    expect(host.checks(**env(path)), "cache", "ok")
    os.chmod(path + "/beeline", 0o777)
    expect(host.checks(**env(path)), "cache", "warning", "others may write")
    os.rmdir(path + "/beeline")
    write(path, "beeline", b"")
    expect(host.checks(**env(path)), "cache", "warning", "not a folder")
    disk = os.path.join(host.folder, "disk")
    os.mkdir(disk)
    full = [f"mount -t tmpfs -o size=1m none {disk}"]
    expect(host.checks(mounts=full, **env(disk)), "cache", "warning",
           "1 MiB free", "prune")


def in_folder(test):
    """Runs a test on a host of its own."""
    with tempfile.TemporaryDirectory(prefix="beeline-doctor-") as folder:
        return test(Host(os.path.realpath(folder)))


def main():
    """Runs those whose names hold one of the arguments, or all."""
    return run_tests("doctor", [
        (name, lambda test=test: in_folder(test.func))
        for name, test in tests_of(globals())])


if __name__ == "__main__":
    sys.exit(main())
