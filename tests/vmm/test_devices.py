# SPDX-License-Identifier: BSD-2-Clause
"""The device models themselves: each does what its VMM's source says, and the
strict ones see what they are there to see."""

import struct
import unittest

import fwcfg
import fwcfg_strict
import fwcfg_vmm as vmm
from fwcfg import ERROR, READ, SELECT, SKIP, WRITE, Item

REQUEST, BUFFER, UNTOUCHED = 0x100, 0x200, 0x77
ITEMS = {0x00: b"QEMU", 0x01: b"\3\0\0\0", 0x08: b"", 0x20: bytes(range(16)),
         0x21: b"second"}


class Memory:
    """What a device asks of a machine."""

    def __init__(self):
        self.ram = bytearray([UNTOUCHED]) * 0x400
        self.faults = []

    def dma_read(self, gpa, length):
        """Guest memory."""
        return bytes(self.ram[gpa:gpa + length]).ljust(length, b"\0")

    def dma_write(self, gpa, data, _label):
        """A device's bytes."""
        self.ram[gpa:gpa + len(data)] = data

    def dma_zero(self, gpa, length, _label):
        """A device's zeros."""
        self.ram[gpa:gpa + length] = bytes(length)

    def violation(self, text):
        """Where the VMM would have ended."""
        self.faults.append(text)


class Device(unittest.TestCase):
    """One device and what a guest does to it."""

    rom = b""

    def start(self, kind):
        """A device with five items."""
        self.memory = Memory()
        items = {key: Item(data) for key, data in ITEMS.items()}
        self.device = kind(items, fwcfg.QEMU, self.memory)

    def select(self, key):
        """By port."""
        self.device.write(fwcfg.PORT_SELECTOR, 2, key)

    def bytes(self, count):
        """By port."""
        return bytes(self.device.read(fwcfg.PORT_DATA, 1) or 0
                     for _ in range(count))

    def dma(self, control, length=4, high=True):
        """One command: its control word after it, and the buffer."""
        self.memory.ram[BUFFER:BUFFER + 0x100] = bytes([UNTOUCHED]) * 0x100
        self.memory.dma_write(REQUEST, struct.pack(
            ">IIQ", control, length, BUFFER), "")
        if high:
            self.device.write(fwcfg.PORT_HIGH, 4, 0)
        self.device.write(fwcfg.PORT_LOW, 4, fwcfg.swap(REQUEST))
        (status,) = struct.unpack(">I", self.memory.dma_read(REQUEST, 4))
        return status, self.memory.dma_read(BUFFER, length)

    def ended(self, words=""):
        """The VMM has."""
        self.assertEqual(len(self.memory.faults), 1, self.memory.faults)
        self.assertIn(words, self.memory.faults[0])


