"""The parts of a whole along one bar: received = counted + excluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vivencia.lib.charts.axis import length


@dataclass(frozen=True, slots=True)
class Stretch:
    x: str
    width: str


def flow(counts: Sequence[int]) -> tuple[Stretch, ...]:
    """Stretches of one bar in the proportion of `counts`; what is there is never invisible."""
    total, gap, least = sum(counts), 0.3, 0.4
    shown = [n for n in counts if n]
    if not total:
        return ()
    room = 100 - gap * (len(shown) - 1) - least * len(shown)
    stretches, x = [], 0.0
    for n in shown:
        width = least + room * n / total
        stretches.append(Stretch(length(x, "%"), length(width, "%")))
        x += width + gap
    return tuple(stretches)
