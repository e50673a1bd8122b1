# SPDX-License-Identifier: BSD-2-Clause
"""What hosts may leave out or do otherwise, and the guest still boots."""

import struct

import bench
import fwcfg
import images
import judge
from case import Case, with_acpi
from host import GIB, KIB, MIB, MTRR, SSE2, Host, directory, entry

L = bench.LAYOUT
SMBIOS, E820 = "etc/smbios/smbios-tables", "etc/e820"
SMBIOS_END = b"\x7f\x04\xff\xfe\0\0"
# type, length, handle, strings 1 and 2, segment, string 3; at 0x13: virtual
SMBIOS_BIOS = b"\0\x18\0\0\1\2\0\xf0\3" + b"\x10"
ROOM = 160      # for a type 0 of the ROM's own and an end
SMBIOS_TABLE = b"\x01\x1b\x00\x01" + bytes(range(23)) + b"Maker\0Thing\0\0"


def cmos(low, high=0):
    """CMOS bytes for `low` bytes below and `high` bytes above 4 GiB."""
    units = (low - 16 * MIB) >> 16
    return {0x34: units & 0xFF, 0x35: units >> 8, 0x5B: high >> 16 & 0xFF,
            0x5C: high >> 24 & 0xFF, 0x5D: high >> 32 & 0xFF}


class Memory(Case):
    """Where the memory map comes from."""

    def test_ram_size_without_e820(self):
        for host in (Host().without(E820), Host().file(E820, b"")):
            self.boots(host.bzimage())

    def big(self, values):
        """No e820, and a RAM_SIZE that may have a hole in it."""
        host = Host(above=GIB).without(E820).bzimage()
        host.item(fwcfg.RAM_SIZE, struct.pack("<Q", 3 * GIB))
        host.cmos = values
        return host

    def test_cmos(self):
        result = self.boots(self.big(cmos(64 * MIB, GIB)))
        self.assertIn((4 * GIB, GIB, judge.RAM), result.map)

    def test_cmos_floats(self):
        self.refuses(self.big(None), "memory", "tells no memory size")

    def test_cmos_overlaps(self):
        """The low part reaches above 4 GiB, where the high part is."""
        self.refuses(self.big(cmos(16 * MIB + (0xFFFE << 16), GIB)), "memory",
                     "memory size ERR_OVERLAP")

    def test_cmos_is_empty(self):
        self.refuses(self.big({}), "memory", "tells no memory size")

    def test_no_size_at_all(self):
        host = self.big(None)
        del host.items[fwcfg.RAM_SIZE]
        self.refuses(host, "memory", "tells no memory size")

    def test_least_memory(self):
        kernel = images.BzImage(pref_address=MIB, init_size=512 * KIB)
        self.boots(Host(memory=4 * MIB).bzimage(kernel))

    def test_dirty_memory(self):
        """As after a warm reset: nothing counts on zeros."""
        for mode in (fwcfg.QEMU, fwcfg.SAFE, fwcfg.BYTES):
            for build in ("bzimage", "pvh", "multiboot"):
                host = Host(transport=mode)
                getattr(host, build)()
                host, tables = with_acpi(host)
                low = L["SCRATCH"] if build == "multiboot" else 0x500
                host.dirt = [(low, b"\xaa" * (L["EBDA"] - low)),
                             (L["EBDA"], b"\xaa" * L["EBDA_SIZE"]),
                             (MIB, b"\xaa" * (63 * MIB))]
                with self.subTest(mode=mode, build=build):
                    self.boots(host, acpi_set=tables)

    def test_stack_stays_clear_of_bss(self):
        """Half of its 8 KiB are never touched."""
        for mode in (fwcfg.QEMU, fwcfg.SAFE, fwcfg.BYTES):
            for build in ("bzimage", "pvh", "multiboot"):
                host = Host(transport=mode)
                getattr(host, build)()
                host.dirt = [(L["FW_RAM"], b"\xaa" * L["FW_RAM_SIZE"])]
                with self.subTest(mode=mode, build=build):
                    used = self.boots(host).read(L["FW_RAM"],
                                                 L["FW_RAM_SIZE"])
                    self.assertIn(b"\xaa" * 4096, used)


class Directory(Case):
    """Its shapes."""

    def test_more_files_than_one_read_brings(self):
        for mode in (fwcfg.QEMU, fwcfg.SAFE, fwcfg.BYTES):
            host = Host(transport=mode).without(E820).bzimage()
            for i in range(120):
                host.file(f"opt/file{i}", b"x")
            host, tables = with_acpi(host)
            with self.subTest(mode=mode):
                self.boots(host, acpi_set=tables)

    def test_511_files(self):
        host = Host().bzimage()
        for i in range(509):
            host.file(f"opt/file{i}", b"x")
        self.boots(host)

    def test_no_files(self):
        self.boots(Host().without(E820).bzimage())

    def test_says_more_than_it_has(self):
        """QEMU pads with zeros: files without names."""
        host = Host().bzimage()
        host.raw_directory = directory(40, [
            entry(E820, 40, 0x20), entry("etc/system-states", 6, 0x21)])
        self.boots(host)

    def test_name_of_55_letters(self):
        host = Host().bzimage().file("opt/" + "n" * 51, b"x")
        self.boots(host)


