# SPDX-License-Identifier: BSD-2-Clause
"""Prints what bench/cost has measured."""

import exits
import probe
import virtual

WHOLE_NOTES = """\
virtual ms: reset to init's first act, one instruction a nanosecond, sleep
  counted.
exits: the guest's port and memory accesses up to there.  Clocks are PIT, HPET,
  PM timer and the APIC's timer: mostly calibration, in loops that end by the
  clock, so under -icount, where an exit takes no time, they turn many more
  times than on a host.  Everything else repeats one for one.
Table scans (0xf0000, the EBDA) read memory: no exits, instructions alone.
Under KVM pic, ioapic, apic and pit are the host kernel's: no exits to QEMU."""


def print_entry(records):
    """Reset to the kernel's entry: one row a machine and kernel, the
    firmwares side by side."""
    names = [n for n in virtual.NAMES
             if any(r["firmware"] == n for r in records)]
    print(f"# {probe.qemu_version()}, TCG -icount shift=0,sleep=off, 512 MiB, "
          f"1 CPU\n# instructions / exits, reset to the kernel's entry")
    print(f"{'machine':<24}{'kernel':<9}" +
          "".join(f"{n:>26}" for n in names))
    for machine in dict.fromkeys(r["machine"] for r in records):
        for form in dict.fromkeys(r["kernel"] for r in records):
            cells = ""
            for name in names:
                found = [r for r in records if (r["machine"], r["kernel"],
                         r["firmware"]) == (machine, form, name)]
                cells += f"{cell_of(found):>26}"
            print(f"{machine:<24}{form:<9}{cells}")
    print("\nexits by device")
    for r in records:
        print(f"{row_of(r)}{r.get('error') or exits.groups_text(r['groups'])}")


def cell_of(found):
    """15,785,714 / 212,250 (32)"""
    if not found:
        return "-"
    if "error" in found[0]:
        return "failed"
    return (f"{found[0]['instructions']:,} / {found[0]['exits']:,} "
            f"({found[0]['entry']})")


def row_of(record):
    """How a row of a table begins."""
    return (f"{record['machine']:<24}{record['kernel']:<9}"
            f"{record['firmware']:<9}")


def milliseconds(count):
    """Virtual time, from instructions."""
    return f"{count / 1e6:,.3f}"


def print_whole(records):
    """Whole boots: one row a machine, kernel and firmware."""
    print(f"# {probe.qemu_version()}, TCG -icount shift=0,sleep=off, 512 MiB, "
          "1 CPU\n# reset to init's first act; pci is PCI configuration, "
          "ports and ECAM")
    print(f"{'':<42}{'virtual ms':^24}{'exits':^45}\n"
          f"{'machine':<24}{'kernel':<9}{'firmware':<9}"
          f"{'firmware':>11}{'Linux':>13}{'firmware':>10}"
          f"{'Linux: pci':>12}{'clocks':>11}{'rest':>7}{'all pci':>10}")
    for r in records:
        if "error" in r:
            print(f"{row_of(r)}{r['error']}")
            continue
        first, *linux = (r["stages"][name] for name in exits.STAGES)
        later = r["instructions"] - r["firmware_instructions"]
        print(f"{row_of(r)}{milliseconds(r['firmware_instructions']):>11}"
              f"{milliseconds(later):>13}{first:>10,}"
              + "".join(f"{n:>{w},}" for n, w in zip(linux, (12, 11, 7)))
              + f"{r['pci']:>10,}")
    print("\nexits by region, clocks of Linux left out")
    for r in (r for r in records if "error" not in r):
        print(f"{row_of(r)}{exits.groups_text(r['groups'])}")
    print("\n" + WHOLE_NOTES)
    for r in (r for r in records if len(r.get("repeats", ())) > 1):
        print(f"{row_of(r)}{repeat_text(r['repeats'])}")


def repeat_text(repeats):
    """How far the runs of one boot are apart: instructions, then exits."""
    counts = [run["instructions"] for run in repeats]
    found = [run["exits"] for run in repeats]
    if len(set(counts)) == len(set(found)) == 1:
        return f"{len(repeats)} runs: the same to the instruction"
    apart = max(counts) - min(counts)
    return (f"{len(repeats)} runs: {apart:,} instructions apart "
            f"({100 * apart / min(counts):.4f} %), "
            f"{max(found) - min(found):,} exits")
