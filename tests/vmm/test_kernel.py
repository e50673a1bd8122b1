# SPDX-License-Identifier: BSD-2-Clause
"""Kernels that are missing, cut, strange, or do not fit."""

import fwcfg
import images
from case import Case, with_acpi
from host import GIB, MIB, RAM, RESERVED, Host, e820

END32, END64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF


class NoKernel(Case):
    """Nothing that can be started."""

    def test_none(self):
        for mode in (fwcfg.QEMU, fwcfg.SAFE, fwcfg.BYTES):
            with self.subTest(mode=mode):
                self.refuses(Host(transport=mode), "kernel", "none was given")

    def test_garbage(self):
        for seed in range(4):
            host = Host().bzimage()
            host.item(fwcfg.SETUP_DATA, images.pattern(4096, seed))
            with self.subTest(seed=seed):
                self.refuses(host, "kernel",
                             "neither bzImage, ELF nor multiboot")

    def test_zeros(self):
        host = Host().bzimage().item(fwcfg.SETUP_DATA, bytes(4096))
        self.refuses(host, "kernel", "neither bzImage, ELF nor multiboot")


class Truncated(Case):
    """A bzImage with less behind its header than that says."""

    def cut(self, mode, filled, keep=0x4000):
        host = Host(transport=mode).bzimage(filled=filled)
        host.item(fwcfg.KERNEL_DATA, host.kernel.body[:keep])
        return host.number(fwcfg.KERNEL_SIZE, keep)

    def test_filled_in_header(self):
        self.refuses(self.cut(fwcfg.QEMU, True), "load",
                     "bzImage ERR_TRUNCATED: 0x4000 against 0x8000")

    def test_bare_header(self):
        self.refuses(self.cut(fwcfg.QEMU, False), "load",
                     "bzImage ERR_TRUNCATED: 0x4000 against 0x8000")

    def test_other_transports(self):
        for mode in (fwcfg.SAFE, fwcfg.BYTES):
            with self.subTest(mode=mode):
                self.refuses(self.cut(mode, True), "kernel",
                             "bzImage ERR_TRUNCATED")

    def test_header_only(self):
        self.refuses(self.cut(fwcfg.QEMU, True, 0), "load", "ERR_TRUNCATED")

    def test_filled_in_by_another(self):
        """QEMU's loader type in a file: others' keys count."""
        for mode in (fwcfg.SAFE, fwcfg.BYTES):
            for size in (0, 5, 1 << 20):
                kernel = images.BzImage()
                host = Host(transport=mode).bzimage(
                    kernel, images.pattern(9000), filled=False)
                kernel.filled_in(size)
                host.item(fwcfg.SETUP_DATA, kernel.setup)
                with self.subTest(mode=mode, size=size):
                    self.boots(host)

    def test_syssize_beyond_4_gib(self):
        kernel = images.BzImage(syssize=END32)
        self.refuses(Host().bzimage(kernel), "kernel",
                     "ERR_TRUNCATED|ERR_SIZE")


def _header(words, **fields):
    def run(self):
        host = Host().bzimage(images.BzImage(**fields))
        self.refuses(host, "kernel", words)
    return run


Header = type("Header", (Case,), {
    "test_cut": _header("^bzImage header.*ERR_TRUNCATED", jump=0x10EB),
    "test_cut_by_a_byte": _header("^bzImage header.*ERR_TRUNCATED",
                                  jump=0x61EB),
    "test_too_old": _header("ERR_VERSION", version=0x1FF),
    "test_not_loaded_high": _header("ERR_VERSION", loadflags=0),
    "test_alignment_0": _header("ERR_ALIGN", kernel_alignment=0),
    "test_alignment_3": _header("ERR_ALIGN", kernel_alignment=3),
    "test_alignment_2g": _header("ERR_ALIGN", kernel_alignment=1 << 31),
    "test_init_size": _header("ERR_NO_ROOM", init_size=49 * MIB),
    "test_init_size_4g": _header("ERR_NO_ROOM", init_size=END32),
    "test_preferred_address": _header("ERR_NO_ROOM", pref_address=GIB),
    "test_preferred_address_at_the_end": _header(
        "ERR_NO_ROOM", pref_address=END64, init_size=0x8000),
    "test_preferred_address_beyond_4g": _header(
        "ERR_NO_ROOM", pref_address=1 << 32),
    "test_fixed": _header("ERR_NO_ROOM", relocatable_kernel=0,
                          pref_address=60 * MIB),
    "test_fixed_at_the_end": _header(
        "ERR_NO_ROOM", relocatable_kernel=0, pref_address=END64),
    "test_32": _header("ERR_NO_ROOM", xloadflags=0, init_size=49 * MIB),
    "test_size_that_is_not_there": _header(
        "ERR_TRUNCATED|ERR_SIZE", syssize=4 * MIB, setup_data=MIB),
})


