"""Which touchpoint is the weakest, said only as far as the intervals tell them apart. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vivencia.lib.figures import Figure

ENOUGH = 30  # answers a touchpoint needs to be compared
COMPARABLE = 3  # touchpoints: with two there is a worst one by chance alone
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Weakest:
    """Touchpoints by value, the weakest first, and those that can not be told from the weakest.

    `enough` is False where too few have the answers to be compared. `months` is over how many
    months up to the end of the period they were compared; 0: over the period itself.
    """

    ranked: tuple[Figure, ...]
    lowest: tuple[Figure, ...]
    enough: bool
    months: int = 0

    @property
    def named(self) -> tuple[Figure, ...]:
        """Those among which the weakest must be: one where its interval lies under all others,
        up to three where the rest lie clearly above the lowest, else none."""
        few = len(self.lowest) <= MOST_NAMED and len(self.lowest) < len(self.ranked)
        return self.lowest if few else ()

    @property
    def apart(self) -> bool:
        """Whether any touchpoint lies clearly above the lowest."""
        return len(self.lowest) < len(self.ranked)

    @property
    def worst(self) -> Figure | None:
        return self.ranked[0] if self.enough else None

    @property
    def best(self) -> Figure | None:
        return self.ranked[-1] if self.enough else None


def weakest(figures: Sequence[Figure], months: int = 0) -> Weakest:
    """The weakest of `figures`, by their value and 95 % intervals."""
    comparable = [figure for figure in figures if _goodness(figure) is not None]
    ranked = tuple(sorted(comparable, key=lambda figure: (_goodness(figure) or 0.0, figure.name)))
    if len(ranked) < 2:
        return Weakest(ranked, (), enough=False, months=months)
    ceiling = _ends(ranked[0])[1]
    lowest = tuple(figure for figure in ranked if _ends(figure)[0] <= ceiling)
    return Weakest(ranked, lowest, enough=True, months=months)


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
