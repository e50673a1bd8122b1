# SPDX-License-Identifier: BSD-2-Clause
"""A device that refuses or never ends one operation of a good boot."""

import acpi
import bench
import fwcfg
import images
from case import STAGES as STAGE_CODES
from case import Case, with_acpi
from host import Host, fail_key, fail_nth

GUID, ADDR = "etc/vmgenid_guid", "etc/vmgenid_addr"
REFUSED, ENDLESS = "ERR_DMA", "ERR_TIMEOUT"
NONE = "none was given"
STAGES = {                  # of a numeric key
    fwcfg.SIGNATURE: "fw_cfg", fwcfg.ID: "fw_cfg", fwcfg.FILE_DIR: "fw_cfg",
    fwcfg.RAM_SIZE: "memory", fwcfg.SETUP_DATA: "kernel",
    fwcfg.INITRD_SIZE: "kernel|load", fwcfg.NB_CPUS: "acpi",
    fwcfg.KERNEL_DATA: "load", fwcfg.INITRD_DATA: "load",
    fwcfg.CMDLINE_DATA: "load", fwcfg.KERNEL_ENTRY: "kernel",
    fwcfg.KERNEL_ADDR: "kernel|load", fwcfg.KERNEL_SIZE: "kernel|load",
    fwcfg.CMDLINE_SIZE: "load", fwcfg.INITRD_ADDR: "load",
}
FILE_STAGES = {"opt/org.beeline/ecam": "chipset", "etc/e820": "memory",
               "etc/smbios/smbios-tables": "smbios"}


def rich(host, writes=True):
    """Everything that a boot may read, and a write of both kinds."""
    tables = acpi.Set()
    tables.install(host, [
        acpi.allocate(GUID, 4096), acpi.add_pointer(acpi.TABLES, GUID, 4000),
        acpi.write_pointer(ADDR, GUID, 0, 40),
        acpi.write_pointer(ADDR, GUID, 8, 0)] if writes else [])
    host.file(GUID, bytes(4096)).file(ADDR, bytes(16), writable=True)
    host.file("etc/smbios/smbios-tables", b"\x7f\x04\xff\xfe\0\0")
    return host.file("opt/org.beeline/ecam", b"128")


def bzimage(transport=fwcfg.QEMU):
    """A bzImage boot with as many operations as there can be."""
    host = Host(transport=transport)
    kernel = images.BzImage(setup_data=0x108000)
    kernel.body += bytes(80)
    host.bzimage(kernel, initrd=images.pattern(9000), filled=False)
    return rich(host, transport == fwcfg.QEMU)


def bzimage_short():
    """The shortest one, which is what QEMU's users have."""
    return with_acpi(Host().bzimage(initrd=b"initrd"))[0]


def bzimage_bare():
    """A host that offers neither a memory map nor ACPI."""
    host = Host(board=None).without("etc/e820")
    return host.bzimage(images.BzImage(), cmdline="")


def bzimage_zero():
    """A kernel whose last byte makes the firmware ask for its size."""
    host = Host().bzimage()
    return host.item(fwcfg.KERNEL_DATA, host.kernel.body[:-1] + b"\0")


def pvh():
    """An ELF by PVH, its headers out of sight."""
    header = images.elf64([(16 << 20, 0x10000)], phoff=4096)
    return rich(Host().pvh(header=header, initrd=b"initrd"))


def multiboot():
    """A multiboot kernel."""
    return rich(Host().multiboot())


def many_files():
    """A directory that takes two reads."""
    host = bzimage_short()
    for i in range(60):
        host.file(f"opt/file{i}", b"x")
    return host


