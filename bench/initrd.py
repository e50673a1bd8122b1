# SPDX-License-Identifier: BSD-2-Clause
"""Packs bench/init.asm into an initrd of 1 KiB."""

import os
import subprocess

import cpio
import qemu

SOURCE = os.path.join(qemu.ROOT, "bench", "init.asm")


def assemble(path):
    """Makes the static ELF of init."""
    try:
        done = subprocess.run(
            [os.environ.get("NASM", "nasm"), "-f", "bin", "-w+all", "-Werror",
             "-o", path, SOURCE], capture_output=True, text=True, check=False)
    except FileNotFoundError as err:
        raise qemu.Failure("nasm: cannot run: not installed") from err
    if done.returncode:
        raise qemu.Failure(done.stderr.strip() or f"{SOURCE}: nasm failed")


def build(folder):
    """The path of the initrd, made if it is not there or too old."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "init.cpio")
    newest = max(map(os.path.getmtime, (SOURCE, __file__)))
    if os.path.exists(path) and os.path.getmtime(path) > newest:
        return path
    program = os.path.join(folder, f"init.{os.getpid()}")
    assemble(program)
    with open(program, "rb") as file:
        data = file.read()
    os.remove(program)
    part = f"{path}.{os.getpid()}"
    with open(part, "wb") as out:
        archive = cpio.Archive(out)
        archive.folder("dev")
        archive.device("dev/console", 5, 1)
        archive.file("init", data)
        archive.close()
    os.replace(part, path)
    return path
