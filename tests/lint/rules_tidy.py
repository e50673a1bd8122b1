# SPDX-License-Identifier: BSD-2-Clause
"""clang-tidy, as /.clang-tidy tells it, in everything that is shipped."""
import concurrent.futures
import os
import re
import shutil

from cache import Cache
from rules_build import CC, CORES, FIRMWARE, HOSTED, run
from rules_source import code_of, functions

FOLDERS = ("core/", "firmware/", "host-loader/", "examples/")
FLAGS = ["-std=c11", "-I.", "-Ibuild/gen", "-Wall", "-Wextra",
         "-Wno-unknown-pragmas"]
FINDING = re.compile(r"^(\S+?):(\d+):\d+: (?:error|warning): (.*) "
                     r"\[([\w.-]+?)(?:,-warnings-as-errors)?\]$", re.M)
GARBAGE = "clang-analyzer-core.UndefinedBinaryOperatorResult"
ASSIGN = "clang-analyzer-core.uninitialized.Assign"
CALL = "clang-analyzer-core.CallAndMessage"
NULL = "clang-analyzer-core.NullDereference"
SAME = "misc-redundant-expression"
WIDE = "bugprone-implicit-widening-of-multiplication-result"
RULE_SAYS = "verify_rule(), in another file, returns what it is given"
FAIL_SAYS = "peer_fail(), in another file, never returns 0"
SMALL = "a constant, or an index with a limit of a few hundred"
NAME = "the argument is the beginning or end of a name"
# Findings that are none: file, function ("" outside of any), check, and why.
EXCUSED = {
    ("core/err.h", "", "bugprone-macro-parentheses"): NAME,
    ("firmware/stage.h", "", "bugprone-macro-parentheses"): NAME,
    ("core/start_info.c", "map_parse", WIDE): SMALL,
    ("core/start_info.c", "modules_parse", WIDE): SMALL,
    ("host-loader/lib/verify_acpi.c", "root_walk", GARBAGE): RULE_SAYS,
    ("host-loader/lib/verify_acpi.c", "root_walk", WIDE): SMALL,
    ("host-loader/lib/verify_fadt.c", "facs_verify", CALL): RULE_SAYS,
    ("host-loader/lib/verify_linux.c", "header_verify", ASSIGN): RULE_SAYS,
    ("host-loader/lib/verify_madt.c", "verify_madt", CALL): RULE_SAYS,
    ("host-loader/lib/verify_madt.c", "verify_mcfg", WIDE): SMALL,
    ("host-loader/lib/verify_pvh.c", "verify_pvh", GARBAGE): RULE_SAYS,
    ("host-loader/bundle/digest.c", "digest_end", WIDE): SMALL,
    ("host-loader/qemu/board_pull.c", "signature_ask", GARBAGE): FAIL_SAYS,
    ("host-loader/qemu/board_pull.c", "apic_id_add", GARBAGE): FAIL_SAYS,
    ("host-loader/qemu/board_pull.c", "apic_id_add", ASSIGN): FAIL_SAYS,
    ("host-loader/qemu/board_pull.c", "mmio_probe", WIDE): SMALL,
    ("host-loader/qemu/board_pull.c", "mmio_pull", WIDE): SMALL,
    ("host-loader/qemu/qtest.c", "qtest_read32", ASSIGN): FAIL_SAYS,
    ("host-loader/qemu/qtest.c", "qtest_transfer", SAME):
        "it waits for two answers: each call takes one",
    ("host-loader/qemu/tsc.c", "khz_remembered", "cert-err34-c"):
        "what this program wrote; any number is as good as a wrong one",
    ("host-loader/cmd/inspect_acpi.c", "inspect_tables", WIDE): SMALL,
    ("host-loader/cmd/cmd_cache.c", "age_print", WIDE): SMALL,
    ("host-loader/cmd/cmd_cache.c", "cmd_cache", WIDE): SMALL,
    ("host-loader/cmd/cmd_cache.c", "days_parse", WIDE): SMALL,
    ("host-loader/run/foreground.c", "clock_look", CALL):
        "tick_at is NEVER as long as there is no tick",
    ("examples/kvm-direct.c", "extent_load", NULL):
        "file is NULL or inside vm, which is not",
}


def place_of(tree, name, number):
    """The function that a line is in."""
    found = ""
    if name in tree.files:
        for line, function, count in functions(code_of(tree.text(name))):
            if line <= number <= line + count + 3:
                found = function
    return found


def job(tree, store, version, name):
    """clang-tidy's words about one file; remembered where there are none."""
    flags = FLAGS + (FIRMWARE if name.startswith(FOLDERS[:2]) else HOSTED)
    _, source = run(tree, [CC, *flags, "-E", "-C", name])

    def ask():
        return run(tree, ["clang-tidy", "--quiet", name, "--", *flags])[1]

    return store.answer([version, tree.text(".clang-tidy"), *flags, source],
                        ask)


def rule_tidy(tree):
    """clang-tidy finds nothing but what is excused above."""
    if not shutil.which("clang-tidy"):
        yield "warning: skipped: clang-tidy is not installed"
        return
    names = tree.select(".c", under=FOLDERS)
    version = run(tree, ["clang-tidy", "--version"])[1]
    with Cache(tree.root, "tidy") as store, \
            concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        answers = list(pool.map(
            lambda name: job(tree, store, version, name), names))
    found, used = [], set()
    for answer in answers:
        for path, line, text, check in FINDING.findall(answer):
            name = os.path.normpath(path.removeprefix(tree.root + "/"))
            key = (name, place_of(tree, name, int(line)), check)
            used.add(key)
            if key not in EXCUSED:
                found.append(f"{name}:{line}: {text} [{check}]")
    yield from sorted(set(found))
    for name, function, check in sorted(set(EXCUSED) - used):
        yield f"warning: EXCUSED: {name} {function} has no {check} any more"