class Placement(Case):
    """More cases of kernels and memory."""

    def test_body_over_the_firmware(self):
        """A preferred address that wraps must not come out at 0."""
        kernel = images.BzImage(body_size=0x48000, pref_address=END64,
                                init_size=0x48000)
        self.refuses(Host().bzimage(kernel), "kernel", "ERR_NO_ROOM")

    def test_body_larger_than_init_size(self):
        kernel = images.BzImage(body_size=2 * MIB, init_size=4096,
                                pref_address=63 * MIB)
        self.refuses(Host().bzimage(kernel), "kernel", "ERR_NO_ROOM")

    def test_size_item_that_lies(self):
        for mode in (fwcfg.SAFE, fwcfg.BYTES):
            host = Host(transport=mode).bzimage()
            host.number(fwcfg.KERNEL_SIZE, END32)
            with self.subTest(mode=mode):
                self.refuses(host, "kernel", "ERR_NO_ROOM")

    def test_last_fit(self):
        """A byte more than fits is refused, what fits is not."""
        self.boots(Host().bzimage(images.BzImage(init_size=48 * MIB)))
        self.refuses(Host().bzimage(images.BzImage(init_size=48 * MIB + 1)),
                     "kernel", "ERR_NO_ROOM")

    def test_no_room_for_acpi(self):
        host, _ = with_acpi(Host().bzimage(images.BzImage(
            init_size=48 * MIB)))
        self.boots(host)        # it goes below the kernel
        kernel = images.BzImage(init_size=63 * MIB, pref_address=MIB,
                                kernel_alignment=MIB)
        host, _ = with_acpi(Host().bzimage(kernel))
        self.refuses(host, "acpi", "command 1 ERR_NO_ROOM")


class SetupData(Case):
    """-dtb's node, with a pointer or a length that lies."""

    def node(self, pointer, length=64):
        kernel = images.BzImage(setup_data=pointer)
        kernel.body += bytes(12) + length.to_bytes(4, "little") + bytes(64)
        return Host().bzimage(kernel)

    def test_pointer_outside(self):
        for pointer in (1, MIB - 1, MIB + 0x8000 + 80 - 15, 1 << 40, END64):
            with self.subTest(pointer=hex(pointer)):
                self.refuses(self.node(pointer), "load",
                             "setup_data ERR_RANGE")

    def test_length_outside(self):
        for length in (65, 0x7FFFFFFF, END32):
            with self.subTest(length=hex(length)):
                self.refuses(self.node(MIB + 0x8000, length), "load",
                             "setup_data ERR_RANGE")


