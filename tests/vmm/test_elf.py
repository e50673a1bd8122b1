# SPDX-License-Identifier: BSD-2-Clause
"""fw.elf: the file, PVH starts of many shapes, and those that cannot be."""

import struct

import bench
import entry
import fwcfg
import images
import judge
import profiles
from host import CMDLINE, GIB, KIB, MIB, RAM, RESERVED, Host
from test_profiles import INITRD, ProfileCase

L = bench.LAYOUT
FIRECRACKER = profiles.PROFILES["firecracker"]
LIBKRUN = profiles.PROFILES["libkrun-kernel"]
END32, END64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
BOTH = ("bzimage", "pvh")


class ElfCase(ProfileCase):
    """A PVH start, with Firecracker's structures unless said otherwise."""

    def host(self, protocol=None, profile=FIRECRACKER, initrd=INITRD):
        """Not finished yet, with a kernel and its initrd as modules."""
        host = self.host_for(profile)
        if protocol:
            host.modules(protocol, initrd, CMDLINE)
        return host

    def placed(self, host, channel="modules", **more):
        """Finishes it and boots."""
        host.finish(**more)
        result = self.boots(host, moved=self.scratch(host, channel))
        self.segments(result, host)
        return result

    def with_modules(self, protocol, *places):
        """A kernel, then an initrd, at addresses of the test's."""
        host = self.host(protocol)
        host.module = list(zip(places, host.module))
        return self.placed(host)


class File(ElfCase):
    """What loaders check."""

    def setUp(self):
        self.image = self.image_for(FIRECRACKER)

    def test_class_machine_type(self):
        """linux-loader reads 64-bit files only."""
        self.assertEqual(self.image.data[:7], b"\x7fELF\2\1\1")
        kind, machine, version = struct.unpack_from("<HHI", self.image.data,
                                                    16)
        self.assertEqual((kind, machine, version), (2, 62, 1))

    def test_one_segment_that_nobody_writes_to(self):
        loads = [row for row in self.image.headers
                 if row[0] == entry.PT_LOAD]
        self.assertEqual(len(loads), 1)
        _, flags, offset, _, gpa, have, size, align = loads[0]
        self.assertEqual(flags, 5)
        self.assertEqual(gpa, L["FW_ELF"])
        self.assertEqual((offset - gpa) % align, 0)
        self.assertEqual(have, size)
        self.assertLessEqual(size, L["FW_ELF_MAX"])
        self.assertLessEqual(offset + have, len(self.image.data))

    def test_note(self):
        """QEMU aligns the name to p_align; others want four bytes or more."""
        notes = [row for row in self.image.headers
                 if row[0] == entry.PT_NOTE]
        self.assertEqual(len(notes), 1)
        at, align = notes[0][2], notes[0][7]
        names, size, kind, name = struct.unpack_from("<III4s",
                                                     self.image.data, at)
        self.assertEqual((names, kind, name, align), (4, 18, b"Xen\0", 4))
        self.assertIn(size, (4, 8))
        start, end = self.image.code[0]
        self.assertTrue(start <= self.image.start < end)

    def test_no_multiboot_header(self):
        """QEMU looks for one first."""
        self.assertNotIn(struct.pack("<I", 0x1BADB002),
                         self.image.data[:8192])


class Modules(ElfCase):
    """Where they lie, and how many there are."""

    def test_kernel_that_lies_where_it_is_to_go(self):
        self.with_modules("bzimage", 16 * MIB, 28 * MIB)

    def test_kernel_across_its_own_place(self):
        for at in (16 * MIB - 0x4000, 16 * MIB + 0x4000, 17 * MIB):
            with self.subTest(at=hex(at)):
                self.with_modules("bzimage", at, 28 * MIB)

    def test_initrd_where_the_kernel_is_to_go(self):
        self.with_modules("bzimage", 28 * MIB, 17 * MIB)

    def test_not_at_a_page(self):
        self.with_modules("bzimage", 28 * MIB + 0x123, 30 * MIB + 0x10)
        self.with_modules("pvh", 28 * MIB + 0x123, 30 * MIB)

    def test_linked_high(self):
        """An e_entry that is a virtual address: the PVH entry counts."""
        host = self.host("pvh")
        file = bytearray(host.module[0])
        file[24:32] = (END64 << 31 & END64 | 16 * MIB).to_bytes(8, "little")
        host.module[0] = bytes(file)
        self.placed(host)

    def test_next_to_fw_elf(self):
        end = self.image_for(FIRECRACKER).extent[1]
        self.with_modules("bzimage", 28 * MIB, end)
        self.with_modules("bzimage", end, 28 * MIB)

    def test_third_is_left_alone(self):
        host = self.host("bzimage")
        host.module.append(b"\x55" * 4096)
        self.placed(host)

    def test_one(self):
        self.placed(self.host("pvh", initrd=b""))


