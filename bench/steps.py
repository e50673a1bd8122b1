# SPDX-License-Identifier: BSD-2-Clause
"""The steps of bench/ladder, each with the guest that it measures."""

import dataclasses

import qemu
import changes
import virtual

# What q35 has without -nodefaults and without a display, by hand: `beeline
# run` always gives -nodefaults.  Serial port and monitor are there anyway.
DEFAULTS = ("-vga", "std", "-nic", "user,model=e1000e",
            "-drive", "if=ide,index=2,media=cdrom", "-parallel", "null")
PLAIN = virtual.CONSOLE
TUNED = f"{PLAIN} {changes.TUNED}"
NO_DAX = ("microvm has no NVDIMM in QEMU 7.2, and Beeline makes no DAX root "
          "yet")


@dataclasses.dataclass
class Step:
    """One rung."""

    name: str
    what: str
    guest: qemu.Guest = None
    skipped: str = ""           # why it is not measured


def _guest(path, machine, kernel, append, args, **more):
    """A guest, or why there is none."""
    rom = virtual.rom_of(path, machine, args.firmware)
    if rom is None:
        return {"skipped": f"no {path} here"}
    return {"guest": virtual.guest_of(rom, machine, kernel, append,
                                      accel=args.accel, **more)}


def ladder(args):
    """Every step, top down.  args has firmware, the ROM that fw means, and
    accel, of wall time."""
    return [Step(name, what, **_guest(*how, args, **more))
            for name, what, how, more in (
        ("default devices", "q35 as QEMU makes it, SeaBIOS, bzImage",
         ("seabios", "q35", "bzImage", PLAIN), {"extra": DEFAULTS}),
        ("-nodefaults", "no VGA, network card, CD-ROM, parallel port",
         ("seabios", "q35", "bzImage", PLAIN), {}),
        ("tuned command line", "the words of changes.TUNED",
         ("seabios", "q35", "bzImage", TUNED), {}),
        ("microvm", "no PCI, hardly a legacy device",
         ("seabios", "microvm", "bzImage", TUNED), {}),
        ("qboot", "instead of SeaBIOS",
         ("qboot", "microvm", "bzImage", TUNED), {}),
        ("fw.bin", "instead of qboot",
         ("fw", "microvm", "bzImage", TUNED), {}),
        ("vmlinux", "instead of bzImage: nothing to decompress",
         ("fw", "microvm", "vmlinux", TUNED), {}),
        ("no firmware", "QEMU starts the kernel",
         ("none", "microvm", "vmlinux", TUNED), {}),
    )] + [Step("DAX root", "instead of the initrd", skipped=NO_DAX)]


def gains(records, key):
    """name -> what a step has less than the one above it, of the records
    that have the key."""
    found, above = {}, None
    for record in records:
        value = record.get(key)
        if value is None:
            continue
        if above is not None:
            found[record["name"]] = above - value
        above = value
    return found
