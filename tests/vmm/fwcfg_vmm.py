# SPDX-License-Identifier: BSD-2-Clause
"""The fw_cfg devices of other VMMs, one class each: what they do otherwise
than QEMU's, defects included.  docs/vmm.md says which sources were read.

Where the VMM itself would crash or stop, the run ends with a violation."""

import struct

import fwcfg
from fwcfg import ERROR, READ, SELECT, SKIP, WRITE

COMMANDS = ERROR | READ | SKIP | SELECT | WRITE
ARCHITECTURE, INVALID = 0x4000, 0xFFFF


class Device(fwcfg.FwCfg):
    """What the imitations have in common: the DMA register reads as the
    address that was last written, high half and all, and keeps it."""

    dma = True

    def __init__(self, items, _mode, memory, fault=None):
        super().__init__(items, fwcfg.SAFE if self.dma else fwcfg.BYTES,
                         memory, fault)
        self.address = 0

    def read(self, port, size):
        if port == fwcfg.PORT_DATA:
            return super().read(port, size)
        if not self.dma or port not in (fwcfg.PORT_HIGH, fwcfg.PORT_LOW):
            return self.odd_read(port, size)
        half = self.address >> 32 if port == fwcfg.PORT_HIGH else self.address
        return fwcfg.swap(half & 0xFFFFFFFF)

    def odd_read(self, _port, _size):
        """A read that is no register's."""
        return None

    def write(self, port, size, value):
        if port == fwcfg.PORT_HIGH and size == 4:
            low = self.address & 0xFFFFFFFF
            self.address = fwcfg.swap(value) << 32 | low
        super().write(port, size, value)

    def item(self):
        """The selected item's bytes; None where there is no such item."""
        found = self.items.get(self.key)
        return None if found is None else found.data

    def known(self):
        """Has the device a place for this key?"""
        files = [key for key in self.items if key >= fwcfg.FILE_FIRST]
        return self.key < fwcfg.FILE_FIRST or self.key in files

    # DMA: a command in, False for an error out.

    def _dma(self, gpa):
        self.address = gpa
        control, length, to = struct.unpack(
            ">IIQ", self.memory.dma_read(gpa, 16))
        if self.selects(control):
            self.dma_select(control >> 16)
        index, self.dma_count = self.dma_count, self.dma_count + 1
        self.operations.append(fwcfg.Operation(
            self._kind(control), self.key, self.offset, length, to))
        fault = self.fault(index, self.key)
        good = fault is None and self.command(control, length, to)
        self.done()
        if fault == "hang" or good is None:
            return
        self.memory.dma_write(gpa, struct.pack(">I", 0 if good else ERROR),
                              "dma control")

    def selects(self, control):
        """Does the control word ask for a selection?"""
        return control & SELECT

    def dma_select(self, key):
        """SELECT."""
        self._select(key)

    def command(self, control, length, to):
        """READ, WRITE, SKIP in this order; True, False, None: never ends."""
        if control & READ:
            return self.transfer(length, to)
        if control & WRITE:
            return self.store(length, to)
        if control & SKIP:
            self.offset += length
            return True
        return False

    def transfer(self, length, to, zeros=False):
        """Copies what there is; only some fill the rest with zeros."""
        if not self.known():
            return False
        data = (self.item() or b"")[self.offset:self.offset + length]
        label = f"item {self.key:#x}"
        self.memory.dma_write(to, data, label)
        if zeros:
            self.memory.dma_zero(to + len(data), length - len(data), label)
        self.offset += len(data)
        return True

    def store(self, _length, _to):
        """WRITE."""
        return False

    def done(self):
        """An operation has ended."""


class Alioth(Device):
    """SELECT is taken as a truth value, and the offset stays; WRITE is not
    there, and crashes the VMM."""

    def dma_select(self, key):
        self.key = 1

    def store(self, _length, _to):
        self.memory.violation("Alioth: DMA WRITE ends the VMM")
        return False


