# SPDX-License-Identifier: BSD-2-Clause
"""Says what is wrong with a machine at its kernel's entry.

Each function yields one sentence a fault; none at all means right."""

import struct

import acpi
import bench
import images

GIB = 1 << 30
RAM, RESERVED, RECLAIM, NVS = 1, 2, 3, 4
L = bench.LAYOUT
EBDA = (L["EBDA"], L["EBDA"] + L["EBDA_SIZE"])
BDA_WORD = (L["BDA_EBDA_WORD"], L["BDA_EBDA_WORD"] + 2)
ECAM = L["ECAM_BASE"]
IF, DF = 1 << 9, 1 << 10
CR0_PE, CR0_PG, CR4_PAE = 1, 1 << 31, 1 << 5
EFER_LME, EFER_LMA = 1 << 8, 1 << 10
CODE32, CODE64, DATA = 0xCF9B000000FFFF, 0xAF9B000000FFFF, 0xCF93000000FFFF
FILLED = ("type_of_loader", "loadflags", "code32_start", "ramdisk_image",
          "ramdisk_size", "cmd_line_ptr", "setup_data")


def inside(start, end, spans):
    """Does [start, end) lie in one of the spans?"""
    return any(low <= start and end <= high for low, high in spans)


def overlaps(a, b):
    """Do two spans share a byte?"""
    return a[0] < b[1] and b[0] < a[1]


def ram_spans(entries, types=(RAM,)):
    """Spans of some types, neighbours merged."""
    spans = []
    for start, size, kind in entries:
        if kind not in types:
            continue
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], start + size)
        else:
            spans.append((start, start + size))
    return spans


def merged(spans):
    """Spans in order, neighbours joined."""
    joined = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def ordered(entries, hole=bench.HOLE):
    """Sorted, disjoint, no RAM in the legacy hole."""
    end = 0
    for start, size, kind in entries:
        if start < end or size == 0 or start + size > 1 << 64:
            yield f"map: entry {start:#x}+{size:#x} is out of order or empty"
        if kind == RAM and overlaps((start, start + size), hole):
            yield "map: RAM in the legacy hole"
        end = start + size


def memory_map(entries, host, ecam_size=64 << 20):
    """A kernel's map: sorted, disjoint, true, and nothing of RAM lost."""
    yield from ordered(entries)
    usable = ram_spans(entries, (RAM, RECLAIM, NVS))
    has = [(start, start + size) for start, size in host.ram]
    for start, stop in usable:
        if not inside(start, stop, has):
            yield f"map: {start:#x} to {stop:#x} is not all RAM"
    reserved = ram_spans(entries, (RESERVED,))
    want = [EBDA, (L["ROM_BASE"], L["ROM_BASE"] + L["ROM_SIZE"])]
    if host.board == "q35" and ecam_size:
        want.append((ECAM, ECAM + ecam_size))
    for start, stop in want:
        if not inside(start, stop, reserved):
            yield f"map: {start:#x} to {stop:#x} is not reserved"
    seen = sum(size for start, size, kind in entries
               if inside(start, start + size, has))
    if seen != sum(b - a for a, b in has) - (bench.HOLE[1] - bench.HOLE[0]):
        yield f"map: speaks of {seen:#x} bytes of RAM, the host has another"


def kept_reserved(entries, rows):
    """Nothing that the host's rows reserve is RAM in the kernel's map."""
    for start, size, kind in rows:
        for span in ram_spans(entries):
            if kind != RAM and overlaps(span, (start, start + size)):
                yield f"map: {start:#x}+{size:#x} of type {kind} became RAM"


def writes(result, allowed):
    """Nothing is written but where it belongs."""
    for write in result.machine.writes:
        if not inside(write.gpa, write.end, allowed):
            yield (f"{write.by}: {write.length:#x} bytes written at "
                   f"{write.gpa:#x}")


def disjoint(spans):
    """No two of the named spans overlap."""
    items = [(name, span) for name, span in spans.items() if span[0] < span[1]]
    for i, (name, span) in enumerate(items):
        for other, second in items[i + 1:]:
            if overlaps(span, second):
                yield (f"{name} [{span[0]:#x}, {span[1]:#x}) overlaps "
                       f"{other} [{second[0]:#x}, {second[1]:#x})")


def segments(result, code):
    """Flat segments, from the GDT that is loaded."""
    regs = result.regs
    base, limit = regs["gdtr"][1], regs["gdtr"][2]
    for name in ("cs", "ds", "es", "ss"):
        want = code if name == "cs" else DATA
        selector = 0x10 if name == "cs" else 0x18
        if regs[name] != selector or limit < selector + 7:
            yield f"{name} is {regs[name]:#x}, GDT limit {limit:#x}"
        elif result.number(base + selector, 8) != want:
            yield f"{name}'s descriptor is not flat"
    if regs["eflags"] & (IF | DF):
        yield f"eflags {regs['eflags']:#x}"


def protected_mode(result, **wanted):
    """32 bits, paging off; `wanted` registers."""
    yield from segments(result, CODE32)
    regs = result.regs
    if regs["cr0"] & (CR0_PE | CR0_PG) != CR0_PE or regs["cr4"] != 0:
        yield f"cr0 {regs['cr0']:#x}, cr4 {regs['cr4']:#x}"
    for name, value in wanted.items():
        if regs[name] != value:
            yield f"{name} is {regs[name]:#x}, not {value:#x}"


def page_tables(result):
    """PML4, PDPT, page directory: the first entries lead from one to next."""
    pml4 = result.regs["cr3"]
    pdpt = result.number(pml4, 8) & ~0xFFF
    return pml4, pdpt, result.number(pdpt, 8) & ~0xFFF


