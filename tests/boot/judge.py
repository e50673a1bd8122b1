# SPDX-License-Identifier: BSD-2-Clause
"""Says what is wrong with a boot, from what the guest reported.

A report is key -> list of values, from lines `BEELINE key=value`.  Each
rule yields one line a fault; no line at all means that the boot is right."""

import dataclasses
import os
import re

import cpio
import qemu

MARK = "BEELINE "
GIB, MIB, KIB = 1 << 30, 1 << 20, 1 << 10
FOUR_GIB = 4 * GIB
HOLE = (0xA0000, 0x100000)
RAM, ACPI_DATA, NVS = 1, 3, 4
PRODUCTS = {"q35": "Standard PC (Q35 + ICH9, 2009)",
            "pc": "Standard PC (i440FX + PIIX, 1996)"}
LINUX_OWN_KIB = 64 * 1024       # kernel, page structs, swiotlb


@dataclasses.dataclass
class Boot:
    """What a judge looks at."""

    row: object
    guest: qemu.Guest
    report: dict

    def number(self, key):
        """A hexadecimal value; -1 when it is missing."""
        return int(self.report.get(key, ["-1"])[0], 16)


def reports(lines):
    """One report a boot, from console lines."""
    found, current = [], {}
    for line in lines:
        at = line.find(MARK)
        if at < 0:
            continue
        key, _, value = line[at + len(MARK):].partition("=")
        current.setdefault(key, []).append(value)
        if key == "done":
            found.append(current)
            current = {}
    return found


def size_of(text):
    """QEMU's -m value in bytes."""
    found = re.match(r"(\d+)([MG])", text)
    return int(found.group(1)) << {"M": 20, "G": 30}[found.group(2)]


def low_memory(machine, size):
    """Bytes of RAM below 4 GiB, as the machine splits them."""
    kind = machine.split(",")[0]
    limit = {"q35": 2 * GIB, "pc": 3 * GIB, "microvm": 3 * GIB}[kind]
    from_size = {"q35": 0xB0000000, "pc": 0xE0000000, "microvm": 3 * GIB}
    capped = re.search(r"max-ram-below-4g=(\d+)M", machine)
    if capped:
        return min(size, int(capped.group(1)) * MIB)
    return size if size < from_size[kind] else limit


def memory_map(boot):
    """(start, end, type) of each e820 line of a test kernel."""
    entries = []
    for text in boot.report.get("e820", []):
        start, length, kind = (int(word, 16) for word in text.split())
        entries.append((start, start + length, kind))
    return entries


def inside(entries, start, end, kinds):
    """Whether [start, end) lies in entries of these kinds."""
    for first, last, kind in sorted(entries):
        if kind in kinds and first <= start < last:
            start = last
    return start >= end


def overlap(one, other):
    """Whether two ranges share a byte."""
    return one[0] < other[1] and other[0] < one[1]


def judge_map(boot):
    """The memory map in itself and against the machine's RAM."""
    entries = memory_map(boot)
    if not entries:
        yield "e820: empty"
        return
    size = size_of(boot.guest.memory)
    low = low_memory(boot.guest.machine, size)
    ram = [(0, low), (FOUR_GIB, FOUR_GIB + size - low)]
    for (s1, e1, _), (s2, _, _) in zip(entries, entries[1:]):
        if s2 < e1:
            yield f"e820: {s1:#x} and {s2:#x}: not sorted, or overlapping"
    for start, end, kind in entries:
        if end <= start:
            yield f"e820: {start:#x}: empty"
        if kind in (RAM, ACPI_DATA, NVS):
            if not any(a <= start and end <= b for a, b in ram):
                yield f"e820: {start:#x}-{end:#x}: there is no RAM"
            if overlap((start, end), HOLE):
                yield f"e820: {start:#x}-{end:#x}: in the legacy hole"
    usable = sum(e - s for s, e, kind in entries if kind == RAM)
    if usable < size - 2 * MIB:
        yield f"e820: {usable:#x} bytes usable of {size:#x}"
    anything = {kind for _, _, kind in entries}
    for start, end in ((0, HOLE[0]), (HOLE[1], low), ram[1]):
        if start < end and not inside(entries, start, end, anything):
            yield f"e820: {start:#x}-{end:#x}: RAM that no entry covers"
    if boot.guest.machine.startswith("q35") and not inside(
            entries, 0xB0000000, 0xB0100000, {2}):
        yield "e820: ECAM window at 0xb0000000 not reserved"


