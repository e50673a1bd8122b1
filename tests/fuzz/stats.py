# SPDX-License-Identifier: BSD-2-Clause
"""What fuzzing has done so far: build/fuzz/stats.json, and tables of it.

Counts are of one code: when a target, or a file that is linked into it, is
changed by more than comments, they begin anew and "before" has the sum of what
was run until then."""
import contextlib
import fcntl
import hashlib
import json
import os
import re

OUT = "build/fuzz"
FILE = os.path.join(OUT, "stats.json")
SEEDS = "build/test/seeds"
KEPT = "tests/fuzz/corpus"
MEMBER = re.compile(r"^(\S+\.a)\((\S+)\.o\)$", re.M)
HEAD = re.compile(r"/\* fuzz_\w+\.c - (.*?)(?:\n \*\n.*?)?\*/", re.S)


def program(name):
    """The fuzzer of a target."""
    return os.path.join(OUT, "bin", name)


def corpus(name):
    """The folder of inputs that a target has found interesting."""
    return os.path.join(OUT, "corpus", name)


def kept(name):
    """The inputs that have found something, with make test for ever."""
    folder = os.path.join(KEPT, name)
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def sums(name):
    """The .sum files of what is linked into a target's program."""
    with open(program(name) + ".map", encoding="utf-8") as file:
        members = set(MEMBER.findall(file.read()))
    names = {os.path.join(OUT, "obj/tests/fuzz", f"fuzz_{name}.sum")}
    for archive, member in members:
        if not archive.startswith(OUT):
            continue    # a library of the system's
        for folder, _, files in os.walk(os.path.join(OUT, "obj")):
            in_core = folder.endswith("/core")
            if in_core == archive.endswith("/core.a") and \
                    member + ".sum" in files:
                names.add(os.path.join(folder, member + ".sum"))
    return sorted(names)


def code(name):
    """What tells one version of a target's code from another."""
    digest = hashlib.sha256()
    for path in sums(name):
        with open(path, "rb") as file:
            digest.update(os.path.basename(path).encode() + file.read())
    return digest.hexdigest()[:16]


def load():
    """All of it: {target: counts}."""
    try:
        with open(FILE, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


@contextlib.contextmanager
def changing():
    """The counts, to be changed; several drivers may run."""
    os.makedirs(OUT, exist_ok=True)
    with open(FILE + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        counts = load()
        yield counts
        with open(FILE + ".new", "w", encoding="utf-8") as file:
            json.dump(counts, file, indent=1, sort_keys=True)
        os.rename(FILE + ".new", FILE)


def empty(digest, old):
    """The counts of a code that has not run yet."""
    before = dict(old.get("before", {"runs": 0, "seconds": 0}))
    before["runs"] += old.get("runs", 0)
    before["seconds"] += old.get("seconds", 0)
    return {"code": digest, "runs": 0, "seconds": 0, "edges": 0,
            "features": 0, "counters": 0, "inputs": 0, "found": 0,
            "before": before}


def add(name, digest, done):
    """Adds one run of a target, of this code; its counts."""
    with changing() as counts:
        entry = counts.get(name, {})
        if entry.get("code") != digest:
            entry = counts[name] = empty(digest, entry)
        entry["runs"] += done["runs"]
        entry["seconds"] = round(entry["seconds"] + done["seconds"], 1)
        entry["found"] += done["found"]
        for key in ("edges", "features", "counters", "inputs"):
            entry[key] = done[key] or entry[key]
    return entry


def current(name, counts):
    """The counts of a target's present code."""
    entry = counts.get(name, {})
    try:
        digest = code(name)
    except FileNotFoundError:
        return entry    # not built here: by the word of the file
    return entry if entry.get("code") == digest else empty(digest, entry)


def holds(name):
    """What a target says of itself: the first comment of its source."""
    with open(f"tests/fuzz/fuzz_{name}.c", encoding="utf-8") as file:
        text = HEAD.search(file.read()).group(1)
    return re.sub(r"\s*\n \*\s*", " ", text).strip().rstrip(".")


def row(name, counts):
    """A target's line in a table."""
    entry = current(name, counts)
    share = "-"
    if entry.get("counters"):
        share = f"{entry['edges']:,}"
    return (name, holds(name), f"{entry.get('runs', 0):,}",
            f"{entry.get('seconds', 0) / 60:.1f}", share,
            f"{entry.get('inputs', 0):,}", str(len(kept(name))))


HEADS = ("target", "what it holds", "runs", "CPU min", "edges", "inputs",
         "found")


def markdown(names):
    """The table of docs/testing.md."""
    counts = load()
    lines = ["| " + " | ".join(HEADS) + " |",
             "|---|---|---:|---:|---:|---:|---:|"]
    lines += ["| " + " | ".join(row(name, counts)) + " |" for name in names]
    total = [current(name, counts) for name in names]
    lines.append(f"| all | | {sum(e.get('runs', 0) for e in total):,} | "
                 f"{sum(e.get('seconds', 0) for e in total) / 60:.0f} | "
                 f"| | {sum(len(kept(name)) for name in names)} |")
    return lines


def plain(names):
    """The same for a terminal, without words."""
    counts = load()
    rows = [HEADS[:1] + HEADS[2:]]
    rows += [row(name, counts)[:1] + row(name, counts)[2:] for name in names]
    return [f"{cells[0]:14}" + "".join(f"{cell:>14}" for cell in cells[1:])
            for cells in rows]


def into(path, mark, lines):
    """Puts lines between <!-- MARK: begin --> and <!-- MARK: end -->."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    begin, end = f"<!-- {mark}: begin -->\n", f"<!-- {mark}: end -->\n"
    if begin not in text or end not in text:
        raise SystemExit(f"{path}: no {begin.strip()} or {end.strip()}")
    head, rest = text.split(begin, 1)
    tail = rest.split(end, 1)[1]
    with open(path, "w", encoding="utf-8") as file:
        file.write(head + begin + "\n".join(lines) + "\n" + end + tail)
