"""What a question about scores is answered with: rows, and where every answer went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from vivencia.scores.definitions import Definition
from vivencia.scores.score import Change, Score

Group = tuple[str | float | bool | None, ...]


@dataclass(frozen=True)
class Weighted:
    """A row's score had those who answered been as all customers are known to be.

    `fields` are the margins met; `capped` how many answers weigh the most they may, `empty` the
    groups of which nobody answered, `off` the largest share still missed, of 1. `effective_n`,
    `design_effect` and `capped` are None where the score is hidden.
    """

    score: Score
    fields: tuple[str, ...]
    effective_n: float | None
    design_effect: float | None
    capped: int | None
    empty: tuple[tuple[str, str], ...]
    off: float

    def as_dict(self) -> dict[str, object]:
        """It as every door gives it, never rounded."""
        return {
            "definition": self.score.definition,
            "version": self.score.version,
            "value": self.score.value,
            "n": self.score.n,
            "low": self.score.low,
            "high": self.score.high,
            "verdict": str(self.score.verdict),
            "margins": list(self.fields),
            "effective_n": self.effective_n,
            "design_effect": self.design_effect,
            "capped": self.capped,
            "empty": [{"field": field, "value": value} for field, value in self.empty],
            "off": self.off,
        }


@dataclass(frozen=True)
class Row:
    """One figure: its group (field to value, None = empty), its period and its score."""

    by: dict[str, str | float | bool | None]
    period: dt.date | None
    score: Score
    change: Change | None = None
    weighted: Weighted | None = None  # where margins are known, over no periods

    def as_dict(self) -> dict[str, object]:
        """The row as the command line, the API and a data frame give it, never rounded."""
        row: dict[str, object] = {
            "by": self.by,
            "period": self.period.isoformat() if self.period else None,
            "value": self.score.value,
            "n": self.score.n,
            "low": self.score.low,
            "high": self.score.high,
            "verdict": str(self.score.verdict),
        }
        if self.change is not None:
            row["change"] = {
                "value": self.change.value,
                "low": self.change.low,
                "high": self.change.high,
                "trend": str(self.change.trend),
                "better": self.change.better,
            }
        if self.weighted is not None:
            row["weighted"] = self.weighted.as_dict()
        return row


@dataclass(frozen=True)
class Report:
    """Rows of one definition, and the account behind them.

    counted + sum(excluded) = received, unless the whole is under five answers: then all three
    are withheld (None, None, empty), because they would say what is hidden.
    """

    definition: Definition
    rows: list[Row]
    received: int | None
    counted: int | None
    excluded: dict[str, int] = field(default_factory=dict)
    not_stored: dict[str, int] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def as_dict(self) -> dict[str, object]:
        """The report as plain data; `rows` hold JSON values."""
        return {
            "definition": self.definition.name,
            "version": self.definition.version,
            "rows": [row.as_dict() for row in self.rows],
            "received": self.received,
            "counted": self.counted,
            "excluded": self.excluded,
            "not_stored": self.not_stored,
        }
