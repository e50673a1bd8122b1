# SPDX-License-Identifier: BSD-2-Clause
"""fw.elf: PVH starts that cannot be, and payloads."""

import images
from case import L
from host import GIB, KIB, MIB, RAM, RESERVED
from test_elf import ElfCase

END32, END64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF


class Refused(ElfCase):
    """One sentence each, and nothing touched."""

    def refused(self, words, stage="memory", host=None, **fields):
        """A start_info with other fields."""
        host = host or self.host("bzimage")
        self.ends(host.finish(**fields), stage, words)

    def test_no_start_info(self):
        self.refused("start_info.*ERR_MAGIC", magic=0x336EC579)

    def test_version_0(self):
        self.refused("start_info.*ERR_VERSION", version=0)

    def test_map(self):
        self.refused("start_info.*ERR_TOO_MANY", entries=0)
        self.refused("start_info.*ERR_TOO_MANY", entries=513)
        self.refused("start_info.*ERR_TOO_MANY", entries=END32)
        self.refused("start_info.*ERR_RANGE", memmap=4 * GIB)
        self.refused("start_info.*ERR_RANGE", memmap=END64)

    def test_overlaps(self):
        rows = [(0, 640 * KIB, RAM), (MIB, 31 * MIB, RAM),
                (2 * MIB, MIB, RESERVED)]
        host = self.host("bzimage")
        host.rows = rows
        self.refused("start_info entry 2 ERR_OVERLAP", host=host)
        host = self.host("bzimage")
        host.rows = rows[:2] + [(END64 - 4095, 8192, RESERVED)]
        self.refused("start_info entry 2 ERR_WRAP", host=host)

    def test_no_low_memory(self):
        for rows in ([(MIB, 31 * MIB, RAM)],
                     [(0, 0x3FFFF, RAM), (MIB, 31 * MIB, RAM)],
                     [(0x20000, 0x70000, RAM), (MIB, 31 * MIB, RAM)]):
            host = self.host("bzimage")
            host.rows = rows
            with self.subTest(rows=rows):
                self.refused("our own memory ERR_NO_ROOM", host=host)

    def test_lists(self):
        self.refused("start_info.*ERR_RANGE", modlist=4 * GIB)
        self.refused("start_info.*ERR_RANGE", modlist=END64 - 8)
        self.refused("start_info.*ERR_RANGE", rsdp=4 * GIB)
        self.refused("start_info.*ERR_RANGE", cmdline=4 * GIB)
        self.refused("start_info.*ERR_RANGE", cmdline=END64)

    def module(self, gpa, size, words, stage="memory"):
        """Module 0 is told to be there."""
        host = self.host()
        host.module = [(gpa, b"", size)]
        self.refused(words, stage, host)

    def test_module(self):
        for gpa, size in ((4 * GIB, 4096), (END64 - 7, 4096),
                          (28 * MIB, END64), (28 * MIB, 4 * GIB)):
            with self.subTest(gpa=hex(gpa), size=hex(size)):
                self.module(gpa, size, "start_info entry 0 ERR_RANGE")

    def test_module_that_is_no_kernel(self):
        self.module(28 * MIB, 8192, "ERR_MAGIC", "kernel")
        self.module(28 * MIB, 1, "ERR_TRUNCATED", "kernel")

    def test_empty_module(self):
        self.module(28 * MIB, 0, "none was given", "kernel")

    def test_none(self):
        self.refused("none was given", "kernel", self.host())

    def test_itself_as_a_module(self):
        """fw.elf in fw.elf's own place has nowhere to go."""
        host = self.host()
        host.module = [self.rom.data]
        self.refused("ELF kernel ERR_NO_ROOM", "kernel", host)

    def test_elf_over_fw_elf(self):
        host = self.host()
        file, _ = images.pvh_file(start=L["FW_ELF"] - 0x2000)
        host.module = [file]
        self.refused("ELF kernel ERR_NO_ROOM", "kernel", host)

    def test_elf_over_its_own_file(self):
        host = self.host()
        file, _ = images.pvh_file(start=28 * MIB)
        host.module = [(28 * MIB, file)]
        self.refused("ELF kernel ERR_NO_ROOM", "kernel", host)

    def test_elf_without_a_note(self):
        host = self.host()
        host.module = [images.pvh_file(notes=False)[0]]
        self.refused("no PVH entry", "kernel", host)

    def test_no_long_mode(self):
        host = self.host("bzimage")
        del host.cpuid[0x80000001]
        host.finish()
        self.refuses(host, "load", "64-bit mode ERR_UNSUPPORTED")

