"""The 95 % interval of a share, for every room that counts (Wilson 1927)."""

from __future__ import annotations

import math
from typing import NamedTuple

Z = 1.96  # as definitions print it, so that a reader with a pocket calculator agrees


class Interval(NamedTuple):
    """The ends of a 95 % interval, in the unit of the value it belongs to."""

    low: float
    high: float


def wilson(good: float, n: float) -> Interval:
    """The Wilson score interval of good/n, as a share within 0…1; the whole scale for n = 0."""
    if n <= 0:
        return Interval(0.0, 1.0)
    share, z2 = good / n, Z * Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    # At 0 and n the end is the share itself; rounding must not push it a hair inside.
    low = 0.0 if good == 0 else centre - half
    high = 1.0 if good == n else centre + half
    return Interval(max(low, 0.0), min(high, 1.0))
