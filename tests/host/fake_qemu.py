#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""fake_qemu.py - stands in for QEMU in tests/host/pull.py.

It takes QEMU's arguments, finds its two sockets in them, and behaves as the
variable FAKE says: a method of Fake by that name.  What it does not spoil it
answers as a Q35 with a script and a few files would."""
import base64
import json
import os
import re
import select
import signal
import socket
import struct
import sys
import time

MARK = 0x47464320
DMA_LOW, PCI_ADDRESS, PCI_DATA, CMOS_DATA = 0x518, 0xCF8, 0xCFC, 0x71
NAME = os.path.basename(sys.argv[0])


def command(what, one, two=b"", rest=b""):
    """A command of the script."""
    return struct.pack("<I56s56s12s", what, one, two, rest)


def e820(*entries):
    """The bytes of etc/e820."""
    return b"".join(struct.pack("<QQI", *entry) for entry in entries)


class Fake:
    """The machine, and how it is spoilt."""

    def __init__(self):
        sockets = dict(re.findall(r"id=beeline-(\w+),fd=(\d+)",
                                  " ".join(sys.argv)))
        self.qtest = socket.socket(fileno=int(sockets["qtest"]))
        self.qmp = socket.socket(fileno=int(sockets["qmp"]))
        self.config = {(0, 0): 0x29C08086, (0xF8, 0): 0x29188086}
        self.fixed = {}             # registers that take nothing
        self.select = 0
        self.memory = {}
        self.items = {}
        self.count = None           # of the directory, by its own word
        self.sizes = {}             # of files, by their own word
        self.dma = 0                # what a DMA ends with
        self.answer = None          # instead of the right one
        self.cpus = [("/cpu0", 0), ("/cpu1", 1)]
        self.files = {
            b"etc/e820": e820((0, 1 << 29, 1), (0xFD << 32, 3 << 32, 2)),
            b"etc/table-loader": command(1, b"a") + command(2, b"b", b"a") +
            command(3, b"c") + command(4, b"d", b"e") + command(9, b"f") +
            command(1, b"missing") + command(0, b"g") + bytes(128),
        }
        for name in (b"a", b"b", b"c", b"d", b"e", b"f", b"g"):
            self.files[name] = name * 300

    # what FAKE names

    def plain(self):
        """Nothing is wrong."""

    def no_tables(self):
        """The board has to be described."""
        del self.files[b"etc/table-loader"]

    def quits(self):
        sys.exit(3)

    def complains(self):
        sys.stderr.write(f"{NAME}: -x: bad \x1b[31mthing\n"
                         f"{NAME}: warning: old\nTry something else\n")
        sys.exit(1)

    def warns(self):
        sys.stderr.write(f"{NAME}: warning: not good\n")
        sys.exit(1)

    def crashes(self):
        os.kill(os.getpid(), signal.SIGSEGV)

    def hangs_up(self):
        self.qtest.close()
        self.qmp.close()
        time.sleep(100)

    def stubborn(self):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.garbage()

    def garbage(self):
        self.qmp.sendall(os.urandom(64).replace(b"\n", b"") + b"\n")
        time.sleep(100)

    def wrong_greeting(self):
        self.qmp.sendall(b'{"QMP": {"version": 7}}\n')
        time.sleep(100)

    def endless(self):
        while True:
            self.qmp.sendall(b"x" * 4096)

    def silent(self):
        time.sleep(100)

    def events(self):
        self.greet()
        while True:
            self.qmp.sendall(b'{"event": "STOP"}\n')
            time.sleep(0.01)

    def interrupts(self):
        self.answer = "IRQ raise 1\n" * 10

    def chatters(self):
        for _ in range(1000):
            try:
                os.write(2, b"chatter " * 128)
            except BlockingIOError:
                pass

    def fails(self):
        self.answer = "FAIL no\n"

    def large_value(self):
        self.answer = "OK 0x100000000\n"

    def no_value(self):
        self.answer = "OK\n"

    def no_ich9(self):
        del self.config[0xF8, 0]

    def fixed_pmbase(self):
        self.fixed[0xF8, 0x40] = 1

    def fixed_pciexbar(self):
        self.fixed[0, 0x60] = 0xE0000001

    def fixed_piix4(self):
        self.config = {(0, 0): 0x12378086, (8, 0): 0x70008086,
                       (0xB, 0): 0x71138086}
        self.fixed[0xB, 0x80] = 0

    def other_piix(self):
        self.config = {(0, 0): 0x12378086, (8, 0): 0x71108086,
                       (0xB, 0): 0x71138086}

    def no_fw_cfg(self):
        self.config[DMA_LOW] = 0xFFFFFFFF

    def dma_fails(self):
        self.dma = 1

    def dma_hangs(self):
        self.dma = 2

    def many_files(self):
        self.count = 512

    def huge_count(self):
        self.count = 0x4000001

    def endless_name(self):
        self.files[b"x" * 56] = b""

    def no_map(self):
        del self.files[b"etc/e820"]

    def empty_map(self):
        self.files[b"etc/e820"] = e820((0, 0, 1))

    def map_size(self):
        self.files[b"etc/e820"] += b"\0"

    def map_overlap(self):
        self.files[b"etc/e820"] = e820((0, 8192, 1), (8191, 1, 2))

    def map_wrap(self):
        self.files[b"etc/e820"] = e820((1 << 63, 1 << 63, 1))

    def map_long(self):
        self.files[b"etc/e820"] = e820(
            *((i << 20, 4096, 1) for i in range(128)))

    def script_size(self):
        self.files[b"etc/table-loader"] += b"\0"

    def script_name(self):
        self.files[b"etc/table-loader"] += command(1, b"x" * 56)

    def script_second_name(self):
        self.files[b"etc/table-loader"] += command(2, b"a", b"x" * 56)

    def script_names(self):
        for i in range(70):
            self.files[b"%d" % i] = b"0"
            self.files[b"etc/table-loader"] += command(1, b"%d" % i)

    def large_file(self):
        self.sizes[b"e"] = 0xFFFFFFFF

    def large_files(self):
        self.sizes[b"a"] = self.sizes[b"b"] = 33 << 20

    def large_script(self):
        self.sizes[b"etc/table-loader"] = (64 << 20) + 128

    def large_smbios(self):
        self.files[b"etc/smbios/smbios-tables"] = b""
        self.sizes[b"etc/smbios/smbios-tables"] = 0x80000000

    def no_cpus(self):
        self.no_tables()
        self.cpus = []

    def many_cpus(self):
        self.no_tables()
        self.cpus = [(f"/cpu{i}", i) for i in range(289)]

    def twin_cpus(self):
        self.no_tables()
        self.cpus.append(("/cpu2", 1))

    def negative_cpu(self):
        self.no_tables()
        self.cpus.append(("/cpu2", -1))

    def nameless_cpu(self):
        self.no_tables()
        self.cpus.append((7, 7))

    # the machine

    def directory(self):
        """The item 0x19; files have the keys behind 0x20."""
        names = sorted(self.files)
        entries = b""
        for i, name in enumerate(names):
            size = self.sizes.get(name, len(self.files[name]))
            entries += struct.pack(">IHH56s", size, 0x20 + i, 0, name)
            self.items[0x20 + i] = self.files[name]
        count = self.count if self.count is not None else len(names)
        return struct.pack(">I", count) + entries

    def dma_run(self, gpa):
        """A read, with or without a selector."""
        control, length, to = struct.unpack(">IIQ", self.memory[gpa])
        if control & 8:
            self.item = self.items.get(control >> 16, b"")
        self.memory[to] = self.item[:length].ljust(length, b"\0")
        self.item = self.item[length:]
        self.memory[gpa] = struct.pack(">I", self.dma) + self.memory[gpa][4:]

    def out(self, port, value):
        if port == PCI_ADDRESS:
            self.select = (value >> 8 & 0xFFFF, value & 0xFF)
        elif port == PCI_DATA:
            self.config[self.select] = self.fixed.get(self.select, value)
        elif port == DMA_LOW:
            self.dma_run(struct.unpack(">I", struct.pack("<I", value))[0])

    def port_in(self, port):
        if port == PCI_DATA:
            return self.config.get(self.select, 0xFFFFFFFF)
        if port == DMA_LOW:
            return self.config.get(DMA_LOW, MARK)
        return 0x80 if port == CMOS_DATA else 0xFF

    def qtest_answer(self, words):
        """One line for one line."""
        numbers = [int(w, 0) for w in words[1:3] if w[:1].isdigit()]
        if self.answer is not None:
            return self.answer
        if words[0].startswith("out"):
            self.out(*numbers)
        elif words[0].startswith("in"):
            return f"OK {self.port_in(numbers[0]):#06x}\n"
        elif words[0] == "write":
            self.memory[numbers[0]] = bytes.fromhex(words[3][2:])
        elif words[0] == "b64read":
            data = self.memory[numbers[0]] + self.memory[numbers[0] + 16]
            return f"OK {base64.b64encode(data[:numbers[1]]).decode()}\n"
        elif words[0] == "readl":
            return "OK 0x0000000000000000\n"
        return "OK\n"

    def qmp_answer(self, line):
        """What a command returns."""
        asked = json.loads(line)
        given = asked.get("arguments", {})
        numbers = dict(self.cpus, **{"family": 6, "model": 1, "stepping": 1})
        if asked["execute"] == "query-cpus-fast":
            result = [{"qom-path": path} for path, _ in self.cpus]
        elif given.get("property") == "apic-id":
            result = numbers[given["path"]]
        elif given.get("property") == "feature-words":
            result = []
        elif given.get("property") == "type":
            result = "fake-machine"
        else:
            result = numbers.get(given.get("property"), {})
        return json.dumps({"return": result}) + "\n"

    def greet(self):
        """What a monitor says first."""
        self.qmp.sendall(json.dumps({"QMP": {"version": {
            "qemu": {"major": 7, "minor": 2, "micro": 0}, "package": ""}}}
            ).encode() + b"\n")

    def serve(self):
        """Answers until everybody is gone."""
        self.items[0x19] = self.directory()
        self.greet()
        parts = {self.qtest: b"", self.qmp: b""}
        while True:
            for peer in select.select(parts, [], [])[0]:
                got = peer.recv(65536)
                if not got:
                    return
                *lines, parts[peer] = (parts[peer] + got).split(b"\n")
                for line in lines:
                    text = self.qmp_answer(line) if peer is self.qmp else \
                        self.qtest_answer(line.decode().split(" "))
                    peer.sendall(text.encode())


def main():
    """Writes its number where it is told to, and goes to work."""
    if "FAKE_PID" in os.environ:
        with open(os.environ["FAKE_PID"], "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
    fake = Fake()
    getattr(fake, os.environ["FAKE"])()
    fake.serve()


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, ConnectionResetError):
        pass
