# SPDX-License-Identifier: BSD-2-Clause
"""Whole boots by the host's clock: QEMU's start to init's first act."""

import dataclasses
import random

import boots
import probe
import qemu
import stats
import virtual

LIMIT = 120                     # seconds for one boot


def silent(guest):
    """The guest without a port that firmware writes its log to; by path none
    its bundle comes from the cache, for baking is no part of a boot."""
    return dataclasses.replace(guest, debug_port=probe.PORT, options=())


def bake(guests):
    """Fills the cache for those guests that need a bundle."""
    for guest in guests.values():
        if guest.path == "none":
            qemu.dry_run(silent(guest), whole=True)


def milliseconds(guest):
    """From starting beeline to the first byte that init writes."""
    def first(line):
        return line.source == "debug"
    result = qemu.run(silent(guest), LIMIT, first)
    found = next(filter(first, result.lines), None)
    if found is None:
        raise qemu.Failure(f"{virtual.name_of(guest)}: init never ran: ended "
                           f"by {result.ended}, code {result.code}: "
                           f"{virtual.last_words(result)}")
    return found.at * 1000


def rounds(guests, runs, progress):
    """(name -> milliseconds of each round, name -> why it failed), of name ->
    guest: interleaved, in another order each time.  A guest that fails is
    left out from then on; an interrupted round counts for nobody."""
    bake(guests)
    times, failed = {name: [] for name in guests}, {}
    chance = random.Random(boots.SEED)
    for number in range(runs):
        fresh = {}
        for name, guest in chance.sample(list(guests.items()), len(guests)):
            if name in failed:
                continue
            progress.show(f"round {number + 1}: {name}")
            try:
                fresh[name] = milliseconds(guest)
            except (qemu.Failure, OSError) as failure:
                failed[name] = str(failure)
            if qemu.stopping.is_set():
                return times, {}
            progress.step(f"round {number + 1}: {name}: " + (
                failed.get(name) or f"{fresh[name]:.0f} ms"))
        for name, value in fresh.items():
            times[name].append(value)
    return times, failed


def versus(before, after):
    """The median of paired differences as a dict; None without pairs."""
    pairs = list(zip(before, after))
    if not pairs:
        return None
    return stats.paired_difference([a for a, _ in pairs],
                                   [b for _, b in pairs])
