# SPDX-License-Identifier: BSD-2-Clause
"""The fw_cfg device: QEMU's semantics, two lesser ones, and faults on order."""

import dataclasses
import struct

SIGNATURE, ID, RAM_SIZE, NB_CPUS = 0x00, 0x01, 0x03, 0x05
KERNEL_ADDR, KERNEL_SIZE, KERNEL_ENTRY, KERNEL_DATA = 0x07, 0x08, 0x10, 0x11
INITRD_ADDR, INITRD_SIZE, INITRD_DATA = 0x0A, 0x0B, 0x12
CMDLINE_SIZE, CMDLINE_DATA = 0x14, 0x15
SETUP_SIZE, SETUP_DATA = 0x17, 0x18
FILE_DIR, FILE_FIRST = 0x19, 0x20

PORT_SELECTOR, PORT_DATA, PORT_HIGH, PORT_LOW = 0x510, 0x511, 0x514, 0x518
MARK = {PORT_HIGH: 0x554D4551, PORT_LOW: 0x47464320}    # "QEMU CFG"
ERROR, READ, SKIP, SELECT, WRITE = 1, 2, 4, 8, 16

# What a host's device can do.
QEMU = "qemu"           # the mark; DMA with all its commands
SAFE = "safe"           # no mark; DMA reads what a port write has selected
BYTES = "bytes"         # no DMA at all
LYING = "lying"         # says DMA in its ID, but its DMA does nothing
ABSENT = "absent"       # no device: the ports float


@dataclasses.dataclass
class Item:
    """What a key holds.  Reads behind `data` bring zeros."""

    data: bytes = b""
    writable: bool = False
    written: bytearray = None

    def write(self, offset, data):
        """Takes a guest's bytes into a copy, which is what a test looks at."""
        if self.written is None:
            self.written = bytearray(self.data)
        self.written[offset:offset + len(data)] = data


@dataclasses.dataclass
class Operation:
    """One DMA, or one selection with the bytes read from it."""

    kind: str           # "read", "write", "skip", "none", or "bytes"
    key: int
    offset: int
    length: int = 0
    gpa: int = 0


class FwCfg:
    """The device.  `memory` has dma_read, dma_write, dma_zero, violation."""

    def __init__(self, items, mode, memory, fault=None):
        self.items = items
        self.mode = mode
        self.memory = memory
        self.fault = fault or (lambda index, key: None)
        self.operations = []
        self.dma_count = 0
        self.key = SIGNATURE
        self.offset = 0
        # Lesser devices keep what some earlier DMA has left there.
        self.high = 0 if mode == QEMU else 0x5A

    def read(self, port, size):
        """An IN from 0x510 and up; None where nothing answers."""
        if self.mode == ABSENT:
            return None
        if port == PORT_DATA:
            if size != 1:
                self.memory.violation(f"fw_cfg data read of {size} bytes")
            return self._data_byte()
        if self.mode == QEMU and size == 4:
            return MARK.get(port)
        return None

    def write(self, port, size, value):
        """An OUT to 0x510 and up."""
        if self.mode == ABSENT:
            return
        if port == PORT_SELECTOR and size == 2:
            self._select(value)
            self.operations.append(Operation("bytes", self.key, 0))
        elif port == PORT_HIGH and size == 4 and self.mode != BYTES:
            self.high = swap(value)
        elif port == PORT_LOW and size == 4 and self.mode != BYTES:
            self._dma(self.high << 32 | swap(value))
        else:
            self.memory.violation(
                f"fw_cfg: {size} bytes written to port {port:#x}")

    def _select(self, key):
        self.key, self.offset = key, 0

    def _item(self):
        return self.items.get(self.key) or Item()

    def _data_byte(self):
        data = self._item().data
        value = data[self.offset] if self.offset < len(data) else 0
        self.offset += 1
        if self.operations:
            self.operations[-1].length += 1
        return value

    def _dma(self, gpa):
        """One DMA command, [FWCFG] "Guest-side DMA Interface"."""
        if self.mode == QEMU:
            self.high = 0
        control, length, address = struct.unpack(
            ">IIQ", self.memory.dma_read(gpa, 16))
        if self.mode == LYING:
            self.memory.dma_write(gpa, struct.pack(">I", 0), "dma control")
            return
        if self.mode == SAFE:
            self._contract(control, length)
        elif control & SELECT:
            self._select(control >> 16)
        kind = self._kind(control)
        index, self.dma_count = self.dma_count, self.dma_count + 1
        self.operations.append(
            Operation(kind, self.key, self.offset, length, address))
        fault = self.fault(index, self.key)
        if fault == "hang":
            return
        failed = fault == "error" or not self._transfer(kind, address, length)
        self.memory.dma_write(gpa, struct.pack(">I", ERROR if failed else 0),
                              "dma control")

    @staticmethod
    def _kind(control):
        """QEMU looks at READ first, then WRITE, then SKIP."""
        for bit, kind in ((READ, "read"), (WRITE, "write"), (SKIP, "skip")):
            if control & bit:
                return kind
        return "none"

    def _contract(self, control, length):
        """What hosts without the mark do wrong, so nobody may ask for it."""
        if control & 0xFFFF != READ:
            self.memory.violation(f"fw_cfg: DMA control {control:#x} where "
                                  "only READ is safe")
        item = self.items.get(self.key)
        if item and self.offset + length > len(item.data):
            self.memory.violation(f"fw_cfg: DMA past the end of item "
                                  f"{self.key:#x}")

    def _transfer(self, kind, address, length):
        item = self._item()
        have = max(0, min(length, len(item.data) - self.offset))
        if kind == "read":
            label = f"item {self.key:#x}"
            data = item.data[self.offset:self.offset + have]
            self.memory.dma_write(address, data, label)
            self.memory.dma_zero(address + have, length - have, label)
        elif kind == "write":
            if not item.writable or have != length:
                return False
            item.write(self.offset, self.memory.dma_read(address, length))
        self.offset += have
        return True


def swap(value):
    """Four bytes, the other way round."""
    return int.from_bytes(value.to_bytes(4, "little"), "big")
