# SPDX-License-Identifier: BSD-2-Clause
"""What the scripts of this folder share: where things are, how a test says
what it found, and the loop that runs and counts tests.

suite.py reads the last line that a script prints."""

import functools
import os
import signal
import subprocess
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, "build")
BEELINE = os.environ.get("BEELINE", os.path.join(BUILD, "beeline"))
QEMU = os.environ.get("QEMU", "qemu-system-x86_64")
TIME = 90           # seconds for anything that ends by itself

# artefacts.py and what it imports; behind this folder, which has a run.py too
sys.path += [os.path.join(ROOT, "tools"), os.path.join(ROOT, "tests", "boot")]


# tests send these: under a shell's "&" and nohup programs begin with one ignored
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Wrong(Exception):
    """What a test found."""


class Skip(Exception):
    """Why a test cannot be done here."""


def check(good, why):
    """Raises Wrong unless good."""
    if not good:
        raise Wrong(why)


def equal(got, wanted, what):
    """The same by =="""
    check(got == wanted, f"{what}: {got!r}, not {wanted!r}")


def call(*args, code=0, **more):
    """Runs a program; what it printed.  Wrong unless it ends as it should."""
    done = subprocess.run(args, capture_output=True, text=True, check=False,
                          timeout=TIME, **more)
    equal(done.returncode, code,
          f"exit code of {' '.join(args)}: {done.stderr.strip()}")
    return done.stdout


def read(*path):
    """All bytes of a file."""
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def write(folder, name, data):
    """A file of these bytes; its path."""
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def tests_of(names, *args):
    """(name, test) of each function test_NAME in vars() of a module or class;
    the tests take args."""
    return [(name.removeprefix("test_"), functools.partial(value, *args))
            for name, value in names.items() if name.startswith("test_")]


def outcome(test):
    """("passed", "failed" or "skipped"; what there is to say)."""
    try:
        return "passed", test() or ""
    except Skip as why:
        return "skipped", str(why)
    except (Wrong, subprocess.TimeoutExpired) as why:
        return "failed", str(why)
    except (Exception, SystemExit):     # one must not end the others
        return "failed", traceback.format_exc()


def tell(name, result, said):
    """A test's line; its result."""
    word = {"passed": "ok  ", "failed": "FAIL", "skipped": "skipped:"}[result]
    print(f"{word} {name}{said and ': '}{said}", flush=True)
    return result


def wanted(tests):
    """Of (name, test), those whose names hold one of the script's arguments;
    without any, all."""
    words = sys.argv[1:] or [""]
    return [(name, test) for name, test in tests
            if any(word in name for word in words)]


def report(script, results):
    """The last line; the exit code."""
    words = ["passed", "failed"] + ["skipped"] * ("skipped" in results)
    counts = [f"{results.count(word)} {word}" for word in words]
    print(f"{script}: {', '.join(counts)}")
    return 1 if "failed" in results else 0


def run_tests(script, tests):
    """Runs what is wanted of (name, test), in order; the exit code."""
    return report(script, [tell(name, *outcome(test))
                           for name, test in wanted(tests)])


def skip_tests(script, count, why):
    """What a script says that can do none of its tests."""
    print(f"skipped: {why}")
    return report(script, ["skipped"] * count)
