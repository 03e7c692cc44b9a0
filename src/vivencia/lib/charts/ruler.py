"""A value on its scale with its interval drawn: what keeps a figure from standing naked."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vivencia.lib.charts.axis import Axis, length

Size = Literal["normal", "mini", "tall"]

NARROWEST = 230  # pixels: the width under which a ruler is never drawn
LETTER = 6.6  # pixels: one letter of a label
GAP = 4  # pixels between two labels


@dataclass(frozen=True, slots=True)
class Mark:
    """Something named on the scale: an edge between bands, a goal, or an end."""

    at: float
    text: str = ""
    kind: Literal["edge", "goal", "end"] = "edge"


@dataclass(frozen=True, slots=True)
class PlacedMark:
    x: str
    text: str
    kind: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Heights in pixels: the line, a mark and an end from top to bottom, labels, the dot."""

    line: int
    mark: tuple[int, int]
    end: tuple[int, int]
    label: int
    band: int
    dot: int


ROWS: dict[Size, Rows] = {
    "normal": Rows(line=16, mark=(8, 24), end=(9, 23), label=39, band=0, dot=4),
    "mini": Rows(line=10, mark=(4, 16), end=(5, 15), label=0, band=0, dot=3),
    "tall": Rows(line=36, mark=(22, 44), end=(29, 43), label=59, band=14, dot=4),
}


@dataclass(frozen=True, slots=True)
class Ruler:
    """What parts/ruler.html draws. Places are "62.5%" or empty where nothing may be shown."""

    label: str
    size: Size
    tone: str
    rows: Rows
    marks: tuple[PlacedMark, ...]
    bands: tuple[PlacedMark, ...]
    value: str = ""
    low: str = ""
    high: str = ""


def ruler(
    axis: Axis,
    value: float | None,
    low: float | None,
    high: float | None,
    *,
    label: str,
    marks: Sequence[Mark] = (),
    bands: Sequence[str] = (),
    size: Size = "normal",
    tone: str = "",
) -> Ruler:
    """The ruler of `value` with its interval; without a value only the scale is drawn.

    `label` says to who can not see it what is drawn; `tone` is the colour of a change or a
    feeling (up, down, flat, joy, apathy, disap), empty for the lens's own; `bands` name the
    stretches between the edges, on tall rulers.
    """
    named = size != "mini"
    return Ruler(
        label=label,
        size=size,
        tone=tone,
        rows=ROWS[size],
        marks=tuple(_placed(axis, marks, named)),
        bands=tuple(_named(axis, marks, bands)) if size == "tall" and bands else (),
        value=axis.percent(value) if value is not None else "",
        low=axis.percent(low) if low is not None else "",
        high=axis.percent(high) if high is not None else "",
    )


def change_ruler(value: float, low: float, high: float, *, label: str, tone: str) -> Ruler:
    """A change about zero, which stands in the middle; the interval always fits."""
    reach = 1.2 * max(abs(low), abs(high), abs(value), 1e-9)
    return ruler(
        Axis(-reach, reach), value, low, high, label=label, marks=[Mark(0)], size="mini", tone=tone
    )


def _anchor(share: float, width: float) -> str:
    if share - width / 2 < 0:
        return "start"
    return "end" if share + width / 2 > 1 else "middle"


def _placed(axis: Axis, marks: Sequence[Mark], named: bool) -> list[PlacedMark]:
    """The marks in their places; a label that would run into one of more weight is left out."""
    taken: list[tuple[float, float]] = []
    placed = []
    for mark in sorted(marks, key=lambda mark: ("goal", "edge", "end").index(mark.kind)):
        share, width = axis.share(mark.at), (len(mark.text) * LETTER + GAP) / NARROWEST
        anchor = _anchor(share, width)
        start = share - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        free = all(start + width <= left or start >= right for left, right in taken)
        if named and mark.text and free:
            taken.append((start, start + width))
        text = mark.text if named and free else ""
        if text or mark.kind != "end":
            placed.append(PlacedMark(length(100 * share, "%"), text, mark.kind, anchor))
    return placed


def _named(axis: Axis, marks: Sequence[Mark], bands: Sequence[str]) -> list[PlacedMark]:
    edges = [axis.low, *sorted(mark.at for mark in marks if mark.kind == "edge"), axis.high]
    middles = [(left + right) / 2 for left, right in itertools.pairwise(edges)]
    return [
        PlacedMark(axis.percent(at), text, "band", "middle")
        for at, text in zip(middles, bands, strict=True)
    ]
