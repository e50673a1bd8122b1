# SPDX-License-Identifier: BSD-2-Clause
"""Starts guests by `beeline run`, which knows how QEMU is driven, watches what
they print, and ends them."""

import dataclasses
import os
import re
import selectors
import signal
import subprocess
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BEELINE = os.environ.get("BEELINE", os.path.join(ROOT, "build", "beeline"))
QEMU = os.environ.get("QEMU", "qemu-system-x86_64")
DEBUG_PORT = 0x402
EXIT_PORT = 0xF4
GRACE = 5           # seconds between asking QEMU to end and killing it
TICK = 0.2          # seconds between looks at the clock and at `stopping`

stopping = threading.Event()    # set by a signal: every run ends itself


class Failure(Exception):
    """One line for the user: file: what: why."""


@dataclasses.dataclass
class Guest:
    """What to run.  Paths may be relative to the current folder."""

    path: str = "firmware"          # or none
    machine: str = "q35"            # the whole -M value
    memory: str = "512M"            # the whole -m value
    cpus: str = "1"                 # the whole -smp value
    accel: str = "tcg"              # tcg, kvm or auto
    firmware: str = ""              # path firmware: the ROM
    entry: str = "64"               # path none: 64 or pvh
    kernel: str = ""
    initrd: str = ""
    append: str = ""
    icount: bool = False            # one instruction is one nanosecond
    reboots: bool = False           # a reset starts the guest again
    serial: bool = True
    debug: bool = True
    debug_port: int = DEBUG_PORT
    exit_port: bool = True
    trace: tuple = ()               # names of QEMU's trace events to read
    options: tuple = ()             # more options of `beeline run`
    extra: tuple = ()               # more QEMU arguments


@dataclasses.dataclass
class Line:
    """A line of output and when its first byte reached us."""

    source: str                     # console, debug or trace
    at: float                       # seconds since QEMU was started
    text: str


@dataclasses.dataclass
class Result:
    """What a run left behind."""

    args: list
    lines: list = dataclasses.field(default_factory=list)
    code: int = 0                   # QEMU's exit code
    wall: float = 0.0               # seconds
    ended: str = "exit"             # exit, limit, stop or signal
    # (begin, end) of times for which we were kept from our pipes for more
    # than a tick: what was read then may have come long before
    late: list = dataclasses.field(default_factory=list)
    stderr: str = ""

    def text(self, source="console"):
        """The lines of one source."""
        return [line.text for line in self.lines if line.source == source]


def qemu_arguments(guest, debug_fd, trace_fd=None):
    """The arguments that are QEMU's own."""
    args = []
    if guest.trace and trace_fd is not None:
        for event in guest.trace:
            args += ["-trace", event]
        args += ["-D", f"/dev/fd/{trace_fd}"]
    if guest.icount:
        args += ["-icount", "shift=0,sleep=off"]
    if guest.debug and debug_fd is not None:
        args += ["-add-fd", f"fd={debug_fd},set=1",
                 "-chardev", "file,id=debug,path=/dev/fdset/1,append=on",
                 "-device",
                 f"isa-debugcon,iobase={guest.debug_port:#x},chardev=debug"]
    if guest.exit_port:
        args += ["-device", "isa-debug-exit,iosize=1,"
                 f"iobase={EXIT_PORT:#x}"]
    return args + list(guest.extra)


def arguments(guest, debug_fd=None, trace_fd=None):
    """The argument list of `beeline run` for a guest."""
    args = [BEELINE, "run", "--path", guest.path, "--machine", guest.machine,
            "--memory", guest.memory, "--cpus", guest.cpus,
            "--accel", guest.accel, "--kernel", guest.kernel]
    if guest.path == "firmware" and guest.firmware:
        args += ["--firmware", guest.firmware]
    if guest.path == "none":
        args += ["--entry", guest.entry]
    for option in ("initrd", "append"):
        value = getattr(guest, option)
        if value:
            args += ["--" + option, value]
    if not guest.serial:
        args += ["--no-console"]
    if not guest.reboots:
        args += ["--no-reboot"]
    return args + [*guest.options, "--",
                   *qemu_arguments(guest, debug_fd, trace_fd)]


def dry_run(guest, whole=False):
    """What `beeline run --dry-run` says: QEMU's command line, and its word
    about the accelerator.

    whole: with the devices and pipes that run() adds, which no shell has."""
    with open(os.devnull, "wb") as sink:
        fds = (sink.fileno(),) if whole else ()
        args = arguments(guest, *fds * 2)
        at = args.index("--")
        try:
            done = subprocess.run(args[:at] + ["--dry-run"] + args[at:],
                                  capture_output=True, text=True,
                                  check=False, pass_fds=fds)
        except FileNotFoundError as err:
            raise Failure(f"{BEELINE}: cannot run: make beeline") from err
    if done.returncode:
        raise Failure(done.stderr.strip() or f"{BEELINE}: failed")
    return done.stdout.strip(), done.stderr.strip()


