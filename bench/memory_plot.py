# SPDX-License-Identifier: BSD-2-Clause
"""Draws what bench/memory has measured: the Pss of each VM as a stacked
bar."""

import argparse

import memory_report
import plot
import qemu

check = plot.check
# In the order of smaps.CLASSES (Okabe and Ito).
PARTS = (("ram", "guest memory", "#0072b2"),
         ("inputs", "kernel and initrd", "#d55e00"),
         ("code", "translated code", "#e69f00"),
         ("program", "program", "#8c8c8c"), ("heap", "heap", "#cc79a7"))
LABEL, RIGHT = 170, 130


def picture(text):
    """A path whose suffix is a format of plot.py."""
    if not text.endswith(plot.SUFFIXES):
        raise argparse.ArgumentTypeError(
            f"{text}: neither {' nor '.join(plot.SUFFIXES)}")
    return text


def parts_of(run):
    """(words, colour, MiB) of the mean VM of a run."""
    return [(words, colour, memory_report.mean(
        vm["classes"][name] for vm in run["vms"]) / 1024)
        for name, words, colour in PARTS]


def legend(canvas, y):
    """A square and a name for each part."""
    x = plot.MARGIN
    for _, words, colour in PARTS:
        canvas.rect(x, y, 20, 20, colour)
        canvas.text(x + 27, y + 17, words)
        x += 52 + 10.5 * len(words)


def bar(canvas, y, label, run, scale):
    """One configuration: its name, its parts, their sum."""
    canvas.text(plot.MARGIN + LABEL - 12, y + plot.BAR - 6, label,
                anchor="end")
    x, whole = plot.MARGIN + LABEL, 0
    for _, colour, value in parts_of(run):
        canvas.rect(x, y, value * scale, plot.BAR, colour)
        if value * scale >= plot.NARROW:
            canvas.text(x + value * scale / 2, y + plot.BAR - 7,
                        f"{value:.0f}", plot.SMALL, "middle")
        x += value * scale
        whole += value
    canvas.text(x + 8, y + plot.BAR - 6, f"{whole:.0f} MiB", bold=True)


def panels(canvas, y, found, counts):
    """A panel for each number of VMs; where they end."""
    longest = max(sum(value for _, _, value in parts_of(run))
                  for series in found.values() for run in series.values())
    scale = (plot.WIDTH - 2 * plot.MARGIN - LABEL - RIGHT) / longest
    for count in counts:
        y += 40
        canvas.text(plot.MARGIN, y, f"Pss of each of {count} "
                    f"VM{'s' if count > 1 else ''}", plot.LARGE, bold=True)
        y += plot.GAP
        for (path, kernel), series in found.items():
            if count in series:
                bar(canvas, y, f"{path} {kernel}", series[count], scale)
                y += plot.STEP
    return y


def write(path, document):
    """Draws a document into a file."""
    found = memory_report.by_key(document["runs"])
    counts = [count for count in document["settings"]["counts"]
              if any(count in series for series in found.values())]
    canvas = plot.Png() if path.endswith(".png") else plot.Svg()
    legend(canvas, plot.MARGIN)
    y = panels(canvas, plot.MARGIN + 20, found, counts)
    about, chosen = document["environment"], document["settings"]
    version = about["qemu"].split("(")[0].removeprefix("QEMU emulator ")
    canvas.text(plot.MARGIN, y + 18, f"{chosen['machine']}, "
                f"{chosen['memory']} MiB, QEMU {version.strip()}, "
                f"{chosen['accel']}, {about['host_cpu']}", plot.SMALL,
                colour=plot.PALE)
    try:
        canvas.save(path, int(y + 18 + plot.MARGIN))
    except OSError as err:
        raise qemu.Failure(f"{path}: cannot write: {err.strerror}") from err
