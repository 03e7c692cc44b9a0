"""How often each note was given, with the groups the notes fall into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from vivencia.lib.charts.axis import length


@dataclass(frozen=True, slots=True)
class Count:
    """How many gave one note; notes of one `group` stand side by side under its name."""

    name: str
    n: int
    said: str
    group: str
    tone: str


@dataclass(frozen=True, slots=True)
class Column:
    x: str
    width: str
    middle: str
    y: str
    height: str
    said_y: str
    name: str
    said: str
    tone: str


@dataclass(frozen=True, slots=True)
class Brace:
    left: str
    right: str
    middle: str
    name: str
    n: int
    tone: str


@dataclass(frozen=True, slots=True)
class Histogram:
    label: str
    columns: tuple[Column, ...]
    braces: tuple[Brace, ...]


def histogram(
    counts: Sequence[Count], *, label: str, floor: float = 136, top: float = 26
) -> Histogram:
    """Columns of equal width, as high as their counts, with a brace under each group."""
    slot, most = 100 / len(counts), max(1, *(count.n for count in counts))
    columns = []
    for index, count in enumerate(counts):
        height = (floor - top) * count.n / most
        columns.append(
            Column(
                x=length(slot * index + slot * 0.04, "%"),
                width=length(slot * 0.92, "%"),
                middle=length(slot * (index + 0.5), "%"),
                y=length(floor - height),
                height=length(height),
                said_y=length(floor - height - 6),
                name=count.name,
                said=count.said,
                tone=count.tone,
            )
        )
    return Histogram(label, tuple(columns), tuple(_braces(counts, slot)))


def _braces(counts: Sequence[Count], slot: float) -> list[Brace]:
    braces = []
    for name, group in groupby(enumerate(counts), key=lambda pair: pair[1].group):
        members = list(group)
        left, right = slot * members[0][0], slot * (members[-1][0] + 1)
        braces.append(
            Brace(
                left=length(left + slot * 0.04, "%"),
                right=length(right - slot * 0.04, "%"),
                middle=length((left + right) / 2, "%"),
                name=name,
                n=sum(count.n for _, count in members),
                tone=members[0][1].tone,
            )
        )
    return braces