class Elf(Case):
    """ELF kernels whose numbers cannot be."""

    def segment(self, start, size, words="^ELF kernel", entry=None,
                preload=()):
        entry = start if entry is None else entry
        host = Host().elf(images.elf64([(start, size)]), entry, start, size)
        host.preload += preload
        host, _ = with_acpi(host)
        self.refuses(host, "kernel", words)

    def test_entry_below(self):
        self.segment(16 * MIB, 4096, "^ELF kernel.*entry lies outside",
                     16 * MIB - 1)

    def test_entry_behind(self):
        self.segment(16 * MIB, 4096, "^ELF kernel.*entry lies outside",
                     16 * MIB + 4096)

    def test_entry_zero(self):
        self.segment(16 * MIB, 4096, "^ELF kernel.*entry lies outside",
                     0)

    def test_over_the_firmware(self):
        for start, size in ((0x30000, 4096), (0x1000, 0xF001), (0, 2 * MIB),
                            (0x7FFFF, 1), (0x35000, 1)):
            with self.subTest(start=hex(start)):
                self.segment(start, size)

    def test_over_the_ebda(self):
        """The RSDP goes there: the kernel would lose those bytes."""
        self.segment(0x90000, 0x10000, preload=[
            (0x90000, images.pattern(0x10000))])

    def test_over_the_bios_data_area(self):
        """The EBDA's segment is written there."""
        self.segment(0x400, 0x100, preload=[(0x400, images.pattern(0x100))])

    def test_through_the_legacy_hole(self):
        self.segment(0x90000, 2 * MIB)

    def test_from_low_memory_to_beyond_its_end(self):
        self.segment(0x90000, 128 * MIB)

    def test_in_the_legacy_hole(self):
        self.segment(0xC0000, 0x10000)

    def test_beyond_memory(self):
        for start, size in ((64 * MIB, 4096), (63 * MIB, MIB + 1),
                            (16 * MIB, GIB), (0xFFFFF000, 0x1000),
                            (0xFFFFF000, 0x1001), (16 * MIB, END32)):
            with self.subTest(start=hex(start), size=hex(size)):
                self.segment(start, size)

    def test_nothing(self):
        self.segment(0, 0)
        self.segment(16 * MIB, 0)

    def test_initrd_that_does_not_fit(self):
        host = Host().pvh().number(fwcfg.INITRD_SIZE, 60 * MIB)
        self.refuses(host, "load", "initrd ERR_NO_ROOM")


class Multiboot(Case):
    """The blob and the information structure."""

    def test_entry_outside(self):
        for entry in (MIB - 1, MIB + 0x4000, 0):
            with self.subTest(entry=hex(entry)):
                self.refuses(Host().multiboot(entry=entry), "kernel",
                             "neither bzImage, ELF nor multiboot")

    def test_low(self):
        for start in (0x30000, 0x90000, MIB - 1):
            with self.subTest(start=hex(start)):
                self.refuses(Host().multiboot(start=start), "kernel",
                             "^multiboot kernel.* ERR_NO_ROOM")

    def test_beyond_memory(self):
        for size in (64 * MIB, END32 - MIB, END32):
            host = Host().multiboot().number(fwcfg.KERNEL_SIZE, size)
            with self.subTest(size=hex(size)):
                self.refuses(host, "kernel",
                             "^multiboot kernel.* ERR_NO_ROOM")

    def test_information_elsewhere(self):
        for info in (0, 0x400, 0x40F, 0xFFE0, 0x10000, 0x34000, 0x9FC00,
                     2 * MIB, END32):
            with self.subTest(info=hex(info)):
                self.refuses(Host().multiboot(info=info), "load",
                             "multiboot information lies outside")

    def test_information_where_no_ram_is(self):
        """The firmware itself wants none below 64 KiB."""
        for low in ([(0x10000, 0x90000, RAM)],
                    [(0, 0x9000, RAM), (0x9000, 0x1000, RESERVED),
                     (0xA000, 0x96000, RAM)]):
            host = Host().multiboot().file("etc/e820", e820(
                *low, (MIB, 63 * MIB, RAM)))
            with self.subTest(low=low):
                self.refuses(host, "load",
                             "multiboot information .*ERR_NO_ROOM")

    def test_information_too_short(self):
        self.refuses(Host().multiboot(info_size=0x33), "enter",
                     "multiboot information ERR_TRUNCATED")

    def test_information_too_long(self):
        for size in (0x10000, END32):
            host = Host().multiboot().number(fwcfg.INITRD_SIZE, size)
            with self.subTest(size=hex(size)):
                self.refuses(host, "load", "multiboot information ERR_RANGE")