def command(guest):
    """QEMU's command as a line to paste into a shell."""
    return dry_run(guest)[0]


def choose_accel(wanted):
    """The accelerator for `auto`, `kvm` or `tcg`, and a line about it."""
    if wanted != "auto":
        return wanted, ""
    line, why = dry_run(Guest(accel="auto"))
    return re.search(r"-accel (\w+)", line).group(1), why


class Stream:
    """Cuts the bytes of one pipe into stamped lines."""

    def __init__(self, name, file, start, echo):
        self.name, self.file, self.start = name, file, start
        self.echo = echo
        self.held, self.at = b"", None

    def feed(self, data):
        """Gives the lines that data ends."""
        now = time.monotonic() - self.start
        if self.echo:
            self.echo(self.name, data)
        lines = []
        for piece in data.splitlines(keepends=True):
            if self.at is None:
                self.at = now
            self.held += piece
            if piece.endswith(b"\n"):
                lines += self.flush()
        return lines

    def flush(self):
        """Gives what is held as a line of its own."""
        if not self.held:
            return []
        text = self.held.decode(errors="replace").rstrip("\r\n")
        line = Line(self.name, self.at, text)
        self.held, self.at = b"", None
        return [line]


def end(child):
    """Ends our child, and no other process."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def read_ready(selector):
    """The lines that came within one tick."""
    fresh = []
    for key, _ in selector.select(TICK):
        data = os.read(key.fd, 65536)
        if not data:
            selector.unregister(key.fileobj)
        fresh += key.data.feed(data) if data else key.data.flush()
    return fresh


def watch(child, streams, result, deadline, stop, linger):
    """Reads all pipes until the guest ends or must end."""
    selector = selectors.DefaultSelector()
    for stream in streams:
        selector.register(stream.file, selectors.EVENT_READ, stream)
    ended, looked = "limit", time.monotonic()
    while selector.get_map():
        fresh = read_ready(selector)
        result.lines += fresh
        before, looked = looked, time.monotonic()
        if looked - before > 2 * TICK:
            result.late.append((before, looked))
        if stop and any([stop(line) for line in fresh]):
            deadline, ended = time.monotonic() + linger, "stop"
        if stopping.is_set():
            result.ended = "signal"
            return
        if child.poll() is not None and not drained(selector):
            return
        if time.monotonic() >= deadline:
            result.ended = ended
            return


def drained(selector):
    """Whether more waits in the pipes of a child that has ended."""
    return bool(selector.select(0))


def spawn(guest, *writes):
    """Starts QEMU; writes are our pipes for debug port and trace."""
    args = arguments(guest, *writes)
    try:
        return args, subprocess.Popen(
            args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, pass_fds=writes)
    except FileNotFoundError as err:
        raise Failure(f"{BEELINE}: cannot run: make beeline") from err


def run(guest, limit=60, stop=None, linger=0, echo=None):
    """Runs a guest to its end, for `limit` seconds, or until `linger`
    seconds after stop(line) was true.

    echo(source, bytes) sees output as it comes.  Gives a Result; raises
    Failure only when QEMU cannot be started."""
    debug_read, debug_write = os.pipe()
    trace_read, trace_write = os.pipe()
    start = time.monotonic()
    try:
        args, child = spawn(guest, debug_write, trace_write)
    except Failure:
        os.close(debug_read)
        os.close(trace_read)
        raise
    finally:
        os.close(debug_write)
        os.close(trace_write)
    result = Result(args)
    complaints = []
    reader = threading.Thread(
        target=lambda: complaints.append(child.stderr.read()), daemon=True)
    reader.start()
    with os.fdopen(debug_read, "rb", 0) as debug, \
            os.fdopen(trace_read, "rb", 0) as trace:
        streams = (Stream("console", child.stdout, start, echo),
                   Stream("debug", debug, start, echo),
                   Stream("trace", trace, start, echo))
        try:
            watch(child, streams, result, start + limit, stop, linger)
        finally:
            end(child)
            reader.join(GRACE)
    result.wall = time.monotonic() - start
    result.late = [(begin - start, end - start) for begin, end in result.late]
    result.code = child.returncode
    result.stderr = b"".join(complaints).decode(errors="replace")
    child.stdout.close()
    child.stderr.close()
    return result


def catch_signals():
    """Lets SIGINT and SIGTERM end every guest before this program."""
    def handler(_number, _frame):
        stopping.set()
    signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGTERM, handler)


def firmware_path(name=""):
    """The ROM to test: what is named, else build/fw.bin."""
    path = name or os.path.join(ROOT, "build", "fw.bin")
    if not os.path.exists(path):
        raise Failure(f"{path}: no firmware: run make firmware")
    return path
