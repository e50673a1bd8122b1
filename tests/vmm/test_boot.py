# SPDX-License-Identifier: BSD-2-Clause
"""Good boots: each protocol, each transport, with and without an initrd."""

import bench
import fwcfg
import images
from case import Case, with_acpi
from host import GIB, MIB, RAM, RESERVED, Host, e820

BOOT_PARAMS = bench.LAYOUT["BOOT_PARAMS"]
INITRD = images.pattern(70000, 3)


class Bzimage(Case):
    """Linux by its 64- and its 32-bit entry."""

    def test_64(self):
        self.boots(Host().bzimage())

    def test_64_initrd_and_acpi(self):
        host, tables = with_acpi(Host().bzimage(initrd=INITRD))
        self.boots(host, acpi_set=tables)

    def test_64_xsdt(self):
        host, tables = with_acpi(Host().bzimage(), xsdt=True)
        self.boots(host, acpi_set=tables)

    def test_32(self):
        result = self.boots(Host().bzimage(images.BzImage(xloadflags=0),
                                           initrd=INITRD))
        self.assertEqual(result.entry, 16 * MIB)

    def test_goes_to_its_preferred_address(self):
        result = self.boots(Host().bzimage())
        self.assertEqual(result.load, 16 * MIB)

    def test_goes_elsewhere_when_that_is_taken(self):
        host = Host()
        host.file("etc/e820", e820((0, 20 * MIB, RAM),
                                   (20 * MIB, MIB, RESERVED),
                                   (21 * MIB, 43 * MIB, RAM)))
        result = self.boots(host.bzimage())
        self.assertEqual(result.load, 56 * MIB)

    def test_next_aligned_place(self):
        kernel = images.BzImage(pref_address=17 * MIB)
        result = self.boots(Host().bzimage(kernel))
        self.assertEqual(result.load, 18 * MIB)

    def test_fixed_kernel(self):
        kernel = images.BzImage(relocatable_kernel=0, kernel_alignment=0)
        result = self.boots(Host().bzimage(kernel, initrd=INITRD))
        self.assertEqual(result.load, MIB)

    def test_old_protocol(self):
        """2.04: no cmdline_size, no alignment, no init_size, short header."""
        kernel = images.BzImage(
            version=0x204, jump=0x2EEB, kernel_alignment=0, xloadflags=0,
            relocatable_kernel=0, pref_address=0, init_size=0, cmdline_size=0)
        host = Host().bzimage(kernel, initrd=INITRD)
        kernel.fields.update(pref_address=MIB, init_size=len(kernel.body) * 4)
        self.boots(host)

    def test_unpatched_header(self):
        """Then the size items are read."""
        result = self.boots(Host().bzimage(initrd=INITRD, filled=False))
        keys = [operation.key for operation in result.operations]
        self.assertIn(fwcfg.INITRD_SIZE, keys)
        self.assertEqual(result.number(BOOT_PARAMS + 0x210, 1), 0xFF)

    def test_patched_header(self):
        """Then they are not: each is an exit."""
        result = self.boots(Host().bzimage(initrd=INITRD))
        keys = [operation.key for operation in result.operations]
        for key in (fwcfg.INITRD_SIZE, fwcfg.KERNEL_SIZE, fwcfg.CMDLINE_SIZE):
            self.assertNotIn(key, keys)

    def test_kernel_that_ends_with_zero(self):
        """Looks truncated; its real size shows that it is not."""
        kernel = images.BzImage()
        kernel.body = kernel.body[:-1] + b"\0"
        result = self.boots(Host().bzimage(kernel))
        self.assertIn(fwcfg.KERNEL_SIZE,
                      [operation.key for operation in result.operations])

    def test_no_command_line(self):
        self.boots(Host().bzimage(cmdline=""))

    def test_longest_command_line(self):
        self.boots(Host().bzimage(cmdline="x" * 2047))

    def test_initrd_below_its_limit(self):
        kernel = images.BzImage(xloadflags=1, initrd_addr_max=0x2FFFFFF)
        result = self.boots(Host().bzimage(kernel, initrd=INITRD))
        self.assertLessEqual(result.initrd + len(INITRD), 0x3000000)

    def test_initrd_above_4g(self):
        initrd = images.pattern(28 * MIB, 9)
        result = self.boots(Host(above=GIB).bzimage(initrd=initrd))
        self.assertLess(result.initrd, 4 * GIB)
        kernel = images.BzImage(init_size=40 * MIB)
        result = self.boots(Host(above=GIB).bzimage(kernel, initrd=initrd))
        self.assertGreaterEqual(result.initrd, 4 * GIB)

    def test_device_tree_gets_a_place_of_its_own(self):
        """QEMU's -dtb: a setup_data node behind the kernel."""
        kernel = images.BzImage(setup_data=MIB + 0x8000)
        node = b"\xee" * 8 + b"\2\0\0\0" + b"\x40\0\0\0" + images.pattern(64)
        kernel.body += node
        host = Host().bzimage(kernel)
        result = self.run_host(host)
        place = result.number(BOOT_PARAMS + 0x250, 8)
        self.boots(host, moved=[(place, place + len(node))])
        self.assertEqual(result.read(place, len(node)),
                         bytes(8) + node[8:])       # it ends the list
        self.assertFalse(result.entry <= place < result.entry + 8 * MIB)


