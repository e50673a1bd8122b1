#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Draws the JSON of bench/boot-time as stacked bars.

    bench/plot.py IN.json OUT.svg|OUT.png

SVG is written by hand, so that the same data are the same bytes; PNG needs
matplotlib."""

import os
import sys
from xml.sax.saxutils import escape

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "tools"))

import environment      # noqa: E402
import marks            # noqa: E402
import qemu             # noqa: E402
import report           # noqa: E402
import stats            # noqa: E402

SUFFIXES = (".svg", ".png")
# One colour a stage, told apart by the colour-blind too (Okabe and Ito).
COLOURS = {"QEMU": "#8c8c8c", "reset": "#cc79a7", "firmware": "#d55e00",
           "unpack": "#e69f00", "kernel": "#56b4e9", "init": "#009e73"}
WIDTH, MARGIN, LABEL, RIGHT = 1000, 20, 120, 120
BAR, STEP, GAP = 26, 34, 14
LARGE, TEXT, SMALL = 24, 20, 16
NARROW = 62             # segments below have no number in them
INK, PALE = "#222222", "#666666"


class Svg:
    """Rectangles and texts, kept as SVG."""

    def __init__(self):
        self.parts = []

    def rect(self, x, y, width, height, colour):
        """A filled rectangle."""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}" fill="{colour}"/>')

    def text(self, x, y, text, size=TEXT, anchor="start", bold=False,
             colour=INK):
        """A line of text on a base line."""
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" '
            f'text-anchor="{anchor}" fill="{colour}"{weight}>'
            f"{escape(text)}</text>")

    def save(self, path, height):
        """Writes the picture."""
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
                f'height="{height}" viewBox="0 0 {WIDTH} {height}" '
                'font-family="Helvetica, Arial, sans-serif">\n'
                f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>')
        with open(path, "w") as file:
            file.write("\n".join([head, *self.parts, "</svg>\n"]))


class Png:
    """The same by matplotlib."""

    def __init__(self):
        self.calls = []

    def rect(self, *args):
        """A filled rectangle."""
        self.calls.append(("rect", args, {}))

    def text(self, *args, **more):
        """A line of text on a base line."""
        self.calls.append(("text", args, more))

    def save(self, path, height):
        """Writes the picture, at twice the size of the SVG."""
        figure_of, rectangle = matplotlib_of(path)
        figure = figure_of(figsize=(WIDTH / 100, height / 100), dpi=200)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        axes.axis("off")

        def rect(x, y, width, tall, colour):
            axes.add_patch(rectangle((x, y), width, tall, color=colour,
                                     linewidth=0))

        def text(x, y, words, size=TEXT, anchor="start", bold=False,
                 colour=INK):
            axes.text(x, y, words.replace("$", r"\$"),
                      fontsize=size * 0.72, color=colour, va="baseline",
                      ha={"start": "left", "end": "right",
                          "middle": "center"}[anchor],
                      weight="bold" if bold else "normal")
        for name, args, more in self.calls:
            (rect if name == "rect" else text)(*args, **more)
        figure.savefig(path)


def matplotlib_of(path):
    """What we need of matplotlib."""
    try:
        from matplotlib.figure import Figure
        from matplotlib.patches import Rectangle
    except ImportError as err:
        raise qemu.Failure(f"{path}: cannot draw: no matplotlib here: "
                           "install python3-matplotlib, or take .svg"
                           ) from err
    return Figure, Rectangle


def check(path):
    """Raises Failure if a picture of that suffix cannot be drawn."""
    if path.endswith(".png"):
        matplotlib_of(path)


def legend(canvas, y):
    """A square and a name for each stage."""
    x = MARGIN
    for name in marks.NAMES:
        canvas.rect(x, y, 20, 20, COLOURS[name])
        canvas.text(x + 27, y + 17, name)
        x += 52 + 11.5 * len(name)


def segment(canvas, x, y, width, name, value):
    """A stage of a bar; a joined one has a band for each stage in it."""
    names = name.split("+")
    for at, each in enumerate(names):
        canvas.rect(x, y + at * BAR / len(names), width, BAR / len(names),
                    COLOURS[each])
    if width >= NARROW:
        canvas.text(x + width / 2, y + BAR - 7, f"{value:.0f}", SMALL,
                    "middle")


def bar(canvas, y, label, stages, scale):
    """One configuration: its name, its stages, their sum."""
    canvas.text(MARGIN + LABEL - 12, y + BAR - 6, label, anchor="end")
    x = MARGIN + LABEL
    for name, value in stages.items():
        segment(canvas, x, y, value * scale, name, value)
        x += value * scale
    canvas.text(x + 8, y + BAR - 6, f"{sum(stages.values()):,.0f} ms",
                bold=True)


def panel(canvas, y, title, found, until):
    """Bars of the stages up to a mark, all at one scale; where it ends."""
    rows = {key: upto(runs, until) for key, runs in found.items()}
    rows = {key: stages for key, stages in rows.items() if stages}
    if not rows:
        return y
    longest = max(sum(stages.values()) for stages in rows.values())
    scale = (WIDTH - 2 * MARGIN - LABEL - RIGHT) / longest
    y += 34
    canvas.text(MARGIN, y, title, LARGE, bold=True)
    y += GAP
    group = None
    for key, stages in rows.items():
        if key[:2] != group:
            group = key[:2]
            y += 24
            canvas.text(MARGIN, y, f"{key[0]}, {key[1]}", colour=PALE)
            y += 10
        bar(canvas, y, key[2], stages, scale)
        y += STEP
    return y


def upto(runs, until):
    """The stages of some runs that end at a mark or before; their sum is the
    median of what they add up to in each run."""
    stamps = marks.stages_stamps(runs)
    last = marks.MARKS.index(until)
    found = {name: stats.median([marks.milliseconds(one, begin, end)
                                 for one in stamps])
             for name, begin, end in marks.stages_of(marks.common(stamps))
             if marks.MARKS.index(end) <= last}
    if not found:
        return found
    if until == marks.MARKS[-1]:
        stamps = [run["stamps"] for run in runs]
    whole = stats.median([1000 * one[until] for one in stamps])
    factor = whole / sum(found.values())
    return {name: value * factor for name, value in found.items()}


def write(path, document):
    """Draws a document into a file."""
    found = report.configurations(document["runs"])
    if not found:
        raise qemu.Failure(f"{path}: cannot draw: no run came up")
    canvas = Png() if path.endswith(".png") else Svg()
    legend(canvas, MARGIN)
    y = panel(canvas, MARGIN + 30, "From exec to init's first line", found,
              "line")
    y = panel(canvas, y + GAP, "The part before Linux", found,
              "start_kernel")
    about = document["environment"]
    counts = sorted({len(runs) for runs in found.values()})
    numbers = "-".join(str(n) for n in dict.fromkeys(
        (counts[0], counts[-1])))
    version = about["qemu"].split("(")[0].removeprefix("QEMU emulator ")
    canvas.text(MARGIN, y + 18, f"medians of {numbers} runs, QEMU "
                f"{version.strip()}, {document['settings']['accel']}, "
                f"{about['host_cpu']}", SMALL, colour=PALE)
    try:
        canvas.save(path, int(y + 18 + MARGIN))
    except OSError as err:
        raise qemu.Failure(f"{path}: cannot write: {err.strerror}") from err


def main():
    """Draws what a file has."""
    if len(sys.argv) != 3 or not sys.argv[2].endswith(SUFFIXES):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        write(sys.argv[2], environment.read(sys.argv[1], "boot-time"))
    except qemu.Failure as failure:
        print(f"plot: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
