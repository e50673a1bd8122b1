#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""run.py [WORD...] - runs the commands that the documents show, the files of
examples/, and the pages that tools/site makes; with words, those tests that
have one of them in their names.

Each command of a page runs in a scratch folder (scratch.py), must end as the
page says, and must print what stands under it (blocks.py)."""

import os
import sys
import time

import examples
import pages
from blocks import Malformed, blocks_of, commands_of, mismatch
from scratch import ROOT, Scratch

sys.path.append(os.path.join(ROOT, "tests", "host"))
from host_test import Wrong, outcome, report, tell, tests_of, wanted  # noqa

# All blocks of these are marked; of other pages those are run that say so.
PAGES = ("README.md", "docs/tutorial.md", "docs/howto-messages.md",
         "docs/howto-moving.md", "docs/howto-kernel-config.md",
         "docs/fleet.md", "docs/reference.md", "docs/boot.md",
         "docs/host-loader.md", "docs/design.md", "docs/ladder.md",
         "docs/measuring.md", "docs/measuring-memory.md",
         "docs/measuring-start.md", "docs/README.md", "docs/specs.md",
         "docs/man/beeline.1",
         "docs/man/beeline-bake.1", "docs/man/beeline-cache.1",
         "docs/man/beeline-doctor.1", "docs/man/beeline-inspect.1",
         "docs/man/beeline-run.1", "docs/man/beeline-verify.1",
         "docs/man/libbeeline.3")


def block_run(block, scratch):
    """Runs a block's commands; says how long they took."""
    start = time.monotonic()
    commands, all_lines = commands_of(block), []
    for command in commands:
        code, lines = scratch.run(command.text)
        all_lines += lines
        end = block.code if command is commands[-1] else 0
        said = "\n".join(["", *lines[-20:]])
        if code is None:
            raise Wrong(f"{command.text}: has not ended{said}")
        if code != end:
            raise Wrong(f"{command.text}: exit code {code}, not {end}{said}")
        line = mismatch(command.shown, lines, block.numbers_vary)
        if line is not None:
            raise Wrong(f"{command.text}: does not print: {line}{said}")
    for text in block.sees:
        if not any(text in line for line in all_lines):
            raise Wrong(f"nothing printed holds: {text}")
    return f"{time.monotonic() - start:.1f} s"


def page_tests(page):
    """(results, skips by reason) of a page."""
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        blocks = blocks_of(page, file.read())
    for block in blocks:
        if page not in PAGES and not block.marked:
            block.action, block.reason = "skip", "not marked yet"
    results, skips = [], {}
    with Scratch() as scratch:
        for block in blocks:
            if block.action == "run":
                results.append(tell(block.place, *outcome(
                    lambda block=block: block_run(block, scratch))))
            elif block.action == "skip":
                skips.setdefault(block.reason, []).append(block.line)
            elif not block.action:
                results.append(tell(block.place, "failed",
                                    "says neither run, skip nor shown"))
    for reason, lines in skips.items():
        results.append(tell(f"{page}:{','.join(map(str, lines))}", "skipped",
                            reason))
    return results


def main():
    """Runs all; the exit code."""
    words = sys.argv[1:] or [""]
    results = [tell(name, *outcome(test)) for name, test in wanted(
        tests_of(vars(pages)) + tests_of(vars(examples)))]
    for page in (*PAGES, *pages.others(PAGES)):
        if any(word in page for word in words):
            try:
                results += page_tests(page)
            except (OSError, Malformed) as why:
                results.append(tell(page, "failed", str(why)))
    return report("docs", results)


if __name__ == "__main__":
    sys.exit(main())
