# SPDX-License-Identifier: BSD-2-Clause
"""Tests of the pages that tools/site makes, and of blocks.py itself."""

import glob
import html.parser
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse

from blocks import Malformed, blocks_of, commands_of, mismatch
from scratch import ROOT

sys.path.append(os.path.join(ROOT, "tests", "host"))
from host_test import Skip, check, equal  # noqa: E402

PAGE = """# A page

A command:

    $ echo one; \\
    echo two
    one
    ...

<!-- run: exit 3; numbers vary; sees 3 -->

    first
    second

<!-- skip: takes an hour -->

```
make test
```

Some text,
    which goes on, is no block.

    nothing is said of this
"""


def others(known):
    """Every page of docs/ that is not known."""
    found = glob.glob("docs/*.md", root_dir=ROOT) + \
        glob.glob("docs/man/*.[0-9]", root_dir=ROOT)
    return [name for name in sorted(found) if name not in known]


class Reader(html.parser.HTMLParser):
    """What a page links to, and what it can be linked by."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links = [], []
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attrs):
        for key, value in attrs:
            if key == "id":
                self.ids.append(value)
            elif key in ("href", "src"):
                self.links.append((tag, value))


def broken(path, link, readers):
    """Why a link leads nowhere, or None."""
    file, _, place = link.partition("#")
    target = os.path.normpath(os.path.join(
        os.path.dirname(path), urllib.parse.unquote(file))) if file else path
    if not os.path.isfile(target):
        return "no such file"
    if place and target in readers and \
            urllib.parse.unquote(place) not in readers[target].ids:
        return "no such place in it"
    return None


def test_site():
    """Every page of the site: links and anchors lead somewhere, without the
    network; nothing is loaded from elsewhere."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([os.path.join(ROOT, "tools", "site"), folder],
                              capture_output=True, text=True, check=False)
        if "not installed" in done.stderr:
            raise Skip(done.stderr.strip())
        equal(done.returncode, 0, f"exit code: {done.stderr}")
        paths = glob.glob(folder + "/**/*.html", recursive=True)
        readers = {path: Reader(path) for path in paths}
        wrong, count = [], 0
        for path, reader in readers.items():
            name = os.path.relpath(path, folder)
            twice = {i for i in reader.ids if reader.ids.count(i) > 1}
            wrong += [f"{name}: id {i} is there twice" for i in twice]
            for tag, link in reader.links:
                count += 1
                if not re.match(r"[a-z]+:", link):
                    why = broken(path, link, readers)
                    wrong += [f"{name}: {link}: {why}"] if why else []
                elif tag != "a":
                    wrong.append(f"{name}: loads {link}")
        check(not wrong, "; ".join(wrong))
        return f"{len(paths)} pages, {count} links"


def test_site_refuses():
    """It does not write over a folder of the user's."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "mine"), "w", encoding="utf-8"):
            pass
        done = subprocess.run([os.path.join(ROOT, "tools", "site"), folder],
                              capture_output=True, text=True, check=False)
        if "not installed" in done.stderr:
            raise Skip(done.stderr.strip())
        equal((done.returncode, os.listdir(folder)), (1, ["mine"]), "outcome")


def test_blocks():
    """Blocks are found, with what the comments say of them."""
    blocks = blocks_of("page", PAGE)
    equal([(b.action, b.line) for b in blocks],
          [("run", 5), ("run", 12), ("skip", 18), ("", 24)], "blocks")
    first, second = commands_of(blocks[0]), commands_of(blocks[1])
    equal([(c.text, c.shown) for c in first],
          [("echo one; \\\necho two", ["one", "..."])], "a session")
    equal([c.text for c in second], ["first", "second"], "commands")
    equal((blocks[1].code, blocks[1].numbers_vary, blocks[1].sees),
          (3, True, ["3"]), "options")
    man = '.\\" test: skip: why\n.Bd -literal -offset indent\nls \\e\n.Ed\n'
    equal([(b.action, b.text) for b in blocks_of("x.1", man)],
          [("skip", "ls \\")], "a man page")


def test_blocks_malformed():
    """A comment that says nothing known is an error, not a skipped block."""
    for comment in ("run: exit", "run: exit x", "run: sees", "run: what",
                    "skip"):
        try:
            blocks_of("page", f"<!-- {comment} -->\n\n    true\n")
        except Malformed:
            continue
        check(False, f"{comment}: was taken")


def test_mismatch():
    """What was printed is held against what is shown."""
    printed = ["a  1", "b 2", "", "c 0x1f ms"]
    for shown, vary, good in (
            (["a 1", "b 2", "", "c 0x1f ms"], False, True),
            (["...", "c ... ms"], False, True),
            (["a 1", "..."], False, True),
            (["a 7", "...", "c 3.5 ms"], True, True),
            (["..."], False, True),
            ([], False, True),
            (["a 7", "..."], False, False),
            (["a 1"], False, False),
            (["b 2", "..."], False, False),
            (["...", "c 0x1f ms", "d"], False, False),
            (["...", "a 1", "a 1", "..."], False, False),
            (["a . ", "..."], False, False)):
        equal(mismatch(shown, printed, vary) is None, good, f"{shown}")
