#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs the boot rows of rows.py in parallel and says what failed and why.

    tests/boot/run.py                   the quick rows
    tests/boot/run.py --tier full       every row
    tests/boot/run.py -k microvm -v     some, with their consoles
    tests/boot/run.py --list

Exit code 0 when every row that ran is right, 1 when not, 2 for bad usage.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import artefacts    # noqa: E402
import judge        # noqa: E402
import qemu         # noqa: E402
import rows         # noqa: E402

LINUX = ("bzImage", "vmlinux")
APPEND = "console=ttyS0 panic=-1 quiet"
LINGER = 20                 # seconds from a report's end to the guest's
TAIL = 15                   # console lines shown of a failed row
RUNS, SKIPS, FAILS, KNOWN = "ok", "skip", "FAIL", "known"


def append_for(row):
    """A row's command line."""
    if row.append == "-" or row.kernel == "none":
        return ""
    if row.kernel in LINUX:
        return f"{APPEND} {row.append}".strip()
    return row.append or "console=ttyS0 hello"


def guest_for(row, args):
    """The guest that a row describes."""
    return qemu.Guest(
        machine=row.machine, memory=row.memory,
        cpus=f"{row.cpus}{row.topology}", accel=args.accel,
        firmware=args.firmware, kernel=artefacts.kernel(row.kernel),
        initrd=artefacts.initrd(row.initrd), append=append_for(row),
        reboots=row.boots > 1, path=row.path, entry=row.entry,
        options=("--no-cache",) if row.path == "none" else (),
        extra=row.extra)


def started(row, guest):
    """The guest as QEMU is to be told of it: the kernel may come by names in
    fw_cfg, or fw.elf may be the kernel that then finds another."""
    image = os.path.join(ROOT, "build", row.image) if row.image else \
        guest.firmware
    guest = dataclasses.replace(guest, firmware=image)
    elf = os.path.join(ROOT, "build", "fw.elf")
    if row.by == "module":
        return dataclasses.replace(guest, kernel=elf, initrd=guest.kernel)
    if row.by == "elf":
        return dataclasses.replace(
            guest, kernel=elf,
            extra=guest.extra + named("kernel", file=guest.kernel))
    if row.by == "names":
        extra = named("kernel", file=guest.kernel) + \
            named("cmdline", string=guest.append)
        if guest.initrd:
            extra += named("initrd", file=guest.initrd)
        return dataclasses.replace(guest, kernel="", initrd="", append="",
                                   extra=guest.extra + extra)
    return guest


def named(name, **source):
    """Arguments that give a file of ours to fw_cfg."""
    (kind, value), = source.items()
    value = value.replace(",", ",,")
    return ("-fw_cfg", f"name=opt/org.beeline/{name},{kind}={value}")


def why_skipped(row):
    """Why a row cannot run here, or ""."""
    if row.tpm and not shutil.which("swtpm"):
        return "swtpm is not installed"
    return ""


class Tpm:
    """A swtpm for one QEMU, gone when the row is."""

    def __init__(self, kind, folder):
        path = os.path.join(folder, "tpm")
        self.child = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={folder}",
             "--ctrl", f"type=unixio,path={path}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        for _ in range(100):
            if os.path.exists(path):
                break
            time.sleep(0.05)
        self.extra = ("-chardev", f"socket,id=tpm,path={path}",
                      "-tpmdev", "emulator,id=tpm0,chardev=tpm",
                      "-device", f"tpm-{kind},tpmdev=tpm0")

    def end(self):
        """Ends it, if QEMU's going did not."""
        qemu.end(self.child)


def stopper(row):
    """A function that sees the line after which a row needs no more."""
    left = [row.boots]

    def stop(line):
        if row.panic:
            return "PANIC" in line.text and line.source == "console"
        if row.console:
            return re.search(row.console, line.text) is not None
        if line.source == "console" and line.text == "BEELINE done=ok":
            left[0] -= 1
        return left[0] <= 0
    return stop


def run_once(row, args):
    """One QEMU; gives its Result and the list of faults."""
    guest = guest_for(row, args)
    with tempfile.TemporaryDirectory() as folder:
        tpm = Tpm(row.tpm, folder) if row.tpm else None
        if tpm:
            guest.extra += tpm.extra
        try:
            linger = LINGER if row.powers_off or row.panic else 0
            result = qemu.run(started(row, guest), row.limit * args.slow, stopper(row),
                              linger)
        finally:
            if tpm:
                tpm.end()
    return result, faults_of(row, guest, result)


def faults_of(row, guest, result):
    """What is wrong with a run."""
    if row.panic:
        return list(judge_panic(row, result))
    if row.refused:
        return list(judge_refused(row, result))
    if row.console:
        lines = result.text()
        if any(re.search(row.console, line) for line in lines):
            return []
        return [f"console: no line with {row.console!r}"]
    found = judge.reports(result.text())
    faults = []
    if len(found) < row.boots:
        faults.append(f"{len(found)} boots done, not {row.boots}: ended by "
                      f"{result.ended} after {result.wall:.1f} s")
    for report in found:
        faults += judge.judge(judge.Boot(row, guest, report))
    if found and row.powers_off and result.ended != "exit":
        faults.append("the guest did not power off")
    return list(dict.fromkeys(faults))


def judge_panic(row, result):
    """A refusal: one sentence on both ports, a code, no silent hang."""
    for source in ("console", "debug"):
        said = [line for line in result.text(source) if "PANIC" in line]
        if len(said) != 1:
            yield f"{source}: {len(said)} PANIC lines, not 1"
        elif not re.search(row.panic, said[0]):
            yield f"{source}: {said[0]!r}: no {row.panic!r}"
    if result.ended not in ("exit",) or result.code in (0, 1):
        yield (f"exit code {result.code}, ended by {result.ended}: not from "
               "isa-debug-exit with a reason")


