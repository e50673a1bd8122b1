#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""lint.py [RULE ...] - checks the rules of the tree; all of them, if none is
named.  A rule is a function that takes a Tree and yields findings as lines:
"file:line: what"; a line that begins with "warning:" fails nothing."""
import os
import subprocess
import sys

import rules_build
import rules_docs
import rules_messages
import rules_image
import rules_source
import rules_tidy
import stack

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
RULES = {rule.__name__.replace("rule_", ""): rule for rule in (
    rules_source.rule_spdx, rules_source.rule_width,
    rules_source.rule_arrows, rules_source.rule_order,
    rules_source.rule_purity, rules_source.rule_constants,
    rules_source.rule_length, rules_docs.rule_names, rules_docs.rule_links,
    rules_docs.rule_index, rules_messages.rule_messages,
    rules_messages.rule_codes,
    rules_build.rule_headers, rules_build.rule_analyzer,
    rules_build.rule_cppcheck, rules_tidy.rule_tidy,
    rules_image.rule_segments, stack.rule_stack)}


class Tree:
    """The sources: names, and texts read once."""

    def __init__(self):
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT,
            stdout=subprocess.PIPE, text=True, check=False).stdout.split("\n")
        self.files = sorted(name for name in listed or self.walk()
                            if os.path.isfile(os.path.join(ROOT, name)))
        self.root = ROOT
        self.texts = {}

    @staticmethod
    def walk():
        """Without git, as in an unpacked release: all but what is built."""
        for folder, folders, files in os.walk(ROOT):
            if folder == ROOT and "build" in folders:
                folders.remove("build")
            for name in files:
                yield os.path.relpath(os.path.join(folder, name), ROOT)

    def select(self, *suffixes, under=("",)):
        """Names that end and begin like that."""
        return [name for name in self.files
                if name.endswith(suffixes) and name.startswith(tuple(under))]

    def text(self, name):
        """A file's text."""
        if name not in self.texts:
            path = os.path.join(ROOT, name)
            with open(path, encoding="utf-8", errors="replace") as file:
                self.texts[name] = file.read()
        return self.texts[name]

    def lines(self, name):
        """(number, line) of a file."""
        return enumerate(self.text(name).split("\n"), 1)


def main():
    """Runs the rules; 1 if one found something."""
    names = sys.argv[1:] or list(RULES)
    if not set(names) <= set(RULES):
        sys.exit(f"{__doc__}\nRules: {' '.join(RULES)}")
    tree = Tree()
    failed = 0
    for name in names:
        findings = list(RULES[name](tree))
        bad = [line for line in findings if not line.startswith("warning:")]
        failed += bool(bad)
        print(f"{'FAIL' if bad else 'ok  '} lint {name}")
        for line in findings:
            print(f"     {line}")
    print(f"lint: {len(names) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
