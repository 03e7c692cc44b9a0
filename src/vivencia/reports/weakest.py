"""Which touchpoint is the weakest, said only as far as the intervals tell them apart. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vivencia.lib.figures import Figure

ENOUGH = 30  # answers a touchpoint needs to be compared
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Weakest:
    """Touchpoints by value, the weakest first, and those that may be called the weakest.

    One in `named`: its interval lies under all others. Two or three: together under the rest,
    not told apart among themselves. None: nobody can be blamed, or (`enough` False) too few
    touchpoints have answers to compare any.
    """

    ranked: tuple[Figure, ...]
    named: tuple[Figure, ...]
    enough: bool

    @property
    def worst(self) -> Figure | None:
        return self.ranked[0] if self.enough else None

    @property
    def best(self) -> Figure | None:
        return self.ranked[-1] if self.enough else None


def weakest(figures: Sequence[Figure]) -> Weakest:
    """The weakest of `figures`, by their value and 95 % intervals."""
    comparable = [figure for figure in figures if _goodness(figure) is not None]
    ranked = sorted(comparable, key=lambda figure: (_goodness(figure) or 0.0, figure.name))
    if len(ranked) < 2:
        return Weakest(tuple(ranked), (), enough=False)
    ceiling = _ends(ranked[0])[1]
    overlapping = [figure for figure in ranked if _ends(figure)[0] <= ceiling]
    rest = [figure for figure in ranked if figure not in overlapping]
    highest = max(_ends(figure)[1] for figure in overlapping)
    apart = all(_ends(figure)[0] > highest for figure in rest)
    few = len(overlapping) <= MOST_NAMED and bool(rest) and apart
    return Weakest(tuple(ranked), tuple(overlapping) if few else (), enough=True)


def _goodness(figure: Figure) -> float | None:
    """The value with its sign turned where lower is better; None if it can not be compared."""
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    if figure.n is None or figure.n < ENOUGH:
        return None
    return figure.value if figure.scale.higher_is_better else -figure.value


def _ends(figure: Figure) -> tuple[float, float]:
    """The interval on the scale of goodness."""
    low, high = figure.low or 0.0, figure.high or 0.0
    return (low, high) if figure.scale.higher_is_better else (-high, -low)
