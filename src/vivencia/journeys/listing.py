"""The tables of the journeys page: transitions, variants, and how journeys begin and end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from vivencia.journeys.question import VARIANTS, Question
from vivencia.journeys.report import Discovery, Edge, Variant
from vivencia.lib import formats
from vivencia.lib.charts.axis import length
from vivencia.lib.tables import Cell, Column, Header, Table, headers

Name = Callable[[str], str]
TRANSITIONS_SHOWN = 30
ENDS_SHOWN = 6
PATH_SHOWN = 7  # steps of a variant that are written out


@dataclass(frozen=True, slots=True)
class Share:
    """One line of how journeys begin or end."""

    label: str
    count: int
    percent: float
    bar: str
    url: str


@dataclass(frozen=True, slots=True)
class Shares:
    lines: list[Share]
    others: int
    others_count: int


@dataclass(frozen=True, slots=True)
class Path:
    """A variant: its steps as said (repeats told once), how many journeys, and which part."""

    steps: list[str]
    left_out: int
    last: str
    length: int
    count: int
    percent: float
    bar: str


@dataclass(frozen=True, slots=True)
class Paths:
    """The variants shown, and the rest in one line, so that the sum is all journeys."""

    headers: list[Header]
    rows: list[Path]
    others: int
    others_count: int
    others_percent: float
    percent: float
    more_url: str
    csv_url: str


def shares(counts: Mapping[str, int], journeys: int, question: Question, name: Name) -> Shares:
    """The most frequent of starts or ends, each with its part of the journeys."""
    most = max(counts.values(), default=1)
    lines = [
        Share(
            label=name(activity),
            count=count,
            percent=100 * count / journeys,
            bar=length(100 * count / most, "%"),
            url=question.at_step(activity),
        )
        for activity, count in list(counts.items())[:ENDS_SHOWN]
    ]
    rest = list(counts.values())[ENDS_SHOWN:]
    return Shares(lines, len(rest), sum(rest))


# ── transitions ──────────────────────────────────────────────────────────────


def transitions(found: Discovery, question: Question, name: Name, language: str) -> Table:
    """Every transition of the map and the next ones, sorted by the address."""
    columns = [
        Column(_("From step"), "from"),
        Column(_("To step"), "to"),
        Column(_("How often"), "count", numeric=True),
        Column(_("Half within"), "median", numeric=True),
        Column(_("9 in 10 within"), "p90", numeric=True),
    ]
    rows = _sorted(found.edges, question.sort, name)[:TRANSITIONS_SHOWN]
    return Table(
        caption=_("What follows what: how often and how long it takes"),
        headers=headers(columns, question.sort, lambda sort: question.at(sort=sort) + "#table"),
        rows=[_transition(edge, name, language) for edge in rows],
        exports=[("CSV", file_address("transitions_csv", question))],
    )


def _sorted(edges: Sequence[Edge], order: str, name: Name) -> list[Edge]:
    keys: dict[str, Callable[[Edge], object]] = {
        "from": lambda edge: name(edge.source).casefold(),
        "to": lambda edge: name(edge.target).casefold(),
        "count": lambda edge: edge.count,
        "median": lambda edge: edge.median_s,
        "p90": lambda edge: edge.p90_s,
    }
    key = keys[order.lstrip("-")]
    return sorted(edges, key=key, reverse=order.startswith("-"))  # type: ignore[arg-type]


def _transition(edge: Edge, name: Name, language: str) -> list[Cell]:
    return [
        Cell(name(edge.source)),
        Cell(name(edge.target)),
        Cell(formats.number(edge.count, language)),
        Cell(formats.duration(1000 * edge.median_s, language)),
        Cell(formats.duration(1000 * edge.p90_s, language)),
    ]


# ── variants ─────────────────────────────────────────────────────────────────


def paths(found: Discovery, question: Question, name: Name) -> Paths:
    """The most frequent variants, sorted by the address among themselves."""
    columns = [
        Column(_("Path")),
        Column(_("Steps"), "steps", numeric=True),
        Column(_("Journeys"), "count", numeric=True),
        Column(_("Share"), numeric=True),
    ]
    known = sum(each.count for each in found.variants)
    most = max((each.count for each in found.variants), default=1)
    rows = [_path(each, found.journeys, most, name) for each in found.variants]
    key = question.order.lstrip("-")
    rows.sort(
        key=lambda row: row.length if key == "steps" else row.count,
        reverse=question.order.startswith("-"),
    )
    larger = next((n for n in VARIANTS if n > question.variants), None)
    more = larger is not None and found.variant_count > len(found.variants)
    rest = found.journeys - known
    return Paths(
        headers=headers(
            columns, question.order, lambda order: question.at(order=order) + "#variants"
        ),
        rows=rows,
        others=found.variant_count - len(found.variants),
        others_count=rest,
        others_percent=100 * rest / found.journeys if found.journeys else 0.0,
        percent=100 * known / found.journeys if found.journeys else 0.0,
        more_url=question.at(variants=str(larger)) + "#variants" if more else "",
        csv_url=file_address("variants_csv", question),
    )


def _path(variant: Variant, journeys: int, most: int, name: Name) -> Path:
    told = []
    for activity, run in groupby(variant.steps):
        times = len(list(run))
        told.append(name(activity) + (f" × {times}" if times > 1 else ""))
    cut = len(told) > PATH_SHOWN
    return Path(
        steps=told[: PATH_SHOWN - 1] if cut else told,
        left_out=len(told) - PATH_SHOWN if cut else 0,
        last=told[-1] if cut else "",
        length=len(variant.steps),
        count=variant.count,
        percent=100 * variant.count / journeys,
        bar=length(100 * variant.count / most, "%"),
    )


def file_address(name: str, question: Question) -> str:
    """Where everything of a table is downloaded, under the same question."""
    return reverse(name) + "?" + urlencode(question.view.pairs(), safe=":.")
