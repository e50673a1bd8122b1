# SPDX-License-Identifier: BSD-2-Clause
"""Measures what a stamp costs the guest, and how late the host takes it.

A ROM of our own takes the firmware's place: it writes one byte to the debug
port, then N times to the port in question, then a byte again, and ends QEMU.
The time between the two bytes, less that of as many writes to a port that
nobody watches, is the price of N."""

import os
import selectors
import struct
import tempfile
import time

import marks
import qemu
import stats

COUNT = 5000            # writes
TIMES = 5               # of each, in turn
LIMIT = 60
ROM_SIZE = 0x10000
KERNEL_SIZE = 0x10000
PAUSE = 0.002           # between the bytes whose delay is measured
DELAYS = 500
COM1, FW_CFG, UNWATCHED = 0x3F8, 0x510, 0xE0
# name -> port, what is written there
PORTS = {"no stamp": (UNWATCHED, 0x78), "debug port": (qemu.DEBUG_PORT, 0x78),
         "console": (COM1, 0x78), "trace": (FW_CFG, 1)}


def rom(port, value, count):
    """A 64 KiB ROM: its code runs from f000:0000 in real mode."""
    wide = "ef" if port == FW_CFG else "ee"     # out dx, ax or al
    code = bytes.fromhex(
        f"ba{struct.pack('<H', qemu.DEBUG_PORT).hex()} b053 ee"  # 'S'
        f"ba{struct.pack('<H', port).hex()}"
        f"b8{struct.pack('<H', value).hex()}"
        f"66b9{struct.pack('<I', count).hex()}"     # mov ecx, count
        f"{wide} 6649 75fb"                         # out; dec ecx; jnz
        f"ba{struct.pack('<H', qemu.DEBUG_PORT).hex()} b00aee b045ee b00aee"
        f"baf400 30c0 ee f4 ebfd")                  # isa-debug-exit; hlt
    image = bytearray(ROM_SIZE)
    image[:len(code)] = code
    image[0xFFF0:0xFFF5] = bytes.fromhex("ea000000f0")  # jmp f000:0000
    return bytes(image)


def kernel():
    """What QEMU takes for a bzImage: nobody enters it."""
    image = bytearray(KERNEL_SIZE)
    image[0x1F1] = 1                                # setup_sects
    image[0x1FE:0x200] = b"\x55\xaa"
    image[0x202:0x208] = b"HdrS" + struct.pack("<H", 0x20C)
    image[0x211] = 1                                # loaded high
    return bytes(image)


def write(path, data):
    """Makes a file; gives its path."""
    with open(path, "wb") as file:
        file.write(data)
    return path


def run_rom(folder, accel, port, value):
    """Seconds from the ROM's first byte to its last."""
    guest = qemu.Guest(
        machine="pc", memory="64M", accel=accel, trace=marks.TRACE,
        firmware=write(os.path.join(folder, "rom"),
                       rom(port, value, COUNT)),
        kernel=write(os.path.join(folder, "kernel"), kernel()))
    result = qemu.run(guest, LIMIT)
    said = [line.at for line in result.lines if line.source == "debug" and
            line.text[:1] in ("S", "E")]
    if len(said) != 2:
        why = result.stderr.strip() or f"ended by {result.ended}"
        raise qemu.Failure(f"stamp-cost: the ROM did not report: {why}")
    return said[1] - said[0]


def delays():
    """Seconds from a write into a pipe to its stamp, many times: a child
    writes its clock's value, which is the host's own."""
    ours, its = os.pipe()
    child = os.fork()
    if not child:
        for _ in range(DELAYS):
            time.sleep(PAUSE)
            os.write(its, b"%.7f\n" % time.monotonic())
        os._exit(0)
    os.close(its)
    lines = []
    with os.fdopen(ours, "rb", 0) as pipe, \
            selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ,
                          qemu.Stream("delay", pipe, 0.0, None))
        while selector.get_map():
            lines += qemu.read_ready(selector)
    os.waitpid(child, 0)
    return [line.at - float(line.text) for line in lines]


def measure(accel):
    """{"each": name -> microseconds, "delay": microseconds of each}"""
    times = {name: [] for name in PORTS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(TIMES):
            for name, (port, value) in PORTS.items():
                times[name].append(run_rom(folder, accel, port, value))
                if qemu.stopping.is_set():
                    raise qemu.Failure("stamp-cost: interrupted")
    each = {name: 1e6 * stats.median(found) / COUNT
            for name, found in times.items()}
    return {"accel": accel, "each": each,
            "delay": [1e6 * delay for delay in delays()]}


def text_of(found):
    """What was found, as a table."""
    base = found["each"]["no stamp"]
    lines = [f"# microseconds a write, {found['accel']}, {COUNT} writes, "
             f"median of {TIMES} runs",
             f"{'a port nobody watches':<28}{base:8.2f}"]
    for name, value in found["each"].items():
        if name != "no stamp":
            lines.append(f"{name + ', the stamp alone':<28}"
                         f"{value - base:8.2f}")
    late = found["delay"]
    lines += [f"# microseconds from a write to its stamp, {len(late)} bytes",
              f"{'median':<28}{stats.median(late):8.1f}",
              f"{'p90':<28}{stats.quantile(late, 0.9):8.1f}",
              f"{'p99':<28}{stats.quantile(late, 0.99):8.1f}"]
    return "\n".join(lines)