class Pvh(Case):
    """An ELF kernel that the VMM has placed."""

    def test_no_initrd(self):
        result = self.boots(Host().pvh())
        self.assertEqual(result.entry, 16 * MIB + 0x100)

    def test_initrd_and_acpi(self):
        host, tables = with_acpi(Host().pvh(initrd=INITRD))
        self.boots(host, acpi_set=tables)

    def test_at_1_mib(self):
        self.boots(Host().pvh(start=MIB, initrd=INITRD))

    def test_at_the_end_of_memory(self):
        """Tables and initrd must go below."""
        host, tables = with_acpi(Host().pvh(start=64 * MIB - 0x10000,
                                            initrd=INITRD))
        self.boots(host, acpi_set=tables)

    def test_elf32(self):
        header = images.elf32([(16 * MIB, 0x10000)], 16 * MIB)
        self.boots(Host().pvh(header=header))

    def test_headers_far_from_the_start(self):
        """Then fw_cfg tells the extent."""
        header = images.elf64([(16 * MIB, 0x10000)], phoff=4096)
        result = self.boots(Host().pvh(header=header))
        self.assertIn(fwcfg.KERNEL_ADDR,
                      [operation.key for operation in result.operations])

    def test_two_segments(self):
        """What lies between them belongs to the kernel too."""
        header = images.elf64([(16 * MIB, 4096), (32 * MIB, 0x10000)])
        host = Host().pvh(header=header, size=16 * MIB + 0x10000,
                          initrd=INITRD)
        self.boots(host)


class Multiboot(Case):
    """A kernel as QEMU hands it over."""

    def test_boots(self):
        result = self.boots(Host().multiboot())
        self.assertEqual(result.entry, MIB + 0x40)

    def test_acpi(self):
        host, _tables = with_acpi(Host().multiboot())
        self.boots(host)

    def test_pc(self):
        self.boots(Host(board="pc").multiboot(start=2 * MIB))


def _transport_cases():
    """Every protocol by every transport, as one case each."""
    def case_of(mode, protocol):
        def run(self):
            host = Host(transport=mode)
            if protocol == "bzimage32":
                host.bzimage(images.BzImage(xloadflags=0), initrd=INITRD)
            elif protocol == "multiboot":
                host.multiboot()
            else:
                getattr(host, protocol)(initrd=INITRD)
            host, tables = with_acpi(host)
            result = self.boots(host, acpi_set=tables)
            kinds = {operation.kind for operation in result.operations}
            self.assertEqual("bytes" in kinds, mode != fwcfg.QEMU)
            self.assertEqual("read" in kinds, mode in (fwcfg.QEMU, fwcfg.SAFE))
        return run

    return {f"test_{protocol}_{mode}": case_of(mode, protocol)
            for protocol in ("bzimage", "bzimage32", "pvh", "multiboot")
            for mode in (fwcfg.QEMU, fwcfg.SAFE, fwcfg.BYTES, fwcfg.LYING)}


Transports = type("Transports", (Case,), _transport_cases())