class Chipset(Case):
    """What is written to a board, and that nothing is to a strange one."""

    def registers(self, board, transport=fwcfg.QEMU):
        host = Host(board=board, transport=transport).bzimage()
        return self.boots(host).machine.pci.writes

    def test_pc(self):
        self.assertEqual(self.registers("pc"),
                         [(0x0B, 0x40, 4, 0x601), (0x0B, 0x80, 1, 1)])

    def test_q35(self):
        self.assertEqual(self.registers("q35"),
                         [(0, 0x60, 4, 0xB0000005), (0xF8, 0x40, 4, 0x601),
                          (0xF8, 0x44, 4, 0x80)])

    def test_no_pci(self):
        for mode in (fwcfg.QEMU, fwcfg.SAFE, fwcfg.BYTES):
            with self.subTest(mode=mode):
                self.assertEqual(self.registers(None, mode), [])

    def test_host_bridge_alone(self):
        """Of a VMM that does not claim to be QEMU."""
        for board in ("pc-alone", "q35-alone"):
            for mode in (fwcfg.SAFE, fwcfg.BYTES):
                with self.subTest(board=board, mode=mode):
                    self.assertEqual(self.registers(board, mode), [])

    def test_real_board_without_the_mark(self):
        self.assertEqual(len(self.registers("pc", fwcfg.BYTES)), 2)
        self.assertEqual(len(self.registers("q35", fwcfg.SAFE)), 3)

    def test_ecam_sizes(self):
        for word, bits, size in ((b"64", 5, 64), (b"128", 3, 128),
                                 (b"256", 1, 256), (b"", 5, 64)):
            host = Host().bzimage().file("opt/org.beeline/ecam", word)
            with self.subTest(word=word):
                result = self.boots(host, ecam=size * MIB)
                self.assertEqual(result.machine.pci.pciexbar,
                                 0xB0000000 | bits)

    def test_ecam_off(self):
        host = Host().bzimage().file("opt/org.beeline/ecam", b"off")
        result = self.boots(host, ecam=0)
        self.assertEqual(result.machine.pci.writes,
                         [(0xF8, 0x40, 4, 0x601), (0xF8, 0x44, 1, 0x80)])


class Smbios(Case):
    """The tables behind the ROM's entry point."""

    def tables(self, data, size=None):
        host = Host().bzimage().file(SMBIOS, data, size)
        result = self.boots(host)
        self.assertTrue(any(
            start <= L["SMBIOS_TABLES"] < start + length and
            kind == judge.RESERVED for start, length, kind in result.map))
        return result.read(L["SMBIOS_TABLES"], len(data) + ROOM)

    def completed(self, data, before, more=b""):
        """data become `before`, the ROM's own type 0, an end and `more`."""
        found = self.tables(data)
        self.assertEqual(found[:len(before)], before)
        head, _, rest = found[len(before):].partition(b"\0\0" + SMBIOS_END)
        self.assertEqual(head[:9] + head[19:20], SMBIOS_BIOS)
        strings = head[24:].split(b"\0")
        self.assertEqual((strings[0], strings[2]), (b"Beeline", b"04/01/2014"))
        self.assertRegex(strings[1], rb"^[0-9]+\.[0-9]+\.[0-9]+|^\w+$")
        self.assertEqual(len(strings), 3)
        self.assertEqual(rest[:len(more)], more)
        self.assertEqual(set(rest[len(more):]) - {0}, set())

    def test_with_an_end(self):
        self.completed(SMBIOS_TABLE + SMBIOS_END, SMBIOS_TABLE)

    def test_without_an_end(self):
        self.completed(SMBIOS_TABLE, SMBIOS_TABLE)

    def test_none(self):
        self.completed(b"", b"")
        self.completed(SMBIOS_END, b"")

    def test_a_type_0_of_the_host(self):
        """First, or among files that the user gave; with an end or not."""
        mine = b"\0\x18\0\0" + bytes(20) + b"Mine\0\0"
        other = b"\x02\4\7\0\0\0"
        for data in (mine, mine + SMBIOS_TABLE, other + mine + SMBIOS_TABLE,
                     other + SMBIOS_TABLE + mine):
            for end in (b"", SMBIOS_END):
                self.assertEqual(self.tables(data + end)[:len(data) + 12],
                                 data + SMBIOS_END + bytes(6))

    def test_no_type_0_among_others(self):
        """A zero in a structure is none."""
        other = b"\x02\6\7\0\0\0Text\0\0" + b"\x02\4\7\0\0\0"
        self.completed(other + SMBIOS_TABLE, other + SMBIOS_TABLE)

    def test_what_is_no_structure(self):
        """Cut, or of a length that is none."""
        for data in (b"\2", b"\2\4\0", b"\2\0\7\0", b"\2\xff\7\0AB\0\0",
                     b"\2\4\7\0no end"):
            self.completed(data, data)

    def test_too_large(self):
        """Left out, not an error."""
        for size in (L["SMBIOS_MAX"], 0xFFFFFFFF):
            self.assertEqual(self.tables(SMBIOS_TABLE, size)[:9],
                             SMBIOS_BIOS[:9])

    def test_largest(self):
        data = SMBIOS_TABLE.ljust(L["SMBIOS_MAX"] - 4096, b"\1")
        self.completed(data, data)