class Models(Device):
    """Each VMM's."""

    def test_alioth(self):
        self.start(vmm.Alioth)
        self.select(0x20)
        self.assertEqual(self.dma(READ), (0, bytes(range(4))))
        self.assertEqual(self.dma(SKIP, 8)[0], 0)
        self.assertEqual(self.dma(READ, 8), (0, bytes(range(12, 16)) +
                                             bytes([UNTOUCHED]) * 4))
        self.select(0x20)
        self.assertEqual(self.dma(READ | SELECT | 0x21 << 16),
                         (0, b"\3\0\0\0"))
        self.assertEqual(self.device.read(fwcfg.PORT_LOW, 4),
                         fwcfg.swap(REQUEST))
        self.assertEqual(self.memory.faults, [])
        self.dma(WRITE)
        self.ended("WRITE")

    def test_cloud_hypervisor(self):
        self.start(vmm.CloudHypervisor)
        self.select(0x20)
        self.assertEqual(self.dma(READ | SELECT | 0x21 << 16),
                         (0, bytes(range(4))))
        self.assertEqual(self.dma(SELECT, 4)[0], 0)     # taken as SKIP
        self.assertEqual(self.dma(READ), (0, bytes(range(8, 12))))
        self.assertEqual(self.dma(SKIP)[0], ERROR)
        self.assertEqual(self.dma(WRITE)[0], ERROR)
        self.select(0x08)
        self.assertEqual(self.dma(READ)[1], bytes([UNTOUCHED]) * 4)
        self.assertEqual(self.bytes(1), b"\0")
        self.assertEqual(self.memory.faults, [])
        self.select(0x21)
        self.assertEqual(self.bytes(7)[:6], b"second")
        self.ended("end")

    def test_cloud_hypervisor_fixed(self):
        self.start(vmm.CloudHypervisorFixed)
        self.assertEqual(self.dma(READ | SELECT | 0x21 << 16, 8),
                         (0, b"second\0\0"))
        self.assertEqual(self.memory.faults, [])

    def test_propolis(self):
        self.start(vmm.Propolis)
        self.assertEqual(self.dma(READ | SELECT | 0x21 << 16, 8),
                         (0, b"second\0\0"))
        self.assertEqual(self.device.read(fwcfg.PORT_LOW, 4), 0)
        self.assertEqual(self.dma(READ | 0x20)[0], ERROR)
        self.assertEqual(self.dma(WRITE | SELECT | 0x21 << 16)[0], ERROR)
        self.select(0x33)
        self.assertEqual(self.dma(READ), (0, bytes(4)))

    def test_stratovirt(self):
        self.start(vmm.StratoVirt)
        self.assertEqual(self.device.read(fwcfg.PORT_LOW, 4),
                         fwcfg.MARK[fwcfg.PORT_LOW])
        self.assertEqual(self.dma(READ | SELECT | 0x20 << 16, high=False),
                         (0, bytes(range(4))))
        self.assertEqual(self.dma(SKIP, 8)[0], 0)
        self.assertEqual(self.dma(READ), (0, bytes(range(4, 8))))
        never = READ | SELECT | 0x40 << 16
        self.assertEqual(self.dma(never)[0], never)
        self.assertEqual(self.dma(READ | SELECT | 0x20 << 16), (0, bytes(4)))
        self.assertEqual(self.dma(READ | SELECT | 0x20 << 16),
                         (0, bytes(range(4))))

    def test_crosvm(self):
        self.start(vmm.Crosvm)
        self.assertIsNone(self.device.read(fwcfg.PORT_LOW, 4))
        self.select(0x21)
        self.assertEqual(self.bytes(2), b"se")
        self.select(0x30)
        self.assertEqual(self.bytes(2), b"se")
        self.select(0x8003)
        self.assertEqual(self.bytes(2), b"se")
        self.select(0x10)
        self.assertEqual(self.bytes(2), b"\0\0")
        self.select(0x4000)
        self.select(0x00)
        self.assertEqual(self.memory.faults, [])
        self.bytes(1)
        self.ended("bit 14")

    def test_bhyve(self):
        self.start(vmm.Bhyve)
        self.select(0x21)
        self.assertEqual(self.bytes(8), b"second\0\0")
        self.assertEqual(self.memory.faults, [])
        self.device.read(fwcfg.PORT_DATA, 4)
        self.ended("4 bytes")

    def test_kvmtool(self):
        self.start(vmm.Dummy)
        self.assertEqual(self.device.read(fwcfg.PORT_LOW, 4), 0)
        self.select(0)
        self.assertEqual(self.bytes(4), bytes(4))

    def test_memory(self):
        self.start(fwcfg_strict.Mmio)
        self.device.mmio_write(8, 2, 0x2100)
        self.assertEqual(self.device.mmio_read(0, 1), ord("s"))
        self.assertEqual(self.device.mmio_read(0, 4),
                         int.from_bytes(b"econ", "little"))
        self.assertEqual(self.device.mmio_read(20, 4),
                         fwcfg.MARK[fwcfg.PORT_LOW])
        self.assertEqual(self.memory.faults, [])
        self.device.mmio_write(8, 1, 0)
        self.ended("+0x8")


class Strict(Device):
    """What it lets pass, and what not."""

    def test_the_safe_sequence(self):
        self.start(fwcfg_strict.Strict)
        self.device.read(fwcfg.PORT_LOW, 4)
        self.select(0x21)
        self.assertEqual(self.bytes(6), b"second")
        self.select(0x20)
        self.assertEqual(self.dma(READ, 16), (0, bytes(range(16))))
        self.assertEqual(self.memory.faults, [])

    def test_what_some_vmm_forbids(self):
        for act in (lambda: self.select(0x22), lambda: self.select(0x4000),
                    lambda: self.select(0x0A),
                    lambda: self.device.write(fwcfg.PORT_SELECTOR, 1, 0),
                    lambda: self.device.read(fwcfg.PORT_SELECTOR, 1),
                    lambda: self.device.read(fwcfg.PORT_DATA, 4),
                    lambda: self.device.write(fwcfg.PORT_DATA, 1, 0),
                    lambda: self.bytes(5), lambda: self.dma(READ, 5),
                    lambda: self.dma(READ | SELECT),
                    lambda: self.dma(SKIP), lambda: self.dma(WRITE),
                    lambda: self.dma(READ, high=False)):
            self.start(fwcfg_strict.Strict)
            self.select(0)
            act()
            self.assertNotEqual(self.memory.faults, [])

    def test_without_dma(self):
        self.start(fwcfg_strict.StrictBytes)
        self.assertIsNone(self.device.read(fwcfg.PORT_LOW, 4))
        self.assertEqual(self.memory.faults, [])
        self.device.write(fwcfg.PORT_LOW, 4, 0)
        self.assertNotEqual(self.memory.faults, [])
