# SPDX-License-Identifier: BSD-2-Clause
"""The table-loader: what it links, what it passes over, what it refuses."""

import acpi
import fwcfg
import images
import judge
from acpi import LOADER, RSDP, TABLES
from case import Case, with_acpi
from host import Host

GUID, ADDR = "etc/vmgenid_guid", "etc/vmgenid_addr"
END = 0xFFFFFFFF


def host_with(*extra, **more):
    """A host whose script has these commands behind a good set's."""
    host, tables = Host().bzimage(initrd=images.pattern(5000)), acpi.Set(**more)
    return tables.install(host, extra), tables


class Linked(Case):
    """Scripts that run."""

    def boots_with(self, *extra):
        host, tables = host_with(*extra)
        return self.boots(host, acpi_set=tables)

    def test_padding_and_unknown_commands(self):
        self.boots_with(acpi.command(0), acpi.command(5, b"\xff" * 124),
                        acpi.command(END, b"\xff" * 124), acpi.command(0))

    def test_long_script(self):
        """Longer than the scratch area: read into memory that is kept."""
        host, tables = host_with(*[acpi.command(0)] * 300)
        self.boots(host, acpi_set=tables)

    def test_missing_file_and_what_depends_on_it(self):
        result = self.boots_with(
            acpi.allocate("etc/none"),
            acpi.add_pointer(TABLES, "etc/none", 4000, 8),
            acpi.add_pointer("etc/none", TABLES, 0, 8),
            acpi.add_checksum("etc/none", 9, 0, 36),
            acpi.write_pointer("etc/none-too", "etc/none"),
            acpi.write_pointer("etc/none", TABLES))
        self.assertRegex(result.debug, r"\b1\b.* missing or empty")

    def test_empty_file(self):
        host, tables = host_with(acpi.allocate("etc/tpm/log"),
                                 acpi.add_pointer(TABLES, "etc/tpm/log", 4000))
        host.file("etc/tpm/log", b"")
        result = self.boots(host, acpi_set=tables)
        self.assertRegex(result.debug, r"\b1\b.* missing or empty")

    def test_vmgenid(self):
        """A page of its own, NVS, whose address the host is told."""
        host, tables = host_with(
            acpi.allocate(GUID, 4096),
            acpi.add_pointer(TABLES, GUID, 4000, 4),
            acpi.write_pointer(ADDR, GUID, 0, 40, 8))
        host.file(GUID, images.pattern(4096, 2)).file(ADDR, bytes(8),
                                                      writable=True)
        result = self.boots(host, acpi_set=tables)
        told = int.from_bytes(host.files[ADDR].written, "little")
        page = told - 40
        self.assertEqual(page % 4096, 0)
        self.assertEqual(result.read(page, 4096), images.pattern(4096, 2))
        self.assertTrue(judge.inside(page, page + 4096, judge.ram_spans(
            result.map, (judge.NVS,))))

    def test_write_pointer_behind_the_start(self):
        host, tables = host_with(acpi.write_pointer(ADDR, TABLES, 8, 16, 4))
        host.file(ADDR, b"\xee" * 16, writable=True)
        result = self.boots(host, acpi_set=tables)
        root = judge.rsdp_of(result, result.rsdp)[0]
        want = (root - tables.root_at + 16).to_bytes(4, "little")
        self.assertEqual(bytes(host.files[ADDR].written),
                         b"\xee" * 8 + want + b"\xee" * 4)

    def test_rsdp_is_in_the_ebda(self):
        result = self.boots_with()
        self.assertEqual(result.rsdp, 0x9FC00)

    def test_second_zone_when_the_first_is_full(self):
        host, tables = host_with(acpi.allocate("etc/big", 16, acpi.FSEG))
        host.file("etc/big", images.pattern(8192))
        self.boots(host, acpi_set=tables)

    def test_widest_alignment(self):
        host, tables = host_with(acpi.allocate("etc/wide", 1 << 20))
        host.file("etc/wide", b"x")
        self.boots(host, acpi_set=tables)

    def test_32_files(self):
        self.boots_with(*[acpi.allocate(f"etc/f{i}") for i in range(30)])

    def test_name_of_55_letters(self):
        name = "etc/" + "n" * 51
        host, tables = host_with(acpi.allocate(name),
                                 acpi.add_pointer(TABLES, name, 4000))
        host.file(name, b"x" * 64)
        self.boots(host, acpi_set=tables)

    def test_pointer_to_the_end_of_a_file(self):
        """One past the last byte is what an empty tail points at."""
        host, tables = host_with(acpi.allocate("etc/p"),
                                 acpi.add_pointer("etc/p", TABLES, 0, 4))
        host.file("etc/p", (4096).to_bytes(4, "little") + bytes(60))
        self.boots(host, acpi_set=tables)

    def test_empty_script(self):
        """No ACPI from the VMM then: our own tables."""
        host = Host().bzimage().file(LOADER, b"")
        self.assertIn("our own tables", self.boots(host).debug)

    def test_script_without_rsdp(self):
        host = Host().bzimage().file(LOADER, acpi.command(0))
        self.assertEqual(self.boots(host).rsdp, 0)


