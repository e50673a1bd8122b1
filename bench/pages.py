# SPDX-License-Identifier: BSD-2-Clause
"""Sums up by region which pages of a bundle's image a VM has written.

The host's /proc/PID/pagemap tells pages of the VM's own from those of the
file; the guest's /proc/kpageflags tells what Linux has them for."""

import base64
import binascii
import json
import os
import re
import struct
import subprocess
import tempfile
import zlib

import boots
import probe
import qemu
import report as tables
import smaps
import vms

INIT = os.path.join(qemu.ROOT, "bench", "pages.init")
PAGE = smaps.PAGE
MIB, LOW = 1 << 20, 1 << 20
MOST = 2048             # MiB: above it memory has a hole for PCI
PRESENT, OF_FILE = 1 << 63, 1 << 61         # bits of pagemap
# Bits of kpageflags, the first that is set counts.
FLAGS = ((20, "hole"), (10, "free"), (7, "slab"), (26, "page tables"),
         (32, "reserved at boot"), (12, "anonymous"), (5, "page cache"))
OTHER = "allocated by the kernel"
ALLOC, WRITE, EXECUTE = 2, 1, 4             # sh_flags
INIT_FIRST, INIT_LAST = ".data..percpu", ".smp_locks"
TABLES = (".orc_unwind", ".orc_unwind_ip", "__bug_table")


def sections(data):
    """(name, flags, address, size) of an ELF's sections in memory."""
    offset, = struct.unpack_from("<Q", data, 0x28)
    size, count, names = struct.unpack_from("<HHH", data, 0x3A)
    heads = [struct.unpack_from("<IIQQQQ", data, offset + i * size)
             for i in range(count)]
    found = []
    for name, _, flags, addr, _, length in heads:
        if flags & ALLOC:
            at = heads[names][4] + name
            text = data[at:data.index(b"\0", at)].decode(errors="replace")
            found.append((text, flags, addr, length))
    return found


def segments(data):
    """(virtual address, physical address, size in memory) of an ELF's
    segments that are loaded."""
    offset, = struct.unpack_from("<Q", data, 0x20)
    size, count = struct.unpack_from("<HH", data, 0x36)
    heads = [struct.unpack_from("<IIQQQQQ", data, offset + i * size)
             for i in range(count)]
    return [(head[3], head[4], head[6]) for head in heads if head[0] == 1]


def region_of(name, flags, in_init):
    """What a section is, in few words."""
    if in_init:
        return "kernel init"
    if flags & EXECUTE:
        return "kernel text"
    if name in (".bss", ".brk"):
        return "kernel bss"
    if flags & WRITE and not name.startswith(".rodata") and \
            name not in TABLES:
        return "kernel data"
    return "kernel read-only data"


def kernel_regions(data, base):
    """(first address, end, region) of a vmlinux that was placed at base."""
    loaded, found, in_init = segments(data), [], False
    first = min(physical for _, physical, _ in loaded)
    for name, flags, address, size in sections(data):
        in_init = (in_init or name == INIT_FIRST)
        place = next((physical + address - virtual
                      for virtual, physical, room in loaded
                      if virtual <= address < virtual + room), None)
        if place is not None and size:
            start = place - first + base
            found.append((start, start + size,
                          region_of(name, flags, in_init)))
        in_init = in_init and name != INIT_LAST
    return found


def regions(kernel, plan):
    """A list of (first address, end, region); what is in none is Linux's to
    give away."""
    with open(kernel, "rb") as file:
        data = file.read()
    if data[:4] != b"\x7fELF":
        raise qemu.Failure(f"{kernel}: cannot use: --where needs a vmlinux")
    initrd = plan["initrd_gpa"]
    return [(0, LOW, "below 1 MiB"),
            (initrd, initrd + plan["initrd_size"], "initrd"),
            *kernel_regions(data, plan["kernel_gpa"])]


def use_of(flags):
    """What a frame is used for, by its kpageflags."""
    return next((name for bit, name in FLAGS if flags >> bit & 1), OTHER)


def frames(text):
    """kpageflags of each frame, out of what pages.init has printed."""
    found = re.search(r"^BEELINE flags\n(.*?)^BEELINE done", text,
                      re.M | re.S)
    try:
        data = zlib.decompress(base64.b64decode(found.group(1)), 31)
    except (AttributeError, binascii.Error, zlib.error) as err:
        raise qemu.Failure("kpageflags: cannot use: not as pages.init "
                           "prints it") from err
    return struct.unpack(f"<{len(data) // 8}Q", data[:len(data) & ~7])


