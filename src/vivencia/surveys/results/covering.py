"""Where customers were heard and where never: stage by channel. Pure but for the one question.

A cell is busy where most of what is lived happens; the emptiest of the busy ones is where asking
next would tell most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.interactions.record import Stage
from vivencia.scores.reading import measure
from vivencia.scores.score import HIDDEN_BELOW, Score
from vivencia.surveys.results.asked import asked_about

WELL = 20.0  # percent answered from which a cell is well heard
BUSY = 0.5  # of a fair share (all interactions over all cells there are)


class Cell(NamedTuple):
    """One stage in one channel; `score` is its coverage, hidden below five interactions."""

    stage: str | None
    channel: str | None
    score: Score
    asked: int = 0  # of its interactions, how many a survey was sent about
    kind: str | None = None  # what happens there most often
    touchpoint: str | None = None  # and where

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
    lived = _by_cell(asked_about(columns, filters))
    cells = [
        _cell(_word(row.by["stage"]), _word(row.by["channel"]), row.score, lived)
        for row in report.rows
    ]
    return Map(
        stages=_in_order({cell.stage for cell in cells}),
        channels=_busiest_first(cells),
        cells={(cell.stage, cell.channel): cell for cell in cells},
        total=whole,
        emptiest=emptiest(cells),
        deaf=sum(cell.state == "deaf" for cell in cells),
    )


_Lived = dict[tuple[str | None, str | None], list[dict[str, Any]]]


def _by_cell(rows: Sequence[dict[str, Any]]) -> _Lived:
    found: _Lived = {}
    for row in rows:
        found.setdefault((row["stage"], row["channel"]), []).append(row)
    return found


def _cell(stage: str | None, channel: str | None, heard: Score, lived: _Lived) -> Cell:
    rows = lived.get((stage, channel), [])
    most = max(rows, key=lambda row: (row["n"], row["kind"] or ""), default={})
    asked = sum(row["asked"] for row in rows)
    return Cell(stage, channel, heard, asked, most.get("kind"), most.get("touchpoint"))


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
