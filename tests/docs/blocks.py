# SPDX-License-Identifier: BSD-2-Clause
"""Finds the code blocks of a page, and what a test is to do with each.

A block is indented by four columns, or fenced.  What is to be done stands in a
comment above it, which a reader of the page does not see:

    <!-- run -->             its lines are commands: each must end with 0
    <!-- run: OPTION; ... -->
    <!-- skip: REASON -->    commands that cannot be run here
    <!-- shown -->           no commands: what a file or a program says

A block whose first line begins with "$ " is a session and needs no comment:
commands have that mark, what they print stands under them.  A line `...` is
any number of lines, `...` in a line is any text.  Options:

    exit N          the last command ends with this code
    numbers vary    a number in a shown line is any number, or the > or - that
                    a table has for one that is not known
    sees TEXT       what a command printed holds this

In man pages blocks stand between .Bd -literal and .Ed, comments are
`.\\" test: run` and so on."""

import dataclasses
import re

COMMENT = re.compile(r"^<!-- (run|skip|shown)(?:: (.*?))? -->$")
MAN_COMMENT = re.compile(r'^\.\\" test: (run|skip|shown)(?:: (.*))?$')
NUMBER = re.compile(r"0x[0-9a-f]+|\d[\d,]*(?:\.\d+)?")
ANY_NUMBER = f"(?:{NUMBER.pattern}|>|-)"


class Malformed(Exception):
    """A comment that says nothing known."""


@dataclasses.dataclass
class Block:
    """One code block."""

    page: str
    line: int                   # of its first line
    text: str
    action: str = ""            # run, skip, shown, or "": nothing said
    marked: bool = False        # by a comment
    reason: str = ""
    code: int = 0
    numbers_vary: bool = False
    sees: list = dataclasses.field(default_factory=list)

    @property
    def place(self):
        """As compilers have it."""
        return f"{self.page}:{self.line}"


@dataclasses.dataclass
class Command:
    """A command, and the lines under it."""

    text: str
    shown: list


def options_set(block, action, words):
    """What a comment says of the block below it."""
    block.action, block.marked = action, True
    if action != "run":
        block.reason = words or ""
        if action == "skip" and not words:
            raise Malformed(f"{block.place}: skip: no reason")
        return
    for word in filter(None, (words or "").split("; ")):
        key, _, value = word.partition(" ")
        if key == "exit" and value.isdigit():
            block.code = int(value)
        elif word == "numbers vary":
            block.numbers_vary = True
        elif key == "sees" and value:
            block.sees.append(value)
        else:
            raise Malformed(f"{block.place}: {word}: no such option")


def finish(page, line, lines, comment):
    """The block of these lines."""
    while lines and not lines[-1].strip():
        lines.pop()
    block = Block(page, line, "\n".join(lines))
    if comment:
        options_set(block, *comment)
    elif block.text.startswith("$ "):
        block.action = "run"
    return block


def of_markdown(page, text):
    """The blocks of a .md file."""
    lines = text.split("\n") + [""]
    comment, at, paragraph = None, 0, False
    while at < len(lines):
        line = lines[at]
        match = COMMENT.match(line)
        fence = re.match(r"(```+|~~~+)", line)
        start = at
        if match:
            comment, paragraph = match.groups(), False
        elif fence:
            at += 1
            while at < len(lines) and not lines[at].startswith(fence[0]):
                at += 1
            yield finish(page, start + 2, lines[start + 1:at], comment)
            comment, paragraph = None, False
        elif line.startswith("    ") and line.strip() and not paragraph:
            while at < len(lines) and (lines[at].startswith("    ")
                                       or not lines[at].strip()):
                at += 1
            yield finish(page, start + 1,
                         [row[4:] for row in lines[start:at]], comment)
            comment = None
            continue            # this line is not yet looked at
        elif line.strip():
            comment = None
            # what is indented behind it is its own next line
            paragraph = not re.match(r"#|<!--|\|", line)
        else:
            paragraph = False
        at += 1


def of_man(page, text):
    """The blocks of a man page."""
    lines, comment, start = text.split("\n"), None, None
    for at, line in enumerate(lines):
        match = MAN_COMMENT.match(line)
        if match:
            comment = match.groups()
        elif line.startswith(".Bd -literal"):
            start = at + 1
        elif line == ".Ed" and start is not None:
            rows = [row.replace("\\e", "\\").replace("\\&", "")
                    for row in lines[start:at]]
            yield finish(page, start + 1, rows, comment)
            comment = start = None


def blocks_of(page, text):
    """The blocks of a page."""
    return list(of_man(page, text) if re.search(r"\.\d$", page)
                else of_markdown(page, text))


def commands_of(block):
    """The block's commands, in order."""
    session = block.text.startswith("$ ")
    found, more = [], False
    for line in block.text.split("\n"):
        if more:
            found[-1].text += "\n" + line
        elif session and not line.startswith("$ "):
            found[-1].shown.append(line)
            continue
        elif line.strip():
            found.append(Command(line.removeprefix("$ "), []))
        more = bool(found) and found[-1].text.endswith("\\")
    return found


def pattern(line, numbers_vary):
    """A shown line as an expression; columns may be of another width."""
    parts = []
    for part in line.split("..."):
        text = " ".join(part.split())
        pieces = NUMBER.split(text) if numbers_vary else [text]
        text = ANY_NUMBER.join(map(re.escape, pieces))
        lead = r"\s*" if part[:1].isspace() else ""
        tail = r"\s*" if part[-1:].isspace() else ""
        parts.append(lead + text.replace(r"\ ", r"\s+") + tail)
    return re.compile(".*".join(parts) + r"\s*")


def mismatch(shown, printed, numbers_vary):
    """The first shown line that was not printed in its place, or None."""
    at, free = 0, False
    for line in shown:
        if line.strip() == "...":
            free = True
            continue
        wanted = pattern(line, numbers_vary)
        while free and at < len(printed) and \
                not wanted.fullmatch(printed[at].strip()):
            at += 1
        if at >= len(printed) or not wanted.fullmatch(printed[at].strip()):
            return line
        at, free = at + 1, False
    if shown and not free and at < len(printed):
        return f"(nothing more, where there was: {printed[at]})"
    return None
