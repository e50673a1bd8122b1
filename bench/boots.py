# SPDX-License-Identifier: BSD-2-Clause
"""Boots the configurations of bench/boot-time, one after the other in turn."""

import dataclasses
import os
import random
import re
import sys

import environment
import initrd
import marks
import qemu

ROOT = qemu.ROOT
KERNELS = os.path.join(ROOT, "build", "kernel")
OUT = os.path.join(ROOT, "build", "bench")
# quiet comes behind earlyprintk: the first lines are printed when that is
# read, Linux version among them, and then nothing slows the guest
APPEND = "console=ttyS0 earlyprintk=ttyS0 quiet panic=-1"
SEABIOS = "/usr/share/seabios/bios-256k.bin"
SEABIOS_MICROVM = "/usr/share/seabios/bios-microvm.bin"
QBOOT = ("/usr/share/seabios/qboot.rom", "/usr/share/qemu/qboot.rom")
FIRMWARE = os.path.join(ROOT, "build", "fw.bin")
PATHS = ("seabios", "qboot", "fw", "none")
FORMATS = ("bzImage", "vmlinux")
SEED = 4                # of the order within a round
TAIL = 12               # lines that are kept of a run that failed
ENOUGH = 2              # failures after which a configuration is left out
TICK = 0.01             # seconds: so soon the reader notes that it came late
REPORT_PORT = 0x7F0     # where init reports too: no firmware writes there


@dataclasses.dataclass
class Configuration:
    """What is compared with what."""

    path: str
    kernel: str                     # bzImage or vmlinux
    machine: str
    guest: qemu.Guest = None
    failures: int = 0               # runs that never came up

    @property
    def name(self):
        """As it is called in messages: q35 bzImage fw"""
        return f"{self.machine} {self.kernel} {self.path}"

    def key(self):
        """What runs of two measurements are matched by."""
        return {"machine": self.machine, "kernel": self.kernel,
                "path": self.path}


def rom_of(path, machine, firmware):
    """The ROM of a path."""
    if path == "none":
        return ""
    if path == "fw":
        return qemu.firmware_path(firmware)
    if path == "seabios":
        names = (SEABIOS_MICROVM if "microvm" in machine else SEABIOS,)
    else:
        names = QBOOT
    for name in names:
        if os.path.exists(name):
            return name
    raise qemu.Failure(f"{names[-1]}: cannot read: no {path} here")


def format_of(path):
    """bzImage or vmlinux."""
    try:
        with open(path, "rb") as file:
            head = file.read(0x206)
    except OSError as err:
        raise qemu.Failure(f"{path}: cannot read: {err.strerror}") from err
    if head[:4] == b"\x7fELF":
        return "vmlinux"
    if head[0x202:0x206] == b"HdrS":
        return "bzImage"
    raise qemu.Failure(f"{path}: cannot use: neither bzImage nor vmlinux")


def kernels_of(args):
    """format -> path."""
    if args.kernel:
        return {format_of(args.kernel): args.kernel}
    found = {form: os.path.join(KERNELS, form) for form in args.kernels}
    for path in found.values():
        if not os.path.exists(path):
            raise qemu.Failure(f"{path}: cannot read: run tools/kernel")
    return found


def guest_of(args, path, machine, kernel, ramdisk):
    """The guest of a configuration."""
    return qemu.Guest(
        path="none" if path == "none" else "firmware", machine=machine,
        memory=args.memory, accel=args.accel, kernel=kernel,
        firmware=rom_of(path, machine, args.firmware), initrd=ramdisk,
        append=f"{APPEND} {args.append}".strip(), exit_port=False,
        debug_port=REPORT_PORT if args.silent else qemu.DEBUG_PORT,
        trace=marks.TRACE, extra=tuple(args.extra))


def configurations(args):
    """Every configuration that the arguments name."""
    ramdisk = args.initrd or initrd.build(OUT)
    if not os.path.exists(ramdisk):
        raise qemu.Failure(f"{ramdisk}: cannot read: no such file")
    return [Configuration(path, form, machine,
                          guest_of(args, path, machine, kernel, ramdisk))
            for machine in args.machines
            for form, kernel in kernels_of(args).items()
            for path in args.paths]


def inputs(chosen):
    """The files that configurations are made of."""
    guests = [configuration.guest for configuration in chosen]
    return [path for guest in guests
            for path in (guest.kernel, guest.initrd, guest.firmware)]


