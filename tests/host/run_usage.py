# SPDX-License-Identifier: BSD-2-Clause
"""`beeline run`: its options, and what it refuses to start."""

import re
import shlex
import shutil
import signal
import subprocess

from host_test import BEELINE, TIME, check, equal


def test_help(place):
    """Help and version are no mistakes."""
    out, err = place.call("--help")
    check("run" in out and "bake" in out and err == "", out + err)
    out, _ = place.call("--version")
    check(re.fullmatch(r"beeline \S+\n", out), out)
    for command in ("run", "bake"):
        for option in ("--help", "-h"):
            out, err = place.call(command, option)
            check(f"usage: beeline {command}" in out and err == "", out + err)


def test_surroundings(place):
    """Standard files that are closed or full, and SIGCHLD ignored."""
    def ignore():
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)

    def shell(*args, files, **more):
        with subprocess.Popen(
                ["sh", "-c", f'exec "$@" {files}', "sh", BEELINE, *args],
                env={**place.env, "FAKE": "exit5"}, text=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                cwd=place.folder, **more) as child:
            place.children.append(child)
            return child.communicate(timeout=TIME)[1], child.returncode

    bundle = place.bake("--no-console")
    args = ["--accel", "tcg"]
    for files in ("<&- >&-", "<&- >&- 2>&-", "2>&-"):
        shutil.rmtree(bundle)
        equal(shell("bake", "--output", bundle, "--kernel", place.kernel,
                    "--memory", "128", *args, files=files), ("", 0), files)
        equal(shell("verify", bundle, files=">&-"), ("", 0), "verify")
        equal(shell("run", "--bundle", bundle, *args, files=files),
              ("", 5), files)
    equal(shell("run", "--bundle", bundle, *args, files="</dev/null",
                preexec_fn=ignore), ("", 5), "SIGCHLD ignored")
    equal(shell("run", "--kernel", place.kernel, *args, "--dry-run",
                files=">/dev/full"),
          ("beeline: standard output: cannot write: No space left on device\n",
           1), "full")


def test_usage_of_program(place):
    """No command or an unknown one."""
    out, err = place.call(code=2)
    check(out == "" and "usage" in err, out + err)
    place.refused("fly", about="fly: no such command", code=2)
    place.refused("--fly", about="--fly: no such command", code=2)


def test_usage_of_run(place):
    """Every mistake is one line and exit code 2."""
    kernel = ["--kernel", place.kernel]
    none = ["--path", "none"] + kernel
    rows = [([], "--kernel FILE is missing"),
            (["--kernel"], "--kernel: its value is missing"),
            (kernel + ["--initrd", ""], "--initrd: its value is empty"),
            (["--path", "x"] + kernel, "--path must be firmware or none"),
            (kernel + ["--memory", "x"], "--memory x"),
            (kernel + ["--cpus", "0"], "--cpus 0"),
            (kernel + ["--accel", "x"], "--accel must be"),
            (kernel + ["--bogus"], "--bogus: no such option"),
            (kernel + ["-q"], "-q: no such option"),
            (kernel + ["--dry-run=1"], "takes no value"),
            (kernel + ["--output", "d"], "--output: no such option"),
            (kernel + ["stray"], "stray: stray argument"),
            (kernel + ["--entry", "64"], "--entry"),
            (kernel + ["--no-kaslr"], "--no-kaslr"),
            (kernel + ["--no-cache"], "--no-cache"),
            (kernel + ["--path", "firmware", "--bundle", "d"], "--bundle"),
            (["--bundle", "d", "--no-cache"], "--no-cache"),
            (none + ["--entry", "32"], "--entry must be 64 or pvh"),
            (none + ["--no-cache", "--dry-run"], "--no-cache"),
            (none + ["--firmware", "f"], "--firmware"),
            (none + ["--report-memory", "--dry-run"], "--report-memory"),
            (kernel + ["--machine", "q35,accel=kvm"], "accel="),
            (none + ["--machine", "q35,memory-backend=m"], "memory-backend=")]
    rows += [(kernel + ["--", option, "x"], option) for option in (
        "-kernel", "-initrd", "-append", "-dtb", "-bios", "-M", "-machine",
        "-m", "-smp", "-accel", "-pflash", "-incoming", "-loadvm",
        "-readconfig", "-qtest", "--machine")]
    rows += [(kernel + ["--", *words], words[0]) for words in (
        ["-enable-kvm"], ["-daemonize"], ["-drive", "if=pflash,file=x"],
        ["-device"], ["-netdev"])]
    for args, about in rows:
        place.refused("run", *args, about=about, code=2)


def test_missing_qemu(place):
    """Where QEMU is not, in PATH or where $QEMU says."""
    args = ["run", "--kernel", place.kernel, "--accel", "tcg"]
    del place.env["QEMU"]
    place.refused(*args, PATH="/nonexistent", about="qemu-system-x86_64: "
                  "cannot run: not found in PATH: install qemu-system-x86")
    place.refused(*args, PATH="", about="not found in PATH")
    place.refused(*args, QEMU="q", about="q: cannot run: not found in PATH")
    place.refused(*args, QEMU="/nonexistent/q", about="/nonexistent/q: cannot "
                  "run: No such file or directory")
    place.refused(*args, QEMU=place.folder, about="cannot run: Permission")
    place.refused(*args, QEMU=place.kernel, about="cannot run: Permission")
    place.refused("run", "--path", "none", *args[1:], PATH="/nonexistent",
                  about="not found in PATH")


def test_found_qemu(place):
    """By $QEMU, absolute or not, or by PATH."""
    args = ["run", "--kernel", place.kernel, "--accel", "tcg", "--dry-run"]
    out, _ = place.call(*args, QEMU="./qemu-system-x86_64")
    equal(shlex.split(out)[0], f"{place.folder}/./qemu-system-x86_64", "QEMU")
    del place.env["QEMU"]
    out, _ = place.call(*args, PATH=f"/nonexistent:{place.folder}")
    equal(shlex.split(out)[0], place.qemu, "QEMU by PATH")
    out, _ = place.call(*args, QEMU="qemu-system-x86_64", PATH=place.folder)
    equal(shlex.split(out)[0], place.qemu, "QEMU by name")
