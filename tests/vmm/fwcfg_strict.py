# SPDX-License-Identifier: BSD-2-Clause
"""Two devices that are no VMM's: one that allows what no contract forbids,
and one in memory instead of behind ports."""

import fwcfg
import fwcfg_vmm
from fwcfg import READ


class Strict(fwcfg_vmm.Device):
    """What no contract forbids: keys below 0x20 or of the directory that have
    an item, never a byte behind it; DMA as READ alone, its high half written
    each time, to where a port has selected."""

    def __init__(self, *args):
        super().__init__(*args)
        self.high_written = False

    def odd_read(self, port, size):
        if port < fwcfg.PORT_HIGH or size != 4:
            self.memory.violation(f"fw_cfg: {size} bytes read of {port:#x}")

    def _select(self, key):
        if key not in self.items:
            self.memory.violation(f"fw_cfg: key {key:#x} has no item")
        super()._select(key)

    def _data_byte(self):
        if self.offset >= len(self.item() or b""):
            self.memory.violation("fw_cfg: a byte behind the end of item "
                                  f"{self.key:#x}")
        return super()._data_byte()

    def write(self, port, size, value):
        if port == fwcfg.PORT_HIGH:
            self.high_written = True
        if port == fwcfg.PORT_LOW and not self.high_written:
            self.memory.violation("fw_cfg: DMA with a high half of before")
        super().write(port, size, value)

    def command(self, control, length, to):
        if control != READ or self.offset + length > len(self.item() or b""):
            self.memory.violation(
                f"fw_cfg: DMA control {control:#x}, {length:#x} bytes at "
                f"{self.offset:#x} of item {self.key:#x}")
        return super().command(control, length, to)

    def done(self):
        self.high_written = False


class StrictBytes(Strict):
    """The same without DMA."""

    dma = False


class Mmio(fwcfg.FwCfg):
    """QEMU's device in memory: data +0, selector +8, DMA +16, big-endian."""

    DATA, SELECTOR, HIGH, LOW = 0, 8, 16, 20
    DATA_SIZES = (1, 2, 4, 8)

    def mmio_read(self, offset, size):
        """Data bytes in the item's order; the mark."""
        if offset == self.DATA and size in self.DATA_SIZES:
            data = bytes(self._data_byte() for _ in range(size))
            return int.from_bytes(data, "little")
        if self.HIGH <= offset and offset + size <= self.HIGH + 8:
            at = offset - self.HIGH
            return int.from_bytes(b"QEMU CFG"[at:at + size], "little")
        self.memory.violation(f"fw_cfg: {size} bytes read at +{offset:#x}")
        return 0

    def mmio_write(self, offset, size, value):
        """The selector, or a half of the DMA register."""
        swapped = int.from_bytes(value.to_bytes(size, "little"), "big")
        if (offset, size) == (self.SELECTOR, 2):
            self._select(swapped)
            self.operations.append(fwcfg.Operation("bytes", self.key, 0))
        elif (offset, size) == (self.HIGH, 4):
            self.high = swapped
        elif (offset, size) == (self.LOW, 4):
            self._dma(self.high << 32 | swapped)
        elif (offset, size) == (self.HIGH, 8):
            self._dma(swapped)
        else:
            self.memory.violation(
                f"fw_cfg: {size} bytes written at +{offset:#x}")

    def read(self, port, size):
        """There are no ports."""
        self.memory.violation(f"fw_cfg: port {port:#x} in a build for MMIO")

    def write(self, port, size, value):
        self.read(port, size)
