# SPDX-License-Identifier: BSD-2-Clause
"""What fuzz.py does to a good host: one item of it lies.

A mutation is a function of (rng, host, lies) that changes the host or adds to
the lies, and says in lies.text what it did and in lies.touched to what.  What
cannot be done to a host leaves it as it is."""

import fwcfg
from fuzz_items import (NUMBERS, fields, get, name_field, name_of, note, pick,
                        put, values)
from fuzz_lists import (DIRECTORY, board, dir_field, dir_tail, dir_twice,
                        e820_rows, handover, script)


def flip(rng, host, lies):
    """A few bytes at random."""
    item = pick(rng, host)
    data = bytearray(get(host, item))
    if not data:
        return
    near = rng.choice((len(data), min(len(data), 1024)))
    spots = [rng.randrange(near) for _ in range(rng.choice((1, 1, 2, 8)))]
    for at in spots:
        data[at] ^= 1 << rng.randrange(8)
    put(host, item, bytes(data))
    note(lies, item, f"bits flipped at {[hex(at) for at in spots]}")


def field(rng, host, lies):
    """A field gets another number, or a name other letters."""
    item = pick(rng, host)
    if item is None:
        return
    at, size = rng.choice(fields(host, item) or [(0, 4)])
    data = bytearray(get(host, item).ljust(at + size, b"\0"))
    if size == 56:
        data[at:at + 56] = name_field(rng, host)
    else:
        old = int.from_bytes(data[at:at + size], "little")
        data[at:at + size] = values(rng, size, old, host).to_bytes(
            size, "little")
    put(host, item, bytes(data))
    note(lies, item, f"{size} bytes at {at:#x} are now "
         f"{bytes(data[at:at + min(size, 16)]).hex()}")


def number(rng, host, lies):
    """A numeric key that holds a number holds another one."""
    keys = [key for key in sorted(host.items) if key in NUMBERS]
    if not keys:
        return
    item = rng.choice(keys)
    size = NUMBERS[item]
    old = int.from_bytes(host.items[item].data, "little")
    value = values(rng, size, old, host)
    put(host, item, value.to_bytes(size, "little"))
    note(lies, item, f"{old:#x} is now {value:#x}")


def size_claim(rng, host, lies):
    """The directory tells another size than the file has."""
    names = [name for name in sorted(host.files)
             if name.startswith(("etc/", "opt/org"))]
    if not names:
        return
    item = rng.choice(names)
    old = host.sizes[item]
    host.sizes[item] = values(rng, 4, old, host)
    note(lies, item, f"size {old:#x} is told as {host.sizes[item]:#x}")


def resize(rng, host, lies):
    """An item is shorter or longer, and says so or not."""
    item = pick(rng, host)
    if item is None:
        return
    data = get(host, item)
    size = rng.choice((0, 1, len(data) // 2, max(0, len(data) - 1),
                       len(data) + 1, len(data) + 20, len(data) + 4096,
                       2 * len(data), 0x10000))
    told = rng.random() < 0.7
    tail = rng.choice((b"\0", b"\xff", b"\x01"))
    put(host, item, data[:size].ljust(size, tail), told)
    note(lies, item, f"{len(data):#x} bytes are now {size:#x}"
         f"{'' if told else ', which nobody tells'}")


def missing(rng, host, lies):
    """An item is not there."""
    item = pick(rng, host)
    if item is None:
        return
    if isinstance(item, str):
        host.without(item)
    else:
        del host.items[item]
    note(lies, item, "is missing")


def swapped(rng, host, lies):
    """One item has the bytes of another."""
    item, other = pick(rng, host), pick(rng, host)
    if item is None:
        return
    put(host, item, get(host, other))
    note(lies, item, f"holds what {name_of(other)} holds")


def later(rng, host, lies):
    """An item that is read again is another one."""
    item = rng.choice((fwcfg.FILE_DIR, pick(rng, host), pick(rng, host)))
    if item is None:
        return
    key = item if not isinstance(item, str) else (
        fwcfg.FILE_FIRST + list(host.files).index(item))
    data = bytearray(host.keys()[key].data)
    if not data:
        return
    how = rng.randrange(4)
    if how == 0:
        data = bytearray(b"\xff" * len(data))
    elif how == 1:
        data = data[:len(data) // 2]
    else:
        at = rng.randrange(min(len(data), 512 if how == 2 else len(data)))
        data[at] = rng.getrandbits(8)
    lies.later[key] = fwcfg.Item(bytes(data))
    note(lies, DIRECTORY if key == fwcfg.FILE_DIR else item,
         "is another one when it is read again")


def dma_fault(rng, _host, lies):
    """A DMA fails, hangs, is cut, or leaves garbage."""
    index = int(rng.expovariate(0.1))
    how = rng.choice(("error", "part", "short", "garbage", "error", "hang"))
    lies.dma[index] = how
    lies.touched.add("dma")
    lies.text.append(f"DMA {index}: {how}")


MUTATIONS = ((field, 26), (flip, 8), (number, 10), (size_claim, 7),
             (resize, 7), (missing, 4), (swapped, 3), (later, 5),
             (dma_fault, 8), (dir_field, 7), (dir_twice, 3), (dir_tail, 2),
             (script, 7), (e820_rows, 7), (board, 4), (handover, 25))


def mutate(rng, host, lies):
    """One of them; seldom two or three."""
    count = rng.choice((1, 1, 1, 1, 1, 1, 1, 2, 2, 3))
    makers, weights = zip(*MUTATIONS)
    for maker in rng.choices(makers, weights, k=count):
        maker(rng, host, lies)
