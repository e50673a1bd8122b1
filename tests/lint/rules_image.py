# SPDX-License-Identifier: BSD-2-Clause
"""Rules about what the linker made: no segment both written and run."""
import glob
import os
import struct

PT_LOAD, EXECUTE, WRITE = 1, 1, 2


def segments(data):
    """(type, flags) of an ELF file's program headers, of either class."""
    wide = data[4] == 2
    start, = struct.unpack_from("<Q" if wide else "<I", data,
                                32 if wide else 28)
    size, count = struct.unpack_from("<HH", data, 54 if wide else 42)
    for at in range(start, start + size * count, size):
        kind, = struct.unpack_from("<I", data, at)
        flags, = struct.unpack_from("<I", data, at + (4 if wide else 24))
        yield kind, flags


def rule_segments(tree):
    """No segment of an image is both writable and executable."""
    names = sorted(glob.glob(os.path.join(tree.root, "build/fw32*/*.elf")) +
                   glob.glob(os.path.join(tree.root, "build/*.elf")))
    if not names:
        yield "warning: skipped: no image is built: run `make firmware`"
    for path in names:
        name = os.path.relpath(path, tree.root)
        with open(path, "rb") as file:
            data = file.read()
        loads = [flags for kind, flags in segments(data) if kind == PT_LOAD]
        if not any(flags & EXECUTE for flags in loads):
            yield f"{name}: no segment is executable: is it an image?"
        for flags in loads:
            if flags & EXECUTE and flags & WRITE:
                yield f"{name}: a segment is writable and executable"
