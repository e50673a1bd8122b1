# SPDX-License-Identifier: BSD-2-Clause
"""The statistics against numbers that are known."""

import random
import unittest

import stats


class Quantiles(unittest.TestCase):
    """Medians and quantiles."""

    def test_median(self):
        self.assertEqual(stats.median([3, 1, 2]), 2)
        self.assertEqual(stats.median([4, 1, 2, 3]), 2.5)
        self.assertEqual(stats.median([7]), 7)

    def test_quantile_interpolates(self):
        values = list(range(11))
        self.assertEqual(stats.quantile(values, 0.9), 9)
        self.assertEqual(stats.quantile(values, 0), 0)
        self.assertEqual(stats.quantile(values, 1), 10)
        self.assertAlmostEqual(stats.quantile([0, 1], 0.25), 0.25)

    def test_nothing_is_refused(self):
        with self.assertRaises(ValueError):
            stats.median([])

    def test_p99_needs_a_hundred(self):
        self.assertIsNone(stats.summary(list(range(99)))["p99"])
        self.assertAlmostEqual(stats.summary(list(range(100)))["p99"], 98.01)


class Intervals(unittest.TestCase):
    """Bootstrap intervals."""

    def setUp(self):
        chance = random.Random(7)
        self.calm = [chance.gauss(100, 2) for _ in range(40)]
        self.slow = [value + 10 for value in self.calm]
        self.other = [chance.gauss(100, 2) for _ in range(40)]

    def test_repeats(self):
        self.assertEqual(stats.interval(self.calm), stats.interval(self.calm))

    def test_holds_the_median(self):
        low, high = stats.interval(self.calm)
        self.assertLessEqual(low, stats.median(self.calm))
        self.assertGreaterEqual(high, stats.median(self.calm))
        self.assertLess(high - low, 3)

    def test_covers_the_truth(self):
        chance, hits = random.Random(3), 0
        for _ in range(60):
            low, high = stats.interval([chance.gauss(50, 5)
                                        for _ in range(20)])
            hits += low <= 50 <= high
        self.assertGreaterEqual(hits, 53)

    def test_one_value(self):
        self.assertEqual(stats.interval([5.0]), (5.0, 5.0))

    def test_difference_is_found(self):
        found = stats.difference(self.calm, self.slow)
        self.assertTrue(found["resolved"])
        self.assertAlmostEqual(found["difference"], 10)
        self.assertGreater(found["low"], 5)

    def test_no_difference_is_not_resolved(self):
        found = stats.difference(self.calm, self.other)
        self.assertFalse(found["resolved"])
        self.assertIn("not resolved", stats.text_of(found))

    def test_pairs_see_through_a_common_swing(self):
        swing = [100 + 40 * (i % 2) for i in range(20)]
        before = [a + i * 0.01 for i, a in enumerate(swing)]
        after = [a + 1 + (i % 3) * 0.1 for i, a in enumerate(swing)]
        self.assertFalse(stats.difference(before, after)["resolved"])
        found = stats.paired_difference(before, after)
        self.assertTrue(found["resolved"])
        self.assertAlmostEqual(found["difference"], 1.0, delta=0.2)

    def test_few_pairs_resolve_nothing(self):
        few = stats.FEW - 1
        found = stats.paired_difference(self.calm[:few], self.slow[:few])
        self.assertFalse(found["resolved"])
        found = stats.paired_difference(self.calm[:6], self.slow[:6])
        self.assertTrue(found["resolved"])

    def test_unequal_pairs_are_refused(self):
        with self.assertRaises(ValueError):
            stats.paired_difference([1, 2], [1])
        with self.assertRaises(ValueError):
            stats.difference([1, 2], [1], paired=True)


if __name__ == "__main__":
    unittest.main()
