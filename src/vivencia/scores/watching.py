"""Looking every day without crying wolf: tests that hold however often one looks. Pure.

An ordinary 95 % test looked at thirty days running is wrong in nearly a third of quiet months.
Here the evidence against "nothing changed" is a betting score with mean 1 while nothing changes,
so that it passes 20 in at most 5 % of quiet series, at whatever moment somebody looks. Many
segments at once are held by Benjamini and Hochberg on the p-values it gives.

The score is the normal mixture of the two-sample likelihood ratio in which the common mean has
been integrated out (translation invariance): a fixed baseline before, a growing sample now.
Sources: Robbins 1970; Lai 1976; Johari, Pekelis and Walsh 2015; Benjamini and Hochberg 1995.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

ALARM = 0.05
LEAST = 30  # answers on either side before anything is judged: the variance must be known well


class Sample(NamedTuple):
    """Answers added up: their number, sum and sum of squares, in the unit of the score."""

    n: int
    total: float
    squares: float

    def and_(self, other: Sample) -> Sample:
        """Both together."""
        return Sample(self.n + other.n, self.total + other.total, self.squares + other.squares)


@dataclass(frozen=True, slots=True)
class Watch:
    """What a series of looks has shown so far: `p` never rises, whoever looks whenever."""

    p: float
    change: float | None  # mean now − mean before, at the last look; None while there is too little
    looks: int

    @property
    def alarm(self) -> bool:
        """Whether this series alone, looked at on every day, has changed."""
        return self.p <= ALARM


def watch(baseline: Sample, days: Iterable[Sample], expected: float) -> Watch:
    """What looking after each of `days` shows against `baseline`.

    `expected` is the size of change worth finding, in the unit of the score (10 points of NPS):
    it tunes how soon a change is seen, never how often a quiet series alarms.
    """
    now, evidence, change, looks = Sample(0, 0.0, 0.0), 1.0, None, 0
    for day in days:
        now = now.and_(day)
        if min(now.n, baseline.n) < LEAST:
            continue
        looks += 1
        change = now.total / now.n - baseline.total / baseline.n
        evidence = max(evidence, _evidence(baseline, now, change, expected))
    return Watch(1 / evidence, change, looks)


def discoveries(p_values: Sequence[float], rate: float = ALARM) -> list[bool]:
    """Which of many segments changed, with at most `rate` of those named wrongly, on average."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    last = 0
    for rank, place in enumerate(order, start=1):
        if p_values[place] <= rate * rank / len(p_values):
            last = rank
    found = set(order[:last])
    return [place in found for place in range(len(p_values))]


def _evidence(baseline: Sample, now: Sample, change: float, expected: float) -> float:
    """The mixture likelihood ratio of a change ~ N(0, expected²) against none.

    Bounded at e⁷⁰⁰: more is not a number.
    """
    spread = _variance(baseline, now)
    if spread <= 0:
        return 1.0 if change == 0 else math.inf
    v = spread * (1 / baseline.n + 1 / now.n)
    tau = expected * expected
    power = tau * change * change / (2 * v * (v + tau))
    return math.sqrt(v / (v + tau)) * math.exp(min(power, 700.0))


def _variance(baseline: Sample, now: Sample) -> float:
    """The variance within each of the two, pooled."""
    within = sum(each.squares - each.total**2 / each.n for each in (baseline, now))
    return within / (baseline.n + now.n - 2)
