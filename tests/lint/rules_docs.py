# SPDX-License-Identifier: BSD-2-Clause
"""Rules that hold the documents against the tree."""
import os
import re

TREE_FOLDERS = ("acpi", "bench", "core", "docs", "firmware", "linker",
                "tests", "tools")


def documents(tree):
    """Every document but the licence."""
    return tree.select(".md")


def rule_names(tree):
    """A `name()` or a `folder/file` in a document exists."""
    code = "\n".join(tree.text(name) for name in tree.select(
        ".c", ".h", ".S", ".asm", ".asl", ".py", ".mk", "Makefile"))
    words = set(re.findall(r"\w+", code))
    path = re.compile(r"`((?:" + "|".join(TREE_FOLDERS) + r")/[\w./-]*\w)`")
    folders = {name.rsplit("/", depth)[0] for name in tree.files
               for depth in range(1, name.count("/") + 1)}
    for name in documents(tree):
        for number, line in tree.lines(name):
            for function in re.findall(r"`(\w+)\(\)`", line):
                if function not in words:
                    yield f"{name}:{number}: there is no {function}()"
            for file in path.findall(line):
                if file not in tree.files and file not in folders:
                    yield f"{name}:{number}: there is no {file}"


def anchors(text):
    """The anchors that a document's headings make; tools/site has the same
    rule, and a test holds its pages against it."""
    found, seen, fenced = set(), {}, False
    for line in text.split("\n"):
        fenced ^= line.startswith("```")
        head = re.match(r"#+ +(.*?)\s*$", line)
        if head and not fenced:
            word = re.sub(r"[^\w\- ]", "", head[1].lower()).replace(" ", "-")
            count = seen.get(word, 0)
            seen[word] = count + 1
            found.add(f"{word}-{count}" if count else word)
    return found


def rule_links(tree):
    """Relative links lead somewhere, to a heading if they name one."""
    for name in documents(tree):
        for number, line in tree.lines(name):
            for link in re.findall(r"\]\(([^)\s]+)\)", line):
                if re.match(r"[a-z]+:", link):
                    continue
                file, _, anchor = link.partition("#")
                target = os.path.normpath(os.path.join(
                    os.path.dirname(name), file)) if file else name
                if not os.path.exists(os.path.join(tree.root, target)):
                    yield f"{name}:{number}: {link} leads nowhere"
                elif anchor and target.endswith(".md") and \
                        anchor not in anchors(tree.text(target)):
                    yield f"{name}:{number}: {link}: no such heading"


def rule_index(tree):
    """The index leads to every page of docs/."""
    index = "docs/README.md"
    if index not in tree.files:
        yield f"{index}: is not there"
        return
    linked = {os.path.normpath(os.path.join("docs", link)) for link in
              re.findall(r"\]\(([^)#\s]+)", tree.text(index))}
    for name in tree.files:
        if re.fullmatch(r"docs/(\w[\w-]*\.md|man/.*\.\d)", name) and \
                name not in linked | {index}:
            yield f"{index}: leads not to {name}"
