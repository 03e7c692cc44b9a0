"""Where customers were heard and where never: stage by channel. Pure but for the one question.

A cell is busy where most of what is lived happens; the emptiest of the busy ones is where asking
next would tell most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.interactions.record import Stage
from vivencia.scores.reading import measure
from vivencia.scores.score import HIDDEN_BELOW, Score

WELL = 20.0  # percent answered from which a cell is well heard
BUSY = 0.5  # of a fair share (all interactions over all cells there are)


class Cell(NamedTuple):
    """One stage in one channel; `score` is its coverage, hidden below five interactions."""

    stage: str | None
    channel: str | None
    score: Score

    @property
    def n(self) -> int:
        return self.score.n or 0

    @property
    def state(self) -> str:
        """none: nobody passes; few: hidden; deaf: nobody was ever heard; well; plain."""
        if self.score.value is None:
            return "few"
        if self.score.value == 0:
            return "deaf"
        return "well" if self.score.value >= WELL else "plain"


@dataclass(frozen=True, slots=True)
class Map:
    """The grid. `total` is the coverage of everything; `emptiest` the busy cell heard least."""

    stages: list[str | None]
    channels: list[str | None]
    cells: dict[tuple[str | None, str | None], Cell]
    total: Score
    emptiest: Cell | None
    deaf: int  # cells where people pass and nobody was ever heard

    def row(self, stage: str | None) -> list[Cell | None]:
        return [self.cells.get((stage, channel)) for channel in self.channels]


def coverage_map(columns: Columns, filters: Filters, *, may_open: bool) -> Map:
    """What was asked and answered of what could be asked, by stage and channel."""
    asked = {"filters": filters, "may_open": may_open}
    report = measure(columns, "coverage", by=["stage", "channel"], **asked)  # type: ignore[arg-type]
    whole = measure(columns, "coverage", **asked).rows[0].score  # type: ignore[arg-type]
    cells = [Cell(_word(r.by["stage"]), _word(r.by["channel"]), r.score) for r in report.rows]
    return Map(
        stages=_in_order({cell.stage for cell in cells}),
        channels=_busiest_first(cells),
        cells={(cell.stage, cell.channel): cell for cell in cells},
        total=whole,
        emptiest=emptiest(cells),
        deaf=sum(cell.state == "deaf" for cell in cells),
    )


def emptiest(cells: Sequence[Cell]) -> Cell | None:
    """Of the busy cells the one heard least; of those heard alike the busiest. None where every
    busy cell is well heard, or nothing can be asked about."""
    everything = sum(cell.n for cell in cells)
    fair = BUSY * everything / len(cells) if cells else 0
    busy = [cell for cell in cells if cell.n >= max(fair, HIDDEN_BELOW) and cell.stage]
    poor = [cell for cell in busy if (cell.score.value or 0) < WELL]
    return min(poor, key=lambda cell: (cell.score.value or 0, -cell.n), default=None)


def _word(value: object) -> str | None:
    return None if value is None else str(value)


def _in_order(stages: set[str | None]) -> list[str | None]:
    """The six stages in their order, then what has none."""
    return sorted(stages, key=lambda stage: Stage[stage] if stage else len(Stage))


def _busiest_first(cells: Sequence[Cell]) -> list[str | None]:
    lived: dict[str | None, int] = {}
    for cell in cells:
        lived[cell.channel] = lived.get(cell.channel, 0) + cell.n
    return sorted(lived, key=lambda channel: (channel is None, -lived[channel], channel or ""))