class CloudHypervisor(Device):
    """Control bits at other places (v48 to v53 at least), and reading a byte
    behind an item's end is an index error of the VMM's (to v53)."""

    READ, SKIP, SELECT, WRITE = 1 << 1, 1 << 3, 1 << 7, 1 << 15

    def selects(self, control):
        return control & self.SELECT

    def dma_select(self, key):
        self.key = 1

    def command(self, control, length, to):
        if control & self.READ:
            return self.transfer(length, to)
        if control & self.SKIP and not control & self.WRITE:
            self.offset += length
            return True
        return False

    def _data_byte(self):
        if self.item() and self.offset >= len(self.item()):
            self.memory.violation("Cloud Hypervisor: a byte behind the end of "
                                  f"item {self.key:#x} ends the VMM")
        return super()._data_byte()


class CloudHypervisorFixed(Device):
    """As its forks have mended it."""

    def transfer(self, length, to, zeros=True):
        return super().transfer(length, to, zeros)


class Propolis(Device):
    """Refuses control words with bits that it does not know; no writes; the
    register is clear after each operation."""

    def __init__(self, *args):
        super().__init__(*args)
        self.high = 0

    def selects(self, control):
        return not control & 0xFFFF & ~COMMANDS and control & SELECT

    def command(self, control, length, to):
        if control & 0xFFFF & ~COMMANDS:
            return False
        return super().command(control, length, to) or not control & COMMANDS

    def transfer(self, length, to, zeros=True):
        if self.known():
            return super().transfer(length, to, zeros)
        self.memory.dma_zero(to, length, "no item")
        return True

    def done(self):
        self.address = self.high = 0


class StratoVirt(Device):
    """Shows QEMU's mark.  SKIP does nothing; selecting what is behind its
    slots leaves nothing selected, and then a DMA never completes, and the next
    one reads zeros."""

    SLOTS = 0x20

    def __init__(self, *args):
        super().__init__(*args)
        self.was_invalid, self.high = False, 0

    def read(self, port, size):
        if size == 4 and port in fwcfg.MARK:
            return fwcfg.MARK[port]
        return super().read(port, size)

    def _select(self, key):
        behind = key & 0x3FFF >= fwcfg.FILE_FIRST + self.SLOTS
        super()._select(INVALID if behind else key)

    def _dma(self, gpa):
        self.was_invalid = self.key == INVALID
        super()._dma(gpa)

    def command(self, control, length, to):
        if self.key == INVALID:
            return None
        if control & SKIP:
            length = 0
        if control & WRITE:
            return self.store(length, to)
        if not control & READ:
            return True
        if self.was_invalid:
            self.memory.dma_zero(to, length, "after no item")
            return True
        return self.transfer(length, to)

    def known(self):
        return True

    def transfer(self, length, to, zeros=True):
        return super().transfer(length, to, zeros)

    def store(self, length, to):
        item = self._item()
        if not item.writable or length > len(item.data) - self.offset:
            return False
        item.write(self.offset, self.memory.dma_read(to, length))
        self.offset += length
        return True

    def done(self):
        self.address = self.high = 0


class Crosvm(Device):
    """Bytes only.  A key that is not there leaves the old item selected; one
    with bit 14 switches to a bank that is empty, for the next read to crash
    on, and keys 0, 1 and 0x19 do not switch back."""

    dma = False

    def __init__(self, *args):
        super().__init__(*args)
        self.bank = 0

    def _select(self, key):
        self.offset = 0
        if key not in (fwcfg.SIGNATURE, fwcfg.ID, fwcfg.FILE_DIR):
            self.bank = key & ARCHITECTURE
            if self.bank or key >= fwcfg.FILE_FIRST and key not in self.items:
                return
        self.key = key

    def _data_byte(self):
        if self.bank:
            self.memory.violation("crosvm: a key with bit 14 was selected: "
                                  "this read ends the VMM")
        return super()._data_byte()


class Bhyve(Device):
    """Bytes only; any other width than 2 and 1 ends the VM."""

    dma = False

    def odd_read(self, port, size):
        if port == fwcfg.PORT_SELECTOR and size != 2:
            self.memory.violation(f"bhyve: {size} bytes read of the selector")
        return None


class Dummy(Device):
    """kvmtool: two ports that read as 0 and take anything."""

    dma = False

    def read(self, port, size):
        return 0

    def write(self, port, size, value):
        pass