class Rsdp(ElfCase):
    """Where start_info tells none: the search."""

    def found(self, at, where=None, word=0):
        """One that lies there is handed on."""
        profile = profiles.variant(LIBKRUN, "test", tables="placed",
                                   rsdp=where or at)
        host = self.host("bzimage", profile)
        host.preload += list(profiles.tables(at, 0xA8000))
        if word:
            host.preload.append((0x40E, struct.pack("<H", word >> 4)))
        self.placed(host)

    def test_places(self):
        for at in (0xA0000, 0xA03D0, 0xE0000, 0xF5A40, 0xFFFD0):
            with self.subTest(at=hex(at)):
                self.found(at)

    def test_ebda(self):
        self.found(0x98010, word=0x98000)
        self.found(0x983D0, word=0x98000)

    def test_told(self):
        """Then nobody looks."""
        profile = profiles.variant(LIBKRUN, "test", tables="placed",
                                   rsdp=0x123450)
        host = self.host("bzimage", profile)
        host.preload += list(profiles.tables(0xE0000, 0xA8000))
        self.placed(host, rsdp=0x123450)

    def test_not_at_16_bytes(self):
        self.none(0xE0008)

    def test_wrong_sum(self):
        self.none(0xE0000, broken=8)
        self.none(0xE0000, broken=32)

    def test_ends_of_the_areas(self):
        self.none(0xA0400)
        self.none(0xDFFF0)
        self.none(0x98400, word=0x98000)

    def none(self, at, word=0, broken=None):
        """It is not found."""
        host = self.host("bzimage", LIBKRUN)
        rsdp, tables = profiles.tables(at, 0xA8000)
        if broken is not None:
            data = bytearray(rsdp[1])
            data[broken] ^= 0x10
            rsdp = (at, bytes(data))
        host.preload += [rsdp, tables]
        if word:
            host.preload.append((0x40E, struct.pack("<H", word >> 4)))
        self.placed(host)


