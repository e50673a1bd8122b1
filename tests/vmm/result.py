# SPDX-License-Identifier: BSD-2-Clause
"""What a run on the bench has left behind."""

import dataclasses


@dataclasses.dataclass
class Write:
    """A write outside the firmware's own low memory."""

    gpa: int
    length: int
    by: str             # "cpu", or which item a DMA came from

    @property
    def end(self):
        """First byte behind."""
        return self.gpa + self.length


@dataclasses.dataclass
class Result:
    """How a run ended; the machine is as it was left."""

    outcome: str
    machine: object
    regs: dict          # at the kernel's entry, or at the end
    why: str = ""       # of an outcome BROKEN
    entry: int = None   # where the kernel was entered

    def read(self, gpa, length):
        """Guest memory."""
        return self.machine.dma_read(gpa, length)

    def number(self, gpa, size=4):
        """A little-endian number in guest memory."""
        return int.from_bytes(self.read(gpa, size), "little")

    @property
    def debug(self):
        """What the debug port was told."""
        return self.machine.debugcon.text

    @property
    def serial(self):
        """What the serial port was told."""
        return self.machine.serial.text

    @property
    def operations(self):
        """What was asked of fw_cfg."""
        return self.machine.fw_cfg.operations