LONG = b"n" * 56
REFUSALS = {                # commands behind a good set's, words
    "pointer_outside": (acpi.add_pointer(TABLES, TABLES, 4093),
                        "ERR_RANGE: 0xffd against 0x1000"),
    "pointer_far_outside": (acpi.add_pointer(TABLES, TABLES, END),
                            "ERR_RANGE"),
    "pointer_size_0": (acpi.add_pointer(TABLES, TABLES, 0, 0), "ERR_SIZE"),
    "pointer_size_3": (acpi.add_pointer(TABLES, TABLES, 0, 3), "ERR_SIZE"),
    "pointer_size_16": (acpi.add_pointer(TABLES, TABLES, 0, 16), "ERR_SIZE"),
    "pointer_too_narrow": (acpi.add_pointer(TABLES, TABLES, 4000, 2),
                           "ERR_RANGE"),
    "pointer_into_stranger": (acpi.add_pointer(TABLES, "etc/x", 0),
                              "ERR_ABSENT"),
    "pointer_in_stranger": (acpi.add_pointer("etc/x", TABLES, 0),
                            "ERR_ABSENT"),
    "pointer_value": (acpi.add_pointer(TABLES, RSDP, acpi.FACS_SIZE + 20, 4),
                      "ERR_RANGE"),
    "pointer_name": (acpi.add_pointer(LONG, TABLES, 0), "ERR_NAME"),
    "pointer_name_2": (acpi.add_pointer(TABLES, LONG, 0), "ERR_NAME"),
    "allocate_name": (acpi.allocate(LONG), "ERR_NAME"),
    "align_3": (acpi.allocate("etc/x", 3), "ERR_ALIGN"),
    "align_0": (acpi.allocate("etc/x", 0), "ERR_ALIGN"),
    "align_2g": (acpi.allocate("etc/x", 1 << 31), "ERR_ALIGN"),
    "zone_9": (acpi.allocate("etc/x", 64, 9), "ERR_ZONE"),
    "zone_0": (acpi.allocate("etc/x", 64, 0), "ERR_ZONE"),
    "twice": (acpi.allocate(TABLES), "ERR_DUPLICATE"),
    "checksum_start": (acpi.add_checksum(TABLES, 9, 4090, 10),
                       "ERR_RANGE"),
    "checksum_length": (acpi.add_checksum(TABLES, 9, 1, END),
                        "ERR_RANGE"),
    "checksum_offset": (acpi.add_checksum(TABLES, 4096, 0, 36),
                        "ERR_RANGE"),
    "checksum_stranger": (acpi.add_checksum("etc/x", 9, 0, 36),
                          "ERR_ABSENT"),
    "checksum_name": (acpi.add_checksum(LONG, 9, 0, 36), "ERR_NAME"),
    "write_dest": (acpi.write_pointer(RSDP, TABLES, 13, 0, 8),
                   "ERR_RANGE"),
    "write_src": (acpi.write_pointer(RSDP, TABLES, 0, 4096, 8),
                  "ERR_RANGE"),
    "write_size": (acpi.write_pointer(RSDP, TABLES, 0, 0, 5), "ERR_SIZE"),
    "write_stranger": (acpi.write_pointer(RSDP, "etc/x"), "ERR_ABSENT"),
    "write_name": (acpi.write_pointer(LONG, TABLES), "ERR_NAME"),
    "write_read_only": (acpi.write_pointer(RSDP, TABLES, 0, 0, 8),
                        "refused by the host"),
}


def _refusal(body, words):
    def run(self):
        host, tables = host_with(body)
        host.file("etc/x-there", b"x")
        self.refuses(host, "acpi", f"^etc/table-loader command "
                     f"{len(tables.script)} .*{words}")
    return run


Commands = type("Commands", (Case,), {
    f"test_{name}": _refusal(*what) for name, what in REFUSALS.items()})


class Refused(Case):
    """Scripts and files that lie as a whole."""

    def test_script_cut(self):
        for size in (127, 129, 1):
            host, _ = host_with()
            host.file(LOADER, acpi.command(0) * 2, size=size)
            with self.subTest(size=size):
                self.refuses(host, "acpi", "ERR_SIZE")

    def test_huge_script(self):
        host, _ = host_with()
        host.file(LOADER, acpi.command(0), size=END)
        self.refuses(host, "acpi", "table-loader ERR_NO_ROOM")

    def test_huge_tables(self):
        host, _ = host_with()
        host.file(TABLES, b"x", size=END)
        self.refuses(host, "acpi", "command 1 ERR_NO_ROOM")

    def test_huge_rsdp(self):
        host, _ = host_with()
        host.file(RSDP, b"x", size=END)
        self.refuses(host, "acpi", "command 0 ERR_NO_ROOM")

    def test_tables_larger_than_what_the_kernel_leaves(self):
        host, _ = host_with()
        host.file(TABLES, b"x", size=57 << 20)
        self.refuses(host, "acpi", "command 1 ERR_NO_ROOM")

    def test_33_files(self):
        host, _ = host_with(*[acpi.allocate(f"etc/f{i}") for i in range(31)])
        self.refuses(host, "acpi", "ERR_TOO_MANY")

    def test_write_where_the_device_takes_none(self):
        """Without QEMU's mark a write has been seen to abort the VMM."""
        for mode in (fwcfg.SAFE, fwcfg.BYTES):
            host, tables = with_acpi(Host(transport=mode).bzimage())
            tables.install(host, [acpi.write_pointer(ADDR, TABLES)])
            host.file(ADDR, bytes(8), writable=True)
            with self.subTest(mode=mode):
                self.refuses(host, "acpi", "ERR_UNSUPPORTED")
