# SPDX-License-Identifier: BSD-2-Clause
"""What a test says: `boots(host)` or `refuses(host, stage, words)`."""

import os
import re
import struct
import unittest

import acpi
import bench
import images
import judge

L = bench.LAYOUT
STAGES = {"fw_cfg": 1, "chipset": 2, "memory": 3, "kernel": 4, "acpi": 5,
          "smbios": 6, "load": 7, "enter": 8}
PANIC = re.compile(r"fw: PANIC (\w+): (\S.*\S)")
PAGE = 4096


def reasons():
    """Name of an error -> its words and number, from core/err.h."""
    path = os.path.join(bench.ROOT, "core", "err.h")
    with open(path, encoding="ascii") as file:
        rows = re.findall(r'X\((ERR_\w+), (-\d+),\s*"([^"]*)"\)', file.read())
    return {name: f"{re.escape(text)}(?=.*\\({number}\\)$)"
            for name, number, text in rows}


REASONS = reasons()


class Case(unittest.TestCase):
    """A test on the bench.  The runner sets `rom`."""

    rom = b""
    machine = bench.Machine

    def run_host(self, host, **more):
        """Runs the firmware; nothing is judged yet but what may never be."""
        result = self.machine(self.rom, host).run(**more)
        self.assertNotEqual(result.outcome, bench.BROKEN,
                            f"{result.why}\n{result.debug}")
        self.assertNotEqual(result.outcome, bench.HUNG,
                            f"no end at {result.regs['rip']:#x}\n"
                            f"{result.debug}")
        return result

    def right(self, faults):
        """No fault was found."""
        self.assertEqual(list(faults), [])

    # Refusals.

    def refuses(self, host, stage, words, **more):
        """One sentence on both ports, a code, a halt, nothing overwritten."""
        result = self.run_host(host, **more)
        self.assertEqual(result.outcome, bench.HALTED, result.debug)
        self.sentence(result, stage, words)
        self.right(self.stray_writes(result, host, STAGES[stage]))
        return result

    def sentence(self, result, stage, words):
        """The panic line, twice, and the stage's number at the exit ports.

        `words` is a pattern; ERR_... in it stands for that reason."""
        words = re.sub(r"ERR_\w+", lambda name: REASONS[name[0]], words)
        self.assertEqual(result.serial.count("\n"), 1, result.serial)
        line = result.serial.rstrip("\r\n")
        found = PANIC.fullmatch(line)
        self.assertTrue(found, f"no such sentence: {line!r}")
        if result.machine.host.debugcon:
            self.assertEqual(result.debug.count("PANIC"), 1, result.debug)
            self.assertEqual(result.debug.splitlines()[-1], line)
        self.assertEqual(found[1], stage, line)
        self.assertRegex(found[2], words)
        code = STAGES[stage]
        self.assertEqual(result.machine.sink.writes,
                         [(0x80, code), (0xF4, code), (0x501, code)])

    def stray_writes(self, result, host, stage=STAGES["enter"]):
        """Only where the stage may write, and never what was there before.

        Until the kernel is found that is the firmware's own memory."""
        allowed = []
        if stage > STAGES["kernel"]:
            allowed = [judge.BDA_WORD, judge.EBDA, (L["HIGH_START"], 1 << 64)]
        if stage > STAGES["smbios"]:
            allowed.append((0x410, L["SCRATCH"]))   # multiboot's structure
        yield from judge.writes(result, allowed)
        for gpa, data in host.preload:
            if result.read(gpa, len(data)) != data:
                yield f"what was placed at {gpa:#x} is overwritten"

    # Boots.

    def boots(self, host, **more):
        """Enters the kernel; then everything that its protocol promises."""
        result = self.run_host(host)
        self.assertEqual(result.outcome, bench.ENTERED, result.serial)
        self.assertEqual(result.serial, "")
        self.assertEqual(result.machine.sink.writes, [])
        if isinstance(host.kernel, images.BzImage):
            self.linux(result, host, **more)
        elif result.regs["rax"] == 0x2BADB002:
            self.multiboot(result, host, **more)
        else:
            self.pvh(result, host, **more)
        return result

    def linux(self, result, host, acpi_set=None, ecam=64 << 20, moved=()):
        """The 64- or the 32-bit boot protocol."""
        fields = host.kernel.fields
        bp = L["BOOT_PARAMS"]
        entry64 = (fields["xloadflags"] & images.XLF_KERNEL_64
                   and fields["version"] >= 0x20C)
        load = result.entry - (images.ENTRY64 if entry64 else 0)
        if entry64:
            self.right(judge.long_mode(result, load))
            self.assertEqual(result.regs["rsi"], bp)
        else:
            self.right(judge.protected_mode(result, rsi=bp, rbx=0, rdi=0,
                                            rbp=0))
        self.right(judge.zero_page(result, host))
        self.assertEqual(result.number(bp + 0x214), load)
        result.map = [struct.unpack("<QQI", result.read(bp + 0x2D0 + 20 * i,
                                                        20))
                      for i in range(result.number(bp + 0x1E8, 1))]
        initrd = (result.number(bp + 0x218) | result.number(bp + 0xC0) << 32)
        self.assertEqual(result.number(bp + 0x21C), len(host.initrd))
        self.assertEqual(result.number(bp + 0xC8), 0)
        result.load, result.initrd = load, initrd
        result.rsdp = result.number(bp + 0x70, 8)
        self.body(result, host, load)
        run = load if fields["relocatable_kernel"] else fields["pref_address"]
        kernel = (run, run + max(fields["init_size"], len(host.kernel.body)))
        spans = {"kernel": kernel, "boot_params": (bp, bp + PAGE)}
        if entry64:
            for i, at in enumerate(judge.page_tables(result)):
                spans[f"page table {i}"] = (at, at + PAGE)
        loaded = (load, load + len(host.kernel.body))
        self.common(result, host, result.number(bp + 0x228), spans,
                    [loaded] + list(moved), acpi_set, ecam)

    def body(self, result, host, load):
        """The kernel's bytes, but for those that it has written itself."""
        want = bytearray(host.kernel.body)
        got = bytearray(result.read(load, len(want)))
        want[images.SAVED:images.SAVED + 20] = bytes(20)
        got[images.SAVED:images.SAVED + 20] = bytes(20)
        self.assertTrue(got == want, "the kernel's bytes are not the file's")

    def pvh(self, result, host, acpi_set=None, ecam=64 << 20, moved=()):
        """[PVH]: start_info in EBX."""
        info = L["START_INFO"]
        self.right(judge.protected_mode(result, rbx=info))
        (magic, version, flags, count, modules, cmdline, rsdp, memmap, entries,
         reserved) = struct.unpack("<IIIIQQQQII", result.read(info, 56))
        self.assertEqual((magic, version, flags, reserved),
                         (0x336EC578, 1, 0, 0))
        rows = [struct.unpack("<QQII", result.read(memmap + 24 * i, 24))
                for i in range(entries)]
        self.assertEqual([row[3] for row in rows], [0] * len(rows))
        result.map = [row[:3] for row in rows]
        self.assertEqual(count, 1 if host.initrd else 0)
        result.initrd, size = 0, 0
        if count:
            result.initrd, size, line, _ = struct.unpack(
                "<4Q", result.read(modules, 32))
            self.assertEqual(line, 0)
        self.assertEqual(size, len(host.initrd))
        result.load, result.rsdp = host.kernel[0], rsdp
        start, length = host.kernel
        spans = {"kernel": (start, start + length),
                 "start_info": (info, memmap + 24 * entries)}
        self.common(result, host, cmdline, spans, list(moved), acpi_set, ecam)
        self.right(self.stray_writes(result, host))

    def multiboot(self, result, host, acpi_set=None, ecam=64 << 20):
        """[MB]: the information structure in EBX."""
        info = result.regs["rbx"]
        self.right(judge.protected_mode(result))
        self.assertEqual(info, host.info)
        flags, lower, upper = struct.unpack("<III", result.read(info, 12))
        length, at = struct.unpack("<II", result.read(info + 0x2C, 8))
        self.assertEqual(flags, 0x45)
        rows = [struct.unpack("<IQQI", result.read(at + 24 * i, 24))
                for i in range(length // 24)]
        self.assertEqual([row[0] for row in rows], [20] * len(rows))
        result.map = [row[1:] for row in rows]
        self.assertEqual(lower, judge.ram_spans(result.map)[0][1] >> 10)
        start, size = host.kernel
        self.assertEqual(result.read(start, size), host.multiboot_blob)
        low = next(end for begin, end in judge.ram_spans(result.map)
                   if begin == L["HIGH_START"])
        self.assertEqual(upper, (low >> 10) - 1024)
        spans = {"kernel": (start, start + size),
                 "memory map": (at, at + length)}
        result.initrd, result.rsdp = 0, 0
        self.common(result, host, None, spans,
                    [(start, start + size), (info, info + 0x34)],
                    acpi_set, ecam)

    def payload(self, result, host, cmdline, spans, allowed):
        """Command line and initrd as they were given; all of it in RAM."""
        if cmdline is not None:
            line = host.cmdline.encode() + b"\0"
            self.assertEqual(result.read(cmdline, len(line)), line)
            spans["command line"] = (cmdline, cmdline + len(line))
        ram = judge.ram_spans(result.map)
        if host.initrd:
            end = result.initrd + len(host.initrd)
            spans["initrd"] = (result.initrd, end)
            allowed.append((result.initrd, -(-end // PAGE) * PAGE))
            self.assertTrue(result.read(result.initrd, len(host.initrd)) ==
                            host.initrd, "the initrd's bytes are others")
        for name in ("kernel", "initrd"):
            if name in spans:
                self.assertTrue(judge.inside(*spans[name], ram),
                                f"{name} {spans[name]} is not in RAM")

    def common(self, result, host, cmdline, spans, allowed, acpi_set, ecam):
        """Map, command line, initrd, tables; and that all lie apart."""
        self.right(judge.memory_map(result.map, host, ecam))
        self.payload(result, host, cmdline, spans, allowed)
        if host.initrd:
            self.assertEqual(result.initrd % PAGE, 0)
        tables = judge.ram_spans(result.map, (judge.RECLAIM, judge.NVS))
        for i, span in enumerate(tables):
            spans[f"ACPI memory {i}"] = span
        if result.rsdp and acpi_set:
            self.right(judge.linked_tables(result, result.rsdp, result.map,
                                           acpi_set))
        elif result.rsdp:
            self.right(judge.rsdp_of(result, result.rsdp)[1])
        self.right(judge.disjoint(spans))
        self.right(judge.writes(result, allowed + tables + [
            judge.BDA_WORD, judge.EBDA]))


def with_acpi(host, **more):
    """A host with the small set of tables, and that set."""
    tables = acpi.Set(**more)
    return tables.install(host), tables
