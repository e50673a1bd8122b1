#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Prints instructions and exits from reset to the kernel's entry, and
compares ours with the committed budget.

    tests/boot/cost.py                         every firmware, one table
    tests/boot/cost.py --only fw -v            ... and each access
    tests/boot/cost.py --check tests/boot/budget.json
"""

import argparse
import collections
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import probe    # noqa: E402
import qemu     # noqa: E402

OUT = os.path.join(ROOT, "build", "cost")
KERNELS = os.path.join(ROOT, "build", "kernel")
MACHINES = ("q35", "pc", "microvm,acpi=off", "microvm",
            "microvm,acpi=on,pcie=on")
FORMATS = ("bzImage", "vmlinux")
SEABIOS = "/usr/share/seabios/bios-256k.bin"
SEABIOS_MICROVM = "/usr/share/seabios/bios-microvm.bin"
QBOOT = ("/usr/share/seabios/qboot.rom", "/usr/share/qemu/qboot.rom")
NAMES = ("seabios", "qboot", "fw", "none")
OURS = ("fw", "none")        # none: without firmware, which a bundle has

# Port ranges by what answers there on the machines we run.
GROUPS = (
    (0x20, 0x21, "pic"), (0xA0, 0xA1, "pic"), (0x40, 0x43, "pit"),
    (0x4D0, 0x4D1, "pic"), (0x60, 0x64, "keyboard"), (0x70, 0x77, "rtc"),
    (0x80, 0x80, "post"), (0x92, 0x92, "a20"), (0xB2, 0xB3, "smi"),
    (0x3F8, 0x3FF, "serial"), (0x402, 0x402, "debug"),
    (0x510, 0x51B, "fw_cfg"), (0x600, 0x6FF, "acpi pm"),
    (0xB000, 0xB03F, "acpi pm"), (0xCF8, 0xCFF, "pci config"),
)


def group_of(access):
    """A word for the device that an access goes to."""
    if access.addr > 0xFFFF:
        return access.name or "mmio"
    for first, last, name in GROUPS:
        if first <= access.addr <= last:
            return name
    return f"port {access.addr:#x}"


def groups_text(accesses):
    """fw_cfg 12, pci config 4."""
    count = collections.Counter(map(group_of, accesses))
    return ", ".join(f"{name} {n}" for name, n in count.most_common(8))


def rom_of(name, machine, own):
    """The path of a firmware's ROM for a machine, or None; "" for none."""
    if name == "none":
        return ""
    if name == "fw":
        return own if os.path.exists(own) else None
    if name == "seabios":
        found = SEABIOS_MICROVM if "microvm" in machine else SEABIOS
        return found if os.path.exists(found) else None
    return next(filter(os.path.exists, QBOOT), None)


def show_accesses(cost):
    """Prints every access in its order, runs of one kind as one line."""
    last, times = None, 0
    for access in cost.accesses + [None]:
        text = access and (
            f"{'out' if access.write else 'in '} {access.addr:#06x} "
            f"{access.value:#0{2 + 2 * access.size}x}  {group_of(access)}")
        if text == last:
            times += 1
            continue
        if last:
            print(f"    {last}" + (f"  x {times}" if times > 1 else ""))
        last, times = text, 1


def measure_all(args):
    """Gives one record a measurement, printing as it goes."""
    records, skipped = [], set()
    for machine in args.machines:
        for name in args.only:
            rom = rom_of(name, machine, args.firmware)
            if rom is None:
                skipped.add(name)
                continue
            for form in args.formats:
                # what is inside the bzImage is the vmlinux
                if name == "none" and form != "vmlinux":
                    continue
                kernel = probe.patched(os.path.join(KERNELS, form), OUT)
                records.append(record(machine, name, form, kernel, rom, args))
    for name in sorted(skipped):
        print(f"cost: {name}: skipped: no such ROM here", file=sys.stderr)
    return records


def record(machine, name, form, kernel, rom, args):
    """One measurement as a dict."""
    entry = {"machine": machine, "kernel": form, "firmware": name}
    try:
        cost = probe.measure(machine, kernel, rom, OUT)
    except qemu.Failure as failure:
        entry["error"] = str(failure)
        return entry
    entry.update(entry=cost.entry, instructions=cost.instructions,
                 exits=cost.exits, groups=groups_text(cost.accesses))
    if args.verbose and name in OURS:
        print(f"{machine} {form}: {cost.exits} exits")
        show_accesses(cost)
    return entry


def print_table(records):
    """One row a machine and kernel, the firmwares side by side."""
    names = [n for n in NAMES if any(r["firmware"] == n for r in records)]
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


def cell_of(found):
    """15,785,714 / 212,250 (32)"""
    if not found:
        return "-"
    if "error" in found[0]:
        return "failed"
    return (f"{found[0]['instructions']:,} / {found[0]['exits']:,} "
            f"({found[0]['entry']})")


def print_groups(records):
    """Where the exits of each measurement go, and what failed."""
    print("\nexits by device")
    for r in records:
        print(f"{r['machine']:<24}{r['kernel']:<9}{r['firmware']:<9}"
              f"{r.get('error') or r['groups']}")


def over_budget(records, path):
    """The lines that say which budget was exceeded."""
    with open(path) as file:
        budget = json.load(file)
    bad = []
    for r in (r for r in records if r["firmware"] in OURS):
        where = f"{r['machine']} {r['kernel']}"
        if r["firmware"] == "none":
            where = f"{r['machine']} none"
        limit = budget.get(where)
        if "error" in r:
            bad.append(f"{where}: {r['error']}")
        elif not limit:
            bad.append(f"{where}: no budget in {path}")
        else:
            bad += [f"{where}: {r[key]:,} {key}: the budget is "
                    f"{limit[key]:,}" for key in ("instructions", "exits")
                    if r[key] > limit[key]]
    if not any(r["firmware"] == "fw" for r in records):
        bad.append("fw.bin: not measured: run make firmware")
    return bad


def options():
    """The command line."""
    parser = argparse.ArgumentParser(prog="tests/boot/cost.py")
    parser.add_argument("--only", default=",".join(NAMES),
                        help="of seabios,qboot,fw,none")
    parser.add_argument("--firmware", default=os.path.join(
        ROOT, "build", "fw.bin"), help="the ROM that fw means")
    parser.add_argument("--machine", action="append", dest="machines",
                        help="-M value, more than once")
    parser.add_argument("--kernel", action="append", dest="formats",
                        choices=FORMATS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", metavar="FILE", help="budget of ours")
    parser.add_argument("-v", "--verbose", action="store_true",
                        help="each access of ours")
    args = parser.parse_args()
    args.only = args.only.split(",")
    args.machines = args.machines or MACHINES
    args.formats = args.formats or FORMATS
    if set(args.only) - set(NAMES):
        parser.error(f"--only: one or more of {','.join(NAMES)}")
    return args


def main():
    """Measures, prints, judges."""
    args = options()
    qemu.catch_signals()
    try:
        records = measure_all(args)
        bad = over_budget(records, args.check) if args.check else []
    except (qemu.Failure, OSError, ValueError) as failure:
        print(f"cost: {failure}", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(records, indent=1))
    else:
        print_table(records)
        print_groups(records)
    for line in bad:
        print(f"cost: {line}", file=sys.stderr)
    failed = sum("error" in r and r["firmware"] in OURS for r in records)
    if args.check:
        over = len({line.split(":")[0] for line in bad})
        print(f"cost: {len(records) - over - failed} passed, "
              f"{over + failed} failed")
    return 1 if bad or failed else 0


if __name__ == "__main__":
    sys.exit(main())
