"""One bar per group, with the interval of its value over it."""

from __future__ import annotations

from dataclasses import dataclass

from vivencia.lib.charts.axis import Axis, length


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from nought to its value and the interval over it; places in percent."""

    x: str
    width: str
    low: str = ""
    high: str = ""
    zero: str = ""


def bar(axis: Axis, value: float, low: float | None = None, high: float | None = None) -> Bar:
    """The bar of `value`, begun at nought, or at the end of the axis next to nought."""
    zero = min(max(0.0, axis.low), axis.high)
    left, right = sorted((axis.share(zero), axis.share(value)))
    return Bar(
        x=length(100 * left, "%"),
        width=length(100 * (right - left), "%"),
        low=axis.percent(low) if low is not None else "",
        high=axis.percent(high) if high is not None else "",
        zero=axis.percent(zero),
    )
