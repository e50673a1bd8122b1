# SPDX-License-Identifier: BSD-2-Clause
"""Says how far a measurement is: a bar on a terminal, else plain lines."""

import shutil
import sys
import time

WIDTH = 30              # of the bar
CLEAR = "\r\x1b[K"


def clock(seconds):
    """1:05"""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


class Progress:
    """Of a known number of steps.  Used by `with`, so that the bar goes."""

    def __init__(self, total, out=None):
        self.total, self.done = total, 0
        self.out = out or sys.stderr
        self.bar = self.out.isatty()
        self.start = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.bar:
            self.out.write(CLEAR)
            self.out.flush()

    def left(self):
        """Seconds that the rest will take at this pace."""
        took = time.monotonic() - self.start
        return took / self.done * (self.total - self.done) if self.done else 0

    def show(self, text):
        """Says what is being done now."""
        if not self.bar:
            return
        full = WIDTH * self.done // max(self.total, 1)
        line = (f"[{'#' * full}{'.' * (WIDTH - full)}] "
                f"{self.done}/{self.total} {clock(self.left())} left  {text}")
        columns = shutil.get_terminal_size().columns
        self.out.write(CLEAR + line[:columns - 1])
        self.out.flush()

    def step(self, text):
        """One more is done: what, and how it came out."""
        self.done += 1
        if self.bar:
            self.show(text)
        else:
            self.say(f"{self.done}/{self.total} {text}")

    def say(self, text):
        """A line that stays."""
        self.out.write((CLEAR if self.bar else "") + text + "\n")
        self.out.flush()
