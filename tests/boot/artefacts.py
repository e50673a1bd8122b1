# SPDX-License-Identifier: BSD-2-Clause
"""Makes what the boot rows load: test kernels and initrds, under build/."""

import os
import random
import subprocess
import threading

import qemu

ROOT = qemu.ROOT
BUILD = os.path.join(ROOT, "build")
GUEST = os.path.join(ROOT, "tests", "guest")
MIB = 1 << 20

# Test kernels: name -> source and nasm's definitions.
PAYLOADS = {
    "linux64": ("linux.asm", ["-DENTRY64=1"]),
    "linux64-64M": ("linux.asm", ["-DENTRY64=1", "-DINIT_SIZE=0x4000000"]),
    "linuxelf": ("linux.asm", ["-DENTRY64=1", "-DELF=1"]),
    "linux32": ("linux.asm", []),
    "linux32-64M": ("linux.asm", ["-DINIT_SIZE=0x4000000"]),
    "pvh": ("pvh.asm", []),
    "pvh-high": ("pvh.asm", ["-DLINKED=0xffffffff80000000"]),
    "multiboot": ("multiboot.asm", []),
}
DEBIAN = ("bzImage", "vmlinux", "xen")

# busybox initrds: name -> options of tools/initrd.
INITRDS = {
    "small": [],
    "520M": ["--pad", "520M"],
    "virtio": ["--module", "virtio_pci,virtio_mmio,virtio_blk"],
    "nvdimm": ["--module", "nfit,nd_pmem"],
    "tpm": ["--module", "tpm_tis,tpm_crb"],
}

lock = threading.Lock()


def call(*args):
    """Runs a command; raises qemu.Failure with its last words."""
    done = subprocess.run(args, capture_output=True, check=False, cwd=ROOT)
    if done.returncode:
        why = done.stderr.decode(errors="replace").strip().splitlines()
        raise qemu.Failure(why[-1] if why else f"{args[0]}: failed")


def fresh(path, sources):
    """Whether a file is there and newer than what it is made from."""
    return os.path.exists(path) and all(
        os.path.getmtime(path) > os.path.getmtime(s) for s in sources)


def payload(name):
    """The path of a test kernel."""
    source, defines = PAYLOADS[name]
    path = os.path.join(BUILD, "guest", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    names = (source, "macros.asm", "report.asm")
    if not fresh(path, [os.path.join(GUEST, n) for n in names]):
        call("nasm", "-f", "bin", "-w+all", "-Werror", "-I", GUEST + "/",
             *defines, "-o", path, os.path.join(GUEST, source))
    return path


def broken(name):
    """The path of a kernel that no firmware can boot."""
    path = os.path.join(BUILD, "guest", name)
    with open(payload("linux64"), "rb") as file:
        data = file.read()
    if name == "garbage":
        data = random.Random(1).randbytes(65536)
    elif name == "truncated":       # the setup part and not a byte more
        data = data[:(data[0x1F1] + 1) * 512]
    elif name == "no-magic":
        data = data[:0x202] + b"SrdH" + data[0x206:]
    elif name == "no-init-size":    # older kernels say nothing there
        data = data[:0x206] + b"\x09\x02" + data[0x208:]
    with open(path, "wb") as file:
        file.write(data)
    return path


def kernel(name):
    """The path of a kernel, or "" for none."""
    if name == "none":
        return ""
    with lock:
        if name in PAYLOADS:
            return payload(name)
        if name in DEBIAN:
            path = os.path.join(BUILD, "kernel", name)
            if not os.path.exists(path):
                tool = os.path.join(ROOT, "tools", "kernel")
                call(tool, *["--xen"] * (name == "xen"))
            return path
        return broken(name)


def sparse(mib):
    """The path of an initrd of so many MiB, empty but for its ends."""
    path = os.path.join(BUILD, "initrd", f"sparse-{mib}")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not os.path.exists(path):
        with open(path + ".part", "wb") as file:
            file.write(b"beeline's  first")
            file.seek(mib * MIB - 16)
            file.write(b"beeline's  last!")
        os.replace(path + ".part", path)
    return path


def initrd(name):
    """The path of an initrd; "" for none; a number is MiB of almost zero."""
    if name == "none":
        return ""
    with lock:
        if name.isdigit():
            return sparse(int(name))
        path = os.path.join(BUILD, "initrd", name + ".cpio")
        tool = os.path.join(ROOT, "tools", "initrd")
        sources = [os.path.join(GUEST, "init"), tool,
                   os.path.join(ROOT, "tools", "cpio.py")]
        if INITRDS[name] and "--module" in INITRDS[name]:
            kernel_done = os.path.join(BUILD, "kernel", "modules")
            if not os.path.exists(kernel_done):
                call(os.path.join(ROOT, "tools", "kernel"))
        if not fresh(path, sources):
            call(tool, "--out", path, *INITRDS[name])
        return path
