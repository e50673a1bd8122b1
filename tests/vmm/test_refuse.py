# SPDX-License-Identifier: BSD-2-Clause
"""Devices, directories, memory maps and payloads that cannot be."""

import struct

import bench
import fwcfg
import images
import judge
from case import Case, with_acpi
from host import GIB, KIB, MIB, RAM, RESERVED, Host, directory, e820, entry

END32, END64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
SMBIOS = bench.LAYOUT["SMBIOS_TABLES"]
ECAM = "opt/org.beeline/ecam"


class Device(Case):
    """No fw_cfg, or something else at its ports."""

    def test_none(self):
        self.refuses(Host(transport=fwcfg.ABSENT), "fw_cfg",
                     "offers no fw_cfg device")

    def test_other_signature(self):
        for mode in (fwcfg.SAFE, fwcfg.BYTES):
            host = Host(transport=mode).item(fwcfg.SIGNATURE, b"QEMV")
            with self.subTest(mode=mode):
                self.refuses(host, "fw_cfg", "offers no fw_cfg device")


class Directory(Case):
    """The list of files."""

    def refused(self, raw, words, mode=fwcfg.QEMU):
        host = Host(transport=mode).bzimage()
        host.raw_directory = raw
        self.refuses(host, "fw_cfg", words)

    def test_count(self):
        for count in (END32, 0x80000000, 512):
            for mode in (fwcfg.QEMU, fwcfg.SAFE, fwcfg.BYTES):
                with self.subTest(count=hex(count), mode=mode):
                    self.refused(directory(count, []), "^directory.*"
                                 "ERR_TOO_MANY", mode)

    def test_name_without_an_end(self):
        records = [entry("etc/a", 1, 0x20), entry(b"n" * 56, 1, 0x21)]
        self.refused(directory(2, records),
                     "directory entry 1 ERR_NAME")

    def test_last_name_without_an_end(self):
        """In the part that a second read brings."""
        records = [entry(f"f{i}", 1, 0x20 + i) for i in range(60)]
        records.append(entry(b"n" * 56, 1, 0x60))
        self.refused(directory(61, records), "directory entry 60 ERR_NAME")


class MemoryMap(Case):
    """etc/e820."""

    def refused(self, data, words, size=None):
        host = Host().bzimage().file("etc/e820", data, size)
        self.refuses(host, "memory", words)

    def test_size(self):
        self.refused(e820((0, GIB, RAM)), "ERR_TOO_LONG", END32)
        self.refused(e820((0, 64 * MIB, RAM)), "ERR_SIZE", 21)
        self.refused(e820((0, 64 * MIB, RAM)), "ERR_SIZE", 19)

    def test_wrap(self):
        self.refused(e820((0, 64 * MIB, RAM), (END64 - 4095, 8192, RESERVED)),
                     "etc/e820 entry 1 ERR_WRAP")

    def test_overlap(self):
        for second in ((32 * MIB, 64 * MIB, RAM), (0, 4096, RESERVED),
                       (64 * MIB - 4096, 8192, RAM), (0, END64, RESERVED),
                       (40 * MIB + 1, 8190, RESERVED)):
            with self.subTest(second=second):
                self.refused(e820((0, 64 * MIB, RAM), second), "ERR_OVERLAP")

    def test_one_entry_twice(self):
        self.refused(e820(*[(0, 64 * MIB, RAM)] * 2), "ERR_OVERLAP")

    def test_too_many_entries(self):
        rows = [(0, 32 * MIB, RAM)] + [
            (32 * MIB + i * 8192, 4096, RAM) for i in range(140)]
        self.refused(e820(*rows), "ERR_TOO_MANY")

    def test_as_many_as_there_may_be(self):
        """Every entry count ends in a boot or in a sentence."""
        for count in range(112, 130):
            rows = [(0, 32 * MIB, RAM)] + [
                (32 * MIB + i * 8192, 4096, RAM) for i in range(count - 1)]
            host, _ = with_acpi(Host().bzimage(initrd=b"x" * 100))
            host.file("etc/e820", e820(*rows))
            with self.subTest(count=count):
                result = self.run_host(host)
                if result.outcome == bench.HALTED:
                    self.assertGreater(count, 116)
                    self.sentence(result, result.serial.split()[2].rstrip(":"),
                                  "ERR_TOO_MANY")

    def test_more_than_are_read(self):
        self.refused(e820(*[(0, 0, RAM)] * 205), "ERR_TOO_LONG")

    def test_no_entries_that_count(self):
        self.refused(e820(*[(i, 0, RAM) for i in range(5)]),
                     "no RAM below 640 KiB")

    def test_no_low_memory(self):
        for rows in ([(MIB, 63 * MIB, RAM)], [(0, 512 * KIB, RAM)],
                     [(0, 64 * MIB, RESERVED)],
                     [(0, 0x9FC00, RAM), (MIB, 63 * MIB, RAM)],
                     [(0x20000, 63 * MIB, RAM)], [(4 * GIB, GIB, RAM)],
                     [(0, 0x30000, RAM), (0x30001, 63 * MIB, RAM)]):
            with self.subTest(rows=rows):
                self.refused(e820(*rows), "no RAM below 640 KiB")

    def test_a_type_of_our_own(self):
        """What the firmware marks with it becomes RAM: a host's must not."""
        self.boots_or_not((0, 64 * MIB, RAM), (GIB, MIB, 0xBEE1))

    def test_parts_of_pages(self):
        """A page that is RAM in part is none; reserved in part, it is."""
        for at in (0x100, 0xF00, 1):
            self.boots_or_not((0, 32 * MIB + at, RAM),
                              (32 * MIB + at, 0x80, RESERVED),
                              (32 * MIB + at + 0x80, 32 * MIB - at - 0x80,
                               RAM))

    def test_reserved_byte_in_ram(self):
        self.boots_or_not((0, 64 * MIB, RAM), (40 * MIB, 1, RESERVED))
        self.boots_or_not((0, 64 * MIB, RAM), (0, 1, RESERVED))

    def boots_or_not(self, *rows):
        """Either is right, but what is not RAM may not become RAM."""
        host = Host().bzimage().file("etc/e820", e820(*rows))
        result = self.run_host(host)
        if result.outcome == bench.HALTED:
            self.refuses(host, "memory", "etc/e820")
        else:
            self.right(judge.kept_reserved(self.map_of(result), rows))

    @staticmethod
    def map_of(result):
        """The map in the zero page."""
        page = result.read(bench.LAYOUT["BOOT_PARAMS"], 4096)
        return [struct.unpack_from("<QQI", page, 0x2D0 + 20 * i)
                for i in range(page[0x1E8])]

    def test_ram_size_without_a_map(self):
        for size in (512 * KIB, 0):
            host = Host().bzimage().without("etc/e820")
            host.item(fwcfg.RAM_SIZE, struct.pack("<Q", size))
            with self.subTest(size=size):
                self.refuses(host, "memory", "no memory size|no RAM below")


