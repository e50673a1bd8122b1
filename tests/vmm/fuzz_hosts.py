# SPDX-License-Identifier: BSD-2-Clause
"""The good hosts that fuzz.py starts from: each boots, and bl_verify() finds
nothing to say of it.  Their tables are those of real QEMUs, as captured for
tests/golden."""

import functools
import os
import struct
import tarfile

import bench
import fwcfg
import images
import profiles
import vmm_host
from host import CMDLINE, MIB, Host

GOLDEN = os.path.join(bench.ROOT, "tests", "golden", "sets")
INITRD = images.pattern(9000, 3)
DIRT = (bench.LAYOUT["SCRATCH"],
        b"\xaa" * (bench.LAYOUT["EBDA"] - bench.LAYOUT["SCRATCH"]))
WRITABLE = ("etc/vmgenid_addr",)
# of a capture: the machine's own memory map stays the bench's
LEFT_OUT = ("directory", "etc/e820", "etc/tpm/log")


@functools.lru_cache(maxsize=None)
def golden(name):
    """The files of a captured QEMU."""
    with tarfile.open(os.path.join(GOLDEN, name + ".tar.xz")) as tar:
        return {member.name: tar.extractfile(member).read()
                for member in tar if member.isfile()}


def qemu(name, board, transport=fwcfg.QEMU, **more):
    """A host with the files of a captured QEMU, in QEMU's order."""
    host = Host(board=board, transport=transport, **more)
    for file, data in golden(name).items():
        if file not in LEFT_OUT:
            host.file(file, data, writable=file in WRITABLE)
    host.files = dict(sorted(host.files.items()))
    host.dirt.append(DIRT)
    return host


def q35(**more):
    """The usual one."""
    return qemu("q35", "q35", **more)


def old_kernel():
    """Protocol 2.04: short header, no init_size; runs where it is loaded."""
    return images.BzImage(
        version=0x204, jump=0x2EEB, kernel_alignment=0, xloadflags=0,
        relocatable_kernel=0, pref_address=0, init_size=0, cmdline_size=0)


def device_tree():
    """QEMU's -dtb: a setup_data node behind the kernel."""
    kernel = images.BzImage(setup_data=MIB + 0x8000)
    kernel.body += bytes(8) + struct.pack("<II", 2, 64) + images.pattern(64)
    return kernel


def many_files():
    """A directory that takes two reads."""
    host = q35()
    for i in range(70):
        host.file(f"opt/file{i}", b"x")
    return host


def ecam():
    """A user's choice of the window."""
    return q35().file("opt/org.beeline/ecam", b"128")


def guessed(cmos=None):
    """No memory map: RAM_SIZE, or CMOS where that is too large."""
    host = q35().without("etc/e820")
    if cmos is not None:
        host.item(fwcfg.RAM_SIZE, struct.pack("<Q", 3 << 30))
        host.cmos = cmos
    return host


def linux32(**more):
    """A kernel without a 64-bit entry."""
    return images.BzImage(xloadflags=0, **more)


def large_initrd():
    """It only fits above 4 GiB."""
    kernel = images.BzImage(init_size=40 * MIB)
    return q35(above=64 * MIB).bzimage(kernel, images.pattern(25 * MIB))


def named(host, kernel, prefix=vmm_host.OURS):
    """A payload in named items, whole files."""
    host.file(prefix + "kernel", kernel).file(prefix + "initrd", INITRD)
    host.file(vmm_host.OURS + "cmdline", CMDLINE.encode())
    return host


def bzimage_file():
    """A whole bzImage."""
    return images.BzImage().file


def elf_file():
    """A whole ELF with a PVH note."""
    return images.pvh_file()[0]


class VmmHost(vmm_host.VmmHost):
    """A VMM other than QEMU, with the bench's own device."""

    def directory(self):
        if self.raw_directory is not None:
            return self.raw_directory
        return super().directory()


