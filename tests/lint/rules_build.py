# SPDX-License-Identifier: BSD-2-Clause
"""Rules that ask a compiler or a checker."""
import concurrent.futures
import os
import re
import shutil
import subprocess

from cache import Cache

CC = os.environ.get("CC", "gcc")
WARNINGS = ["-std=c11", "-I.", "-Ibuild/gen", "-Wall", "-Wextra", "-Werror"]
FIRMWARE = ["-m32", "-march=i686", "-msse2", "-mregparm=3", "-ffreestanding",
            "-fno-pie", "-DMARKS=0"]
LOW_MEMORY = ["--param=min-pagesize=0"]     # gcc: an address may be near 0
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
    for name in tree.select(".h", under=("core/", "firmware/",
                                         "host-loader/")):
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
    """gcc's analyzer finds nothing in core/, in both builds of it, in
    firmware/ and in host-loader/."""
    version = run(tree, [CC, "--version"])[1]
    if "gcc" not in version.lower():
        return ["warning: skipped: only gcc has -fanalyzer"]
    jobs = []
    for name in tree.select(".c", under=("core/", "firmware/",
                                         "host-loader/")):
        builds = {"core": (FIRMWARE, HOSTED), "firmware": (FIRMWARE,)}
        for flags in builds.get(name.split("/", maxsplit=1)[0], (HOSTED,)):
            jobs.append((name, flags))
    with Cache(tree.root, "analyzer") as store, \
            concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        return [line for line in pool.map(
            lambda job: analyze(tree, store, version, *job), jobs) if line]


def analyze(tree, store, version, name, build):
    """What the analyzer says of one file in one build, on a line; it is
    remembered where that is nothing."""
    flags = [*WARNINGS, *build, "-O2"]
    if build is FIRMWARE:
        flags += LOW_MEMORY
    args = [CC, *flags, "-fanalyzer", "-S", "-o", os.devnull,
            *EXCUSED.get(name, []), name]
    source = run(tree, [CC, *flags, "-E", "-C", name])[1]
    said = []

    def ask():
        said.extend(run_all(tree, [(f"{name}, {build[0]}", args, None)]))
        return None if said else ""

    store.answer([version, *args, source], ask)
    return "; ".join(said)


def rule_cppcheck(tree):
    """cppcheck finds nothing that tests/lint/cppcheck.txt does not excuse."""
    if not shutil.which("cppcheck"):
        return ["warning: skipped: cppcheck is not installed"]
    found = []
    for platform, folders in (("unix32", ["core", "firmware"]),
                              ("unix64", ["host-loader"])):
        folder = os.path.join("build", "lint", f"cppcheck-{platform}")
        os.makedirs(os.path.join(tree.root, folder), exist_ok=True)
        code, output = run(tree, [
            "cppcheck", "--quiet", f"--cppcheck-build-dir={folder}",
            "--std=c11", "--language=c", "-I.", "-Ibuild/gen",
            f"--platform={platform}", "-DMARKS=0",
            f"-j{CORES}", "--enable=warning,style,performance,portability",
            "--suppressions-list=tests/lint/cppcheck.txt",
            "--template={file}:{line}: {severity}: {message} [{id}]",
            "--error-exitcode=1", *folders])
        if code:
            found += [line for line in output.split("\n")
                      if re.match(r"\S+:\d+: \w+: ", line)]
    return found
