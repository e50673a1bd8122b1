# SPDX-License-Identifier: BSD-2-Clause
"""Holds measured costs against the committed budget."""

import json

import qemu

OURS = ("fw", "none")        # none: without firmware, which a bundle has
KEYS = ("instructions", "exits", "pci")


def load(path):
    """The budget: where -> key -> the most that is allowed."""
    try:
        with open(path) as file:
            return json.load(file)
    except OSError as err:
        raise qemu.Failure(f"{path}: cannot read: {err.strerror}") from err
    except ValueError as err:
        raise qemu.Failure(f"{path}: cannot read: no JSON: {err}") from err


def place_of(record):
    """The budget's name of a measurement: q35 bzImage, whole q35 none."""
    name = record["firmware"]
    words = ["whole"] if record.get("whole") else []
    words.append(record["machine"])
    if name == "none":      # whatever the kernel: its vmlinux is what boots
        words.append(name)
    else:
        words += [name] if words[0] == "whole" else []
        words.append(record["kernel"])
    return " ".join(words)


def over(records, limits, path):
    """(passed, lines that say what failed): one line a key over budget."""
    passed, bad = 0, []
    for record in records:
        if record["firmware"] not in OURS:
            continue
        where = place_of(record)
        limit = limits.get(where)
        if "error" in record:
            found = [f"{where}: {record['error']}"]
        elif not limit:
            found = [f"{where}: no budget in {path}"]
        else:
            found = [f"{where}: {record[key]:,} {key}: the budget is "
                     f"{limit[key]:,}" for key in KEYS
                     if key in limit and record[key] > limit[key]]
        if record.get("whole") and not record.get("same", True):
            found.append(f"{where}: the firmware's accesses are not those "
                         "to the probe kernel")
        passed += not found
        bad += found
    return passed, bad
