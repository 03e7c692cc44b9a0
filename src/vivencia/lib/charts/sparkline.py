"""A line the size of a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vivencia.lib.charts.axis import Axis, length


@dataclass(frozen=True, slots=True)
class Sparkline:
    label: str
    path: str
    end: tuple[str, str] | None


def sparkline(values: Sequence[float | None], *, label: str) -> Sparkline:
    """The course of `values` in a viewBox of 100 × 100, broken where one is missing."""
    known = [value for value in values if value is not None]
    if not known:
        return Sparkline(label, "", None)
    low, high = min(known), max(known)
    axis = Axis(low, high) if high > low else Axis(low - 1, low + 1)
    steps, pen, end = [], "M", None
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x = 100 * index / max(1, len(values) - 1)
        end = (length(x), length(axis.down(value, 10, 90)))
        steps.append(f"{pen}{end[0]} {end[1]}")
        pen = "L"
    last = end if values[-1] is not None else None
    return Sparkline(label, "".join(steps), last)
