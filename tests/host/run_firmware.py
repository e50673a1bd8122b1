# SPDX-License-Identifier: BSD-2-Clause
"""`beeline run` with firmware: the QEMU that it becomes."""

import os
import re
import shlex
import shutil
import signal
import subprocess

from host_test import BEELINE, TIME, check, equal
from inspect_files import elf, elf32
from run_place import COMMON, CONSOLE, after


def test_firmware_line(place):
    """All of QEMU's arguments, in order."""
    got = place.firmware_run("--initrd", place.kernel, "--append", "a b",
                             "--machine", "pc", "--memory", "1G", "--cpus",
                             "2", "--no-reboot", "--", "-device", "x", "-S")
    equal(got["args"], [
        place.qemu, *COMMON, "-M", "pc", "-accel", "tcg", "-m", "1G", "-smp",
        "2", "-device", "x", "-serial", "chardev:console", "-S", *CONSOLE,
        "-bios", place.firmware, "-kernel", place.kernel, "-initrd",
        place.kernel, "-append", "a b", "-no-reboot"], "QEMU's arguments")
    equal(sorted(got["files"]), ["0", "1", "2"], "open files")
    got = place.firmware_run()
    equal(got["args"][5:13], ["-M", "q35", "-accel", "tcg", "-m", "512M",
                              "-smp", "1"], "defaults")
    check("-no-reboot" not in got["args"] and "-append" not in got["args"],
          got["args"])


def test_quoting(place):
    """A dry run's line, in a shell, starts the same QEMU."""
    for append in ("plain", "two words", "it's", '"a" $HOME `b` \\', "a;b|c&d",
                   "*?[x]{1}~#!", "'", "", "a=b,c:d", "\u00e9"):
        wanted = place.firmware_run("--append", append, "--", "-name", append)
        out, err = place.call("run", "--kernel", place.kernel, "--accel",
                              "tcg", "--append", append, "--dry-run", "--",
                              "-name", append)
        check(err == "" and out.count("\n") == 1, out + err)
        equal(shlex.split(out), wanted["args"], "by shlex")
        place.forget()
        subprocess.run(["sh", "-c", out], env={**place.env, "FAKE": "exit0"},
                       check=True, timeout=TIME)
        equal(place.starts()[0]["args"], wanted["args"], "by sh")
    check(" plain " in place.call("run", "--kernel", place.kernel, "--append",
                                  "plain", "--accel", "tcg", "--dry-run",
                                  "--no-reboot")[0], "quoted without need")


def test_firmware_found(place):
    """By option, variable, or beside the program; else a line."""
    other = place.write("other.bin", b"")
    got = place.firmware_run("--firmware", other)["args"]
    equal(after(got, "-bios"), other, "--firmware")
    place.forget()
    args = ["run", "--kernel", place.kernel, "--accel", "tcg"]
    place.refused(*args, "--firmware", "/nonexistent", about="/nonexistent: "
                  "cannot read: No such file")
    place.refused(*args, BEELINE_FIRMWARE="/nonexistent",
                  about="/nonexistent: cannot read")
    program = shutil.copy(BEELINE, place.path("beeline"))
    del place.env["BEELINE_FIRMWARE"]
    line = subprocess.run([program, *args, "--dry-run"], env=place.env,
                          check=True, timeout=TIME, capture_output=True,
                          text=True).stdout
    equal(after(shlex.split(line), "-bios"), place.firmware, "beside")


def test_firmware_files(place):
    """Files that are not there."""
    for path in ("firmware", "none"):
        args = ["run", "--path", path, "--accel", "tcg", "--kernel"]
        place.refused(*args, "/nonexistent", about="/nonexistent: cannot")
        place.refused(*args, place.folder, about="not a regular file")
        place.refused(*args, place.kernel, "--initrd", "/nonexistent",
                      about="/nonexistent: cannot")


def test_entries(place):
    """Kernels without the entry that is wanted."""
    for kernel, entry, about in (
            (elf(entry=0xFFFFFFFF81000000), "64",
             "starts by PVH only: give --entry pvh"),
            (elf(note=False), "pvh", "has no PVH entry (CONFIG_PVH)"),
            (elf32(), "64", "has neither a 64-bit nor a PVH entry"),
            (elf32(), "pvh", "has neither a 64-bit nor a PVH entry")):
        place.refused("run", "--path", "none", "--accel", "tcg", "--entry",
                      entry, "--kernel", place.write("odd", kernel),
                      about=about)


