# SPDX-License-Identifier: BSD-2-Clause
"""Shows what bench/ladder has measured: a table, Markdown, a picture."""

import plot
import qemu
import steps

VIRTUAL, WALL = "#56b4e9", "#e69f00"
TALL, NEXT, HALF = 22, 66, 26       # of a bar; a step's height; to wall's bar
LABEL = 225


def columns(records):
    """Rows of texts: step, virtual ms and gain, exits, wall ms and gain."""
    virtual = steps.gains(records, "instructions")
    walls = steps.gains(records, "wall_median")
    for r in records:
        why = r.get("error") or r["skipped"]
        if why:
            yield r["name"], r["what"], [f"skipped: {why}"
                                         if r["skipped"] else why]
            continue
        cells = [f"{r['instructions'] / 1e6:,.1f}",
                 f"{virtual[r['name']] / 1e6:,.1f}"
                 if r["name"] in virtual else "", f"{r['exits']:,}"]
        if "wall_median" in r:
            cells += [f"{r['wall_median']:,.0f}",
                      f"{walls[r['name']]:,.0f}"
                      if r["name"] in walls else ""]
        yield r["name"], r["what"], cells


def ends(records, key):
    """(first, last) value of a key."""
    values = [r[key] for r in records if key in r and "error" not in r]
    return (values[0], values[-1]) if values else None


def whole_text(records):
    """From the top of the ladder to its foot."""
    texts = []
    for key, unit, factor in (("instructions", "virtual ms", 1e6),
                              ("exits", "exits", 1),
                              ("wall_median", "wall ms", 1)):
        found = ends(records, key)
        if found:
            texts.append(f"{found[0] / factor:,.0f} to "
                         f"{found[1] / factor:,.0f} {unit}")
    return "In all: " + ", ".join(texts)


def show(document):
    """The table on a terminal."""
    records = document["runs"]
    print(f"# {document['environment']['qemu']}, 512 MiB, 1 CPU\n"
          f"{'':<22}{'virtual ms':>11}{'gain':>9}{'exits':>10}"
          f"{'wall ms':>9}{'gain':>7}")
    for name, _, cells in columns(records):
        if len(cells) == 1:
            print(f"{name:<22}{cells[0]}")
        else:
            print(f"{name:<22}" + "".join(
                f"{cell:>{width}}"
                for cell, width in zip(cells, (11, 9, 10, 9, 7))))
    print(whole_text(records))


def write_markdown(path, document):
    """The table for docs/ladder.md."""
    records = document["runs"]
    walls = any("wall_median" in r for r in records)
    head = ["step", "what changes", "virtual ms", "gain", "exits"]
    head += ["wall ms", "gain"] * walls
    lines = [head, ["---"] * 2 + ["---:"] * (len(head) - 2)]
    for name, what, cells in columns(records):
        lines.append([name, what, *cells,
                      *[""] * (len(head) - 2 - len(cells))])
    with open(path, "w") as file:
        for line in lines:
            file.write("| " + " | ".join(line) + " |\n")
        file.write(f"\n{whole_text(records)}.\n")


def bars(canvas, y, record, scales):
    """One step: virtual time, and wall time under it."""
    canvas.text(plot.MARGIN + LABEL - 12, y + TALL - 5, record["name"],
                anchor="end")
    for at, (key, colour, factor) in enumerate((
            ("instructions", VIRTUAL, 1e6), ("wall_median", WALL, 1))):
        if key not in record:
            continue
        x, top = plot.MARGIN + LABEL, y + at * HALF
        width = record[key] * scales[key]
        canvas.rect(x, top, width, TALL, colour)
        canvas.text(x + width + 8, top + TALL - 5,
                    f"{record[key] / factor:,.0f} ms", plot.SMALL, bold=True)


def draw(path, document):
    """Bars of virtual time and, if it was measured, of wall time."""
    records = [r for r in document["runs"]
               if "instructions" in r and "error" not in r]
    if not records:
        raise qemu.Failure(f"{path}: cannot draw: no step was measured")
    canvas = plot.Png() if path.endswith(".png") else plot.Svg()
    room = plot.WIDTH - 2 * plot.MARGIN - LABEL - plot.RIGHT
    keys = [k for k in ("instructions", "wall_median")
            if any(k in r for r in records)]
    factors = {"instructions": 1 / 1e6, "wall_median": 1}   # to ms
    longest = max(r[k] * factors[k] for r in records for k in keys if k in r)
    scales = {k: room / longest * factors[k] for k in keys}
    y = plot.MARGIN + plot.LARGE
    canvas.text(plot.MARGIN, y, "Reset to init's first act, one change a step",
                plot.LARGE, bold=True)
    y += plot.GAP
    for at, (words, colour) in enumerate((
            ("virtual time: instructions", VIRTUAL),
            ("wall time, QEMU's start included", WALL))[:len(keys)]):
        x = plot.MARGIN + at * 330
        canvas.rect(x, y, 20, 20, colour)
        canvas.text(x + 27, y + 16, words, plot.SMALL)
    y += 40
    for record in records:
        bars(canvas, y, record, scales)
        y += NEXT if len(keys) > 1 else NEXT - HALF
    version = document["environment"]["qemu"].split("(")[0].strip()
    canvas.text(plot.MARGIN, y + 12, f"{version}, TCG, 512 MiB, 1 CPU, "
                "Debian's cloud kernel", plot.SMALL, colour=plot.PALE)
    canvas.save(path, int(y + 12 + plot.MARGIN))
