#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Fuzzes the whole firmware: good hosts of which one item lies.

    tests/vmm/fuzz.py --cases 20000 --seed 1 --jobs 2
    tests/vmm/fuzz.py --case 1234 --seed 1        one of them again, aloud

Whatever the host does, the firmware enters a kernel in a state that `beeline
verify` accepts, or says one sentence and halts; it writes where it may, and
comes to an end.  The same seed and number give the same case.  A case that
fails is one line, and a file in build/fuzz-firmware/.
"""

import argparse
import collections
import gc
import json
import multiprocessing
import os
import random
import re
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
ROOT = os.path.dirname(os.path.dirname(HERE))
CHUNK = 25                  # cases that a worker does at once
GOOD_LIMIT = 200_000        # instructions that a good boot stays below
STEP = 10                   # seconds from one line of progress to the next


def start(folder):
    """Sets a worker up; its modules need Unicorn, which may be missing."""
    global build, judge, parts  # pylint: disable=global-variable-undefined
    import fuzz_device
    import fuzz_hosts
    import fuzz_judge
    import fuzz_mutate
    parts = (fuzz_device, fuzz_hosts, fuzz_mutate)
    build, judge = folder, fuzz_judge.Judge()


def run(number, seed):
    """One case; -1 - n is the n-th good host as it is."""
    device, hosts, mutate = parts
    rng = random.Random(f"{seed}:{number}")
    names = hosts.names()
    name = names[-1 - number] if number < 0 else rng.choice(names)
    host, image = hosts.good(name, build)
    lies = device.Lies()
    if number >= 0:
        mutate.mutate(rng, host, lies)
    machine = device.Machine(image, host, lies)
    result = machine.run(GOOD_LIMIT) if number < 0 else machine.run()
    try:
        faults = judge.faults(result, lies)
    except Exception:   # pylint: disable=broad-exception-caught
        faults = ["the judge: " + traceback.format_exc(limit=-2)]
    if number < 0 and result.outcome != "entered":
        faults.append(f"a good host: {result.outcome} {result.serial}")
    said = re.match(r"fw: PANIC (\w+)", result.serial)
    return {"case": number, "seed": seed, "host": name, "lies": lies.text,
            "outcome": result.outcome, "stage": said[1] if said else "",
            "said": result.serial.strip(), "faults": faults}


def run_chunk(work):
    """Several cases; they leave cycles behind."""
    numbers, seed = work
    done = [run(number, seed) for number in numbers]
    gc.collect()
    return done


def tell(case):
    """A case on one line, with how to see it again."""
    how = f"--case {case['case']} --seed {case['seed']}"
    what = "; ".join(case["faults"][:3]) or case["said"] or case["outcome"]
    return (f"{'FAIL' if case['faults'] else 'ok'} {how}: {case['host']}: "
            f"{', '.join(case['lies']) or 'as it is'}: {what}")


def save(case, folder):
    """Writes a failed case down."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"case-{case['seed']}-{case['case']}.json")
    with open(path, "w", encoding="ascii") as file:
        json.dump(case, file, indent=1)


class Count:
    """Outcomes, failures, and a line of progress now and then."""

    def __init__(self, total):
        self.total, self.done, self.failed = total, 0, 0
        self.ends = collections.Counter()
        self.start = self.told = time.monotonic()

    def add(self, case):
        """One more."""
        self.done += 1
        self.failed += bool(case["faults"])
        self.ends[f"{case['outcome']} {case['stage']}".strip()] += 1
        now = time.monotonic()
        if now - self.told >= STEP:
            self.told = now
            rate = self.done / (now - self.start)
            print(f"fuzz: {self.done} of {self.total}, {self.failed} failed, "
                  f"{rate:.0f} a second, "
                  f"{(self.total - self.done) / rate:.0f} s left", flush=True)

    def summary(self):
        """How the cases ended."""
        return ", ".join(f"{count} {end}" for end, count
                         in self.ends.most_common())


def cases(args, numbers):
    """All results, in the order of their numbers."""
    work = [(numbers[at:at + CHUNK], args.seed)
            for at in range(0, len(numbers), CHUNK)]
    if args.jobs < 2:
        start(args.build)
        for chunk in map(run_chunk, work):
            yield from chunk
        return
    with multiprocessing.Pool(args.jobs, start, (args.build,), 40) as pool:
        for chunk in pool.imap(run_chunk, work):
            yield from chunk


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=500, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int, metavar="N", help="this one alone")
    parser.add_argument("--jobs", type=int, default=1, metavar="N")
    parser.add_argument("--json", metavar="FILE", help="writes counts")
    parser.add_argument("--build", metavar="FOLDER", help="images from there",
                        default=os.path.join(ROOT, "build"))
    args = parser.parse_args()
    try:
        import fuzz_hosts
        import fuzz_judge       # noqa: F401
    except ImportError as problem:
        sys.exit(f"fuzz: {problem}: install python3-unicorn")
    if args.case is not None:
        start(args.build)
        case = run(args.case, args.seed)
        print(tell(case))
        print("\n".join(f"  {fault}" for fault in case["faults"]))
        return 1 if case["faults"] else 0
    numbers = list(range(-len(fuzz_hosts.names()), args.cases))
    count = Count(len(numbers))
    for case in cases(args, numbers):
        count.add(case)
        if case["faults"]:
            print(tell(case), flush=True)
            save(case, os.path.join(ROOT, "build", "fuzz-firmware"))
    print(f"fuzz: {count.summary()}")
    if args.json:
        with open(args.json, "w", encoding="ascii") as file:
            json.dump({"seed": args.seed, "ends": count.ends,
                       "failed": count.failed}, file, indent=1)
    print(f"fuzz: {count.done - count.failed} passed, {count.failed} failed")
    return 1 if count.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FileNotFoundError as problem:    # an image
        sys.exit(f"fuzz: {problem}: make firmware, or make fuzz-firmware")
