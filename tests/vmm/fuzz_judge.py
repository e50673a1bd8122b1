# SPDX-License-Identifier: BSD-2-Clause
"""What must hold of a run, whatever the host has done.

Two kinds of word: the firmware's (state, places, map, that nothing overlaps
or leaves RAM), which must always be right, and the host's (what is in a
table, in a kernel, in an SMBIOS structure), which is held against the rules
only as long as nobody has touched it."""

import acpi
import bench
import fwcfg
import judge
import judge_vmm
import rules
from case import PANIC, STAGES
from fuzz_device import LIED
from fuzz_entered import Entered
from fuzz_known import merged
from vmm_host import VmmHost

L = bench.LAYOUT
PAGE = 4096
END, GIB4 = 1 << 64, 1 << 32
LAST_MAPPED = 1 << 44       # core/e820.h: what lies above is left out
MEMORY = (judge.RAM, judge.RECLAIM, judge.NVS)
ECAM_SIZES = (256 << 20, 128 << 20, 64 << 20, 0)
# Items, by the rules that their bytes answer for.
KERNEL = {fwcfg.KERNEL_DATA, fwcfg.KERNEL_SIZE, fwcfg.KERNEL_ADDR,
          fwcfg.KERNEL_ENTRY, fwcfg.SETUP_DATA, "opt/org.beeline/kernel",
          "etc/boot/kernel", "start_info"}
CMDLINE = {fwcfg.CMDLINE_DATA, "opt/org.beeline/cmdline", "start_info"}
SIZES = {"etc/e820", "board", fwcfg.RAM_SIZE, "start_info"}
ACPI = ("etc/acpi", "etc/table", "etc/vmgenid", "etc/tpm")
ECAM = {"board", "opt/org.beeline/ecam", "etc/system-states"}
SMBIOS = "etc/smbios/smbios-tables"
ALL = {"directory", "dma"}
# docs/boot.md, "Enter": TR is as the reset left it, so it names no descriptor
NOT_PVH = ("cpu.tr", "cpu.gdt")
# what only the 64-bit entry asks for
NOT_32 = ("cpu.", "page_tables.", "boot_params.version",
          "boot_params.kernel_alignment")
# the bench's tables of VMMs other than QEMU are no whole set
NOT_SET = ("acpi.", "smbios.")
# fw.elf leaves MTRRs to its loader
NOT_ELF = ("cpu.mtrr",)


def excused(result, lies, kind):
    """Beginnings of rules that are the host's word in this run."""
    names, touched, everything = set(), lies.touched, lies.touched & ALL
    known = result.machine.known
    linked = known.file(acpi.LOADER) is not None
    if linked and (everything or any(
            item.startswith(ACPI) for item in touched
            if isinstance(item, str))):
        names.add("acpi.")
    for rule, items in (
            (("acpi.mcfg",), ECAM), (("acpi.madt_mmio",), SIZES),
            (("smbios.structures", "smbios.read", "smbios.overlap"),
             {SMBIOS}),
            (("kernel.code", "boot_params.kernel_alignment"), KERNEL),
            (("cmdline.end",) if kind == "pvh" else (), CMDLINE)):
        if everything or touched & items:
            names |= set(rule)
    if isinstance(result.machine.host, VmmHost):
        names |= set(NOT_SET)
    if result.machine.host.start_info is not None:
        names |= set(NOT_ELF)
        if touched & SIZES:     # its map goes on as it is told
            names.add("map.hole")
    return tuple(names | set({"pvh": NOT_PVH, "32": NOT_32}.get(kind, ())))


def sentence(result):
    """Of a halt: one line on both ports, the stage's code at the exits."""
    line = result.serial.rstrip("\r\n")
    found = PANIC.fullmatch(line)
    if result.serial.count("\n") != 1 or not found:
        yield f"halted, and said {result.serial!r}"
        return
    if found[1] not in STAGES:
        yield f"no such stage: {line}"
        return
    if result.machine.host.debugcon and (
            result.debug.splitlines()[-1:] != [line] or
            result.debug.count("PANIC") != 1):
        yield "the debug port was told something else"
    code = STAGES[found[1]]
    if result.machine.sink.writes != [(0x80, code), (0xF4, code),
                                      (0x501, code)]:
        yield f"exit ports: {result.machine.sink.writes}"


def stage_of(result):
    """The stage of a halt's sentence; the last one where there is none."""
    found = PANIC.fullmatch(result.serial.rstrip("\r\n"))
    return STAGES.get(found[1], 8) if found else 8


