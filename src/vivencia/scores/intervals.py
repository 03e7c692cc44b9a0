"""95 % intervals: adjusted Wald for NPS, Wilson for shares, Student's t for means.

Every function takes plain counts or integer sums, so that whoever counts the same answers gets the
same last digit, and clips its result to the scale. Counts may be fractions where answers are
weighted (multiply the weighted shares by `effective_n`). Nothing here is random.

Sources: Rocks 2016 (arXiv 1601.07235) for NPS; Wilson 1927 and Newcombe 1998 (method 10) for
shares and their difference; Welch 1947 for the difference of two means; Abramowitz and Stegun
26.7.3-26.7.5 for Student's t; Kish 1965 for the effective number of answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from statistics import NormalDist

from vivencia.lib.intervals import Interval, Z, wilson

__all__ = [
    "Interval",
    "Z",
    "effective_n",
    "mean_difference",
    "mean_interval",
    "nps_difference",
    "nps_interval",
    "share_difference",
    "t_quantile",
    "wilson",
]

CONFIDENCE = 0.95

# From here on the expansion of Student's t around the normal is exact to 1e-12.
_EXPANSION_FROM = 400


def nps_interval(good: float, bad: float, n: float) -> Interval:
    """The adjusted Wald interval of 100·(good − bad)/n, in points, within −100…100.

    `good` and `bad` are numbers of answers (promoters, detractors), `n` all answers. Three
    answers are added, ¾ good and ¾ bad, which keeps the interval honest for few answers.
    """
    centre, error = _adjusted(good, bad, n)
    return _clip(centre - Z * error, centre + Z * error, -100.0, 100.0)


def nps_difference(now: tuple[float, float, float], before: tuple[float, float, float]) -> Interval:
    """The interval of NPS now − NPS before, in points, within −200…200.

    Each argument is (good, bad, n). The errors of the two published intervals add in squares.
    """
    centre_now, error_now = _adjusted(*now)
    centre_before, error_before = _adjusted(*before)
    centre, half = centre_now - centre_before, Z * math.hypot(error_now, error_before)
    return _clip(centre - half, centre + half, -200.0, 200.0)


def share_difference(now: tuple[float, float], before: tuple[float, float]) -> Interval:
    """The interval of share now − share before, within −1…1 (Newcombe's hybrid of two Wilsons).

    Each argument is (good, n) with n > 0.
    """
    share_now, share_before = now[0] / now[1], before[0] / before[1]
    low_now, high_now = wilson(*now)
    low_before, high_before = wilson(*before)
    gap = share_now - share_before
    below = math.hypot(share_now - low_now, high_before - share_before)
    above = math.hypot(high_now - share_now, share_before - low_before)
    return _clip(gap - below, gap + above, -1.0, 1.0)


def mean_interval(n: float, total: float, squares: float, low: float, high: float) -> Interval:
    """The t interval of total/n, in the unit of the values, within `low`…`high`.

    `total` and `squares` are the sums of the values and of their squares; as integers, the
    variance is exact until its one division. Below two answers it is the whole scale. An `n`
    between two whole numbers (weighted answers) takes the degrees of freedom of the lower.
    """
    if n < 2:
        return Interval(low, high)
    half = t_quantile(int(n - 1)) * math.sqrt(_squared_error(n, total, squares))
    return _clip(total / n - half, total / n + half, low, high)


def mean_difference(
    now: tuple[float, float, float], before: tuple[float, float, float]
) -> Interval:
    """The interval of mean now − mean before, by Welch's t, in the unit of the values.

    Each argument is (n, total, squares) as in `mean_interval`, with n ≥ 2. Not clipped: the
    caller knows the scale.
    """
    error_now, error_before = _squared_error(*now), _squared_error(*before)
    gap, error = now[1] / now[0] - before[1] / before[0], error_now + error_before
    if error == 0:
        return Interval(gap, gap)
    freedom = error**2 / (error_now**2 / (now[0] - 1) + error_before**2 / (before[0] - 1))
    # Whole degrees of freedom, rounded down: never narrower than Welch's own.
    half = t_quantile(max(1, int(freedom))) * math.sqrt(error)
    return Interval(gap - half, gap + half)


def effective_n(weights: Iterable[float]) -> float:
    """Kish's effective number of answers, (Σw)²/Σw²; 0 where no answer has weight."""
    total = squares = 0.0
    for weight in weights:
        total += weight
        squares += weight * weight
    return total * total / squares if squares else 0.0


@lru_cache(maxsize=4096)
def t_quantile(freedom: int, confidence: float = CONFIDENCE) -> float:
    """The t with which a two-sided interval of `confidence` is built; exact to 1e-10.

    `freedom` is the whole number of degrees of freedom, at least 1.
    """
    if freedom >= _EXPANSION_FROM:
        return _expanded(freedom, NormalDist().inv_cdf((1 + confidence) / 2))
    low, high = 0.0, math.pi / 2
    while low < (middle := (low + high) / 2) < high:
        if _mass_within(middle, freedom) < confidence:
            low = middle
        else:
            high = middle
    return math.sqrt(freedom) * math.tan(high)


def _mass_within(angle: float, freedom: int) -> float:
    """P(|T| < √freedom·tan(angle)), by the finite series for whole degrees of freedom."""
    sine, square = math.sin(angle), math.cos(angle) ** 2
    odd = freedom % 2
    term = math.cos(angle) if odd else 1.0
    series = term if freedom > 1 else 0.0
    for k in range(2 + odd, freedom - 1, 2):
        term *= square * (k - 1) / k
        series += term
    return 2 / math.pi * (angle + sine * series) if odd else sine * series


def _expanded(freedom: int, z: float) -> float:
    """Student's quantile as a series in 1/freedom around the normal quantile `z`."""
    powers: list[float] = [z**k for k in range(10)]
    terms = (
        (powers[3] + powers[1]) / 4,
        (5 * powers[5] + 16 * powers[3] + 3 * powers[1]) / 96,
        (3 * powers[7] + 19 * powers[5] + 17 * powers[3] - 15 * powers[1]) / 384,
        (79 * powers[9] + 776 * powers[7] + 1482 * powers[5] - 1920 * powers[3] - 945 * z) / 92160,
    )
    return z + sum(term / float(freedom) ** k for k, term in enumerate(terms, start=1))


def _adjusted(good: float, bad: float, n: float) -> tuple[float, float]:
    """Centre and standard error of an NPS in points, with Rocks's three answers added."""
    p, d, n = (good + 0.75) / (n + 3), (bad + 0.75) / (n + 3), n + 3
    s = p - d
    return 100 * s, 100 * math.sqrt((p + d - s * s) / n)


def _squared_error(n: float, total: float, squares: float) -> float:
    return max(n * squares - total * total, 0) / (n * n * (n - 1))


def _clip(low: float, high: float, floor: float, ceiling: float) -> Interval:
    return Interval(max(low, floor), min(high, ceiling))