class Processor(Case):
    """CPUID's words and what they lead to."""

    def test_mtrr(self):
        self.assertEqual(self.boots(Host().bzimage()).regs["mtrr_def"], 0x806)

    def test_no_mtrr(self):
        host = Host().bzimage()
        host.cpuid[1] = host.cpuid[1][:3] + (host.cpuid[1][3] & ~MTRR,)
        self.assertEqual(self.boots(host).regs["mtrr_def"], 0)

    def test_no_long_mode(self):
        host = Host().bzimage()
        del host.cpuid[0x80000001]
        self.refuses(host, "load", "64-bit mode ERR_UNSUPPORTED")
        host = Host().bzimage(images.BzImage(xloadflags=0))
        del host.cpuid[0x80000001]
        self.boots(host)

    def test_no_sse2(self):
        """Before .bss is cleared, so on dirty memory too."""
        for dirt in (b"\0", b"\xaa", b"\x08"):
            host = Host().bzimage()
            host.cpuid[1] = host.cpuid[1][:3] + (host.cpuid[1][3] & ~SSE2,)
            host.dirt = [(L["FW_RAM"], dirt * L["FW_RAM_SIZE"])]
            with self.subTest(dirt=dirt):
                result = self.run_host(host)
                self.assertEqual(result.outcome, bench.HALTED)
                for text in result.debug, result.serial.replace("\r", ""):
                    self.assertEqual(
                        text, "fw: PANIC start: the processor has no SSE2\n")
                self.assertEqual([port for port, _ in
                                  result.machine.sink.writes],
                                 [0x80, 0xF4, 0x501])


class OwnTables(Case):
    """A VMM without ACPI."""

    def cpus(self, count):
        host = Host(board=None).bzimage()
        host.item(fwcfg.NB_CPUS, struct.pack("<H", count))
        return host

    def test_cpu_counts(self):
        for count in (0, 1, 2, 64, 288):
            with self.subTest(count=count):
                result = self.boots(self.cpus(count))
                self.assertEqual(result.rsdp, L["EBDA"])
                self.right(judge.own_tables(result, count))

    def test_dirty_memory(self):
        host = self.cpus(3)
        host.dirt = [(0x500, b"\xaa" * (L["MAILBOX"] - 0x500))]
        self.right(judge.own_tables(self.boots(host), 3))

    def test_too_many_cpus(self):
        self.refuses(self.cpus(289), "acpi", "CPU count has too many")

    def test_guest_switched_itself_off(self):
        """First the machine is reset, by a triple fault ..."""
        host = self.cpus(1)
        host.dirt = [(L["MAILBOX"], struct.pack("<I", L["MAILBOX_OFF"]))]
        result = bench.Machine(self.rom, host).run()
        self.assertEqual(result.outcome, bench.RESET)
        self.assertEqual(result.number(L["MAILBOX"]), L["MAILBOX_DONE"])

    def test_guest_stays_off(self):
        """... and then stays off until the next reset."""
        host = self.cpus(1)
        host.dirt = [(L["MAILBOX"], struct.pack("<I", L["MAILBOX_DONE"]))]
        result = self.run_host(host)
        self.assertEqual(result.outcome, bench.HALTED)
        self.assertIn("switched itself off", result.debug)
        self.assertEqual(result.machine.sink.writes, [])
        self.assertEqual(result.number(L["MAILBOX"]), 0)


class Quiet(Case):
    """Nobody listens at the debug port."""

    def test_boots_without_a_word(self):
        host, tables = with_acpi(Host().bzimage())
        host.debugcon = False
        self.assertEqual(self.boots(host, acpi_set=tables).debug, "")

    def test_refusal_goes_to_the_serial_port(self):
        host = Host()
        host.debugcon = False
        self.refuses(host, "kernel", "none was given")
