"""Explain this number: what it means, what went in, what was left out and why. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.scores.definitions import Definition
from vivencia.scores.mixture import Mixture, mixture
from vivencia.scores.reading import histogram, measure
from vivencia.scores.report import Report, Row
from vivencia.scores.weighing import Margins


@dataclass(frozen=True)
class Explanation:
    """One figure opened: `answers` is how many gave each mark (steps of the scale), empty where
    the figure is hidden. counted + excluded = received unless all three are withheld."""

    definition: Definition
    filters: Filters
    row: Row
    report: Report
    answers: dict[float, int]
    mixture: Mixture | None = None  # where answers of anybody are among those of people asked

    @property
    def hidden(self) -> bool:
        return self.row.score.n is None

    def as_dict(self, language: str) -> dict[str, Any]:
        """The explanation as the API gives it, its texts in one language."""
        meaning = self.definition
        return {
            "definition": {
                "name": meaning.name,
                "version": meaning.version,
                "scale": meaning.scale,
                "unit": meaning.unit,
                "title": meaning.title[language],
                "formula": meaning.formula[language],
                "text": meaning.text[language],
                "interval": meaning.interval[language],
            },
            "filters": self.filters.as_dict(),
            "score": self.row.as_dict(),
            "received": self.report.received,
            "counted": self.report.counted,
            "excluded": self.report.excluded,
            "not_stored": self.report.not_stored,
            "answers": [{"mark": mark, "n": n} for mark, n in self.answers.items()],
            "entries": self.mixture.entries if self.mixture else None,
            "invited_alone": self.mixture.alone.as_dict() if self.mixture else None,
        }


def explain(
    columns: Columns,
    name: str,
    *,
    filters: Filters,
    definition: str | None = None,
    timed: bool = False,
    may_open: bool = True,
    margins: Margins | None = None,
) -> Explanation:
    """The account behind one figure.

    `timed` is for a figure of a period: answers whose time is doubtful do not count in it.
    Raises BadQuestion for an unknown score or field.
    """
    report = measure(
        columns, name, filters=filters, definition=definition, may_open=may_open, timed=timed,
        margins=margins,
    )  # fmt: skip
    row = report.rows[0]
    answers: dict[float, int] = {}
    if row.score.n is not None:
        counted = histogram(columns, name, filters, definition=definition, timed=timed)
        answers = {mark / 1000: n for mark, n in counted.items()}
    mixed = mixture(
        columns, name, filters=filters, definition=definition, timed=timed, may_open=may_open
    )
    return Explanation(report.definition, filters, row, report, answers, mixed)
