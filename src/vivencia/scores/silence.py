"""Silence bounds: how far those who did not answer could move an NPS. Exact, no model. Pure."""

from __future__ import annotations

from vivencia.lib.errors import BadInput
from vivencia.scores.intervals import Interval


def silence_bounds(promoters: int, detractors: int, answered: int, silent: int) -> Interval:
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
