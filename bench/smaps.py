# SPDX-License-Identifier: BSD-2-Clause
"""Reads what memory a process takes from /proc/PID/smaps, and how much of a
file is on disk and in the page cache."""

import ctypes
import dataclasses
import mmap
import os
import re

import qemu

FIELDS = ("Rss", "Pss", "Private_Dirty", "Private_Clean", "Shared_Clean",
          "AnonHugePages")
HEAD = re.compile(r"[0-9a-f]+-[0-9a-f]+ ")
PAGE = mmap.PAGESIZE
# What a mapping is to QEMU.
CLASSES = ("ram", "code", "inputs", "program", "heap")


@dataclasses.dataclass
class Mapping:
    """One mapping; sizes in KiB."""

    start: int
    end: int
    access: str                     # rw-p
    path: str                       # "" for anonymous memory
    fields: dict = dataclasses.field(default_factory=dict)

    @property
    def size_kib(self):
        """As large as it is in addresses."""
        return (self.end - self.start) >> 10


def parse(text):
    """The mappings of a smaps file."""
    found = []
    for line in text.splitlines():
        if HEAD.match(line):
            words = line.split(None, 5)
            start, end = (int(word, 16) for word in words[0].split("-"))
            found.append(Mapping(start, end, words[1],
                                 words[5] if len(words) > 5 else ""))
        elif found:
            words = line.split()
            if len(words) == 3 and words[2] == "kB":
                found[-1].fields[words[0].rstrip(":")] = int(words[1])
    return found


def read(pid):
    """The mappings of a process that runs."""
    try:
        with open(f"/proc/{pid}/smaps", encoding="utf-8",
                  errors="surrogateescape") as file:
            found = parse(file.read())
    except OSError as err:
        raise qemu.Failure(f"/proc/{pid}/smaps: cannot read: "
                           f"{err.strerror}") from err
    if not found:
        raise qemu.Failure(f"/proc/{pid}/smaps: cannot use: it is empty")
    return found


def is_ram(mapping, image, ram_kib):
    """Guest memory is the bundle's image, or without one what is anonymous,
    as large as the memory, and no program code."""
    if image:
        return mapping.path == image
    return (not mapping.path and mapping.size_kib == ram_kib and
            "x" not in mapping.access)


def class_of(mapping, image, ram_kib, inputs):
    """One of CLASSES: guest memory, the translator's code, kernel and initrd
    as QEMU holds them, program and libraries, all else."""
    if is_ram(mapping, image, ram_kib):
        return "ram"
    if mapping.path in inputs:
        return "inputs"
    if mapping.path.startswith("/"):
        return "program"
    return "code" if "x" in mapping.access and not mapping.path else "heap"


def sums(mappings):
    """KiB by field."""
    return {name: sum(mapping.fields.get(name, 0) for mapping in mappings)
            for name in FIELDS}


def split(mappings, image, ram_kib, inputs=()):
    """{"ram": sums, "all": sums, "classes": {class: Pss}} of a QEMU."""
    found = {name: [] for name in CLASSES}
    for mapping in mappings:
        found[class_of(mapping, image, ram_kib, inputs)].append(mapping)
    if not found["ram"]:
        raise qemu.Failure("smaps: cannot use: no mapping is guest memory of "
                           f"{ram_kib} KiB")
    return {"ram": sums(found["ram"]), "all": sums(mappings),
            "classes": {name: sums(found[name])["Pss"] for name in CLASSES}}


def available_kib():
    """The host's MemAvailable."""
    with open("/proc/meminfo", encoding="ascii") as file:
        return int(re.search(r"^MemAvailable: +(\d+)", file.read(),
                             re.M).group(1))


def cached_pages(path, size):
    """Pages of a file that are in the page cache (mincore(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    pages = (size + PAGE - 1) // PAGE
    seen = (ctypes.c_ubyte * pages)()
    with open(path, "rb") as file, mmap.mmap(
            file.fileno(), size, access=mmap.ACCESS_COPY) as mapped:
        view = ctypes.c_char.from_buffer(mapped)
        code = libc.mincore(ctypes.c_void_p(ctypes.addressof(view)),
                            ctypes.c_size_t(size), seen)
        error = ctypes.get_errno()
        del view                    # else the mapping could not be closed
    if code:
        raise OSError(error, os.strerror(error))
    return sum(value & 1 for value in seen)


def file_facts(path):
    """KiB of a file: its size, what it takes on disk, what is cached."""
    try:
        facts = os.stat(path)
        cached = cached_pages(path, facts.st_size) if facts.st_size else 0
    except OSError as err:
        raise qemu.Failure(f"{path}: cannot read: {err.strerror}") from err
    return {"path": path, "size": (facts.st_size + 1023) // 1024,
            "disk": facts.st_blocks // 2, "cached": cached * PAGE // 1024}
