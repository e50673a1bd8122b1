# SPDX-License-Identifier: BSD-2-Clause
"""Sorts the accesses in a memory_region_ops trace by region and by stage.

An access of the guest to a port or to memory that a device answers is an exit
to QEMU.  What reads RAM or ROM is none: Linux's search for tables in 0xf0000
and in the EBDA is not in the trace, and costs instructions alone."""

import collections
import dataclasses

import probe

PCI, FWCFG, SERIAL, CLOCK, VIRTIO = (
    "pci config", "fw_cfg", "serial", "clocks", "virtio")
FIRMWARE, REST = "firmware", "rest"
STAGES = (FIRMWARE, PCI, CLOCK, REST)       # the last three are Linux's
FIRST = ord("I")                # what init writes first, to probe.PORT

# Port ranges by what answers there on the machines we run.
PORTS = (
    (0x20, 0x21, "pic"), (0xA0, 0xA1, "pic"), (0x4D0, 0x4D1, "pic"),
    (0x40, 0x43, "pit"), (0x61, 0x61, "pit"), (0x60, 0x64, "keyboard"),
    (0x70, 0x77, "rtc"), (0x80, 0x80, "post"), (0x92, 0x92, "a20"),
    (0xB2, 0xB3, "smi"), (0x3F8, 0x3FF, SERIAL), (0x2F8, 0x2FF, SERIAL),
    (0x402, 0x402, "debug"), (0x510, 0x51B, FWCFG),
    (0x608, 0x60B, "pm timer"), (0x600, 0x6FF, "acpi pm"),
    (0xB008, 0xB00B, "pm timer"), (0xB000, 0xB03F, "acpi pm"),
    (0xCF8, 0xCFF, PCI),
)
# QEMU's names of regions: how they begin, and what they are.
NAMES = (
    ("pcie-mmcfg", PCI), ("pci-conf", PCI), ("fwcfg", FWCFG),
    ("hpet", "hpet"), ("acpi-tmr", "pm timer"), ("ioapic", "ioapic"),
    ("acpi-", "acpi pm"), ("virtio", VIRTIO), ("vga", "vga"),
    ("ahci", "disk"), ("ide", "disk"), ("e1000", "network"),
)
APIC, APIC_END, APIC_PAGE = 0xFEE00000, 0xFEF00000, 0x1000
# [SDM] 3A 10.4.1: LVT timer, initial count, current count, divide register
APIC_TIMER = (0x320, 0x380, 0x390, 0x3E0)
# Where time is read or waited for.
CLOCKS = ("pit", "hpet", "pm timer", "apic timer")


def region_of(access):
    """A word for the device that an access goes to."""
    if access.addr > 0xFFFF:
        if access.name == "apic-msi":
            return ("apic timer" if access.addr - APIC in APIC_TIMER
                    else "apic")
        for start, name in NAMES:
            if access.name.startswith(start):
                return name
        return access.name or "mmio"
    for first, last, name in PORTS:
        if first <= access.addr <= last:
            return name
    for start, name in NAMES:
        if access.name.startswith(start):
            return name
    return f"port {access.addr:#x}"


def is_message(access):
    """Whether it is an interrupt that a device sends, which QEMU traces as
    the write to the APIC's window that it would be on a bus: no exit."""
    return (access.name == "apic-msi" and
            APIC + APIC_PAGE <= access.addr < APIC_END)


def stage_of(region):
    """The stage of Linux that an access to a region counts for."""
    if region == PCI:
        return PCI
    return CLOCK if region in CLOCKS else REST


def groups(accesses):
    """Exits by region, as a Counter."""
    return collections.Counter(map(region_of, accesses))


def groups_text(counter):
    """fw_cfg 12, pci config 4."""
    return ", ".join(f"{name} {n:,}" for name, n in counter.most_common(8))


def lines_of(path):
    """The accesses in a trace, one after the other."""
    with open(path, errors="replace") as file:
        yield from filter(None, map(probe.parse_access, file))


@dataclasses.dataclass
class Split:
    """A whole boot's exits, up to init's first act."""

    counts: dict                # (stage, region) -> exits
    same: bool                  # the firmware's are those to the probe kernel

    def stage(self, stage):
        """Exits of a stage."""
        return sum(n for key, n in self.counts.items() if key[0] == stage)

    def region(self, region):
        """Exits to a region, the firmware's and Linux's."""
        return sum(n for key, n in self.counts.items() if key[1] == region)

    def by_region(self, *stages):
        """Exits by region in some stages."""
        found = collections.Counter()
        for (stage, region), number in self.counts.items():
            if stage in stages:
                found[region] += number
        return found

    @property
    def exits(self):
        """All of them."""
        return sum(self.counts.values())


def place(access):
    """What two runs must agree on: values hold dates and seeds."""
    return access.write, access.addr, access.size


def split(accesses, firmware):
    """Sorts a whole boot's accesses by stage and region.

    firmware is the list of accesses that the same boot makes up to the
    kernel's entry, as the probe kernel has found them: so many are the
    firmware's, and they must be the same ones."""
    counts, same = collections.Counter(), True
    expected = [a for a in firmware if not is_message(a)]
    number = 0
    for access in accesses:
        if is_message(access):
            continue
        if number < len(expected):
            same = same and place(access) == place(expected[number])
            counts[FIRMWARE, region_of(access)] += 1
        elif access.addr == probe.PORT and access.value == FIRST:
            break
        else:
            region = region_of(access)
            counts[stage_of(region), region] += 1
        number += 1
    return Split(dict(counts), same and number >= len(expected))
