# SPDX-License-Identifier: BSD-2-Clause
"""A bench's machine whose host lies: what Lies says is what goes wrong.

It remembers what it has delivered, since that, and nothing else, is what the
firmware could know."""

import dataclasses
import struct

import unicorn
from unicorn import x86_const as x86

import bench
import devices
import fwcfg
import fwcfg_strict
from fuzz_known import Known, merged

PAGE, MIB, GIB = 4096, 1 << 20, 1 << 30
ID_DMA = 2
REP_INSB = b"\xf3\x6c"
MAP_MAX = 2 * MIB           # bytes of RAM that is only claimed, at once
LIED = "lied"               # the run needs more of it: it ends there
TRUE = {fwcfg.SIGNATURE: b"QEMU", fwcfg.ID: b"\3\0\0\0"}
GARBAGE = (0x02, 0x10000000, 0xFFFFFFFF)    # control words that no DMA leaves


@dataclasses.dataclass
class Lies:
    """What a host does wrong, and which items have to do with it."""

    text: list = dataclasses.field(default_factory=list)
    touched: set = dataclasses.field(default_factory=set)
    later: dict = dataclasses.field(default_factory=dict)   # key -> Item
    dma: dict = dataclasses.field(default_factory=dict)     # index -> how
    pci: dict = dataclasses.field(default_factory=dict)     # devfn -> id


@dataclasses.dataclass
class Delivery:
    """Bytes of an item that went to memory; zeros follow up to length."""

    key: int
    gpa: int
    data: bytes
    length: int
    asked: int          # more than length where a DMA was cut

    def bytes(self):
        """All of them."""
        return self.data.ljust(self.length, b"\0")


class Device(fwcfg.FwCfg):
    """A fw_cfg that changes items between reads, cuts transfers, leaves
    garbage, and counts what it hands out."""

    def __init__(self, items, mode, memory, lies):
        super().__init__(items, mode, memory, self._fault)
        self.lies = lies
        self.how = None
        self.reads = {}             # key -> times that it was selected
        self.deliveries = []

    def _fault(self, index, _key):
        self.how = self.lies.dma.get(index)
        return self.how

    def last(self, key):
        """The last delivery of a key; None: none."""
        for delivery in reversed(self.deliveries):
            if delivery.key == key:
                return delivery
        return None

    def got(self, key):
        """The bytes that the last read of a key has brought."""
        delivery = self.last(key)
        return delivery.bytes() if delivery else b""

    def write(self, port, size, value):
        """Whose ID promises a DMA that is not there hears nothing."""
        promised = self.got(fwcfg.ID)[:1]
        if self.mode == fwcfg.BYTES and port in fwcfg.MARK and promised and \
                promised[0] & ID_DMA:
            return
        super().write(port, size, value)

    def _select(self, key):
        super()._select(key)
        self.reads[key] = self.reads.get(key, 0) + 1

    def _item(self):
        if self.key in self.lies.later and self.reads.get(self.key, 0) > 1:
            return self.lies.later[self.key]
        return super()._item()

    def _contract(self, control, length):
        if control & 0xFFFF != fwcfg.READ:
            super()._contract(control, length)

    def _transfer(self, kind, address, length):
        start, cut = self.offset, self.how in ("short", "part")
        asked = length
        if cut:
            length //= 2
        done = super()._transfer(kind, address, length)
        if kind == "read":
            data = self._item().data[start:start + length]
            self.deliveries.append(
                Delivery(self.key, address, data, length, asked))
        return self.how == "short" if cut else done

    def bulk(self, gpa, first, rest):
        """A byte was read from the data port, to go to gpa: brings so many
        more to memory at once."""
        data = self._item().data[self.offset:self.offset + rest]
        label = f"item {self.key:#x}"
        self.memory.dma_write(gpa + 1, data, label)
        self.memory.dma_zero(gpa + 1 + len(data), rest - len(data), label)
        self.offset += rest
        self.deliveries.append(
            Delivery(self.key, gpa, bytes([first]) + data, rest + 1,
                     rest + 1))

    def control_word(self):
        """What a DMA leaves in its control word instead of 0."""
        if self.how == "garbage":
            return GARBAGE[self.dma_count % len(GARBAGE)]
        return None


