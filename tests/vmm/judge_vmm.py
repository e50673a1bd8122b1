# SPDX-License-Identifier: BSD-2-Clause
"""What holds at a kernel's entry on any VMM: its map, its tables, and what it
has placed in memory.  Each function yields one sentence a fault."""

import acpi
import bench
import judge
import layout
import vmm_host
from layout import PAGE


def told_map(entries, host):
    """A kernel's map against what a VMM has told: sorted, disjoint; no RAM
    where it told of none, and none of what it told is lost.  A start_info's
    map goes on as it is, legacy hole and all."""
    hole = bench.HOLE if host.start_info is None else (0, 0)
    yield from judge.ordered(entries, hole)
    ram = list(vmm_host.told_ram(host.rows, hole))
    other = [(start, start + size) for start, size, kind in host.rows
             if kind != judge.RAM]
    for start, stop in judge.ram_spans(entries):
        if not judge.inside(start, stop, judge.merged(ram)):
            yield f"map: {start:#x} to {stop:#x}: the VMM told of no RAM there"
        for span in other:
            if judge.overlaps(span, (start, stop)):
                yield f"map: {span[0]:#x} to {span[1]:#x} became RAM"
    seen = judge.merged((start, start + size) for start, size, _ in entries)
    for low, high in ram:
        low, high = -(-low // PAGE) * PAGE, high // PAGE * PAGE
        if low < high and not judge.inside(low, high, seen):
            yield f"map: RAM from {low:#x} to {high:#x} is lost"


def tables_walk(result, rsdp, entries):
    """RSDP, root, FADT, DSDT: in ACPI memory, with right sums and pointers."""
    root, faults = judge.rsdp_of(result, rsdp)
    yield from faults
    spans = judge.ram_spans(entries, (judge.RECLAIM, judge.NVS))
    wide = result.read(root, 4) == b"XSDT"
    fadt = result.number(root + acpi.HEADER_SIZE, 8 if wide else 4)
    dsdt = result.number(fadt + acpi.HEADER_SIZE + 4)
    facs = result.number(fadt + acpi.HEADER_SIZE)
    for at, name in ((root, b"XSDT" if wide else b"RSDT"), (fadt, b"FACP"),
                     (dsdt, b"DSDT"), (facs, b"FACS")):
        length = result.number(at + 4)
        if result.read(at, 4) != name:
            yield f"ACPI: no {name} at {at:#x}"
        elif not judge.inside(at, at + length, spans):
            yield f"ACPI: {name} at {at:#x} is not in ACPI memory"
        elif name != b"FACS" and sum(result.read(at, length)) & 0xFF:
            yield f"ACPI: {name}'s checksum is wrong"


def low_memory(result, allowed):
    """Not a byte below 1 MiB is another, but where the firmware may write."""
    now = dict(result.machine.low_memory())
    spans = judge.merged(list(bench.OWN) + list(allowed))
    for gpa, before in result.machine.before:
        after = now[gpa]
        for low, high in layout.outside(
                [(a - gpa, b - gpa) for a, b in spans if b > gpa],
                len(before)):
            if before[low:high] != after[low:high]:
                at = next(i for i in range(low, high)
                          if before[i] != after[i])
                yield f"a byte at {gpa + at:#x} is another"


def placed(result, host):
    """What the VMM has placed anywhere is as it was."""
    for gpa, data in host.preload:
        if result.read(gpa, len(data)) != data:
            yield f"what was placed at {gpa:#x} is overwritten"