def long_mode(result, load):
    """64 bits, the first GiB mapped to itself; seen by the kernel too."""
    yield from segments(result, CODE64)
    regs = result.regs
    if not (regs["cr0"] & CR0_PE and regs["cr0"] & CR0_PG
            and regs["cr4"] & CR4_PAE and regs["efer"] & EFER_LMA
            and result.machine.msrs.get(bench.MSR_EFER, 0) & EFER_LME):
        yield f"not long mode: {regs}"
    _pml4, _pdpt, pd = tables = page_tables(result)
    for at in tables[:2]:
        if any(result.read(at + 8, 4096 - 8)):
            yield f"page table at {at:#x} has more than one entry"
    for i, pde in enumerate(struct.unpack("<512Q", result.read(pd, 4096))):
        if pde & ~0x7F != i << 21 | 0x80 or pde & 3 != 3:
            yield f"page directory entry {i} is {pde:#x}"
            break
    rsi, _rbx, efer = struct.unpack("<QQI", result.read(load + images.SAVED,
                                                        20))
    if rsi != L["BOOT_PARAMS"] or not efer & EFER_LMA:
        yield f"the kernel saw rsi {rsi:#x}, efer {efer:#x}"


def zero_page(result, host):
    """boot_params: the header as the file had it, the rest zero or ours."""
    page = result.read(L["BOOT_PARAMS"], 4096)
    blank = bytearray(page)
    header = bytearray(host.kernel.setup[:0x290])
    end = min(0x202 + header[0x201], 0x290)
    for name in FILLED:
        at, size = images.HEADER_FIELDS[name]
        header[at:at + size] = page[at:at + size]
    if header[0x1F1:end] != page[0x1F1:end]:
        yield "boot_params: the setup header is not the file's"
    for at, size in ((0x70, 8), (0xC0, 12), (0x1E8, 1), (0x1F1, end - 0x1F1),
                     (0x2D0, 20 * page[0x1E8])):
        blank[at:at + size] = bytes(size)
    if any(blank):
        at = next(i for i, byte in enumerate(blank) if byte)
        yield f"boot_params: {at:#x} is not zero"
    if not page[0x210] or page[0x211] & 0x81 != 1:
        yield f"boot_params: loader {page[0x210]:#x}, flags {page[0x211]:#x}"


def rsdp_of(result, gpa):
    """Root table's address; faults as a list behind it."""
    faults = []
    rsdp = result.read(gpa, 36)
    wide = rsdp[15] >= 2
    if rsdp[:8] != b"RSD PTR " or sum(rsdp[:20]) & 0xFF:
        faults.append(f"no RSDP at {gpa:#x}")
    if wide and sum(rsdp) & 0xFF:
        faults.append("RSDP: the long checksum is wrong")
    if result.number(BDA_WORD[0], 2) << 4 != EBDA[0]:
        faults.append("the BIOS data area does not tell the EBDA")
    return (struct.unpack("<Q", rsdp[24:32])[0] if wide
            else struct.unpack("<I", rsdp[16:20])[0]), faults


def linked_tables(result, rsdp, entries, tables):
    """The set of acpi.Set, linked: sums, pointers, place."""
    root, faults = rsdp_of(result, rsdp)
    yield from faults
    base = root - tables.root_at
    spans = ram_spans(entries, (RECLAIM, NVS))
    if not inside(base, base + len(tables.tables), spans):
        yield f"ACPI tables at {base:#x} are not in ACPI memory"
        return
    for at, length in tables.spans:
        if sum(result.read(base + at, length)) & 0xFF:
            yield f"ACPI table at {base + at:#x}: its checksum is wrong"
    fadt = base + tables.fadt_at
    for at, size, want in (
            (root + acpi.HEADER_SIZE, tables.width, fadt),
            (fadt + 36, 4, base + acpi.FACS_AT),
            (fadt + 40, 4, base + tables.dsdt_at)):
        if result.number(at, size) != want:
            yield f"ACPI pointer at {at:#x} is wrong"


def own_tables(result, cpu_count):
    """The firmware's own ACPI set and MP table: all linked, all sums 0."""
    root, faults = rsdp_of(result, L["EBDA"])
    yield from faults
    count = (result.number(root + 4) - acpi.HEADER_SIZE) // 8
    tables = [root] + [result.number(root + acpi.HEADER_SIZE + 8 * i, 8)
                       for i in range(count)]
    named = {result.read(at, 4): at for at in tables}
    named[b"DSDT"] = result.number(named[b"FACP"] + 140, 8)
    if set(named) != {b"XSDT", b"FACP", b"APIC", b"DSDT"}:
        yield f"own tables: {sorted(named)}"
    for name, at in named.items():
        if sum(result.read(at, result.number(at + 4))) & 0xFF:
            yield f"own tables: {name}'s checksum is wrong"
    madt = result.read(named[b"APIC"], result.number(named[b"APIC"] + 4))
    at, cpus = 44, 0
    while at < len(madt):
        cpus += madt[at] in (0, 9)
        at += madt[at + 1]
    if cpus != max(cpu_count, 1):
        yield f"own tables: {cpus} processors, not {cpu_count}"
    floating = result.read(L["EBDA_MP"], 16)
    config = int.from_bytes(floating[4:8], "little")
    mp = result.read(config, result.number(config + 4, 2))
    if floating[:4] != b"_MP_" or sum(floating) & 0xFF:
        yield "own tables: no MP floating pointer"
    if mp[:4] != b"PCMP" or sum(mp) & 0xFF:
        yield "own tables: no MP configuration table"
    if not inside(L["OWN_TABLES"], L["OWN_TABLES"] + L["OWN_TABLES_SIZE"],
                  ram_spans(result.map, (NVS,))):
        yield "own tables: their place is not NVS"