def memory_map(entered, known):
    """The map is sorted, within what the host has told, and keeps what it
    has reserved."""
    machine, end = known.machine, 0
    loader = machine.host.start_info is not None
    # what is not RAM takes all of a page that it touches (core/e820.h)
    has = merged(known.claimed() + [
        (start & -PAGE, -(-stop // PAGE) * PAGE)
        for start, stop in known.claimed(MEMORY[1:])])
    for start, size, kind in entered.map:
        if start < end or size == 0 or start + size > END or kind == 0:
            yield f"map: entry {start:#x}+{size:#x} type {kind}"
        end = start + size
        if kind in MEMORY:
            if judge.overlaps((start, end), bench.HOLE) and not loader:
                yield "map: memory in the legacy hole"
            if not judge.inside(start, end, has):
                yield f"map: {start:#x} to {end:#x} is not all RAM"
    reserved = judge.ram_spans(entered.map, (judge.RESERVED,))
    want = [] if loader else [
        judge.EBDA, (L["ROM_BASE"], L["ROM_BASE"] + L["ROM_SIZE"])]
    bar = machine.pci.pciexbar
    if bar & 1:
        want.append((bar & ~7, (bar & ~7) + ECAM_SIZES[bar >> 1 & 3]))
    for start, stop in want:
        if not judge.inside(start, stop, reserved):
            yield f"map: {start:#x} to {stop:#x} is not reserved"
    yield from judge.kept_reserved(entered.map, [
        row for row in known.rows() if row[1] and row[0] < LAST_MAPPED])


def apart(machine):
    """No item above 1 MiB is read over another, or over a module."""
    spans = {f"item {one.key:#x}": (one.gpa, one.gpa + one.length)
             for one in machine.fw_cfg.deliveries
             if one.gpa >= L["HIGH_START"] and one.length}
    yield from judge.disjoint(spans)
    modules = [(gpa, gpa + size) for gpa, size, _ in
               machine.known.told.modules if size and gpa + size <= GIB4]
    for module in modules:
        for name, span in spans.items():
            if judge.overlaps(span, module):
                yield f"{name} was read over the module at {module[0]:#x}"


def stray(result, stage):
    """Of a halt: writes are the firmware's own until the kernel is found;
    behind that RAM above 1 MiB, which the map hands out."""
    machine, allowed = result.machine, []
    named = machine.known.named_kernel() or machine.known.told.modules
    if stage > STAGES["kernel"] or named and stage == STAGES["kernel"]:
        allowed = [(L["HIGH_START"], END)]
    if stage > STAGES["kernel"] and machine.host.start_info is None:
        allowed += [judge.BDA_WORD, judge.EBDA]
    if stage >= STAGES["load"]:
        allowed.append((judge.BDA_WORD[1], L["SCRATCH"]))
    return judge.writes(result, allowed)


class Judge:
    """All of it, with one library."""

    def __init__(self):
        self.rules = rules.Rules()

    def faults(self, result, lies):
        """What is wrong with a run: sentences, none at all for right."""
        machine = result.machine
        if result.outcome == bench.HALTED:
            return [*sentence(result), *stray(result, stage_of(result)),
                    *apart(machine)]
        if result.outcome == LIED:
            return [*stray(result, 8), *apart(machine)]
        if result.outcome != bench.ENTERED:
            return [f"{result.outcome}: {result.why}"]
        entered = Entered(result)
        faults = entered.faults
        if entered.kind == "none":
            return faults
        if result.serial or machine.sink.writes:
            faults.append("entered, and said something")
        faults += memory_map(entered, machine.known)
        faults += self._verified(entered, lies)
        faults += self._places(entered, lies)
        return faults + list(apart(machine))

    def _verified(self, entered, lies):
        """bl_verify(), and what it does not know."""
        result = entered.result
        if entered.kind != "multiboot":
            kind = rules.ENTRY_PVH if entered.kind == "pvh" else rules.ENTRY_64
            broken = self.rules.broken(result, kind, entered.kernel)
            pardon = excused(result, lies, entered.kind)
            yield from (text for rule, text in sorted(broken.items())
                        if not rule.startswith(pardon))
        if entered.kind != "64":
            yield from judge.protected_mode(result)

    @staticmethod
    def _places(entered, lies):
        """Everything is in RAM, apart, and nothing else was written."""
        spans, result = entered.spans, entered.result
        host = result.machine.host
        ram = judge.ram_spans(entered.map)
        for name in ("kernel", "initrd", "setup_data", "information"):
            if name in spans and not judge.inside(*spans[name], ram):
                yield f"{name} {spans[name]} is not in RAM"
        tables = [] if host.start_info is not None else judge.ram_spans(
            entered.map, (judge.RECLAIM, judge.NVS))
        for i, span in enumerate(tables):
            spans[f"ACPI memory {i}"] = span
        yield from judge.disjoint(spans)
        yield from judge.writes(result, merged(entered.allowed + tables))
        if not lies.touched & (KERNEL | SIZES | ALL):
            yield from judge_vmm.placed(result, host)