def kernel_range(boot):
    """Where the kernel is and what it may use."""
    base = boot.number("base")
    return base, base + boot.number("init_size")


def initrd_facts(path):
    """Length, first and last 16 bytes, and sum of a file's 64-bit words."""
    length = os.path.getsize(path)
    total = 0
    with open(path, "rb") as file:
        first = file.read(16)
        file.seek(-16, os.SEEK_END)
        last = file.read(16)
        file.seek(0)
        if os.stat(path).st_blocks * 512 < length:      # sparse: just ends
            total = sum(int.from_bytes(b, "little") for b in (
                first[:8], first[8:], last[:8], last[8:]))
        else:
            data = memoryview(file.read()[:length & ~7])
            total = sum(data.cast("Q"))
    return length, first, last, total % (1 << 64)


def judge_initrd(boot):
    """Where the initrd is, and whether all of it is there."""
    words = boot.report.get("initrd", [""])[0].split()
    if not boot.guest.initrd:
        if len(words) > 1 and int(words[1], 16):
            yield f"initrd: {words[1]} bytes where none was given"
        return
    length, first, last, total = initrd_facts(boot.guest.initrd)
    if len(words) < 5 or int(words[1], 16) != length:
        yield f"initrd: {' '.join(words)}: not {length:#x} bytes"
        return
    start, end = int(words[0], 16), int(words[0], 16) + length
    if (words[2], words[3]) != (first.hex(), last.hex()):
        yield f"initrd: begins {words[2]} and ends {words[3]}: other bytes"
    if int(words[4], 16) != total:
        yield f"initrd: sum {words[4]}, not {total:#x}"
    if not inside(memory_map(boot), start, end, {RAM}):
        yield f"initrd: {start:#x}-{end:#x}: not in usable RAM"
    if overlap((start, end), kernel_range(boot)):
        yield f"initrd: {start:#x}-{end:#x}: overlaps the kernel"
    if boot.row.high_initrd != (start >= FOUR_GIB):
        yield f"initrd: {start:#x}: on the wrong side of 4 GiB"
    if start < FOUR_GIB < end:
        yield f"initrd: {start:#x}-{end:#x}: across 4 GiB"


def judge_cmdline(boot):
    """The command line, to the last byte."""
    seen = boot.report.get("cmdline", [""])[0]
    wanted = boot.guest.append
    if boot.row.kernel in ("bzImage", "vmlinux"):   # what beeline run adds
        seen = re.sub(r"( virtio_mmio\.device=\S+)*( tsc_early_khz=\d+)?$",
                      "", seen)
    if boot.row.kernel == "multiboot":      # QEMU puts the path in front
        wanted = f"{boot.guest.kernel} {wanted}"
    if seen.strip() != wanted.strip():
        yield f"cmdline: {seen!r}, not {wanted!r}"


def has_acpi(boot):
    """Whether the guest must find ACPI tables: always but for multiboot."""
    return boot.row.kernel != "multiboot"


def judge_tables(boot):
    """Checksums and places of the ACPI tables, and anchors to scan for."""
    entries = memory_map(boot)
    if boot.number("ebda_rsdp") <= 0 and boot.number("hole_rsdp") <= 0:
        yield "acpi: no RSDP where a kernel scans"
    if not has_acpi(boot):
        return
    if boot.number("rsdp") <= 0:
        yield "acpi: no RSDP handed over"
        return
    if not boot.report["rsdp_head"][0].endswith("sum 0"):
        yield f"acpi: RSDP: {boot.report['rsdp_head'][0]}"
    names = set()
    for text in boot.report.get("acpi", []):
        name, start, length, _, total = text.rsplit(None, 4)
        names.add(name)
        if total != "0":
            yield f"acpi: {text}: bad checksum"
        start, end = int(start, 16), int(start, 16) + int(length, 16)
        if not inside(entries, start, end, {2, ACPI_DATA, NVS}):
            yield f"acpi: {text}: in memory that the kernel will use"
        if overlap((start, end), kernel_range(boot)):
            yield f"acpi: {text}: inside the kernel"
    for name in {"FACP", "APIC", "DSDT"} - names:
        yield f"acpi: no {name}"
    if boot.guest.machine.startswith("q35") and "MCFG" not in names:
        yield "acpi: no MCFG"
    if boot.number("smbios3") > 0 and boot.number("smbios3_sum"):
        yield "smbios: 3.0 entry point: bad checksum"


