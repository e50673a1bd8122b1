# SPDX-License-Identifier: BSD-2-Clause
"""Remembers what slow checkers said of an input: build/lint/NAME/ has a file
for each, named by a digest of all that went in.  Of what a run did not ask for
nothing is kept."""
import hashlib
import os


class Cache:
    """Answers of one checker; use it as a context."""

    def __init__(self, root, name):
        self.folder = os.path.join(root, "build", "lint", name)
        self.used = set()

    def __enter__(self):
        os.makedirs(self.folder, exist_ok=True)
        return self

    def __exit__(self, kind, *_rest):
        if kind is None:
            for name in set(os.listdir(self.folder)) - self.used:
                os.unlink(os.path.join(self.folder, name))

    def answer(self, parts, ask):
        """The answer for these parts (strings); ask() gives it, or None if it
        is not to be remembered."""
        key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        path = os.path.join(self.folder, key)
        self.used.add(key)
        try:
            with open(path, encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            pass
        text = ask()
        if text is not None:
            with open(f"{path}.{os.getpid()}", "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(f"{path}.{os.getpid()}", path)
        return text