def judge_refused(row, result):
    """A refusal by beeline: one line on stderr, exit code 1."""
    said = result.stderr.strip().splitlines()
    if len(said) != 1 or not said[0].startswith("beeline: ") or \
            not re.search(row.refused, said[0]):
        yield f"stderr: {said}: not one line with {row.refused!r}"
    if result.code != 1 or result.lines:
        yield f"exit code {result.code}, {len(result.lines)} lines of output"


def run_row(row, args):
    """Runs a row; gives (status, seconds, lines to print)."""
    why = why_skipped(row)
    if why:
        return SKIPS, 0.0, [why]
    start = time.monotonic()
    try:
        for number in range(row.runs):
            result, faults = run_once(row, args)
            if faults and row.runs > 1:
                faults.insert(0, f"run {number + 1} of {row.runs}")
            if faults or args.verbose:
                break
    except (qemu.Failure, OSError) as failure:
        return FAILS, time.monotonic() - start, [str(failure)]
    took = time.monotonic() - start
    if row.known and faults and not args.verbose:
        return KNOWN, took, [row.known]
    if row.known and not faults:
        faults = ["a known limit is gone: take `known` out of the row"]
    return verdict(result, faults, args, took)


def verdict(result, faults, args, took):
    """A row's outcome, with its console where that helps."""
    lines = [f"  {fault}" for fault in faults]
    if faults or args.verbose:
        shown = result.lines if args.verbose else result.lines[-TAIL:]
        lines += [f"  {line.source:>8} | {line.text}" for line in shown]
        lines += [f"    stderr | {t}" for t in result.stderr.splitlines()[-3:]
                  if "terminating on signal" not in t]
        lines.append("  " + subprocess.list2cmdline(result.args))
    return FAILS if faults else RUNS, took, lines


def choose(args):
    """The rows that the arguments name."""
    chosen = [row for row in rows.ROWS
              if args.tier == rows.FULL or row.tier == rows.QUICK or args.k]
    for word in args.k:
        chosen = [row for row in chosen if re.search(word, row.name)]
    return chosen


def run_all(chosen, args):
    """Runs rows in parallel, longest first; gives row -> outcome."""
    outcomes = {}
    order = sorted(chosen, key=lambda row: -row.limit * row.runs)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        waiting = {pool.submit(run_row, row, args): row for row in order}
        for future in concurrent.futures.as_completed(waiting):
            row = waiting[future]
            outcomes[row.name] = status, took, lines = future.result()
            if qemu.stopping.is_set():
                for other in waiting:
                    other.cancel()
                break
            print(f"{status:<6}{took:6.1f} s  {row.name}", flush=True)
            if status == FAILS or args.verbose:
                print("\n".join(lines), flush=True)
    return outcomes


def summary(chosen, outcomes, took, args):
    """Says what ran, what failed and what was skipped, and why."""
    def names(status):
        return [n for n, outcome in outcomes.items() if outcome[0] == status]
    for name in names(SKIPS):
        print(f"skipped: {name}: {outcomes[name][2][0]}")
    for name in names(KNOWN):
        print(f"known limit: {name}: {outcomes[name][2][0]}")
    left = len(rows.ROWS) - len(chosen)
    if left:
        print(f"not chosen: {left} rows (--tier full and no -k runs all)")
    for name in names(FAILS):
        print(f"failed: {name}: {outcomes[name][2][0].strip()}")
    print(f"boot: {len(chosen)} rows in {took:.0f} s, {args.jobs} at a time, "
          f"{args.accel}; {len(names(KNOWN))} of them known limits")
    print(f"boot: {len(names(RUNS)) + len(names(KNOWN))} passed, "
          f"{len(names(FAILS))} failed, {len(names(SKIPS))} skipped")
    return 1 if names(FAILS) or len(outcomes) < len(chosen) else 0


def options():
    """The command line."""
    parser = argparse.ArgumentParser(prog="tests/boot/run.py")
    parser.add_argument("-k", action="append", default=[], metavar="RE",
                        help="rows whose name has this, of every tier")
    parser.add_argument("--tier", choices=(rows.QUICK, rows.FULL),
                        default=rows.QUICK)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--firmware", default="", metavar="ROM")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--accel", choices=("tcg", "kvm", "auto"),
                        default=os.environ.get("ACCEL") or "tcg")
    parser.add_argument("--slow", type=float, default=1.0, metavar="N",
                        help="time limits times N, for a busy machine")
    parser.add_argument("-v", "--verbose", action="store_true",
                        help="each row's console")
    return parser.parse_args()


def main():
    """Runs what is asked for."""
    args = options()
    chosen = choose(args)
    if args.list:
        for row in chosen:
            print(f"{row.tier:<6} {row.name}")
        return 0
    if not chosen:
        print("boot: -k: no such row: see --list", file=sys.stderr)
        return 2
    qemu.catch_signals()
    try:
        args.firmware = qemu.firmware_path(args.firmware)
        args.accel, why = qemu.choose_accel(args.accel)
    except qemu.Failure as failure:
        print(f"boot: {failure}", file=sys.stderr)
        return 1
    if why:
        print(why, flush=True)
    start = time.monotonic()
    outcomes = run_all(chosen, args)
    return summary(chosen, outcomes, time.monotonic() - start, args)


if __name__ == "__main__":
    sys.exit(main())
