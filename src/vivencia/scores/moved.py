"""Which group moved a score: its own change, or more or fewer of its answers. Exact. Pure.

Δ = Σ rate + Σ mix over groups, to the last bit of floating point: the rate of a group is the
change of its own value at its mean share, its mix the change of its share at how far its mean
value lies from the whole (midpoint decomposition, Kitagawa 1955).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from vivencia.scores.watching import Sample


class Part(NamedTuple):
    """What one group did to the whole, in the unit of the score."""

    group: str
    rate: float
    mix: float

    @property
    def whole(self) -> float:
        return self.rate + self.mix


def parts(before: Mapping[str, Sample], now: Mapping[str, Sample]) -> list[Part]:
    """The part of each group in the change of the whole, the largest first; none where there are
    no answers on one side. A group without answers on one side is taken as the whole was there."""
    then, later = _whole(before), _whole(now)
    if not then.n or not later.n:
        return []
    centre = (then.total / then.n + later.total / later.n) / 2
    found = []
    for group in sorted({*before, *now}):
        share_then, value_then = _of(before.get(group), then)
        share_now, value_now = _of(now.get(group), later)
        rate = (share_then + share_now) / 2 * (value_now - value_then)
        mix = (share_now - share_then) * ((value_then + value_now) / 2 - centre)
        found.append(Part(group, rate, mix))
    return sorted(found, key=lambda part: -abs(part.whole))


def _whole(groups: Mapping[str, Sample]) -> Sample:
    found = Sample(0, 0.0, 0.0)
    for sample in groups.values():
        found = found.and_(sample)
    return found


def _of(sample: Sample | None, whole: Sample) -> tuple[float, float]:
    """Share of the answers and mean of one group."""
    if sample is None or not sample.n:
        return 0.0, whole.total / whole.n
    return sample.n / whole.n, sample.total / sample.n
