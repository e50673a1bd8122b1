# SPDX-License-Identifier: BSD-2-Clause
"""Kernels that are only a header and a halt: bzImage, PVH ELF, multiboot."""

import struct

MIB = 1 << 20
HEADER_FIELDS = {           # offset and size in the file, [BOOT]
    "setup_sects": (0x1F1, 1), "syssize": (0x1F4, 4), "boot_flag": (0x1FE, 2),
    "jump": (0x200, 2), "header": (0x202, 4), "version": (0x206, 2),
    "type_of_loader": (0x210, 1), "loadflags": (0x211, 1),
    "code32_start": (0x214, 4), "ramdisk_image": (0x218, 4),
    "ramdisk_size": (0x21C, 4), "heap_end_ptr": (0x224, 2),
    "cmd_line_ptr": (0x228, 4), "initrd_addr_max": (0x22C, 4),
    "kernel_alignment": (0x230, 4), "relocatable_kernel": (0x234, 1),
    "xloadflags": (0x236, 2), "cmdline_size": (0x238, 4),
    "setup_data": (0x250, 8), "pref_address": (0x258, 8),
    "init_size": (0x260, 4),
}
HDRS = 0x53726448
XLF_KERNEL_64, XLF_ABOVE_4G = 1, 2
HALT = b"\xf4"

# At the 64-bit entry: RSI, RBX and EFER go to SAVED, then a halt.  In any
# other mode these bytes mean something else.
ENTRY64, SAVED = 0x200, 0x300
CODE64 = bytes.fromhex(
    "488935f9000000"        # mov [rip + 0xf9], rsi
    "48891dfa000000"        # mov [rip + 0xfa], rbx
    "b9800000c0 0f32"       # mov ecx, EFER; rdmsr
    "8905f5000000"          # mov [rip + 0xf5], eax
    "f4")


def pattern(size, seed=1):
    """Bytes that differ from place to place and never end with a zero."""
    unit = bytes((i * 7 + seed * 31 + (i >> 8)) & 0xFF for i in range(4096))
    data = bytearray((unit * (size // 4096 + 1))[:size])
    if data:
        data[-1] = 0xA5
    return bytes(data)


class BzImage:
    """A bzImage of Linux 6's shape; keywords replace header fields."""

    def __init__(self, body_size=0x8000, setup_sects=4, body=None, **fields):
        code = bytearray(pattern(body_size))
        if body is None and body_size > SAVED + 0x20:
            code[0:1] = HALT
            code[ENTRY64:ENTRY64 + len(CODE64)] = CODE64
        self.body = bytes(code) if body is None else body
        self.fields = dict(
            setup_sects=setup_sects, syssize=-(-len(self.body) // 16),
            boot_flag=0xAA55, jump=0x6AEB, header=HDRS, version=0x20F,
            loadflags=1, code32_start=0x100000, initrd_addr_max=0x7FFFFFFF,
            kernel_alignment=2 * MIB, relocatable_kernel=1,
            xloadflags=XLF_KERNEL_64 | XLF_ABOVE_4G, cmdline_size=2047,
            pref_address=16 * MIB, init_size=8 * MIB)
        self.fields.update(fields)

    @property
    def setup(self):
        """The real-mode part."""
        sectors = (self.fields["setup_sects"] or 4) + 1
        data = bytearray(pattern(sectors * 512, 11))
        end = 0x202 + (self.fields["jump"] >> 8)
        data[0x1F1:end] = bytes(end - 0x1F1)
        for name, value in self.fields.items():
            at, size = HEADER_FIELDS[name]
            data[at:at + size] = value.to_bytes(size, "little")
        return bytes(data)

    @property
    def file(self):
        """The whole file, as it lies on a disk."""
        return self.setup + self.body

    def filled_in(self, initrd_size, setup_data=0):
        """What QEMU makes of the header, with its own idea of addresses."""
        self.fields.update(
            type_of_loader=0xB0, heap_end_ptr=0xFE00, cmd_line_ptr=0x20000,
            loadflags=self.fields["loadflags"] | 0x80, setup_data=setup_data,
            ramdisk_size=initrd_size,
            ramdisk_image=0x3FD6000 if initrd_size else 0)
        return self


def elf64(segments, entry=0, phoff=64, phentsize=56):
    """An ELF header and program headers for (paddr, memsz) segments."""
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = ident + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, entry, phoff, 0,
                                 0, 64, phentsize, len(segments), 0, 0, 0)
    table = b"".join(
        struct.pack("<IIQQQQQQ", 1, 5, 0x1000, paddr, paddr, size, size, 0x1000)
        for paddr, size in segments)
    return (header + bytes(phoff - 64) + table).ljust(8192, b"\0")


def pvh_file(start=16 * MIB, size=0x6000, bss=0x2000, entry=None, notes=True):
    """A whole ELF file: two segments, the second with a .bss, and the note
    that makes it a PVH kernel.  What ought to be in memory comes with it, as
    (gpa, bytes)."""
    entry = start + 0x100 if entry is None else entry
    code = bytearray(pattern(size, 5))
    code[entry - start:entry - start + 1] = HALT
    data, data_at = pattern(0x1800, 9), start + size
    note = struct.pack("<III4sI", 4, 4, 18, b"Xen\0", entry)
    headers = [(1, 5, 0x1000, start, size, size),
               (1, 6, 0x1000 + size, data_at, len(data), len(data) + bss)]
    if notes:
        headers.append((4, 4, 0x400, 0, len(note), len(note)))
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    file = ident + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, entry, 64, 0, 0, 64,
                               56, len(headers), 0, 0, 0)
    for kind, flags, at, gpa, have, want in headers:
        file += struct.pack("<IIQQQQQQ", kind, flags, at, gpa, gpa, have, want,
                            4)
    file = file.ljust(0x400, b"\0") + note
    file = file.ljust(0x1000, b"\0") + bytes(code) + data
    return file, [(start, bytes(code)), (data_at, data + bytes(bss))]


def elf32(segments, entry=0):
    """The same, class 32."""
    ident = b"\x7fELF\x01\x01\x01" + bytes(9)
    header = ident + struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, entry, 52, 0, 0,
                                 52, 32, len(segments), 0, 0, 0)
    table = b"".join(
        struct.pack("<IIIIIIII", 1, 0x1000, paddr, paddr, size, size, 5, 0x1000)
        for paddr, size in segments)
    return (header + table).ljust(8192, b"\0")
