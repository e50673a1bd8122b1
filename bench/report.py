# SPDX-License-Identifier: BSD-2-Clause
"""The tables of bench/boot-time: one row a configuration."""

import boots
import environment
import marks
import stats

KEY = ("machine", "kernel", "path")


def configurations(runs):
    """(machine, kernel, path) -> the runs that came up, in order."""
    found = {}
    for run in runs:
        if not run.get("error"):
            found.setdefault(tuple(run[name] for name in KEY), []).append(run)
    return dict(sorted(found.items(), key=order))


def order(item):
    """Machines and kernels together, paths from the longest story on."""
    machine, kernel, path = item[0]
    known = boots.PATHS.index(path) if path in boots.PATHS else len(
        boots.PATHS)
    return machine, kernel, known


def cells(stages):
    """One cell a stage of marks.NAMES: its milliseconds; a joined stage has
    its number at its end, and > at the stages before."""
    found = {}
    for name, value in stages.items():
        *before, last = name.split("+")
        found.update(dict.fromkeys(before, ">"))
        found[last] = f"{value:.1f}"
    return [found.get(name, "-") for name in marks.NAMES]


def row(key, runs):
    """A configuration's row."""
    stamps = [run["stamps"] for run in runs]
    found = stats.summary([marks.total(each) for each in stamps])
    p99 = "-" if found["p99"] is None else f"{found['p99']:.0f}"
    stages = marks.median_stages(marks.stages_stamps(runs))
    return ([*key, str(found["n"])] + cells(stages) +
            [f"{found['median']:.0f}",
             f"{found['low']:.0f}..{found['high']:.0f}",
             f"{found['p90']:.0f}", p99])


def table(rows, left=3):
    """Rows as text, the first `left` columns flush left."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = []
    for cell in rows:
        lines.append("  ".join(
            text.ljust(width) if at < left else text.rjust(width)
            for at, (text, width) in enumerate(zip(cell, widths))).rstrip())
    return "\n".join(lines)


def how_text(found):
    """One line a path: how its firmware's marks were taken."""
    lines = {}
    for (_, _, path), runs in found.items():
        how = [runs[0]["how"].get(mark) for mark in ("firmware", "entry")]
        size = stats.median([run["bytes"]["debug"] for run in runs])
        lines[path] = (
            "no firmware marks: reset to Linux is one joined stage"
            if None in how else f"firmware's start by {how[0]}, kernel entry "
            f"by {how[1]}") + f"; {size:.0f} bytes at the debug port"
    return "\n".join(f"{path}: {text}" for path, text in lines.items())


def late_text(found):
    """A line about runs whose stages are not known, or ""."""
    runs = [run for each in found.values() for run in each]
    late = [run for run in runs if not marks.trusted(run)]
    if not late:
        return ""
    longest = max(run.get("late_ms", 0) for run in late)
    return (f"late: of {len(late)} of {len(runs)} runs the host came to read "
            f"too late, by up to {longest:.0f} ms: their stages are left "
            "out, their totals are not")


def pairs_text(found):
    """Each configuration against the one above it, of the same machine and
    kernel, by the rounds that both have."""
    lines, before = [], None
    for key, runs in found.items():
        if before and before[0][:2] == key[:2]:
            rounds = {run["round"]: run for run in before[1]}
            both = [(rounds[run["round"]], run) for run in runs
                    if run["round"] in rounds]
            totals = [[marks.total(run["stamps"]) for run in side]
                      for side in zip(*both)]
            if totals:
                lines.append(f"{' '.join(key)} - {before[0][2]}: " +
                             stats.text_of(stats.paired_difference(*totals)))
        before = key, runs
    return "\n".join(lines)


def text_of(document):
    """The whole report."""
    found = configurations(document["runs"])
    about, host = document["environment"], document["host"]
    lines = [f"# {about['qemu']}, {document['settings']['accel']}, "
             f"{document['settings']['memory']}, 1 CPU",
             f"# {about['host_cpu']}, Linux {about['host_kernel']}"]
    if found:
        head = ["machine", "kernel", "path", "n", *marks.NAMES, "total",
                "95 % of it", "p90", "p99"]
        lines += ["# medians in ms; > joins a stage to the next",
                  table([head] + [row(*item) for item in found.items()]),
                  "", how_text(found)]
        against = pairs_text(found)
        if against:
            lines += ["", "paired by round, median [95 %]:", against]
    lines += ["", *filter(None, [late_text(found)]),
              environment.calm_text(host)]
    return "\n".join(lines)
