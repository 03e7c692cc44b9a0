"""What the home page and the pages of scores show, asked of the columns. No Django."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

import pyarrow as pa

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.calendar import Every, date_of, stretch
from vivencia.columns.engines import Source, source
from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.columns.scope import UNTIMED, Scope
from vivencia.columns.superseding import LEFT_OUT
from vivencia.columns.words import field_word, value_word
from vivencia.interactions.vocabulary import VALUES
from vivencia.lib import formats
from vivencia.lib.address import View
from vivencia.lib.charts.trend import Point
from vivencia.lib.errors import BadQuestion
from vivencia.lib.figures import Figure
from vivencia.lib.period import ALL, Period, month_of
from vivencia.reports import answers, lived
from vivencia.scores import reading as scores
from vivencia.scores.definitions import Definition, definition_of
from vivencia.scores.figures import figure_of
from vivencia.scores.report import Report, Row
from vivencia.scores.weighing import Margins

__all__ = ["answers", "lived"]  # their analyses are found by way of this module
MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the columns, the reader's language, the clock, and what they may open."""

    columns: Columns
    language: str
    zone: str
    today: dt.date
    may_open: bool
    margins: Margins = field(default_factory=dict)  # what is known of all customers

    @property
    def source(self) -> Source | None:
        """The table outside the log that is asked, if it is one."""
        return source(self.columns)

    def filters(self, view: View, period: Period | None = None) -> Filters:
        """The filters of a view, over its own period or another."""
        over = period or view.period
        return Filters(view.where, *stretch(self.zone, over.first, over.after))


# ── what there is to ask about ───────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Ground:
    """What can be asked: the fields (declared facts last), the first and last local day with
    answers (None before the first), the last one in a month before that, and the interaction of
    the log the columns stand at.
    """

    fields: list[str]
    first: dt.date | None
    last: dt.date | None
    earlier: dt.date | None
    stands_at: int

    @property
    def default(self) -> Period:
        """What a page shows unasked: the last month with answers that is whole, or all if there
        is none."""
        if self.first is None or self.last is None:
            return ALL
        newest = month_of(self.last)
        if newest.last == self.last:
            return newest
        whole = month_of(self.earlier) if self.earlier else None
        return whole if whole and whole.first and whole.first >= self.first else ALL


def ground(columns: Columns) -> Ground:
    """What there is to ask about."""
    tables = columns.ask("reports/ground", Filters())
    extent = tables["extent"].to_pylist()[0]
    first, last, earlier = (
        None if extent[name] is None else date_of(extent[name])
        for name in ("first", "last", "earlier")
    )
    stands_at = tables["stands"]["seq"][0].as_py()
    return Ground(tables["fields"]["name"].to_pylist(), first, last, earlier, stands_at)


@analysis("reports/ground")
def ground_(scope: Scope) -> Tables:
    """fields: name; extent: first and last day of answers, and the last in a month before that
    (days.sql); stands: seq."""
    seq = scope.run("reports/stands", "daily_total")["seq"][0].as_py()
    table = scope.table_for([])
    count = "count(*)" if table == "interactions" else "sum(n)"
    parts = {"untimed": str(UNTIMED), "left_out": str(LEFT_OUT), "count": count}
    days = sorted(scope.run("reports/days", table, parts=parts)["day"].to_pylist())
    extent: dict[str, int | None] = {"first": None, "last": None, "earlier": None}
    if days:
        begins = days[-1] - date_of(days[-1]).day + 1  # the month of the last one
        place = bisect_left(days, begins)
        extent = {
            "first": days[0], "last": days[-1], "earlier": days[place - 1] if place else None
        }  # fmt: skip
    return {
        "fields": pa.table({"name": scope.fields()}),
        "extent": pa.table({name: pa.array([day], pa.int64()) for name, day in extent.items()}),
        "stands": pa.table({"seq": [int(seq or 0)]}),
    }


class Arrived(NamedTuple):
    """What has come in so far: interactions, and those among them that carry a score."""

    interactions: int
    answers: int


def arrived(columns: Columns) -> Arrived:
    """What there is before any answer has a day of its own."""
    return Arrived(**columns.ask("reports/arrived", Filters())["arrived"].to_pylist()[0])


@analysis("reports/arrived")
def arrived_(scope: Scope) -> Tables:
    """arrived: interactions, answers (arrived.sql), in one row."""
    return {"arrived": scope.run("reports/arrived", "steps")}


def understood(columns: Columns, view: View, language: str) -> tuple[View, list[BadQuestion]]:
    """The view with its filters in the words of the log, and what no filter can be made of.

    "correo" becomes email; a value no field can have is left out; a word nobody ever sent stays,
    and what there is instead is said.
    """
    problems: list[BadQuestion] = []
    for name, typed in view.where.items():
        values = tuple(dict.fromkeys(_spelled(name, value, language) for value in typed))
        try:
            known = scores.words_of(columns, name, values)
        except BadQuestion as problem:
            problems.append(problem)
            view = view.without(name)
            continue
        view = replace(view, where={**view.where, name: values})
        unknown = [value for value in values if value is not None and value not in known]
        if known:
            problems += [_nobody_sent(name, value, known) for value in unknown]
    return view, problems


