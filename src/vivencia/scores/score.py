"""A score: value, number of answers, 95 % interval and verdict, under a named definition.

Everything is computed from a histogram, the exact number of answers of each score, so that the
page, the API, the command line and Python give the same last digit: sums are whole numbers and
are divided once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from vivencia.lib.errors import BadInput
from vivencia.scores.definitions import Bounds, Definition, Direction, Family, Text
from vivencia.scores.intervals import (
    Interval,
    mean_difference,
    mean_interval,
    nps_difference,
    nps_interval,
    share_difference,
    wilson,
)

HIDDEN_BELOW = 5
INDICATIVE_BELOW = 30

Histogram = Mapping[int, int]  # score in whole thousandths -> number of answers
Weighing = Mapping[int, float]  # the same of weighted answers


class Verdict(StrEnum):
    """What may be concluded from a score."""

    hidden = "hidden"
    indicative = "indicative"
    not_conclusive = "not_conclusive"
    below_zero = "below_zero"
    good = "good"
    excellent = "excellent"
    world_class = "world_class"
    measured = "measured"


class Trend(StrEnum):
    """What may be concluded from a change."""

    hidden = "hidden"
    up = "up"
    down = "down"
    not_conclusive = "not_conclusive"


VERDICTS: dict[Verdict, Text] = {
    Verdict.hidden: {"es": "oculto", "en": "hidden"},
    Verdict.indicative: {"es": "orientativo", "en": "indicative"},
    Verdict.not_conclusive: {"es": "no concluyente", "en": "not conclusive"},
    Verdict.below_zero: {"es": "bajo cero", "en": "below zero"},
    Verdict.good: {"es": "bueno", "en": "good"},
    Verdict.excellent: {"es": "excelente", "en": "excellent"},
    Verdict.world_class: {"es": "de clase mundial", "en": "world class"},
    Verdict.measured: {"es": "medido", "en": "measured"},
}


class Tally(NamedTuple):
    """What a score needs to know of its answers; sums are in thousandths of a step."""

    n: float
    good: float
    bad: float
    total: float
    squares: float


@dataclass(frozen=True, slots=True)
class Score:
    """One figure. `value`, `n`, `low` and `high` are all None where it is hidden."""

    definition: str
    version: int
    value: float | None
    n: int | None
    low: float | None
    high: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """The score now less the score before, in its unit, with an interval of its own.

    `better` says whether the direction is the wished one; None where nothing is concluded.
    """

    value: float | None
    low: float | None
    high: float | None
    trend: Trend
    better: bool | None = None


def score(definition: Definition, histogram: Histogram) -> Score:
    """The score of these answers, hidden where there are fewer than five."""
    return of_tally(definition, tally(definition, histogram), sum(histogram.values()))


def of_tally(definition: Definition, counted: Tally, n: int) -> Score:
    """The score of what was counted of `n` answers; weighted ones count as their effective n."""
    if counted.n < HIDDEN_BELOW:
        return hidden(definition)
    low, high = _interval(definition, counted)
    return Score(
        definition=definition.name,
        version=definition.version,
        value=_value(definition, counted),
        n=n,
        low=low,
        high=high,
        verdict=verdict(definition, counted.n, low, high),
    )


def hidden(definition: Definition) -> Score:
    """The score of a group that may not be shown: nothing of it but its definition."""
    return Score(definition.name, definition.version, None, None, None, None, Verdict.hidden)


def change(definition: Definition, now: Histogram, before: Histogram) -> Change:
    """How the score moved from `before` to `now`; hidden where either of them is."""
    later, earlier = tally(definition, now), tally(definition, before)
    if min(later.n, earlier.n) < HIDDEN_BELOW:
        return Change(None, None, None, Trend.hidden)
    low, high = _difference(definition, later, earlier)
    trend = Trend.up if low > 0 else Trend.down if high < 0 else Trend.not_conclusive
    wished = Trend.up if definition.direction is Direction.higher_is_better else Trend.down
    better = None if trend is Trend.not_conclusive else trend is wished
    return Change(_value(definition, later) - _value(definition, earlier), low, high, trend, better)


def tally(definition: Definition, histogram: Weighing) -> Tally:
    """Count a histogram under a definition; an answer off its scale raises `BadInput`."""
    lowest, highest, whole = definition.answers
    n: float = 0
    good: float = 0
    bad: float = 0
    total: float = 0
    squares: float = 0
    for thousandths, answers in histogram.items():
        on_scale = lowest * 1000 <= thousandths <= highest * 1000
        if not on_scale or (whole and thousandths % 1000):
            raise _off_scale(definition, thousandths)
        n += answers
        good += answers if _within(thousandths, definition.good) else 0
        bad += answers if _within(thousandths, definition.bad) else 0
        total += answers * thousandths
        squares += answers * thousandths * thousandths
    return Tally(n, good, bad, total, squares)


def verdict(definition: Definition, n: float, low: float, high: float) -> Verdict:
    """What may be concluded: the first that fits, judged on unrounded values."""
    if n < HIDDEN_BELOW:
        return Verdict.hidden
    if n < INDICATIVE_BELOW:
        return Verdict.indicative
    if not definition.banded:
        return Verdict.measured
    return band(low) if band(low) is band(high) else Verdict.not_conclusive


def band(nps: float) -> Verdict:
    """The band of an NPS: 0 and 50 are good, 70 is excellent, anything above world class."""
    if nps < 0:
        return Verdict.below_zero
    if nps <= 50:
        return Verdict.good
    if nps <= 70:
        return Verdict.excellent
    return Verdict.world_class


def _value(definition: Definition, counted: Tally) -> float:
    if definition.family is Family.mean:
        return counted.total / (1000 * counted.n)
    return 100 * (counted.good - counted.bad) / counted.n


def _interval(definition: Definition, counted: Tally) -> Interval:
    if definition.family is Family.balance:
        return nps_interval(counted.good, counted.bad, counted.n)
    if definition.family is Family.share:
        low, high = wilson(counted.good, counted.n)
        return Interval(100 * low, 100 * high)
    n, _, _, total, squares = counted
    low, high = mean_interval(n, total, squares, definition.low * 1000, definition.high * 1000)
    return Interval(low / 1000, high / 1000)


def _difference(definition: Definition, now: Tally, before: Tally) -> Interval:
    if definition.family is Family.balance:
        return nps_difference((now.good, now.bad, now.n), (before.good, before.bad, before.n))
    if definition.family is Family.share:
        low, high = share_difference((now.good, now.n), (before.good, before.n))
        return Interval(100 * low, 100 * high)
    low, high = mean_difference(
        (now.n, now.total, now.squares), (before.n, before.total, before.squares)
    )
    widest = definition.high - definition.low
    return Interval(max(low / 1000, -widest), min(high / 1000, widest))


def _within(thousandths: int, bounds: Bounds | None) -> bool:
    return bounds is not None and bounds[0] * 1000 <= thousandths <= bounds[1] * 1000


def _off_scale(definition: Definition, thousandths: int) -> BadInput:
    lowest, highest, _ = definition.answers
    answer = thousandths / 1000
    return BadInput(
        es=f"{answer:g} no es una respuesta de la escala {definition.scale} "
        f"(de {lowest} a {highest}).",
        en=f"{answer:g} is no answer on the scale {definition.scale} ({lowest} to {highest}).",
        reason="off_scale",
    )