class Shapes(ElfCase):
    """Odd but right."""

    def test_map_out_of_order(self):
        host = self.host("bzimage")
        host.rows = list(reversed(host.rows))
        self.placed(host)

    def test_map_straight_through_the_hole(self):
        """As PVH loaders of old had it."""
        profile = profiles.variant(LIBKRUN, "test", rows=profiles.straight())
        self.placed(self.host("bzimage", profile))

    def test_no_command_line(self):
        host = self.host("bzimage")
        host.cmdline = host.line = ""
        self.placed(host, cmdline=0)

    def test_empty_command_line(self):
        host = self.host("pvh")
        host.cmdline = host.line = ""
        self.placed(host)

    def test_longest_command_line(self):
        host = self.host("bzimage")
        host.cmdline = host.line = "x" * 2047
        self.placed(host)

    def test_small_memory(self):
        """Just above fw.elf: a kernel that is small fits below it."""
        profile = profiles.variant(FIRECRACKER, "test", memory=17 * MIB)
        host = self.host(None, profile)
        host.kernel = images.BzImage(pref_address=2 * MIB, init_size=4 * MIB)
        host.module = [host.kernel.file, INITRD]
        host.initrd, host.cmdline, host.line = INITRD, CMDLINE, CMDLINE
        self.placed(host)

    def in_our_places(self, host, at, channel="modules"):
        """The loader's structures there; fw.elf may overwrite them."""
        host.profile = profiles.variant(host.profile, "test", start=at)
        host.start_info = at.info
        host.finish()
        own = [row for row in host.preload
               if judge.inside(row[0], row[0] + 1, bench.OWN)]
        host.preload = [row for row in host.preload if row not in own]
        host.dirt += own
        result = self.boots(host, moved=self.scratch(host, channel))
        self.segments(result, host)

    def test_structures_where_fw_bin_puts_them(self):
        info = L["START_INFO"]
        for line in (L["CMDLINE"], L["CMDLINE"] - 5, L["CMDLINE"] + 5,
                     L["BOOT_PARAMS"], L["PML4"], L["SCRATCH"]):
            at = profiles.Start(info, info + 0x40, info + 0x80, line)
            for protocol in BOTH:
                with self.subTest(protocol=protocol, line=hex(line)):
                    self.in_our_places(self.host(protocol), at)

    def test_command_line_where_a_directory_goes(self):
        """By QEMU's way, and by that of others."""
        info = L["START_INFO"]
        for name in ("qemu-kernel-elf", "cloud-hypervisor-fixed"):
            for line in (L["DIR_PAGE"], L["SCRATCH"]):
                at = profiles.Start(info, info + 0x40, info + 0x80, line)
                host = self.host_for(profiles.PROFILES[name])
                host.modules("bzimage", INITRD, CMDLINE)
                with self.subTest(name=name, line=hex(line)):
                    self.in_our_places(host, at)

    def test_named_kernel_and_its_initrd_before_modules(self):
        """A module that is no initrd's is nobody's then."""
        host = self.host_for(profiles.PROFILES["cloud-hypervisor-v51"])
        host.named("bzimage", INITRD, CMDLINE)
        host.module, host.line = [b"\x55" * 8192], "not this one"
        self.placed(host, "named")

    def test_tables_of_the_script_are_not_touched(self):
        """The loader's are there already."""
        host = self.host_for(profiles.PROFILES["cloud-hypervisor-v51"])
        result = self.placed(self.named(host), "named")
        keys = [row.key for row in result.operations]
        for name, size, key, _ in host.records():
            if "acpi" in name or "loader" in name:
                self.assertNotIn(key, keys, (name, size))

    @staticmethod
    def named(host):
        """A kernel by name."""
        host.named("bzimage", INITRD, CMDLINE)
        return host


class Chain(ElfCase):
    """QEMU, fw.bin as its firmware, fw.elf as its kernel."""

    def test_from_fw_bin(self):
        elf = self.image_for(FIRECRACKER)
        kernel = images.BzImage()
        host = Host()
        start, end = elf.code[0]
        host.preload.append((start, elf.segments[0][1]))
        host.elf(elf.data[:8192].ljust(8192, b"\0"), elf.start, start,
                 end - start, initrd=kernel.file)
        with open(self.folder + "/fw.bin", "rb") as file:
            first = bench.Machine(file.read(), host).run()
        self.assertEqual((first.outcome, first.entry),
                         (bench.ENTERED, elf.start), first.serial)
        second = self.second(first, kernel)
        host.__dict__.update(second.__dict__)
        result = self.run_host(second)
        self.assertEqual(result.outcome, bench.ENTERED, result.serial)
        load = result.entry - images.ENTRY64
        self.body(result, second, load)
        self.assertEqual(result.read(result.number(L["BOOT_PARAMS"] + 0x228),
                                     len(CMDLINE) + 1),
                         CMDLINE.encode() + b"\0")
        self.right(judge.long_mode(result, load))

    @staticmethod
    def second(first, kernel):
        """A host whose memory is what the first left."""
        host = Host(transport=fwcfg.ABSENT)
        host.hole, host.kernel = "ram", kernel
        host.start_info = first.regs["rbx"]
        module = struct.unpack("<QQ", first.read(
            first.number(host.start_info + 16, 8), 16))
        host.preload = [(0x500, first.read(0x500, 0xA0000 - 0x500)),
                        (module[0], first.read(*module))]
        return host
