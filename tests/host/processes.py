# SPDX-License-Identifier: BSD-2-Clause
"""Processes of others, as /proc has them."""

import time


def children(pid):
    """Processes that a process has started."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
        return [int(word) for word in file.read().split()]


def alive(pid):
    """Whether a process is there and no zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def gone(pid, limit=3.0):
    """Whether a process ends in time."""
    end = time.monotonic() + limit
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not alive(pid)
