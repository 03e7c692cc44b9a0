"""The journeys page and its files: HTTP in, pages out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from vivencia.columns import engines
from vivencia.columns.here import PATIENCE_S, analysing
from vivencia.columns.reading import Columns
from vivencia.journeys import page, reading
from vivencia.journeys.question import Question
from vivencia.journeys.reading import Ground
from vivencia.journeys.report import Discovery
from vivencia.lib.errors import BadQuestion
from vivencia.lib.sheets import csv_lines
from vivencia.people.access import allow, may
from vivencia.people.downloads import Download, Turn

ALL_VARIANTS = 0


@contextmanager
def _asked(
    request: HttpRequest, patience_s: float | None = PATIENCE_S
) -> Iterator[tuple[Columns, Ground, Question]]:
    """The question of a request, while the columns are open. A file has no end of patience."""
    table = request.GET.get("table", "")
    with analysing(patience_s, table) as columns:
        ground, query = reading.ground(columns), dict(request.GET.lists())
        yield (
            columns,
            ground,
            Question.of(query, today=timezone.localdate(), fields=ground.fields, table=table),
        )


def _discover(columns: Columns, question: Question, top: int) -> tuple[Discovery, Question]:
    """What there is; a filter whose value can not be is told and left out."""
    zone = timezone.get_current_timezone_name()
    try:
        found = reading.discover(
            columns, filters=question.filters(zone), activity=question.activity, top=top
        )
    except BadQuestion as problem:
        question = question.without_filters(problem)
        found = reading.discover(
            columns, filters=question.filters(zone), activity=question.activity, top=top
        )
    return found, question


@allow("journeys.read")
@require_safe
def journeys(request: HttpRequest) -> HttpResponse:
    """The map of journeys as lived, with everything that stands behind it."""
    zone, language = timezone.get_current_timezone_name(), get_language() or "es"
    with _asked(request) as (columns, ground, asked):
        if ground.last is None:
            return render(request, "journeys/empty.html")
        found, question = _discover(columns, asked, asked.variants)
        channels = reading.says_channels(columns, found, question.filters(zone))
        passing, outside = [], engines.source(columns)
        if question.step is not None and not outside and may(request.user, "customers.read"):
            passing = page.passing(columns, question, zone)
    shown = page.page(found, question, ground, passing, language, channels=channels)
    as_of = engines.said(columns, zone, language)
    context = {"page": shown, "data_as_of": as_of, "outside": outside}
    return render(request, "journeys/journeys.html", context)


@allow("export.run")
@require_safe
def transitions_csv(request: HttpRequest) -> Download:
    """Every transition, never rounded."""
    turn = Turn()
    with _asked(request, None) as (columns, _, question):
        name = _named("transitions.csv", question)
        return Download(csv_lines(_transitions(columns, question)), name, turn)


@allow("export.run")
@require_safe
def variants_csv(request: HttpRequest) -> Download:
    """Every variant, its steps joined by " > "."""
    turn = Turn()
    with _asked(request, None) as (columns, _, question):
        name = _named("variants.csv", question)
        return Download(csv_lines(_variants(columns, question)), name, turn)


def _named(file: str, question: Question) -> str:
    """The name of a file, which says so where its figures are of a table outside the log."""
    return f"outside-the-log-{question.view.table}-{file}" if question.view.table else file


def _transitions(columns: Columns, question: Question) -> Iterator[Sequence[object]]:
    yield "from", "to", "count", "mean_s", "median_s", "p90_s"
    for edge in _discover(columns, question, 1)[0].edges:
        yield edge.source, edge.target, edge.count, edge.mean_s, edge.median_s, edge.p90_s


def _variants(columns: Columns, question: Question) -> Iterator[Sequence[object]]:
    yield "steps", "length", "count"
    for each in _discover(columns, question, ALL_VARIANTS)[0].variants:
        yield " > ".join(each.steps), len(each.steps), each.count
