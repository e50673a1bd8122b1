#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""stack.py - how much stack the firmware's images take at most.

Each C file is compiled as the Makefile compiles it, and gcc says what every
function takes and whom it calls (-fcallgraph-info=su).  The deepest path from
a function that assembly calls is held against the room that the linker script
guarantees.  A call through a pointer may go to any function whose address is
taken; recursion and frames that have no bound are errors."""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

import cache

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
RETURN_ADDRESS = 4
INDIRECT = "__indirect_call"
# Functions that call themselves: how often at most, and why.
RECURSION = {"log_dec": (10, "a 32-bit number has ten digits")}
# what gcc calls a frame whose size is a maximum
BOUNDED = ("static", "dynamic,bounded")
NODE = re.compile(r'^node: \{ title: "(.*?)" label: "(.*?)"', re.M)
EDGE = re.compile(r'^edge: \{ sourcename: "(.*?)" targetname: "(.*?)"', re.M)
COMPILE = re.compile(r"^\S*gcc .* -c (\S+\.c) -o (\S+\.o)$", re.M)
LINK = re.compile(r"^\S*ld .* -o (\S+\.elf) (.*\.o)$", re.M)
ROOM = re.compile(r"noinit_end <= FW_STACK_TOP - (0x[0-9a-f]+)")


class Unbounded(Exception):
    """There is no number to tell."""


def run(*args):
    """What a program prints; its error as an exception."""
    done = subprocess.run(args, cwd=ROOT, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise Unbounded(f"{args[0]}: {done.stdout.strip()[-400:]}")
    return done.stdout


def plan():
    """What make would do: ({object: (source, command)}, {image: objects})."""
    text = run("make", "-n", "-B", "V=1", "VERSION=lint", "firmware")
    text = re.sub(r"\\\n\s*", " ", text)
    compiles = {match[2]: (match[1], match[0])
                for match in COMPILE.finditer(text)}
    images = {match[1]: match[2].split() for match in LINK.finditer(text)}
    if not compiles or not images:
        raise Unbounded("make -n firmware: no compiler's or linker's line")
    return compiles, images


def facts(command, target):
    """What one object says: nodes, edges, functions with their address taken,
    as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "x.o")
        run(*command[:-len(target)].split(), out, "-fcallgraph-info=su")
        with open(os.path.join(folder, "x.ci"), encoding="utf-8") as file:
            text = file.read()
        relocations = run("objdump", "-r", out)
    taken = re.findall(r"R_386_32\s+(?:\.text\.(?:unlikely\.)?)?(\w+)",
                       relocations)
    return json.dumps([NODE.findall(text), EDGE.findall(text), taken])


class Graph:
    """Functions of one image: frames, calls, and what no file defines."""

    def __init__(self):
        self.frame, self.calls, self.taken = {}, {}, set()
        self.deepest = {}

    def add(self, answer):
        """An object's facts."""
        nodes, edges, taken = json.loads(answer)
        for title, label in nodes:
            size = re.search(r"\\n(\d+) bytes \((.*?)\)", label)
            if size and size[2] not in BOUNDED:
                raise Unbounded(f"{title}: its frame is {size[2]}")
            if size:
                self.frame[title] = int(size[1])
        for source, target in edges:
            self.calls.setdefault(source, set()).add(target)
        self.taken.update(taken)

    def targets(self, name):
        """Whom a function may call."""
        for target in sorted(self.calls.get(name, ())):
            if target != INDIRECT:
                yield target
                continue
            pointed = [title for title in self.frame
                       if title.split(":")[-1] in self.taken]
            if not pointed:
                raise Unbounded(f"{name} calls by a pointer that nobody sets")
            yield from pointed

    def depth(self, name, path=()):
        """(bytes, path) of the deepest way down from a function."""
        if name in path:
            raise Unbounded(f"recursion: {' > '.join(path)} > {name}")
        if name not in self.frame:
            raise Unbounded(f"{name}: nobody says what it takes "
                            f"({' > '.join(path)})")
        if name not in self.deepest:
            below = [self.depth(target, path + (name,))
                     for target in self.targets(name) if target != name]
            size, way = max(below, default=(0, ()))
            times = self._times(name)
            self.deepest[name] = (self.frame[name] * times + size,
                                  (name, *way))
        return self.deepest[name]

    def _times(self, name):
        if name not in self.calls.get(name, ()):
            return 1
        if name not in RECURSION:
            raise Unbounded(f"recursion: {name} calls itself")
        return RECURSION[name][0]


def assembly(sources):
    """(functions for C, functions of C that are called) of .asm files."""
    ours, theirs = {}, set()
    for name in sources:
        with open(os.path.join(ROOT, name), encoding="utf-8") as file:
            text = re.sub(r";.*", "", file.read())
        stack = re.search(r"\b(push\w*|sub\s+esp|enter)\b", text)
        for word in re.findall(r"^global\s+(.*)", text, re.M):
            for function in re.split(r"[\s,]+", word.strip()):
                ours[function] = None if stack else RETURN_ADDRESS
        theirs.update(word for line in re.findall(r"^extern\s+(.*)", text,
                                                  re.M)
                      for word in re.split(r"[\s,]+", line.strip()))
    return ours, theirs


def bound(objects, compiles, answers):
    """(bytes, path) of one image."""
    graph = Graph()
    sources = [name.split("/", 2)[2][:-2] for name in objects
               if name.endswith(".asm.o")]
    ours, theirs = assembly(sources)
    for name in objects:
        if name in compiles:
            graph.add(answers[name])
        elif not name.endswith(".asm.o"):
            raise Unbounded(f"{name}: neither C nor assembly")
    graph.frame.update({name: size for name, size in ours.items()
                        if size is not None})
    roots = [name for name in theirs if name in graph.frame
             and name not in ours]
    if not roots:
        raise Unbounded("assembly calls no function of C")
    return max(graph.depth(name) for name in roots)


def room():
    """Bytes that the linker script leaves."""
    for name in sorted(os.listdir(os.path.join(ROOT, "linker"))):
        with open(os.path.join(ROOT, "linker", name),
                  encoding="utf-8") as file:
            found = ROOM.search(file.read())
        if found:
            return int(found[1], 16)
    raise Unbounded("linker/: no script says how much is left for the stack")


def bounds():
    """(image, bytes, path) of every image that `make firmware` links."""
    compiles, images = plan()
    version = run("gcc", "--version").splitlines()[0]

    def answer(item):
        target, (_source, command) = item
        lines = " ".join(word for word in command.split()
                         if word not in ("-MMD", "-MP"))
        text = run(*re.sub(r" -c (\S+) -o \S+$", r" -E \1", lines).split())
        return target, store.answer([version, lines, text],
                                    lambda: facts(lines, target))

    with cache.Cache(ROOT, "stack") as store:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            answers = dict(pool.map(answer, compiles.items()))
    for image, objects in images.items():
        yield (image, *bound(objects, compiles, answers))


def rule_stack(_tree):
    """The firmware's stack has a bound, and the linker leaves as much."""
    try:
        have = room()
        for image, need, path in bounds():
            if need > have:
                yield (f"{image}: its stack may need {need} bytes, the linker "
                       f"script leaves {have}: {' > '.join(path)}")
    except Unbounded as problem:
        yield f"the firmware's stack: {problem}"


def main():
    """Says it aloud."""
    try:
        for image, need, path in bounds():
            print(f"{image}: {need} of {room()} bytes: {' > '.join(path)}")
    except Unbounded as problem:
        sys.exit(f"stack: {problem}")


if __name__ == "__main__":
    main()
