#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs the tests of bench/: `tests/bench/run.py [WORD...]` runs those that
have one of the words in their names.  Ends with one count."""

import os
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "bench"),
                os.path.join(ROOT, "tools")]


class Result(unittest.TestResult):
    """Says how each test came out."""

    def startTest(self, test):
        super().startTest(test)
        self.start = time.monotonic()

    def say(self, test, word, why=""):
        """One line a test."""
        took = time.monotonic() - self.start
        print(f"{word:<5}{took:6.1f} s  {test.id()}" +
              (f": {why}" if why else ""), flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.say(test, "ok")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.say(test, "skip", reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say(test, "FAIL")
        print(self.failures[-1][1], flush=True)

    def addError(self, test, err):
        super().addError(test, err)
        self.start = getattr(self, "start", time.monotonic())
        self.say(test, "FAIL")
        print(self.errors[-1][1], flush=True)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            print(f"{subtest}\n{err[1]}", flush=True)


def tests_of(suite):
    """Every test of a suite of suites."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_of(test)
        else:
            yield test


def main():
    """Runs what is asked for."""
    words = sys.argv[1:]
    found = unittest.defaultTestLoader.discover(HERE, "test_*.py")
    suite = unittest.TestSuite(
        test for test in tests_of(found)
        if not words or any(word in test.id() for word in words))
    result = Result()
    suite.run(result)
    bad = {test.id() for test, _ in result.failures + result.errors}
    skipped = len(result.skipped)
    passed = max(result.testsRun - len(bad) - skipped, 0)
    print(f"bench: {passed} passed, {len(bad)} failed" +
          (f", {skipped} skipped" if skipped else ""))
    return 1 if bad or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
