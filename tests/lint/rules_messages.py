# SPDX-License-Identifier: BSD-2-Clause
"""Rules that hold the pages on messages against what the programs can say."""
import re

from rules_source import line_of

PAGE = "docs/howto-messages.md"
REFERENCE = "docs/reference.md"
STRING = re.compile(r'"((?:\\.|[^"\\])*)"')
DEFINE = re.compile(r'^#define (\w+)\s+"([^"]*)"', re.M)
STAGE = re.compile(r'X\((\w+), (0x[0-9a-f]+), "([^"]+)"\)')
ERROR = re.compile(r'X\((ERR_\w+), (-\d+), "([^"]+)"\)')
# Calls that print, or name what is printed, and where their text stands.
SAID = {"firmware/": {"panic": 0, "panic_err": 0, "panic_limit": 0,
                      "panic_fault": 0, "panic_record": 0, "fwcfg_read": 0,
                      "fwcfg_number": 0, "fwcfg_file": 0, "memory_take": 1,
                      "kernel_claim": 1},
        "host-loader/": {"say": 0, "say_errno": 1, "mistake": 1,
                         "peer_fail": 1, "refuse": 1, "wrong": 1,
                         "differs": 1}}


def arguments(text, at):
    """The arguments of a call whose parenthesis opens at an offset."""
    found, depth, start, quoted = [], 0, at + 1, False
    while at < len(text):
        char = text[at]
        if quoted:
            at += char == "\\"
            quoted = char != '"'
        elif char == '"':
            quoted = True
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth == 0:
                return found + [text[start:at]]
        elif char == "," and depth == 1:
            found.append(text[start:at])
            start = at + 1
        at += 1
    return found


def literal(argument, macros):
    """The text that an argument of string literals is; "" for others."""
    parts = re.findall(STRING.pattern + r"|([A-Z]\w+)", argument)
    if re.sub(STRING.pattern + r"|\b[A-Z]\w+|\s", "", argument):
        return ""
    return "".join(text or macros.get(name, "") for text, name in parts)


def sayings(tree):
    """(file, line, format) of all that is said."""
    names = dict(found for name in tree.select(".h")
                 for found in DEFINE.findall(tree.text(name)))
    for folder, calls in SAID.items():
        call = re.compile(r"\b(" + "|".join(calls) + r")\(")
        for name in tree.select(".c", under=(folder,)):
            text = tree.text(name)
            macros = {**names, "PRIu64": "llu", "PRIx64": "llx",
                      **dict(DEFINE.findall(text))}
            for match in call.finditer(text):
                args = arguments(text, match.end() - 1)
                at = calls[match[1]]
                saying = literal(args[at], macros) if at < len(args) else ""
                if saying:
                    yield name, line_of(text, match.start()), saying


def telling(saying):
    """The longest part of a format that is always printed."""
    parts = re.split(r"%[-+ #0]*[\d.*]*(?:ll|l|z|h)*\w",
                     re.sub(r"\\(.)", r"\1", saying))
    best = re.sub(r"^[^\w-]+|[^\w.]+$", "", max(parts, key=len))
    return best if len(re.findall(r"[a-zA-Z]", best)) > 3 else ""


def plain(text):
    """A page's words, without marks and line breaks."""
    return " ".join(re.sub(r"[`*|]", " ", text).split())


def rule_messages(tree):
    """Whatever a program can say stands in the page on messages."""
    if PAGE not in tree.files:
        yield f"{PAGE}: is not there"
        return
    page = plain(tree.text(PAGE))
    for name, line, saying in sayings(tree):
        if plain(telling(saying)) not in page:
            yield f"{name}:{line}: {PAGE} has no \"{telling(saying)}\""


def rule_codes(tree):
    """Stages with their codes, and error codes, stand in the pages."""
    rows = " ".join(tree.text(PAGE).split()) if PAGE in tree.files else ""
    for _, code, word in STAGE.findall(tree.text("firmware/stage.h")):
        row = f"| {int(code, 16)} | {word} | {2 * int(code, 16) + 1} |"
        if row not in rows:
            yield f"firmware/stage.h:1: {PAGE} has no row {row}"
    rows = tree.text(REFERENCE) if REFERENCE in tree.files else ""
    for name, code, text in ERROR.findall(
            " ".join(tree.text("core/err.h").replace("\\\n", " ").split())):
        row = f"| {code} | `{name}` | {text} |"
        if row not in rows:
            yield f"core/err.h:1: {REFERENCE} has no row {row}"
