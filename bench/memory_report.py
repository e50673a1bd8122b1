# SPDX-License-Identifier: BSD-2-Clause
"""The tables of bench/memory: one for each number of VMs."""

import environment
import report

GOAL = 60               # per cent: Pss of the second VM of a bundle
SHOWN = ("Rss", "Pss", "Private_Dirty", "Shared_Clean")
WHAT = {"ram": "guest memory", "all": "all of QEMU",
        "no code": "all but translated code"}
HEAD = ["path", "kernel", "Rss", "Pss", "dirty", "clean", "Rss", "Pss",
        "dirty", "RAM", "all", "MemAvail", "disk", "cached"]


def mean(values):
    """Their mean, 0 of none."""
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def by_key(runs):
    """(path, kernel) -> {count: run}, in the order of measurement."""
    found = {}
    for run in runs:
        key = run["path"], run["kernel"]
        found.setdefault(key, {})[run["count"]] = run
    return found


def total(run, part):
    """Sum of Pss over all VMs of a run: what they take together."""
    return sum(vm[part]["Pss"] for vm in run["vms"])


def marginal(series, count):
    """What the last of `count` VMs has added, in KiB: to the Pss of all
    guests' memory, of all QEMUs, and to what MemAvailable went down."""
    now = series[count]
    before = series.get(count - 1)
    if before is None and count > 1:
        return None
    return {"ram": total(now, "ram") - (total(before, "ram") if before
                                        else 0),
            "all": total(now, "all") - (total(before, "all") if before
                                        else 0),
            "available": now["available_kib"] - (
                before["available_kib"] if before else 0)}


def mib(kib):
    """74.3"""
    return f"{kib / 1024:.1f}"


def row(key, series, count):
    """One configuration's row for a number of VMs."""
    run = series[count]
    found = [mib(mean(vm["ram"][name] for vm in run["vms"]))
             for name in SHOWN]
    found += [mib(mean(vm["all"][name] for vm in run["vms"]))
              for name in SHOWN[:3]]
    last = marginal(series, count)
    found += [mib(last[part]) if last else "-"
              for part in ("ram", "all", "available")]
    found += [mib(sum(file[name] for file in run["files"]))
              for name in ("disk", "cached")]
    return [*key, *found]


def table_text(found, count):
    """The table of a number of VMs; empty if none came that far."""
    rows = [row(key, series, count) for key, series in found.items()
            if count in series]
    if not rows:
        return ""
    title = f"{count} VM{'s' if count > 1 else ''}"
    legend = ("guest memory of each (4), all of QEMU (3), what the last VM "
              "added (3), files (2)")
    return f"{title}: {legend}\n{report.table([HEAD] + rows, 2)}"


def classes_text(found, count):
    """Where the Pss of a VM is, by class."""
    head = ["path", "kernel", "guest memory", "translated code",
            "kernel and initrd", "program", "heap"]
    rows = [[*key, *(mib(mean(vm["classes"][name]
                              for vm in series[count]["vms"]))
                     for name in series[count]["vms"][0]["classes"])]
            for key, series in found.items() if count in series]
    return f"Pss of each of {count}, by what it is\n" + report.table(
        [head] + rows, 2)


def ratios(found, count=2):
    """(part, path, kernel, bundle's Pss, the other's Pss, per cent) of the
    last of `count` VMs, bundle against each -kernel."""
    mine = next((series for (path, _), series in found.items()
                 if path == "none" and count in series), None)
    lines = []
    for (path, kernel), series in found.items():
        if path == "none" or mine is None or count not in series:
            continue
        for part in WHAT:
            ours = pss_of(mine[count]["vms"][-1], part)
            theirs = pss_of(series[count]["vms"][-1], part)
            lines.append((part, path, kernel, ours, theirs,
                          100 * ours / theirs))
    return lines


def pss_of(vm, part):
    """Pss of a part of a VM.  KVM has no translated code."""
    if part == "no code":
        return vm["all"]["Pss"] - vm["classes"]["code"]
    return vm[part]["Pss"]


def ratios_text(found):
    """The goal, and how near it is."""
    lines = []
    for part, path, kernel, ours, theirs, percent in ratios(found):
        lines.append(f"{WHAT[part]:<29}{mib(ours):>7} of {mib(theirs):>7} MiB of "
                     f"{path} {kernel}: {percent:.0f} %")
    if not lines:
        return ""
    return "\n".join([f"Pss of the second VM of one bundle (goal: {GOAL} %)"]
                     + lines)


def text_of(document):
    """The whole report."""
    about, chosen = document["environment"], document["settings"]
    found = by_key(document["runs"])
    lines = [f"# {about['qemu']}, {chosen['accel']}, {chosen['machine']}, "
             f"{chosen['memory']} MiB, 1 CPU",
             f"# {about['host_cpu']}, Linux {about['host_kernel']}",
             "# MiB; dirty: Private_Dirty, clean: Shared_Clean; last VM: "
             "sums of Pss, MemAvailable of the host"]
    reached = [count for count in chosen["counts"]
               if any(count in series for series in found.values())]
    parts = [table_text(found, count) for count in reached]
    if reached:
        parts += [classes_text(found, reached[-1]), ratios_text(found)]
    parts.append(environment.calm_text(document["host"]))
    return "\n".join(lines) + "\n\n" + "\n\n".join(filter(None, parts))
