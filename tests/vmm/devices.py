# SPDX-License-Identifier: BSD-2-Clause
"""The devices of a scripted board besides fw_cfg, each a pair of port calls.

read(port, size) returns a number, or None where nothing answers;
write(port, size, value) returns nothing."""

ECAM_BASE = 0xB0000000
ICH9_LPC = 0xF8             # 0:1f.0
ECAM_LPC = ICH9_LPC << 12   # its page of the window
PCI_IDS = {
    None: {},
    "pc": {0x00: 0x12378086, 0x08: 0x70008086, 0x0B: 0x71138086},
    "q35": {0x00: 0x29C08086, ICH9_LPC: 0x29188086},
    # host bridges that other VMMs show, with nothing behind them
    "pc-alone": {0x00: 0x12378086},
    "q35-alone": {0x00: 0x29C08086},
    "alioth": {0x00: 0x14801022},
    "cloud-hypervisor": {0x00: 0x0D578086},
    "bhyve": {0x00: 0x74321022},
}
Q35_PCIEXBAR = 0x60
THR_EMPTY = 0x20


class Debugcon:
    """Port 0x402."""

    def __init__(self, present=True):
        self.present = present
        self.text = ""

    def read(self, _port, _size):
        """The mark that tells a debugcon from a floating port."""
        return 0xE9 if self.present else None

    def write(self, _port, _size, value):
        """A letter."""
        if self.present:
            self.text += chr(value & 0xFF)


class Serial:
    """COM1: the transmitter and its status, which `ready` scripts."""

    def __init__(self, ready=True):
        self.ready = ready
        self.text = ""

    def read(self, port, _size):
        """The line status register; the rest reads as 0."""
        return THR_EMPTY if port == 0x3FD and self.ready else 0

    def write(self, port, _size, value):
        """A letter."""
        if port == 0x3F8:
            self.text += chr(value & 0xFF)


class Sink:
    """Ports that take a number and remember it: POST, debug exits."""

    def __init__(self):
        self.writes = []        # (port, value)

    def read(self, _port, _size):
        """Nothing answers."""
        return None

    def write(self, port, _size, value):
        """Remembers."""
        self.writes.append((port, value))


class Cmos:
    """RTC memory at 0x70/0x71; without `values` nobody answers."""

    def __init__(self, values=None):
        self.values = values
        self.index = 0

    def read(self, port, _size):
        """The byte that was chosen."""
        if self.values is None or port != 0x71:
            return None
        return self.values.get(self.index, 0)

    def write(self, port, _size, value):
        """Chooses a byte."""
        if port == 0x70:
            self.index = value & 0x7F


class PciHost:
    """Configuration mechanism 1 and, on q35, the ECAM window."""

    def __init__(self, board):
        self.ids = PCI_IDS[board]
        self.address = 0
        self.writes = []        # (devfn, register, size, value)
        self.pciexbar = 0
        self.has_ecam = ICH9_LPC in self.ids

    def read(self, port, size):
        """An identity, all ones for what is not there."""
        if port == 0xCF8:
            return self.address if self.ids else None
        if not self.address & 0x80000000 or not self.ids:
            return None
        devfn, register = self.address >> 8 & 0xFF, self.address & 0xFC
        if register == 0 and size == 4:
            return self.ids.get(devfn)
        return 0 if devfn in self.ids else None

    def write(self, port, size, value):
        """The address, or a register of a device that is there."""
        if port == 0xCF8:
            self.address = value
            return
        register = (self.address & 0xFC) + (port & 3)
        self._register(self.address >> 8 & 0xFF, register, size, value)

    def _register(self, devfn, register, size, value):
        if self.ids:    # of any device: another VMM may have one there
            self.writes.append((devfn, register, size, value))
        if devfn == 0 and register == Q35_PCIEXBAR and self.has_ecam:
            self.pciexbar = value

    def ecam_write(self, offset, size, value):
        """A write into the window; False where no window is open."""
        if self.pciexbar & ~0x7 != ECAM_BASE or not self.pciexbar & 1:
            return False
        self._register(offset >> 12 & 0xFF, offset & 0xFFF, size, value)
        return True
