# SPDX-License-Identifier: BSD-2-Clause
"""Writes newc cpio archives that are the same bytes on every run."""

import hashlib
import random
import stat

TRAILER = "TRAILER!!!"
END_SIZE = 65536
PAD_BLOCK = 1 << 20


def end_bytes():
    """What the archive's last file holds: fixed, and like no other bytes."""
    return random.Random("beeline end").randbytes(END_SIZE)


def end_digest():
    """The md5 that a guest prints when the whole archive reached it."""
    return hashlib.md5(end_bytes()).hexdigest()


def pad_blocks(size):
    """Yields size bytes that do not compress, a block at a time."""
    block = random.Random("beeline pad").randbytes(PAD_BLOCK - 8)
    number = 0
    while size > 0:
        part = number.to_bytes(8, "little") + block
        yield part[:size]
        size -= len(part[:size])
        number += 1


class Archive:
    """A newc archive written front to back into a binary file."""

    def __init__(self, out):
        self.out = out
        self.inode = 0

    def _entry(self, name, mode, size, rdev=(0, 0)):
        self.inode += 1
        raw = name.encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, size, 0, 0, *rdev,
                  len(raw), 0)
        head = b"070701" + b"".join(b"%08x" % f for f in fields)
        self.out.write(head + raw + b"\0" * (-(len(head) + len(raw)) % 4))

    def folder(self, name):
        """Adds a folder."""
        self._entry(name, stat.S_IFDIR | 0o755, 0)

    def link(self, name, target):
        """Adds a symbolic link."""
        self._entry(name, stat.S_IFLNK | 0o777, len(target))
        self.out.write(target.encode() + b"\0" * (-len(target) % 4))

    def device(self, name, major, minor):
        """Adds a character device."""
        self._entry(name, stat.S_IFCHR | 0o600, 0, (major, minor))

    def file(self, name, data, mode=0o755):
        """Adds a file from bytes."""
        self.stream(name, [data], len(data), mode)

    def stream(self, name, blocks, size, mode=0o644):
        """Adds a file from an iterable of blocks, size bytes in all."""
        self._entry(name, stat.S_IFREG | mode, size)
        for block in blocks:
            self.out.write(block)
        self.out.write(b"\0" * (-size % 4))

    def close(self):
        """Ends the archive, padded as cpio pads it."""
        self._entry(TRAILER, 0, 0)
        self.out.write(b"\0" * (-self.out.tell() % 512))
