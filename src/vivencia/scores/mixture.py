"""Whether a figure mixes answers of people who were asked with those of whoever came by.

One person, one answer holds for the invited and the identified; an open link or a kiosk can not
promise it. A figure of both says so, and the first stand alone beside it. No Django.
"""

from __future__ import annotations

from dataclasses import dataclass

from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.lib.errors import BadQuestion
from vivencia.scores.reading import measure
from vivencia.scores.report import Row

ENTRY = "entry"  # the fact by which every answer to a survey tells how somebody came to it
PROVED = ("invited", "identified")
ANYBODY = frozenset({"open", "kiosk"})


@dataclass(frozen=True)
class Mixture:
    """The answers that are one person's each, alone; and how many of each entry the figure has
    (None: too few to be told)."""

    alone: Row
    entries: dict[str, int | None]


def mixture(
    columns: Columns,
    name: str,
    *,
    filters: Filters,
    definition: str | None = None,
    timed: bool = False,
    may_open: bool = True,
) -> Mixture | None:
    """What a figure mixes; None where it does not, or where the question names the entry."""
    if ENTRY in filters.where:
        return None
    try:
        report = measure(columns, name, by=[ENTRY], filters=filters, definition=definition,
                         timed=timed, may_open=may_open)  # fmt: skip
    except BadQuestion as refused:
        if refused.reason == "unknown_field":  # no survey was ever answered here
            return None
        raise
    entries = {str(row.by[ENTRY]): row.score.n for row in report.rows if row.by[ENTRY]}
    if not entries.keys() & set(PROVED) or not entries.keys() & ANYBODY:
        return None
    alone = measure(columns, name, filters=filters.but(**{ENTRY: PROVED}), definition=definition,
                    timed=timed, may_open=may_open)  # fmt: skip
    return Mixture(alone.rows[0], entries)