# name -> host, started by fw.bin
HOSTS = {
    "q35": lambda: q35().bzimage(initrd=INITRD),
    "pc": lambda: qemu("pc", "pc").bzimage(initrd=INITRD),
    "microvm": lambda: qemu("microvm", None).bzimage(initrd=INITRD),
    "devices": lambda: qemu("q35-devices", "q35").bzimage(initrd=INITRD),
    "no-acpi": lambda: Host(board=None).bzimage(initrd=INITRD),
    "32-bit": lambda: q35().bzimage(linux32(), INITRD),
    "fixed": lambda: q35().bzimage(
        images.BzImage(relocatable_kernel=0), INITRD),
    "old": lambda: q35().bzimage(old_kernel(), INITRD),
    "unfilled": lambda: q35().bzimage(initrd=INITRD, filled=False),
    "dtb": lambda: q35().bzimage(device_tree(), INITRD),
    "high-initrd": large_initrd,
    "many-files": lambda: many_files().bzimage(initrd=INITRD),
    "ecam": lambda: ecam().bzimage(initrd=INITRD),
    "ram-size": lambda: guessed().bzimage(initrd=INITRD),
    "cmos": lambda: guessed({0x35: 0x03}).bzimage(initrd=INITRD),
    "pvh": lambda: q35().pvh(initrd=INITRD),
    "pvh-low": lambda: qemu("pc", "pc").pvh(start=MIB, initrd=INITRD),
    "pvh-microvm": lambda: qemu("microvm", None).pvh(initrd=INITRD),
    "multiboot": lambda: q35().multiboot(),
    "safe": lambda: q35(transport=fwcfg.SAFE).bzimage(initrd=INITRD),
    "safe-pvh": lambda: qemu("pc", "pc", fwcfg.SAFE).pvh(initrd=INITRD),
    "bytes": lambda: qemu("microvm", None, fwcfg.BYTES).bzimage(
        initrd=INITRD),
    "bytes-multiboot": lambda: qemu("pc", "pc", fwcfg.BYTES).multiboot(),
    "named": lambda: named(q35(), bzimage_file()),
    "named-pvh": lambda: named(qemu("microvm", None), elf_file(),
                               vmm_host.QEMUS),
    "safe-named": lambda: named(q35(transport=fwcfg.SAFE), bzimage_file()),
    "bytes-named-pvh": lambda: named(
        qemu("pc", "pc", fwcfg.BYTES), elf_file()),
}
# of profiles.py: an image, and how it gets its payload
VMMS = {
    f"{name}-{channel}-{protocol}": (profiles.PROFILES[name], channel, protocol)
    for name, channel, protocol in (
        ("firecracker", "modules", "bzimage"),
        ("firecracker", "modules", "pvh"),
        ("cloud-hypervisor-fixed", "named", "bzimage"),
        ("cloud-hypervisor-fixed", "mixed", "bzimage"),
        ("qemu-kernel-elf", "named", "pvh"),
        ("qemu-kernel-elf", "modules", "bzimage"),
        ("strict-elf-bytes", "mixed", "pvh"),
        ("alioth", "numeric", "bzimage"),
        ("crosvm", "named", "bzimage"),
        ("bhyve", "named", "pvh"),
        ("propolis-with-items", "named", "bzimage"),
        ("stratovirt", "numeric", "bzimage"),
        ("mmio", "numeric", "bzimage"),
        ("mmio", "named", "pvh"))}


def names():
    """All of them."""
    return [*HOSTS, *VMMS]


def good(name, folder):
    """A host and the image, from a folder, that it starts."""
    profile = VMMS[name][0] if name in VMMS else profiles.PROFILES["qemu-q35"]
    image = profile.load(folder)
    if image is None:
        raise FileNotFoundError(f"{folder}/{profile.file}: is not built")
    if name in HOSTS:
        return HOSTS[name](), image
    return VmmHost(profile, image).give(*VMMS[name][1:], INITRD), image
