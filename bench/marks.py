# SPDX-License-Identifier: BSD-2-Clause
"""From what a guest printed and QEMU traced to stamps, from stamps to stages.

A mark is a moment of a boot, a stage the time between two marks.  A mark that
a path does not have joins its two stages; none is estimated."""

import re

import stats

# Of QEMU's trace: when the processors are let go, and each fw_cfg item that
# is asked for.  Neither comes often: some ten to forty lines a boot.
TRACE = ("vm_state_notify", "fw_cfg_select")
RUNNING = re.compile(r"\bvm_state_notify running 1 ")
SELECT = re.compile(r"\bfw_cfg_select ")
ENTER = re.compile(r"^fw: enter")
DECOMPRESSOR = re.compile(
    r"early console in extract_kernel|Decompressing Linux")
LINUX = re.compile(r"\bLinux version ")
INIT = re.compile(r"^I[0-9a-f]*$")
LINE = r"^(bench: init|BEELINE )"

# The marks in the order of a boot, and the name of the stage that each ends.
STAGES = (("running", "QEMU"), ("firmware", "reset"), ("entry", "firmware"),
          ("start_kernel", "unpack"), ("init", "kernel"), ("line", "init"))
MARKS = tuple(mark for mark, _ in STAGES)
NAMES = tuple(name for _, name in STAGES)
DEBUG, FW_CFG, CONSOLE, TRACED = "debug port", "fw_cfg", "console", "trace"


def first(lines, source, pattern, after=0.0):
    """When the first such line of a source came, or None."""
    return min((line.at for line in lines
                if line.source == source and line.at >= after and
                pattern.search(line.text)), default=None)


def between(lines, source, pattern, after, before):
    """When such lines came, in order."""
    return sorted(line.at for line in lines if line.source == source and
                  after <= line.at < before and pattern.search(line.text))


class Stamps:
    """Seconds since exec, and how each was taken."""

    def __init__(self):
        self.at, self.how = {}, {}

    def put(self, mark, at, how):
        """Keeps the first stamp that a mark gets."""
        if at is not None and mark not in self.at:
            self.at[mark], self.how[mark] = at, how


def firmware_stamps(stamps, lines, running, kernel):
    """The marks of a firmware: by its own words, else by what it reads."""
    said = between(lines, "debug", re.compile(""), running, kernel)
    read = between(lines, "trace", SELECT, running, kernel)
    if said:
        stamps.put("firmware", said[0], DEBUG)
    entered = between(lines, "debug", ENTER, running, kernel)
    if entered:
        stamps.put("entry", entered[0], DEBUG)
    if read:
        stamps.put("firmware", read[0], FW_CFG)
        stamps.put("entry", read[-1], FW_CFG)
        # kept beside "fw: enter" too, which shows how far the two are apart
        stamps.put("last_read", read[-1], FW_CFG)
    unpacking = between(lines, "console", DECOMPRESSOR, running, kernel)
    if unpacking:
        stamps.put("entry", unpacking[0], CONSOLE)
        stamps.put("decompressor", unpacking[0], CONSOLE)


def stamp(lines, until=LINE):
    """The stamps of one boot, of a qemu.Result's lines."""
    stamps = Stamps()
    running = first(lines, "trace", RUNNING)
    stamps.put("running", running, TRACED)
    kernel = first(lines, "console", LINUX)
    stamps.put("start_kernel", kernel, CONSOLE)
    firmware_stamps(stamps, lines, running or 0.0,
                    float("inf") if kernel is None else kernel)
    if kernel is not None:
        stamps.put("init", first(lines, "debug", INIT, kernel), DEBUG)
        stamps.put("line", first(lines, "console", re.compile(until),
                                 kernel), CONSOLE)
    return stamps


def late(stamps, result):
    """Milliseconds that the stamps of a run may be late by, at most: the
    reader was kept from its pipes for as long."""
    return round(max((1000 * (end - begin) for begin, end in result.late
                      if any(begin <= at <= end for at in stamps.values())),
                     default=0.0), 3)


def trusted(run):
    """Whether a run's stamps tell its stages apart: the reader came in time,
    and what was in several pipes at once is in order."""
    found = [run["stamps"][mark] for mark in MARKS if mark in run["stamps"]]
    return not run.get("late_ms") and found == sorted(found)


def stages_stamps(runs):
    """The stamps of the runs that can be trusted; if there are none, those of
    all, with but the last mark: one joined stage."""
    found = [run["stamps"] for run in runs if trusted(run)]
    return found or [{"line": run["stamps"]["line"]} for run in runs]


def common(runs):
    """The marks that all of some stamps have, in the order of a boot."""
    return [mark for mark in MARKS if all(mark in run for run in runs)]


def stages_of(marks):
    """(name, begin or None for exec, end) of each stage between marks; a
    joined stage is named reset+firmware."""
    found, before, names = [], None, []
    for mark, name in STAGES:
        names.append(name)
        if mark in marks:
            found.append(("+".join(names), before, mark))
            before, names = mark, []
    return found


def milliseconds(stamps, begin, end):
    """The length of a stage of one boot."""
    return 1000 * (stamps[end] - (stamps[begin] if begin else 0.0))


def median_stages(stamps):
    """name -> the median of its milliseconds, of many runs' stamps."""
    return {name: stats.median([milliseconds(each, begin, end)
                                for each in stamps])
            for name, begin, end in stages_of(common(stamps))}


def total(stamps):
    """Milliseconds from exec to init's first line."""
    return 1000 * stamps["line"]
