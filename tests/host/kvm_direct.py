#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""examples/kvm-direct boots tests/guest/elf64.asm on /dev/kvm.

The payload checks what it was given; here is checked how it ended, that what
was copied and what was mapped are what the file allows, that the file is as it
was, and that what cannot be booted is refused with one line."""

import os
import re
import subprocess
import sys

from host_test import (BUILD, ROOT, TIME, call, check, read, run_tests,
                       skip_tests, tests_of, write)

GUEST = os.path.join(ROOT, "tests", "guest")
OUT = os.path.join(BUILD, "test", "kvm-direct")
PROGRAM = os.path.join(BUILD, "examples", "kvm-direct")
PAGE = 4096
COUNTS = re.compile(r"kvm-direct: copied (\d+) bytes, mapped (\d+)\n")


def payload(name, *defines):
    """A payload's path, freshly made."""
    path = os.path.join(OUT, name)
    call("nasm", "-f", "bin", "-w+all", "-Werror", *defines, "-o", path,
         os.path.join(GUEST, "elf64.asm"))
    return path


def start(*args):
    return subprocess.run([PROGRAM, *args], text=True, check=False,
                          capture_output=True, timeout=TIME)


def boots(code, *args):
    """A run that must pass and end with that code: bytes copied, mapped."""
    before = read(args[0])
    done = start(*args)
    counts = COUNTS.fullmatch(done.stderr)
    check(done.returncode == code and done.stdout == "PASS\n" and counts,
          f"exit code {done.returncode}: {done.stdout}{done.stderr}".strip())
    check(read(args[0]) == before, "the kernel's file was written")
    return tuple(int(n) for n in counts.groups())


def whole_pages(path):
    """Bytes of an ELF's segments in pages that can be mapped."""
    data = read(path)
    total = 0
    for n in range(int.from_bytes(data[56:58], "little")):
        head = data[64 + 56 * n:64 + 56 * (n + 1)]
        offset, gpa, size = (int.from_bytes(head[at:at + 8], "little")
                             for at in (8, 24, 32))
        first, last = -(-gpa // PAGE), (gpa + size) // PAGE
        if (gpa - offset) % PAGE == 0 and last > first:
            total += (last - first) * PAGE
    return total


def initrd(size):
    """An initrd as the payload expects it."""
    return write(OUT, f"initrd-{size}",
                 bytes(7 * n & 255 for n in range(size)))


def test_exit_code():
    """The code that the payload writes to port 0xf4."""
    boots(0, payload("elf64"), "-", "e0 end")
    boots(5, payload("elf64"), "-", "e5 end")


def test_halt():
    """HLT."""
    boots(0, payload("elf64"), "-", "h end")


def test_sleep():
    """S5, by the register that the FADT names."""
    boots(0, payload("elf64"), "-", "s end")


def test_reset():
    """Reset, by the register that the FADT names."""
    boots(0, payload("elf64"), "-", "r end")


def test_mapped():
    """Every whole page of the kernel is mapped."""
    kernel = payload("elf64")
    size, (_, mapped) = whole_pages(kernel), boots(0, kernel, "-", "e0 end")
    check(size == 7 * PAGE, f"the payload has {size} bytes of whole pages")
    check(mapped == size, f"{mapped} bytes instead of {size}")


def test_copied():
    """A kernel without a whole page in its place is copied."""
    fit = boots(0, payload("elf64"), "-", "e0 end")
    skewed = boots(0, payload("elf64-skew", "-DSKEW=1"), "-", "e0 end")
    check(skewed == (sum(fit), 0), f"copied and mapped: {skewed}, not {fit}")


def test_initrd():
    """An initrd, with whole pages and without."""
    kernel = payload("elf64")
    copied, mapped = boots(0, kernel, "-", "e0 end")
    for size in (1, PAGE, 17 * PAGE + 1, 5 << 20):
        got = boots(3, kernel, initrd(size), "e3i end")
        # the command line is one longer
        check(got == (copied + size % PAGE + 1, mapped + size // PAGE * PAGE),
              f"{size} bytes: copied and mapped: {got}")


def test_payload_complains():
    """What is wrong is told through port 0x402."""
    done = start(payload("elf64"), "-", "e0 and")
    check(done.returncode == 9 and done.stdout == "! cmdline\n",
          f"{done.returncode}: {done.stdout}{done.stderr}")


def test_triple_fault():
    """A guest that shuts down (or that KVM cannot go on with) is an error."""
    done = start(payload("elf64"), "-", "f end")
    check(done.returncode == 1 and "kvm-direct: the guest s" in done.stderr,
          f"{done.returncode}: {done.stdout}{done.stderr}")


def refuses(code, *args):
    """A run that must end with one line."""
    done = start(*args)
    lines = done.stderr.splitlines()
    check(done.returncode == code and not done.stdout and len(lines) == 1 and
          lines[0].startswith("kvm-direct: "),
          f"exit code {done.returncode}: {done.stdout}{done.stderr}".strip())


def test_refuse():
    """Arguments and files that make no sense."""
    kernel = payload("elf64")
    data = read(kernel)
    refuses(2)
    refuses(2, kernel, "-", "e0 end", "more")
    refuses(1, os.path.join(OUT, "none"))
    refuses(1, OUT)
    refuses(1, write(OUT, "empty", b""))
    refuses(1, write(OUT, "garbage", b"\x55" * 20000))
    refuses(1, write(OUT, "header", data[:64]))
    refuses(1, write(OUT, "cut", data[:-1]))
    refuses(1, kernel, os.path.join(OUT, "none"))
    refuses(1, kernel, "-", "x" * 100000)
    # p_paddr of the second segment: above memory, then wrapping
    for gpa in (0x20000120, 0xfffffffffffff120):
        refuses(1, write(OUT, "far", data[:64 + 56 + 24] +
                         gpa.to_bytes(8, "little") + data[64 + 56 + 32:]))
    refuses(1, kernel, initrd(1 << 28))


def main():
    """Runs those that are named, or all, where there is a KVM."""
    tests = tests_of(globals())
    try:
        os.close(os.open("/dev/kvm", os.O_RDWR))
    except OSError as error:
        return skip_tests("kvm_direct", len(tests),
                          f"/dev/kvm: {error.strerror}")
    subprocess.run(["make", "-s", "examples"], cwd=ROOT, check=True)
    os.makedirs(OUT, exist_ok=True)
    return run_tests("kvm_direct", tests)


if __name__ == "__main__":
    sys.exit(main())
