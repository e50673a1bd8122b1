# SPDX-License-Identifier: BSD-2-Clause
"""Medians, quantiles and bootstrap intervals: the same for the same data."""

import random

SEED = 1
RESAMPLES = 2000
LEVEL = 0.95            # of every interval
MANY = 100              # runs below which there is no p99
FEW = 6                 # runs below which nothing is resolved: with five, all
                        # differences have one sign by chance in 6 of 100


def quantile(values, part):
    """A quantile, interpolated between the two nearest values."""
    if not values:
        raise ValueError("quantile of nothing")
    ordered = sorted(values)
    at = part * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def median(values):
    """The middle, or the mean of the two in the middle."""
    return quantile(values, 0.5)


def bounds(resampled):
    """The interval that LEVEL of the resampled values lie in."""
    tail = (1 - LEVEL) / 2
    return quantile(resampled, tail), quantile(resampled, 1 - tail)


def interval(values):
    """The percentile bootstrap interval of a median."""
    chance, count = random.Random(SEED), len(values)
    return bounds([median(chance.choices(values, k=count))
                   for _ in range(RESAMPLES)])


def summary(values):
    """n, median, p90, p99 (None below MANY), low and high of the median."""
    low, high = interval(values)
    return {"n": len(values), "median": median(values),
            "p90": quantile(values, 0.9),
            "p99": quantile(values, 0.99) if len(values) >= MANY else None,
            "low": low, "high": high}


def judged(difference, base, low, high, count):
    """A difference as a dict."""
    return {"n": count, "difference": difference,
            "percent": 100 * difference / base if base else 0.0,
            "low": low, "high": high,
            "resolved": count >= FEW and (low > 0 or high < 0)}


def difference(before, after, paired=False):
    """The difference of two medians, after - before, with its interval.

    Paired: value i of both was measured side by side, so both are drawn
    together."""
    if paired and len(before) != len(after):
        raise ValueError("pairs of unequal length")
    chance, resampled = random.Random(SEED), []
    places = range(len(before))
    for _ in range(RESAMPLES):
        if paired:
            drawn = chance.choices(places, k=len(before))
            one, two = [before[i] for i in drawn], [after[i] for i in drawn]
        else:
            one = chance.choices(before, k=len(before))
            two = chance.choices(after, k=len(after))
        resampled.append(median(two) - median(one))
    base = median(before)
    return judged(median(after) - base, base, *bounds(resampled),
                  min(len(before), len(after)))


def paired_difference(before, after):
    """The median of after[i] - before[i], with its interval."""
    if len(before) != len(after):
        raise ValueError("pairs of unequal length")
    each = [b - a for a, b in zip(before, after)]
    return judged(median(each), median(before), *interval(each), len(each))


def text_of(found, unit="ms", digits=1):
    """+12.3 ms (+4.5 %) [+10.0, +14.0], or with the words not resolved."""
    def number(value):
        return f"{value:+.{digits}f}"
    text = (f"{number(found['difference'])} {unit} ({found['percent']:+.1f} "
            f"%) [{number(found['low'])}, {number(found['high'])}]")
    return text if found["resolved"] else text + " not resolved"