def judge_state(boot):
    """Registers at the kernel's first instruction."""
    flat = {"ds": 0x18, "es": 0x18, "ss": 0x18, "cs": 0x10}
    kind = boot.row.kernel
    pvh = kind in ("pvh", "pvh-high")
    entry = 64 if kind.startswith(("linux64", "linuxelf")) else 32
    if "base" in boot.report and not pvh and kind != "multiboot":
        if boot.number("entry") != entry:
            yield f"entry: by {boot.number('entry')}, not {entry}"
        for name, value in flat.items():
            if boot.number(name) != value:
                yield f"{name}: {boot.number(name):#x}, not {value:#x}"
        if boot.number("sentinel"):
            yield "boot_params: sentinel not zero"
        if boot.number("loader") == 0:
            yield "boot_params: type_of_loader is zero"
    paging = boot.number("cr0") >> 31
    if paging != (entry == 64) or not boot.number("cr0") & 1:
        yield f"cr0: {boot.number('cr0'):#x}: wrong for entry {entry}"
    if boot.number("flags") & 0x20200:
        yield f"flags: {boot.number('flags'):#x}: interrupts on, or VM86"
    if pvh and (boot.number("magic") != 0x336EC578
                or boot.number("version") < 1):
        yield "start_info: wrong magic or version"
    if pvh and boot.number("cr4"):
        yield f"cr4: {boot.number('cr4'):#x}, not 0"
    if kind == "multiboot" and boot.number("magic") != 0x2BADB002:
        yield f"multiboot: magic {boot.number('magic'):#x}"
    if boot.number("mtrr_default") != 0x806:
        yield f"mtrr: default {boot.number('mtrr_default'):#x}, not 0x806"


def judge_kernel_place(boot):
    """The kernel and what was handed to it."""
    entries = memory_map(boot)
    start, end = kernel_range(boot)
    if not inside(entries, start, end, {RAM}):
        yield f"kernel: {start:#x}-{end:#x}: not in usable RAM"
    for key in ("params", "cmdline_at"):
        at = boot.number(key)
        if at > 0 and start <= at < end:
            yield f"{key}: {at:#x}: inside the kernel"


def judge_linux(boot):
    """A real Linux: what its init saw."""
    def one(key):
        return boot.report.get(key, ["missing"])[0]
    last = boot.row.cpus - 1
    wanted = f"0-{last}" if last else "0"
    if one("cpus_online") != wanted:
        yield f"cpus: {one('cpus_online')} online, not {wanted}"
    size = size_of(boot.guest.memory) // KIB
    least = size - size // 32 - LINUX_OWN_KIB
    if "maxmem" in boot.guest.memory:       # bounce buffers for above 4 GiB
        least -= LINUX_OWN_KIB
    if not least <= int(one("mem_total_kb")) <= size:
        yield f"memory: {one('mem_total_kb')} KiB of {size}"
    if one("end") != cpio.end_digest():
        yield f"initrd: digest {one('end')} of its last file"
    if not {"FACP", "APIC"} <= set(re.findall(r"(\w+):", one("acpi"))):
        yield f"acpi: {one('acpi')}"
    product = PRODUCTS.get(boot.guest.machine.split(",")[0])
    if product and "dmi_product" not in boot.row.see:
        if one("dmi_product") != product:
            yield f"dmi: product {one('dmi_product')!r}"
    for text in boot.report.get("complaint", []):
        yield f"kernel: {text}"
    for key in boot.report.get("insmod_failed", []):
        yield f"initrd: {key}: insmod failed"


def judge_seen(boot):
    """What the row itself wants to see."""
    for key, pattern in boot.row.see.items():
        values = boot.report.get(key, [])
        if not any(re.search(pattern, value) for value in values):
            yield f"{key}: {' | '.join(values) or 'missing'}: no {pattern}"


PAYLOAD_RULES = (judge_state, judge_map, judge_kernel_place, judge_initrd,
                 judge_cmdline, judge_tables, judge_seen)
LINUX_RULES = (judge_linux, judge_cmdline, judge_seen)


def judge(boot):
    """All that is wrong with one boot, as a list of lines."""
    if boot.report.get("done") != ["ok"]:
        return ["the guest never said that it was done"]
    linux = boot.row.kernel in ("bzImage", "vmlinux")
    faults = []
    for rule in LINUX_RULES if linux else PAYLOAD_RULES:
        try:
            faults += rule(boot)
        except (KeyError, ValueError, IndexError) as err:
            faults.append(f"{rule.__name__}: report unreadable: {err!r}")
    return faults