class Initrd(Case):
    """An initrd that does not fit."""

    def sized(self, size, **fields):
        kernel = images.BzImage(**fields)
        host = Host().bzimage(kernel, initrd=b"x")
        kernel.fields["ramdisk_size"] = size
        return host.item(fwcfg.SETUP_DATA, kernel.setup)

    def test_larger_than_memory(self):
        for size in (64 * MIB, 0x7FFFFFFF, END32):
            with self.subTest(size=hex(size)):
                self.refuses(self.sized(size), "load", "initrd ERR_NO_ROOM")

    def test_larger_than_what_the_kernel_leaves(self):
        self.refuses(self.sized(48 * MIB), "load", "initrd ERR_NO_ROOM")

    def test_only_above_the_kernels_limit(self):
        self.refuses(self.sized(16 * MIB, xloadflags=1,
                                initrd_addr_max=16 * MIB),
                     "load", "initrd ERR_NO_ROOM")

    def test_no_room_below_its_limit(self):
        for limit in (0, 0xFFFFF, MIB):
            with self.subTest(limit=hex(limit)):
                self.refuses(self.sized(4096, xloadflags=1,
                                        initrd_addr_max=limit),
                             "load", "initrd ERR_NO_ROOM")

    def test_above_4g_by_bytes(self):
        """The data port's bytes go where the processor can write."""
        host = Host(transport=fwcfg.BYTES, above=GIB)
        kernel = images.BzImage(init_size=48 * MIB)
        host.bzimage(kernel, initrd=images.pattern(20 * MIB))
        self.refuses(host, "load", "initrd ERR_NO_ROOM")


class CommandLine(Case):
    """The command line against what the kernel takes."""

    def test_too_long(self):
        for mode in (fwcfg.QEMU, fwcfg.SAFE, fwcfg.BYTES):
            for length in (2048, 70000):
                host = Host(transport=mode).bzimage(cmdline="x" * length)
                with self.subTest(mode=mode, length=length):
                    self.refuses(host, "load",
                                 "command line ERR_TOO_LONG")

    def test_too_long_for_an_elf(self):
        host = Host().pvh(cmdline="x" * 4096)
        self.refuses(host, "load", "command line ERR_TOO_LONG")

    def test_size_that_lies(self):
        for size in (END32, 0x10001):
            host = Host(transport=fwcfg.BYTES).bzimage()
            host.number(fwcfg.CMDLINE_SIZE, size)
            with self.subTest(size=hex(size)):
                self.refuses(host, "load", "ERR_TOO_LONG")

    def test_longest_of_all(self):
        """It ends where the SMBIOS tables begin."""
        for mode in (fwcfg.QEMU, fwcfg.SAFE, fwcfg.BYTES):
            kernel = images.BzImage(cmdline_size=END32)
            host = Host(transport=mode).bzimage(kernel, cmdline="x" * 65535)
            table = b"\x01\x04\x00\x01\0\0"
            host.file("etc/smbios/smbios-tables",
                      table + b"\x7f\x04\xff\xfe\0\0")
            with self.subTest(mode=mode):
                result = self.boots(host)
                self.assertEqual(result.read(SMBIOS, len(table)), table)


class Ecam(Case):
    """opt/org.beeline/ecam says 64, 128, 256 or off, and nothing else."""

    def refused(self, word, words, **more):
        host = Host().bzimage().file(ECAM, word, **more)
        self.refuses(host, "chipset", f"{ECAM} {words}")

    def test_other_words(self):
        for word in (b"63", b"on", b"\0", b"wxyz", b"OFF", b" 64", b"2"):
            with self.subTest(word=word):
                self.refused(word, "ERR_UNSUPPORTED")

    def test_too_long(self):
        self.refused(b"65536", "ERR_TOO_LONG")
        self.refused(b"64", "ERR_TOO_LONG", size=END32)

    def test_more_behind_the_word(self):
        for word in (b"641", b"1280", b"2567", b"off!"):
            with self.subTest(word=word):
                self.refused(word, "ERR_UNSUPPORTED")

    def test_line_end(self):
        """A file that an editor wrote ends a word so."""
        for word, bits in ((b"64\n", 5), (b"128\n", 3), (b"256\n", 1)):
            host = Host().bzimage().file(ECAM, word)
            with self.subTest(word=word):
                result = self.run_host(host)
                self.assertEqual(result.machine.pci.pciexbar,
                                 0xB0000000 | bits)