class EachOperation(Case):
    """The n-th DMA fails, for every n that the boot has."""

    def each(self, build, how, words, least):
        host = build()
        good = self.run_host(host)
        self.assertEqual(good.outcome, bench.ENTERED, good.serial)
        names = {fwcfg.FILE_FIRST + i: name
                 for i, name in enumerate(host.files)}
        operations = [operation for operation in good.operations
                      if operation.kind != "bytes"]
        self.assertGreaterEqual(len(operations), least)
        for n, operation in enumerate(operations):
            key = operation.key
            stage = STAGES.get(key) or FILE_STAGES.get(names.get(key), "acpi")
            with self.subTest(n=n, key=names.get(key, hex(key)),
                              kind=operation.kind):
                self.fails(build(), fail_nth(n, how), stage, words)

    def fails(self, host, fault, stage, words):
        host.fault = fault
        result = self.run_host(host)
        self.assertEqual(result.outcome, bench.HALTED, result.debug)
        said = result.serial.split()[2].rstrip(":")
        self.assertIn(said, stage.split("|"))
        self.sentence(result, said, words)
        self.right(self.stray_writes(result, host, STAGE_CODES[said]))

    def test_refused_bzimage(self):
        self.each(bzimage, "error", REFUSED, 12)

    def test_refused_bzimage_short(self):
        self.each(bzimage_short, "error", REFUSED, 5)

    def test_refused_bzimage_bare(self):
        self.each(bzimage_bare, "error", REFUSED, 5)

    def test_refused_bzimage_zero(self):
        self.each(bzimage_zero, "error", REFUSED, 5)

    def test_refused_pvh(self):
        self.each(pvh, "error", REFUSED, 12)

    def test_refused_multiboot(self):
        self.each(multiboot, "error", REFUSED, 12)

    def test_refused_many_files(self):
        self.each(many_files, "error", REFUSED, 9)

    def test_endless_bzimage(self):
        self.each(bzimage, "hang", ENDLESS, 12)

    def test_endless_pvh(self):
        self.each(pvh, "hang", ENDLESS, 12)

    def test_endless_multiboot(self):
        self.each(multiboot, "hang", ENDLESS, 12)


class WithoutMark(Case):
    """The transport that selects by port: its first DMA is a trial."""

    def boot(self, fault):
        host = bzimage(fwcfg.SAFE)
        host.fault = fault
        return host

    def test_trial_refused(self):
        """Then the data port serves."""
        result = self.run_host(self.boot(fail_nth(0)))
        self.assertEqual(result.outcome, bench.ENTERED)
        self.assertEqual([o.kind for o in result.operations].count("read"), 1)

    def test_trial_endless(self):
        result = self.run_host(self.boot(fail_nth(0, "hang")))
        self.assertEqual(result.outcome, bench.ENTERED)

    def test_each_operation_behind_it(self):
        good = self.run_host(self.boot(None))
        count = good.machine.fw_cfg.dma_count
        self.assertGreaterEqual(count, 12)
        for n in range(1, count):
            with self.subTest(n=n):
                host = self.boot(fail_nth(n))
                result = self.run_host(host)
                self.assertEqual(result.outcome, bench.HALTED)
                self.sentence(result, result.serial.split()[2].rstrip(":"),
                              f"{REFUSED}|{NONE}")

    def test_refused_question(self):
        """Some hosts refuse to say that a key is empty."""
        self.refuses(self.boot(fail_key(fwcfg.KERNEL_SIZE, "error")),
                     "kernel", NONE)

    def test_endless_kernel(self):
        host = self.boot(fail_key(fwcfg.KERNEL_DATA, "hang"))
        self.refuses(host, "load", f"kernel {ENDLESS}")


class Write(Case):
    """WRITE_POINTER against a device that does not take it."""

    def test_read_only_file(self):
        host = bzimage()
        host.file(ADDR, bytes(16), writable=False)
        self.refuses(host, "acpi", REFUSED)

    def test_file_shorter_than_its_entry_says(self):
        host = bzimage()
        host.file(ADDR, bytes(4), size=16, writable=True)
        self.refuses(host, "acpi", REFUSED)


class Serial(Case):
    """A panic when the serial port is never ready for a letter."""

    def test_never_ready(self):
        host = Host(transport=fwcfg.ABSENT)
        host.serial_ready = False
        self.refuses(host, "fw_cfg", "no fw_cfg device")
