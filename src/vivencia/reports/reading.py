"""What the home page and the pages of scores show, asked of the columns. No Django."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pyarrow as pa

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.calendar import Every, date_of, start_of_day
from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.columns.scope import UNTIMED, Scope
from vivencia.lib import formats
from vivencia.lib.address import View
from vivencia.lib.charts.trend import Point
from vivencia.lib.figures import Figure, Lens, Scale
from vivencia.lib.period import ALL, Period, month_of
from vivencia.reports.figures import figure_of, scale_of
from vivencia.reports.weakest import Weakest, weakest
from vivencia.reports.words import value_word
from vivencia.scores import reading as scores
from vivencia.scores.definitions import Definition, definition_of
from vivencia.scores.report import Report, Row
from vivencia.scores.score import change

POINTS = {"es": "puntos", "en": "points"}
SPREAD = {
    "es": "Distancia entre el mejor punto y el peor",
    "en": "From the worst touchpoint to the best",
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the columns, the reader's language, the clock, and what they may open."""

    columns: Columns
    language: str
    zone: str
    today: dt.date
    may_open: bool

    def filters(self, view: View, period: Period | None = None) -> Filters:
        """The filters of a view, over its own period or another."""
        over = period or view.period
        return Filters(
            view.where,
            start_of_day(self.zone, over.first) if over.first else None,
            start_of_day(self.zone, over.after) if over.after else None,
        )


# ── how far the data reach ───────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Extent:
    """The first and the last local day with answers."""

    first: dt.date
    last: dt.date

    @property
    def default(self) -> Period:
        """What a page shows unasked: the last month that is whole, or all if there is none."""
        newest = month_of(self.last)
        if newest.last == self.last:
            return newest
        whole = newest.before()
        return whole if whole and whole.first and whole.first >= self.first else ALL


def extent(columns: Columns) -> Extent | None:
    """How far the answers reach; None before the first."""
    rows = columns.ask("reports/extent", Filters())["extent"].to_pylist()
    first, last = rows[0]["first"], rows[0]["last"]
    return None if first is None else Extent(date_of(first), date_of(last))


@analysis("reports/extent")
def extent_(scope: Scope) -> Tables:
    """One row: first and last day of answers (extent.sql)."""
    return {"extent": scope.run("reports/extent", "daily", parts={"untimed": str(UNTIMED)})}


@analysis("reports/fields")
def fields_(scope: Scope) -> Tables:
    """Every field that filters, the declared facts among them."""
    return {"fields": pa.table({"name": scope.fields()})}


def fields(columns: Columns) -> list[str]:
    """Every field that filters and groups; the declared facts last."""
    names: list[str] = columns.ask("reports/fields", Filters())["fields"]["name"].to_pylist()
    return names


# ── one score ────────────────────────────────────────────────────────────────


def explain_address(measure: str, view: View, definition: str = "") -> str:
    """Where a figure is explained: the same view, of one measure."""
    named = [("measure", measure)] + ([("definition", definition)] if definition else [])
    return "/explain/?" + urlencode([*named, *replace(view, rest=()).pairs()], safe=":.")


def headline(asker: Asker, measure: str, view: View, definition: str | None = None) -> Report:
    """One measure over the whole view, with its change against the period before."""
    earlier = view.period.before() if view.compare else None
    return scores.measure(
        asker.columns,
        measure,
        definition=definition,
        filters=asker.filters(view),
        before=asker.filters(view, earlier) if earlier else None,
        may_open=asker.may_open,
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
        explain="" if explained else explain_address(meaning.measure, view, _variant(meaning)),
        since=view.period.since(asker.language),
    )


def _variant(meaning: Definition) -> str:
    return "" if meaning == definition_of(meaning.measure) else meaning.name