def own_pages(pid, mapping):
    """(own, shared) of each page of a mapping: written, or read only."""
    count = (mapping.end - mapping.start) // PAGE
    with open(f"/proc/{pid}/pagemap", "rb", 0) as file:
        file.seek(mapping.start // PAGE * 8)
        entries = struct.unpack(f"<{count}Q", file.read(count * 8))
    return [(bool(entry & PRESENT) and not entry & OF_FILE,
             bool(entry & PRESENT and entry & OF_FILE)) for entry in entries]


def names_of(places, flags, count):
    """The region of each page."""
    found = [None] * count
    for start, end, name in places:
        for page in range(start // PAGE, min(-(-end // PAGE), count)):
            found[page] = found[page] or name
    return [name or (use_of(flags[page]) if page < len(flags) else OTHER)
            for page, name in enumerate(found)]


def sum_up(names, flags, own, compare):
    """{region: [all, written, shared, of the written: as in the image, zeros,
    free by now]} in pages."""
    table = {}
    for page, (mine, shared) in enumerate(own):
        sums = table.setdefault(names[page], [0] * 6)
        sums[0] += 1
        sums[2] += shared
        if mine:
            same, zero = compare(page)
            free = page < len(flags) and use_of(flags[page]) == "free"
            for at, value in ((1, 1), (3, same), (4, zero), (5, free)):
                sums[at] += value
    return table


def table_text(table):
    """MiB by region, those that are written most first."""
    rows = [[name, *(f"{pages * PAGE / MIB:.1f}" for pages in sums)]
            for name, sums in sorted(table.items(),
                                     key=lambda item: -item[1][1])
            if sums[1] or sums[2]]
    whole = [f"{sum(sums[at] for sums in table.values()) * PAGE / MIB:.1f}"
             for at in range(6)]
    head = ["MiB", "size", "written", "shared", "as image", "zeros", "free"]
    return tables.table([head, *rows, ["all", *whole]], 1)


def initrd_of(folder):
    """An initrd with pages.init."""
    path = os.path.join(folder, "pages.cpio")
    done = subprocess.run(
        [os.path.join(qemu.ROOT, "tools", "initrd"), "--out", path, "--init",
         INIT], capture_output=True, text=True, check=False)
    if done.returncode:
        raise qemu.Failure(done.stderr.strip())
    return path


def comparer(pid, mapping, image):
    """Tells of a page whether it is as in the image, and whether it is all
    zeros.  Both are open files."""
    zeros = bytes(PAGE)

    def compare(page):
        now = os.pread(pid, PAGE, mapping.start + page * PAGE)
        return now == os.pread(image, PAGE, page * PAGE), now == zeros
    return compare


def look(vm, image, places):
    """The table of a VM that runs."""
    pid = vm.pid()
    mapping = next(each for each in smaps.read(pid) if each.path == image)
    own, flags = own_pages(pid, mapping), frames(vm.text)
    names = names_of(places, flags, len(own))
    with open(f"/proc/{pid}/mem", "rb", 0) as memory, \
            open(image, "rb", 0) as file:
        return sum_up(names, flags, own, comparer(memory.fileno(), mapping,
                                                  file.fileno()))


def boot(args, guest, folder):
    """Boots, and looks."""
    guest.initrd = initrd_of(folder)
    bundle = os.path.join(folder, "bundle")
    image = vms.bake(guest, bundle)
    with open(os.path.join(bundle, "manifest.json"), encoding="utf-8") as file:
        places = regions(guest.kernel, json.load(file)["plan"])
    guest.options = ("--bundle", bundle)
    with vms.Vm(guest, args.ready) as vm:
        vm.wait(args.limit)
        if qemu.stopping.is_set():
            raise qemu.Failure("interrupted")
        vms.settle(lambda: smaps.sums(smaps.read(vm.pid()))["Rss"])
        return table_text(look(vm, image, places))


def report(args, guest):
    """The table as text."""
    if args.memory > MOST:
        raise qemu.Failure(f"--where: --memory: at most {MOST}")
    with tempfile.TemporaryDirectory(dir=boots.OUT) as folder:
        return (f"# {probe.qemu_version()}, {args.machine}, {args.memory} "
                "MiB, one VM from a bundle\n"
                "# written: the VM has a page of its own; of these: the same "
                "bytes as in the image,\n# zeros, given back to Linux's free "
                "pages\n" + boot(args, guest, folder))
