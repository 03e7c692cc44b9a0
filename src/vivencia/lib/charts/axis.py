"""A straight axis: from a value to its place, and which round values to name on it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


def length(value: float, unit: str = "") -> str:
    """A length as SVG takes it: at most two decimals, a point, no trailing noughts."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text) + unit


@dataclass(frozen=True, slots=True)
class Axis:
    """The values from `low` to `high`, laid along a line of any length."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.high > self.low:
            raise ValueError(f"an axis needs two ends apart, not {self.low} and {self.high}")

    def share(self, value: float) -> float:
        """How far along `value` stands: 0 at the low end, 1 at the high one, never outside."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def percent(self, value: float) -> str:
        """The place across, as "62.5%"."""
        return length(100 * self.share(value), "%")

    def down(self, value: float, top: float, bottom: float) -> float:
        """The place from the top in pixels: high values above, low ones below."""
        return bottom - self.share(value) * (bottom - top)


def round_step(span: float, about: int = 4) -> float:
    """The step of 1, 2 or 5 times a power of ten that cuts `span` into roughly `about` parts."""
    rough = span / about
    power = 10.0 ** math.floor(math.log10(rough))
    return power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round values from `low` to `high`, both included where they are round themselves."""
    step = round_step(high - low, about)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def roomy(
    values: Iterable[float], *, about: int = 4, within: tuple[float, float] | None = None
) -> Axis:
    """An axis whose ends are round and hold all `values`, never leaving the scale `within`.

    Without a value (all are hidden) it is the whole scale.
    """
    known = list(values)
    floor, ceiling = within or (-math.inf, math.inf)
    low, high = (min(known), max(known)) if known else within or (0.0, 1.0)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    step = 0.0
    while step != (step := round_step(high - low, about)):  # rounding outwards may need more room
        low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return Axis(max(floor, round(low, 10)), min(ceiling, round(high, 10)))
