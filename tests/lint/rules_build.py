# SPDX-License-Identifier: BSD-2-Clause
"""Rules that ask a compiler or a checker."""
import concurrent.futures
import os
import re
import shutil
import subprocess

CC = os.environ.get("CC", "gcc")
WARNINGS = ["-std=c11", "-I.", "-Ibuild/gen", "-Wall", "-Wextra", "-Werror"]
FIRMWARE = ["-m32", "-march=i686", "-msse2", "-mregparm=3", "-ffreestanding",
            "-fno-pie", "-DMARKS=0"]
HOSTED = ["-m64", "-D_GNU_SOURCE"]
# Findings of gcc's analyzer that are none: file and option.
EXCUSED = {
    # gcc 12 takes a vector of two 64-bit words for one bit
    "core/sum8.c": ["-Wno-analyzer-shift-count-overflow"],
}
CORES = max(2, os.cpu_count() or 1)


def run(tree, args, text=None):
    """Exit code and output of a program in the tree's root."""
    done = subprocess.run(args, cwd=tree.root, input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.returncode, done.stdout


def run_all(tree, jobs):
    """Findings of (name, args, stdin) jobs, as many at once as cores."""
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        results = pool.map(lambda job: run(tree, job[1], job[2]), jobs)
        for (name, _, _), (code, output) in zip(jobs, results):
            if code != 0:
                lines = [line for line in output.split("\n")
                         if re.search(r"error|warning", line)]
                yield f"{name}: " + "; ".join(lines[:3] or [output.strip()])


def rule_headers(tree):
    """Each header compiles alone, in the builds that use it."""
    jobs = []
    for name in tree.select(".h", under=("core/", "firmware/", "host-loader/")):
        builds = [FIRMWARE]
        if name.startswith("core/"):
            builds.append(HOSTED)
        if name.startswith("host-loader/"):
            builds = [HOSTED]
        for flags in builds:
            args = [CC, *WARNINGS, *flags, "-x", "c", "-fsyntax-only", "-"]
            jobs.append((f"{name} alone, {flags[0]}", args,
                         f'#include "{name}"\n'))
    return run_all(tree, jobs)


def rule_analyzer(tree):
    """gcc's analyzer finds nothing in core/, in both builds of it, and in
    host-loader/."""
    jobs = []
    for name in tree.select(".c", under=("core/", "host-loader/")):
        both = name.startswith("core/")
        for flags in (FIRMWARE, HOSTED) if both else (HOSTED,):
            args = [CC, *WARNINGS, *flags, "-O2", "-fanalyzer", "-S",
                    "-o", os.devnull, *EXCUSED.get(name, []), name]
            jobs.append((f"{name}, {flags[0]}", args, None))
    if "gcc" not in run(tree, [CC, "--version"])[1].lower():
        return ["warning: skipped: only gcc has -fanalyzer"]
    return run_all(tree, jobs)


def rule_cppcheck(tree):
    """cppcheck finds nothing that tests/lint/cppcheck.txt does not excuse."""
    if not shutil.which("cppcheck"):
        return ["warning: skipped: cppcheck is not installed"]
    found = []
    for platform, folders in (("unix32", ["core", "firmware"]),
                              ("unix64", ["host-loader"])):
        code, output = run(tree, [
            "cppcheck", "--quiet", "--std=c11", "--language=c", "-I.",
            "-Ibuild/gen", f"--platform={platform}", "-DMARKS=0",
            f"-j{CORES}", "--enable=warning,style,performance,portability",
            "--suppressions-list=tests/lint/cppcheck.txt",
            "--template={file}:{line}: {severity}: {message} [{id}]",
            "--error-exitcode=1", *folders])
        if code:
            found += [line for line in output.split("\n")
                      if re.match(r"\S+:\d+: \w+: ", line)]
    return found