class Stop:
    """Sees when a guest has shown all that is measured."""

    def __init__(self, until, own):
        self.until, self.own = re.compile(until), own
        self.line = self.init = False

    def __call__(self, line):
        if line.source == "console":
            self.line |= self.until.search(line.text) is not None
        elif line.source == "debug":
            self.init |= marks.INIT.search(line.text) is not None
        return self.line and (self.init or not self.own)


def last_words(result):
    """What a guest or beeline said last, for an error."""
    said = result.stderr.strip().splitlines()
    said = [line for line in said if "terminating on signal" not in line]
    if said:
        return said[-1].removeprefix("beeline: ")
    lines = [line.text for line in result.lines if line.source != "trace"]
    return f"last line: {lines[-1][:70]!r}" if lines else "it printed nothing"


def boot(configuration, args):
    """One boot; gives a run as the JSON has it."""
    size = {"console": 0, "debug": 0, "trace": 0}

    def count(source, data):
        size[source] += len(data)
    result = qemu.run(configuration.guest, args.limit,
                      Stop(args.until, not args.initrd), 0, count)
    stamps = marks.stamp(result.lines, args.until)
    run = {**configuration.key(), "stamps": stamps.at, "how": stamps.how,
           "late_ms": marks.late(stamps.at, result), "bytes": size,
           "ended": result.ended, "exit_code": result.code}
    if result.ended == "signal":
        run["error"] = "interrupted"
    elif "line" not in stamps.at:
        run["error"] = (f"never came up: ended by {result.ended} after "
                        f"{result.wall:.1f} s: {last_words(result)}")
        run["tail"] = [line.text for line in result.lines[-TAIL:]]
    return run


class Rounds:
    """Runs all configurations once a round, in an order of that round."""

    def __init__(self, chosen, args, progress):
        self.chosen, self.args, self.progress = chosen, args, progress
        self.chance = random.Random(SEED)
        self.probes, self.runs = [], []

    def boot(self, configuration, number):
        """One run of one configuration."""
        self.progress.show(configuration.name)
        try:
            run = boot(configuration, self.args)
        except qemu.Failure as failure:
            run = {**configuration.key(), "stamps": {},
                   "error": str(failure)}
        run["round"] = number
        if qemu.stopping.is_set():
            return
        self.runs.append(run)
        if "error" in run:
            configuration.failures += 1
            self.progress.say(f"boot-time: {configuration.name}: "
                              f"{run['error']}")
            self.progress.step(f"{configuration.name}: failed")
            return
        self.progress.step(f"{configuration.name}: "
                           f"{marks.total(run['stamps']):.0f} ms")

    def round(self, number):
        """Every configuration that still comes up, once."""
        order = list(self.chosen)
        self.chance.shuffle(order)
        for configuration in order:
            if qemu.stopping.is_set():
                return
            if configuration.failures >= ENOUGH:
                self.progress.done += 1
                continue
            self.boot(configuration, number)

    def all(self):
        """As many rounds as are asked for, or until a signal."""
        qemu.TICK = TICK
        self.probes.append(environment.probe())
        for number in range(self.args.runs):
            if qemu.stopping.is_set():
                break
            self.round(number)
            self.probes.append(environment.probe())


def bundle_of(guest):
    """The bundle that a guest is launched from, baked if it is not there:
    with a debug port that leads nowhere, so that the bundle has no number of
    a pipe in it; each launch puts its own in that place."""
    sink = ("-chardev", "null,id=debug", "-device",
            f"isa-debugcon,iobase={guest.debug_port:#x},chardev=debug")
    line, _ = qemu.dry_run(dataclasses.replace(
        guest, debug=False, trace=(), extra=sink + guest.extra))
    found = re.search(r"mem-path='?([^,' ]+)/image\b", line)
    if not found:
        raise qemu.Failure("beeline: --dry-run: no mem-path in its line")
    return found.group(1)


def prepare(chosen):
    """Bakes what is run without firmware, so that its launches alone are
    measured, reads the files once, and gives the environment."""
    for guest in (one.guest for one in chosen if one.path == "none"):
        guest.options = ("--bundle", bundle_of(guest))
    return environment.collect(inputs(chosen),
                               {one.name: one.guest for one in chosen})


def say(text):
    """One line for the user."""
    print(f"boot-time: {text}", file=sys.stderr)