class Mmio(Device, fwcfg_strict.Mmio):
    """The same in memory.  What it is it tells truly: its data register would
    be read instead of DMAs, and nobody sees here where those bytes go."""

    def _item(self):
        if self.key in TRUE:
            return fwcfg.Item(TRUE[self.key])
        return super()._item()


class Machine(bench.Machine):
    """A machine with that device.  RAM that the host only claims is there as
    long as little of it is used."""

    def __init__(self, image, host, lies):
        self.extra = []             # (start, size) of such RAM
        self.lied, self.lies = "", lies
        super().__init__(image, host)
        self.known = Known(self)
        self.fw_cfg = (Mmio if host.mmio else Device)(
            host.keys(), host.transport, self, lies)
        self.pci.ids = {**self.pci.ids, **lies.pci}
        if self.pci.ids.get(0) == devices.PCI_IDS["q35"][0]:
            self._map(devices.ECAM_BASE + devices.ECAM_LPC, PAGE)
            self.pci.has_ecam = True

    def ram(self):
        yield from super().ram()
        yield from self.extra

    def _map(self, gpa, length):
        first, end = gpa & -PAGE, -(-(gpa + length) // PAGE) * PAGE
        for page in range(first, end, PAGE):
            try:
                self.uc.mem_map(page, PAGE)
            except unicorn.UcError:
                continue            # it is there
            self.extra.append((page, PAGE))

    def _claim(self, gpa, length):
        """Makes claimed RAM real.  False: nobody has claimed it."""
        rom = self.host.start_info is None
        if rom and gpa < 4 * GIB < gpa + length + bench.LAYOUT["ROM_SIZE"]:
            return False
        if not self.known.is_ram(gpa, length):
            return False
        if length > MAP_MAX:
            self.lied = f"{length:#x} bytes at {gpa:#x}"
            self.uc.emu_stop()
        elif gpa + length <= 4 * GIB:
            self._map(gpa, length)
        else:
            self.extra.append((gpa, length))
        return True

    def _wrote(self, gpa, length, label):
        there = any(start <= gpa and gpa + length <= end for start, end in
                    merged((start, start + size)
                           for start, size in self.ram()))
        if not there and self._claim(gpa, length):
            self.writes.append(bench.Write(gpa, length, label))
            return not self.lied
        return super()._wrote(gpa, length, label)

    def _floats(self, address):
        """A place that a PVH start tells, and where nothing is."""
        if self.host.start_info is None or not self.lies.touched:
            return False
        self.uc.mem_map(address & -PAGE, PAGE, unicorn.UC_PROT_READ)
        self.uc.mem_write(address & -PAGE, b"\xff" * PAGE)
        return True

    def _invalid(self, uc, access, address, size, value, user):
        if self.entered is None and access in (
                unicorn.UC_MEM_WRITE_UNMAPPED, unicorn.UC_MEM_READ_UNMAPPED) \
                and self._claim(address, size):
            return not self.lied
        if self.entered is None and access == unicorn.UC_MEM_READ_UNMAPPED \
                and self._floats(address):
            return True
        return super()._invalid(uc, access, address, size, value, user)

    def dma_write(self, gpa, data, label):
        word = self.fw_cfg.control_word() if label == "dma control" else None
        super().dma_write(gpa, struct.pack(">I", word) if word else data,
                          label)

    def _port_in(self, uc, port, size, user):
        """The first byte; of a `rep insb` all others as well: Python is
        slow."""
        value = super()._port_in(uc, port, size, user)
        if port == fwcfg.PORT_DATA and self.fw_cfg.mode != fwcfg.ABSENT:
            at, count, gpa = (uc.reg_read(reg) for reg in (
                x86.UC_X86_REG_RIP, x86.UC_X86_REG_RCX, x86.UC_X86_REG_RDI))
            rest = count - 1 if uc.mem_read(at, 2) == REP_INSB else 0
            self.fw_cfg.bulk(gpa, value, rest)
            if rest:
                uc.reg_write(x86.UC_X86_REG_RDI, gpa + rest)
                uc.reg_write(x86.UC_X86_REG_RCX, 1)
        return value

    def run(self, limit=bench.LIMIT):
        result = super().run(limit)
        if self.lied and not self.why:
            result.outcome, result.why = LIED, self.lied
        return result
