"""Silence bounds: how far those who did not answer could move a score. Exact, no model. Pure."""

from __future__ import annotations

from vivencia.lib.errors import BadInput
from vivencia.scores.definitions import Definition, Family
from vivencia.scores.intervals import Interval
from vivencia.scores.score import Histogram, Tally, tally


def silence_bounds(promoters: float, detractors: float, answered: float, silent: int) -> Interval:
    """The lowest and highest NPS possible, in points, were the `silent` all detractors or all
    promoters.

    With nobody silent both ends are the score itself. Raises BadInput where nobody was asked,
    or the counts can not be.
    """
    everybody = answered + silent
    if min(promoters, detractors, silent) < 0 or promoters + detractors > answered:
        raise BadInput(
            es="Los recuentos no cuadran: hay más promotores y detractores que respuestas.",
            en="The counts do not add up: more promoters and detractors than answers.",
        )
    if everybody == 0:
        raise BadInput(es="No se preguntó a nadie.", en="Nobody was asked.")
    balance = promoters - detractors
    return Interval(100 * (balance - silent) / everybody, 100 * (balance + silent) / everybody)


def bounds(definition: Definition, histogram: Histogram, silent: int) -> Interval:
    """The lowest and highest value possible of any score, in its unit, were all the `silent` to
    give the lowest, or the highest, answer that can be given.

    For an NPS it is `silence_bounds`. Raises BadInput where nobody was asked.
    """
    counted = tally(definition, histogram)
    if definition.family is Family.mean:
        return _of_mean(definition, counted, silent)
    if definition.family is Family.balance:
        return silence_bounds(counted.good, counted.bad, counted.n, silent)
    low, high = silence_bounds(counted.good, counted.n - counted.good, counted.n, silent)
    return Interval((low + 100) / 2, (high + 100) / 2)  # a share is half the balance above −100


def _of_mean(definition: Definition, counted: Tally, silent: int) -> Interval:
    everybody = counted.n + silent
    if everybody == 0:
        raise BadInput(es="No se preguntó a nadie.", en="Nobody was asked.")
    lowest, highest = (
        (counted.total / 1000 + silent * end) / everybody
        for end in (definition.low, definition.high)
    )
    return Interval(lowest, highest)