def test_never_bare(place):
    """Arguments that go with firmware only."""
    for args, about in (
            (["-device", "virtio-balloon-pci"], "would punch holes"),
            (["-device", '{"driver": "virtio-mem-pci"}'], "punch holes"),
            (["-object", "memory-backend-ram,id=m,size=1G", "-numa",
              "node,memdev=m"], "the image is the machine's memory"),
            (["-mem-path", "/dev/shm"], "the image is the machine's memory"),
            (["-no-shutdown"], "QEMU ends at a reset"),
            (["-action", "shutdown=pause"], "QEMU ends at a reset")):
        place.refused("run", "--path", "none", "--accel", "tcg", "--kernel",
                      place.kernel, "--", *args, about=about)
    place.refused("run", "--path", "none", "--kernel", place.kernel, "--",
                  "-device", "{'driver': 'virtio-balloon-pci'}",
                  about="is no JSON (strings want double quotes)", code=2)
    got = place.firmware_run("--", "-no-shutdown", "-mem-path", "/dev/shm")
    check("-no-shutdown" in got["args"], "-no-shutdown with firmware")


def test_tsc(place):
    """Linux under TCG is told the rate of its TSC, and only that."""
    def append(*args, kernel=place.linux, accel="tcg"):
        place.forget()
        place.call("run", "--kernel", kernel, "--accel", accel, *args)
        args = place.starts()[0]["args"]
        return after(args, "-append") if "-append" in args else ""
    check(re.fullmatch(r"tsc_early_khz=\d{6,8}", append()), append())
    check(re.fullmatch(r"a tsc_early_khz=\d+", append("--append", "a")), "a")
    check(re.fullmatch(r"a tsc_early_khz=\d+ -- b -- c",
                       append("--append", "a  -- b -- c")), "init's words")
    equal(append("--append", "tsc_early_khz=7 a"), "tsc_early_khz=7 a", "own")
    equal(append("--", "-icount", "shift=0"), "tsc_early_khz=1000000",
          "icount")
    equal(append("--append", "a", accel="kvm"), "a", "KVM")
    equal(append("--append", "a", kernel=place.kernel), "a", "no Linux")
    equal(append("--append", "a", kernel=place.firmware), "a", "no kernel")


def test_tsc_is_measured(place):
    """Twice the same within a thousandth, and not slowly."""
    rates = []
    for _ in range(2):
        out, _ = place.call("run", "--kernel", place.linux, "--accel", "tcg",
                            "--dry-run")
        rates.append(int(re.search(r"khz=(\d+)", out).group(1)))
    check(abs(rates[0] - rates[1]) <= rates[0] / 1000, rates)


def test_accelerator(place):
    """auto is one of two, with a line when it is TCG; many CPUs share one
    thread."""
    out, err = place.call("run", "--kernel", place.kernel, "--dry-run")
    chosen = after(shlex.split(out), "-accel")
    check(chosen in ("kvm", "tcg"), out)
    equal(err.count("\n"), 1 if chosen == "tcg" else 0, err)
    check(chosen == "kvm" or err.startswith("beeline: accel: KVM"), err)
    many = str(2 * os.cpu_count() + 1)
    got = place.firmware_run("--cpus", f"cpus={many},sockets=1")["args"]
    equal(after(got, "-accel"), "tcg,thread=single", "many CPUs")
    got = place.firmware_run("--cpus", str(2 * os.cpu_count()))["args"]
    equal(after(got, "-accel"), "tcg", "fewer CPUs")


def test_console(place):
    """On stdin and stdout, unless it is the user's affair."""
    for args in (["--no-console"], ["--", "-serial", "none"],
                 ["--", "-nographic"], ["--", "-chardev", "null,id=console"]):
        got = place.firmware_run(*args)["args"]
        check("stdio" not in " ".join(got), got)


def test_exit_code(place):
    """QEMU's own comes back."""
    for code in (0, 1, 7, 200):
        place.firmware_run(fake=f"exit{code}", code=code)
    place.firmware_run(fake="kill9", code=-9)   # QEMU took our place


def test_signals_firmware(place):
    """QEMU is who gets them."""
    child = place.start("run", "--kernel", place.kernel, "--accel", "tcg",
                        fake="wait")
    place.await_note("ready")
    equal(place.starts()[0]["pid"], child.pid, "QEMU's process")
    child.terminate()
    child.communicate(timeout=TIME)
    equal(child.returncode, 40 + signal.SIGTERM, "exit code")


def test_report_firmware(place):
    """--report-memory keeps QEMU a child, and its exit code."""
    _, err = place.call("run", "--kernel", place.kernel, "--accel", "tcg",
                        "--report-memory", fake="exit3", code=3)
    check(err.startswith("beeline: memory: "), err)
