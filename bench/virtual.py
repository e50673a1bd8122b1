# SPDX-License-Identifier: BSD-2-Clause
"""Whole boots in virtual time: reset to init's first act, where under
-icount shift=0,sleep=off one instruction is one nanosecond.

Virtual time counts instructions and the time that the guest sleeps through,
not what an exit or a translated block costs the host."""

import concurrent.futures
import dataclasses
import os
import re
import tempfile

import boots
import exits
import initrd
import probe
import qemu

OUT = boots.OUT
LIMIT = 120                     # seconds for one boot
CONSOLE = "console=ttyS0 panic=-1"
# The TSC's true rate under -icount.  Without it `beeline run` measures the
# host's and adds that, which no two runs agree on.
RATE = "tsc_early_khz=1000000"
# No seed moves the kernel about: by path none each launch has its own.
STILL = "nokaslr"
# No clock, and as far as QEMU is the source no random number, of the host's.
EXACT = ("-rtc", "base=2026-01-01,clock=vm", "-seed", "1")

NAMES = boots.PATHS
SAID = re.compile(r"I([0-9a-f]{16})$")


def rom_of(name, machine, own):
    """The path of a firmware's ROM for a machine, or None if it is not
    here; "" for none."""
    try:
        return boots.rom_of(name, machine, own)
    except qemu.Failure:
        return None


def kernel_path(name):
    """The path of a kernel of tools/kernel, or of any other."""
    path = os.path.join(boots.KERNELS, name) if name in boots.FORMATS else name
    if not os.path.exists(path):
        raise qemu.Failure(f"{path}: no kernel: " + (
            "run tools/kernel" if name in boots.FORMATS else "no such file"))
    return path


def guest_of(rom, machine, kernel, append, **more):
    """A guest that boots into our init; an empty rom: without firmware."""
    return qemu.Guest(
        path="firmware" if rom else "none", firmware=rom, machine=machine,
        kernel=kernel_path(kernel), initrd=initrd.build(OUT), append=append,
        options=() if rom else ("--no-cache",), **more)


def exact(guest, *extra):
    """The same guest in virtual time; it reports to probe.PORT."""
    append = guest.append
    for word in (RATE, STILL):
        if word.partition("=")[0] not in append:
            append = f"{append} {word}".strip()
    return dataclasses.replace(
        guest, icount=True, debug=False, append=append, accel="tcg",
        extra=(*guest.extra, *EXACT, *extra))


def shown(guest):
    """The guest whose command line says how to repeat a boot by hand."""
    return dataclasses.replace(exact(guest), options=())


def last_words(result):
    """Why a guest may not have come up."""
    lines = result.stderr.strip().splitlines() or [
        line for line in result.text() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"


def name_of(guest):
    """q35 fw.bin bzImage"""
    return (f"{guest.machine} {os.path.basename(guest.firmware) or 'none'} "
            f"{os.path.basename(guest.kernel)}")


def said(text):
    """The TSC in what init wrote, or None."""
    found = SAID.search(text.strip())
    return int(found.group(1), 16) if found else None


def instructions(guest, trace_path=""):
    """Nanoseconds of virtual time from reset to init's first act."""
    os.makedirs(OUT, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        report = os.path.join(folder, "report")
        options = probe.report_options(report)
        if trace_path:
            options += probe.trace_options(trace_path)
        result = qemu.run(exact(guest, *options), LIMIT)
        text = ""
        if os.path.exists(report):
            with open(report, errors="replace") as file:
                text = file.read()
    found = said(text)
    if found is None:
        raise qemu.Failure(f"{name_of(guest)}: init never ran: ended by "
                           f"{result.ended}, code {result.code}: "
                           f"{last_words(result)}")
    return found


@dataclasses.dataclass
class Whole:
    """A whole boot: instructions and exits, the firmware's apart."""

    instructions: int
    firmware: int               # instructions of it before the kernel's entry
    split: exits.Split


def traced(guest, firmware=()):
    """Instructions and a Split of one boot."""
    os.makedirs(OUT, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        path = os.path.join(folder, "trace")
        count = instructions(guest, path)
        return count, exits.split(exits.lines_of(path), firmware)


def whole(guest):
    """Counts a whole boot."""
    real = exact(guest)
    os.makedirs(OUT, exist_ok=True)
    before = probe.measure(
        guest.machine, probe.patched(guest.kernel, OUT), guest.firmware, OUT,
        guest.memory, initrd=guest.initrd, append=real.append, serial=True,
        cpus=guest.cpus, extra=real.extra)
    count, found = traced(guest, before.accesses)
    return Whole(count, before.instructions, found)


def count(guest):
    """One boot as a record: instructions, and exits without clocks."""
    try:
        number, found = traced(guest)
    except (qemu.Failure, OSError) as failure:
        return {"error": str(failure)}
    return {"instructions": number,
            "exits": found.exits - found.stage(exits.CLOCK),
            "pci": found.region(exits.PCI)}


def count_all(guests, jobs, progress):
    """name -> record of each guest in name -> guest: as many at once as
    jobs, for what counts instructions does not care for the host's load."""
    def one(name):
        if qemu.stopping.is_set():
            return name, {"error": "interrupted"}
        record = count(guests[name])
        progress.step(f"{name}: " + record.get(
            "error", f"{record.get('instructions', 0) / 1e6:,.3f} ms"))
        return name, record
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return dict(pool.map(one, guests))