def _spelled(field: str, value: str | None, language: str) -> str | None:
    """The log's word for what a reader of `language` calls it."""
    tongue = formats.tongue(language)
    for word, said in VALUES.get(field, {}).items():
        if value is not None and value.strip().lower() == said[tongue]:
            return word
    return value


def _nobody_sent(field: str, value: str, known: Sequence[str]) -> BadQuestion:
    listed = {
        tongue: ", ".join(value_word(field, word, tongue) for word in known[:MOST_LISTED])
        for tongue in ("es", "en")
    }
    more = "…" if len(known) > MOST_LISTED else "."
    names = {tongue: field_word(field, tongue) for tongue in ("es", "en")}
    return BadQuestion(
        es=f"Nadie ha enviado «{value[:40]}» en «{names['es']}». Hay: {listed['es']}{more}",
        en=f"Nobody ever sent “{value[:40]}” as “{names['en']}”. There are: {listed['en']}{more}",
        reason="unknown_value",
    )


# ── one score ────────────────────────────────────────────────────────────────


def explain_address(measure: str, view: View, definition: str = "", *, timed: bool = False) -> str:
    """Where a figure is explained: the same view, of one measure."""
    named = [("measure", measure)] + ([("definition", definition)] if definition else [])
    named += [("timed", "yes")] if timed else []
    return "/explain/?" + urlencode([*named, *replace(view, rest=()).pairs()], safe=":.")


def headline(
    asker: Asker,
    measure: str,
    view: View,
    definition: str | None = None,
    *,
    timed: bool = False,
) -> Report:
    """One measure over the whole view, with its change against the period before.

    `timed` leaves doubtful times out, as a score over time does.
    """
    earlier = view.period.before() if view.compare else None
    return scores.measure(
        asker.columns,
        measure,
        definition=definition,
        filters=asker.filters(view),
        before=asker.filters(view, earlier) if earlier else None,
        may_open=asker.may_open,
        timed=timed,
        margins=asker.margins,
    )


def figure(asker: Asker, report: Report, view: View, *, explained: bool = False) -> Figure | None:
    """The figure of a headline; None where not a single answer came. `explained`: it stands on
    the page that explains it, and needs no way there.
    """
    if not report.received and report.rows[0].score.n is None and report.received is not None:
        return None
    meaning = report.definition
    return figure_of(
        report.rows[0],
        meaning,
        asker.language,
        explain="" if explained else explain_address(meaning.measure, view, variant_of(meaning)),
        since=view.period.since(asker.language),
    )


def variant_of(meaning: Definition) -> str:
    return "" if meaning == definition_of(meaning.measure) else meaning.name


class Asked(Protocol):
    """Which score a page shows, grouped by which field, over which periods."""

    @property
    def measure(self) -> str: ...
    @property
    def definition(self) -> str | None: ...
    @property
    def by(self) -> str: ...
    @property
    def every(self) -> Every: ...


def by_field(asker: Asker, asked: Asked, view: View) -> list[Figure]:
    """One figure for each value of the field asked for."""
    report = scores.measure(
        asker.columns,
        asked.measure,
        definition=asked.definition,
        by=[asked.by],
        filters=asker.filters(view),
        may_open=asker.may_open,
        margins=asker.margins,
    )
    return [of_group(asker, row, report.definition, asked.by, view) for row in report.rows]


def of_group(asker: Asker, row: Row, meaning: Definition, field: str, view: View) -> Figure:
    """The figure of one group, which opens as the view narrowed to it."""
    value = row.by[field]
    narrowed = view.only(field, None if value is None else str(value))
    return figure_of(
        row,
        meaning,
        asker.language,
        name=value_word(field, value, asker.language),
        explain=explain_address(meaning.measure, narrowed, variant_of(meaning)),
    )


def over_time(asker: Asker, asked: Asked, view: View) -> list[Row]:
    """One row for each period of time, in order."""
    report = scores.measure(
        asker.columns,
        asked.measure,
        definition=asked.definition,
        every=asked.every,
        filters=asker.filters(view),
        may_open=asker.may_open,
    )
    return report.rows


def points(rows: list[Row], names: Mapping[dt.date, str]) -> list[Point]:
    """Rows over time as points of a trend; hidden ones say so."""
    return [
        Point(
            names[row.period],
            row.score.value,
            row.score.low,
            row.score.high,
            row.score.n,
            hidden=row.score.value is None,
        )
        for row in rows
        if row.period is not None
    ]