def by_field(
    asker: Asker, measure: str, field: str, view: View, *, named: bool = False
) -> list[Figure]:
    """One figure for each value of `field`; `named` leaves out answers without a value in it."""
    report = scores.measure(
        asker.columns, measure, by=[field], filters=asker.filters(view), may_open=asker.may_open
    )
    return [
        _of_group(asker, row, report.definition, field, view)
        for row in report.rows
        if not (named and row.by[field] is None)
    ]


def _of_group(asker: Asker, row: Row, meaning: Definition, field: str, view: View) -> Figure:
    value = row.by[field]
    narrowed = view.only(field, None if value is None else str(value))
    return figure_of(
        row,
        meaning,
        asker.language,
        name=value_word(field, value, asker.language),
        explain=explain_address(meaning.measure, narrowed, _variant(meaning)),
    )


def over_time(asker: Asker, measure: str, every: Every, view: View) -> list[Row]:
    """One row for each period of time, in order."""
    report = scores.measure(
        asker.columns, measure, every=every, filters=asker.filters(view), may_open=asker.may_open
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


# ── home ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Home:
    """The three lenses over one view."""

    service: Figure | None
    experience: Figure | None
    ease: Figure | None
    weakest: Weakest
    weakest_measure: str
    minors: dict[Lens, list[Figure]]
    months: list[Row]


def home(asker: Asker, view: View) -> Home:
    """Everything the home page says, each figure over the same view."""
    main = {
        measure: figure(asker, headline(asker, measure, view), view)
        for measure in ("csat", "nps", "ces")
    }
    measure, found = _weakest(asker, view)
    spread = _spread(asker, measure, found, view)
    variants: dict[Lens, tuple[str, str]] = {
        "service": ("csat", "csat_top1"),
        "excellence": ("ces", "ces_share"),
    }
    minors: dict[Lens, list[Figure]] = {}
    for lens, (base, variant) in variants.items():
        other = figure(asker, headline(asker, base, view, variant), view)
        minors[lens] = [other] if other else []
    minors["excellence"] += [spread] if spread else []
    return Home(
        service=main["csat"],
        experience=main["nps"],
        ease=main["ces"],
        weakest=found,
        weakest_measure=measure,
        minors=minors,
        months=over_time(asker, "nps", "month", view.over(_year_until(view.period))),
    )


def _weakest(asker: Asker, view: View) -> tuple[str, Weakest]:
    """The weakest touchpoint, by the measure that compares most of them."""
    found = {
        measure: weakest(by_field(asker, measure, "touchpoint", view, named=True))
        for measure in ("csat", "nps", "ces")
    }
    best = max(found, key=lambda measure: len(found[measure].ranked))
    return best, found[best]


def _spread(asker: Asker, measure: str, found: Weakest, view: View) -> Figure | None:
    """How far the best touchpoint is from the worst, with the interval of that difference."""
    if found.worst is None or found.best is None:
        return None
    meaning = definition_of(measure)
    best, worst = (
        scores.histogram(asker.columns, measure, asker.filters(view.only("touchpoint", end.name)))
        for end in (found.best, found.worst)
    )
    scale = scale_of(meaning)
    apart = change(meaning, best, worst) if scale.higher_is_better else change(meaning, worst, best)
    if apart.value is None or apart.low is None or apart.high is None:
        return None
    unit = POINTS[formats.tongue(asker.language)]
    whole = Scale(0, scale.high - scale.low, unit, decimals=scale.decimals, higher_is_better=False)
    return Figure(
        name=SPREAD[formats.tongue(asker.language)],
        scale=whole,
        value=apart.value,
        low=max(0.0, apart.low),
        high=apart.high,
        n=(found.worst.n or 0) + (found.best.n or 0),
        definition=meaning.name,
        version=meaning.version,
        lens="excellence",
    )


def _year_until(period: Period) -> Period:
    """The twelve months that end with `period`; all there is where it has no end."""
    if period.after is None:
        return ALL
    last = month_of(period.after - dt.timedelta(days=1))
    assert last.first is not None
    first = last.first.replace(year=last.first.year - 1)
    start = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return Period("range", start, last.after)
